// What a client asks a server before there is a connection, and what it makes of refusals.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Client } from '../sdk/tickwire.js';
import { FakeTime } from './fake_time.js';

/**
 * A client of a server that always gives the same answer, and what it was asked.
 * @param {Response | Error} answer
 */
function clientOf(answer) {
  /** @type {any[]} */
  const asked = [];
  const fetch = async (/** @type {any} */ url, /** @type {any} */ { method, headers, body }) => {
    asked.push([`${method} ${url}`, headers, body && JSON.parse(body)]);
    if (answer instanceof Error) throw answer;
    return answer.clone();
  };
  const WebSocket = /** @type {any} */ (class {});
  const client = new Client('ws://host:2567/', { fetch: /** @type {any} */ (fetch), WebSocket });
  return { client, asked };
}

/**
 * @param {number} status
 * @param {Record<string, unknown>} problem
 */
function problem(status, problem) {
  return new Response(JSON.stringify({ status, ...problem }), { status });
}

const FULL = problem(409, { code: 'room_full', detail: 'the room has 8 of 8 players' });

test('rooms are asked for by game, by code, or anew', async () => {
  const { client, asked } = clientOf(FULL);
  const ignore = () => {};
  await client.joinOrCreate('arena', { filters: { tick_hz: 60 } }).catch(ignore);
  await client.joinOrCreate('').catch(ignore);
  await client.joinOrCreate('arena', { room: 'ABC' }).catch(ignore);
  await client.create('my game', { maxPlayers: 4, tickHz: 30, private: true }).catch(ignore);
  await client.join('X&Y/..').catch(ignore);
  await client.spectate('ABC').catch(ignore);
  assert.deepEqual(asked.map(([what, , body]) => [what.replace('http://host:2567', ''), body]), [
    ['POST /match', { game: 'arena', filters: { tick_hz: 60 } }],
    ['POST /match', {}],
    ['POST /rooms/ABC/seats', { spectate: false }],
    ['POST /rooms', { game: 'my game', max_players: 4, tick_hz: 30, private: true }],
    ['POST /rooms/X%26Y%2F../seats', { spectate: false }],
    ['POST /rooms/ABC/seats', { spectate: true }],
  ]);
});

test('lists are what the server says', async () => {
  const { client, asked } = clientOf(Response.json([{ code: 'A' }]));
  assert.deepEqual(await client.games(), [{ code: 'A' }]);
  assert.deepEqual(await client.rooms({ game: 'my game' }), [{ code: 'A' }]);
  assert.deepEqual(await client.rooms(), [{ code: 'A' }]);
  const paths = asked.map(([what]) => what.replace('http://host:2567', ''));
  assert.deepEqual(paths, ['GET /games', 'GET /rooms?game=my%20game', 'GET /rooms']);
});

test('who the player is goes in a header, and nowhere else', async () => {
  const { client, asked } = clientOf(FULL);
  await client.joinOrCreate('arena', { identity: 'head.body.sign' }).catch(() => {});
  await client.join('ABC', { identity: 'head.body.sign' }).catch(() => {});
  for (const [what, headers, body] of asked) {
    assert.equal(headers.authorization, 'Bearer head.body.sign');
    assert.ok(!what.includes('sign') && !JSON.stringify(body).includes('sign'));
  }
});

for (const [status, code, sentence] of /** @type {const} */ ([
  [409, 'room_full', 'The room is full.'],
  [423, 'room_locked', 'The room lets nobody in any more.'],
  [404, 'no_such_room', 'There is no room with this code.'],
  [401, 'unidentified', 'The server wants to know who you are.'],
  [400, 'bad_request', 'What the server says.'],
])) {
  test(`a refusal with ${code} is an error with that code and a sentence for players`, async () => {
    const { client } = clientOf(problem(status, { code, detail: 'what the server says' }));
    await assert.rejects(client.joinOrCreate('arena'), { name: 'TickwireError', code, message: sentence });
  });
}

test('what is no answer of ours is refused with its status', async () => {
  const proxy = clientOf(new Response('<h1>Bad gateway</h1>', { status: 502 }));
  await assert.rejects(proxy.client.games(), { code: 'http.502', message: 'The server refused (502).' });
  const portal = clientOf(new Response('<h1>Log in to the Wi-Fi</h1>'));
  await assert.rejects(portal.client.games(), { code: 'http.200' });
});

test('a server that cannot be reached is named', async () => {
  const { client } = clientOf(new TypeError('failed to fetch'));
  await assert.rejects(client.joinOrCreate('arena'), {
    code: 'unreachable',
    closeCode: 1006,
    message: /^Nobody answers at http:\/\/host:2567\. Is the server running/,
  });
});

/**
 * A client in time of its own, and how its calls end.
 * @param {typeof globalThis.fetch} fetch
 */
function timedClient(fetch) {
  const time = new FakeTime();
  const WebSocket = /** @type {any} */ (class {});
  const client = new Client('http://host', { WebSocket, surroundings: { ...time.surroundings(), fetch } });
  /** @type {string[]} */
  const ends = [];
  const watch = (/** @type {Promise<unknown>} */ call) =>
    void call.then(() => ends.push('fine'), ({ code }) => ends.push(code));
  return { time, client, ends, watch };
}

test('an answer whose body hangs is waited for no longer than one that does not begin', async () => {
  const { time, client, ends, watch } = timedClient(async (_, init) => {
    const body = new ReadableStream({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode('[{'));
        init?.signal?.addEventListener('abort', () => controller.error(new Error('aborted')));
      },
    });
    return new Response(body);
  });
  watch(client.rooms());
  await time.pass(9900);
  assert.deepEqual(ends, []);
  await time.pass(200);
  assert.deepEqual(ends, ['unreachable']);
  assert.equal(time.timers.length, 0);
});

test('the time for a join begins before a seat is asked for', async () => {
  const { time, client, ends, watch } = timedClient(() => new Promise(() => {}));
  client.options.timeout = 3000;
  watch(client.joinOrCreate('ships'));
  await time.pass(2900);
  assert.deepEqual(ends, []);
  await time.pass(200);
  assert.deepEqual(ends, ['timeout']);
});
