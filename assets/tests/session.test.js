// A connection that is lost: the room comes back by itself, as the same player, or says why it does not.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FakeServer } from './fake_server.js';
import { session } from './fake_socket.js';

/** @typedef {import('../sdk/tickwire.js').Room} Room */

/**
 * What a room tells of its connection.
 * @param {Room} room
 */
function told(room) {
  /** @type {string[]} */
  const news = [];
  room.onDrop(({ code }) => news.push(`drop ${code}`));
  room.onResume(() => news.push('resume'));
  room.onLeave((code, reason) => news.push(`leave ${code} ${reason}`));
  return news;
}

/** The token and the attempt of each resume that a server heard. @param {FakeServer} server */
function resumes(server) {
  const heard = server.links.map((link) => link.heard[0]).filter((it) => it.startsWith('08'));
  return heard.map((it) => ({ token: it.slice(4, 36), attempt: it.slice(36, 68), applied: it.slice(68) }));
}

test('a lost connection comes back, and the next frame builds upon what is held', async () => {
  const server = new FakeServer();
  const room = await server.joined();
  const news = told(room);
  const ships = room.entities('ship');
  const seen = ships.size;
  server.frame(1);
  server.link.cut();
  assert.equal(room.connection, 'reconnecting');
  assert.equal(ships.size, seen, 'the game stays on the screen');
  await server.time.pass(200);
  assert.equal(room.connection, 'connected');
  assert.match(resumes(server)[0].applied, /^01/, 'it says which tick it holds');
  server.frame(2);
  assert.equal(room.tick, session.steps[2].tick);
  assert.equal(room.stats.mismatches, 0);
  assert.deepEqual(news, ['drop 1006', 'resume']);
});

test('each resume has the token of the answer before it', async () => {
  const server = new FakeServer();
  await server.joined();
  for (let times = 0; times < 3; times++) {
    server.link.cut();
    await server.time.pass(300);
  }
  const tokens = resumes(server).map(({ token }) => token);
  const attempts = resumes(server).map(({ attempt }) => attempt);
  assert.equal(new Set(tokens).size, 3);
  assert.equal(new Set(attempts).size, 3);
});

test('as long as no answer comes it is the same attempt with the same token', async () => {
  const server = new FakeServer();
  const room = await server.joined();
  server.manners.ws = 'silent';
  server.manners.stream = 'silent';
  server.link.cut();
  await server.time.pass(10_000);
  server.manners.ws = 'works';
  await server.time.pass(10_000);
  assert.equal(room.connection, 'connected');
  const tried = resumes(server);
  assert.ok(tried.length >= 3, `${tried.length} tries`);
  assert.equal(new Set(tried.map(({ token, attempt }) => token + attempt)).size, 1);
});

test('waits grow, with jitter, up to some seconds', async () => {
  const server = new FakeServer();
  await server.joined({ transport: 'ws' });
  server.online = false;
  server.time.chance = 0.999;
  server.sockets.length = 0;
  server.links[0].cut();
  /** @type {number[]} */
  const waits = [];
  for (let last = server.time.now; waits.length < 7; ) {
    const had = server.sockets.length;
    while (server.sockets.length === had) await server.time.pass(10);
    waits.push(Math.round((server.time.now - last) / 50) * 50);
    last = server.time.now;
  }
  assert.deepEqual(waits, [250, 500, 1000, 2000, 4000, 5000, 5000]);
  server.time.chance = 0.01;
  await server.time.pass(5000);
  const had = server.sockets.length;
  await server.time.pass(200);
  assert.ok(server.sockets.length > had + 2, 'chance may have it soon');
});

test('when the grace time is over it ends with what was wrong at first', async () => {
  const server = new FakeServer();
  const room = await server.joined();
  const news = told(room);
  server.online = false;
  server.links[0].cut();
  const grace = (room.graceTicks * 1000) / room.tickHz;
  await server.time.pass(grace - 2000);
  assert.equal(room.connection, 'reconnecting');
  await server.time.pass(20_000);
  assert.equal(room.connection, 'closed');
  assert.deepEqual(news, ['drop 1006', 'leave 1006 The connection was lost.']);
  assert.equal(server.time.timers.length, 0, 'nothing is waited for any more');
});

test('it tries at once when the network is back', async () => {
  const server = new FakeServer();
  const room = await server.joined();
  server.online = false;
  server.time.chance = 0.999;
  server.link.cut();
  await server.time.pass(9000);
  server.online = true;
  await server.time.wake();
  await server.time.pass(0);
  assert.equal(room.connection, 'connected');
});

test('a connection that does not answer any more when the page is seen again is replaced', async () => {
  const server = new FakeServer();
  const room = await server.joined();
  const news = told(room);
  await server.time.pass(100);
  server.online = false;
  await server.time.wake();
  await server.time.pass(1400);
  assert.deepEqual(news, []);
  server.online = true;
  await server.time.pass(500);
  assert.deepEqual(news, ['drop 1006', 'resume']);
  assert.equal(room.connection, 'connected');
});

test('silence is a loss, though nothing was closed', async () => {
  const server = new FakeServer();
  const room = await server.joined();
  await server.time.pass(20_000);
  assert.equal(room.connection, 'connected', 'pongs are heard');
  server.online = false;
  await server.time.pass(4000);
  assert.equal(room.connection, 'connected');
  await server.time.pass(3000);
  assert.equal(room.connection, 'reconnecting');
});

test('a short loss soon after the join is held against no transport', async () => {
  const server = new FakeServer();
  const room = await server.joined();
  await server.time.pass(1000);
  server.online = false;
  await server.time.pass(6000);
  assert.equal(room.connection, 'reconnecting');
  server.online = true;
  await server.time.pass(5000);
  assert.equal(room.connection, 'connected');
  assert.equal(room.transport, 'ws');
  assert.equal(server.time.stored.has('tickwire.transports'), false);
});

test('a transport that falls silent soon each time gives way to another, and gets its chance later', async () => {
  const server = new FakeServer();
  const room = await server.joined();
  /** It answers a resume, and then nothing gets through any more. */
  const swallow = () => server.sockets.forEach((socket) => (socket.send = () => {}));
  swallow();
  for (let second = 0; second < 25; second++) {
    await server.time.pass(1000);
    if (room.transport === 'ws' && room.connection === 'connected') swallow();
  }
  assert.equal(room.transport, 'stream');
  const tried = server.sockets.length;
  await server.time.pass(9 * 60_000);
  assert.equal(server.sockets.length, tried, 'it is left alone for a while');
  await server.time.pass(2 * 60_000);
  assert.equal(room.transport, 'ws', 'and tried again then');
});

for (const code of [1000, 1008, 4000, 4008, 4009, 4010, 4011, 4012, 4015]) {
  test(`a close with ${code} is final`, async () => {
    const server = new FakeServer();
    const room = await server.joined();
    const news = told(room);
    server.link.close(code);
    await server.time.pass(60_000);
    assert.equal(news.length, 1);
    assert.match(news[0], new RegExp(`^leave ${code} [A-Z].*\\.$`));
    assert.equal(server.links.length, 1, 'it does not fight back');
    assert.equal(server.client().resumable(), null, 'and is not tried again after a reload');
  });
}

for (const code of [1001, 1006, 4006, 4007]) {
  test(`a close with ${code} is not`, async () => {
    const server = new FakeServer();
    const room = await server.joined();
    server.link.close(code);
    await server.time.pass(300);
    assert.equal(room.connection, 'connected');
  });
}

for (const [what, answer] of /** @type {[string, () => Response][]} */ ([
  ['a page to log in', () => new Response('<h1>Log in</h1>', { headers: { 'content-type': 'text/html' } })],
  ['a refusal in words of its own', () => new Response('Bad request', { status: 400 })],
  ['a refusal that is no object', () => Response.json(null, { status: 400 })],
])) {
  for (const transport of /** @type {const} */ (['stream', 'long-poll', 'poll'])) {
    test(`${what} in the place of our server is a loss, over ${transport}`, async () => {
      const server = new FakeServer();
      const room = await server.joined({ transport });
      server.intercept = answer;
      server.link.cut();
      await server.time.pass(3000);
      assert.equal(room.connection, 'reconnecting');
      server.intercept = null;
      await server.time.pass(10_000);
      assert.equal(room.connection, 'connected');
    });
  }
}

test('what is said while the connection is lost is said when it is back, in its order', async () => {
  const server = new FakeServer();
  const room = await server.joined();
  server.link.cut();
  room.chat('a');
  room.kick(7);
  room.say(Uint8Array.of(0x0a, 0));
  room.send({});
  room.onResume(() => room.chat('b'));
  await server.time.pass(300);
  assert.equal(room.connection, 'connected');
  assert.deepEqual(server.link.heard.slice(1, 5), ['0961', '0b0007000000', '0a00', '0962']);
});

test('no more waits than 32 messages, and the oldest are told to be dropped', async () => {
  const server = new FakeServer();
  const room = await server.joined();
  /** @type {string[]} */
  const dropped = [];
  room.onDropped((what) => dropped.push(what));
  server.link.cut();
  room.lock();
  for (let i = 0; i < 33; i++) room.chat(`${i}`);
  assert.deepEqual(dropped, ['action', 'chat']);
  await server.time.pass(300);
  const said = server.link.heard.filter((it) => it.startsWith('09'));
  assert.deepEqual([said.length, said[0], said[31]], [32, '0931', '093332']);
});

test('what is too long to say is cut between characters', async () => {
  const server = new FakeServer();
  const room = await server.joined();
  room.chat(`a${'💬'.repeat(1000)}`);
  assert.equal(server.link.heard.at(-1), `0961${'f09f92ac'.repeat(199)}`);
});

test('what is too long for a server is refused here, and ends nothing', async () => {
  const server = new FakeServer();
  const room = await server.joined();
  const heard = server.link.heard.length;
  assert.throws(() => room.say(new Uint8Array(1025).fill(0x0a)), { name: 'TickwireError', code: 'message.too_long' });
  assert.equal(server.link.heard.length, heard);
  room.say(new Uint8Array(1024).fill(0x0a));
  assert.equal(server.link.heard.length, heard + 1);
});

test('a session that the server does not know any more is over', async () => {
  const server = new FakeServer();
  const room = await server.joined();
  const news = told(room);
  server.refuse = 4009;
  server.link.cut();
  await server.time.pass(300);
  assert.deepEqual(news, ['drop 1006', 'leave 4009 This session is over.']);
});

test('after a reload the tab goes on as the same player', async () => {
  const server = new FakeServer();
  const before = await server.joined();
  server.frame(1);
  server.link.cut();
  before.link.leave = () => {};
  // Another page of the same tab: only its storage is left.
  const client = server.client();
  assert.equal(client.resumable(), 'A');
  assert.equal(client.resumable('B'), null);
  const promise = client.reconnect();
  await server.time.pass(10);
  const room = await promise;
  assert.ok(room);
  assert.equal(resumes(server)[0].applied, '00', 'it holds nothing');
  assert.equal(room.player, before.player);
  assert.equal(room.tick, session.steps[0].tick);
  assert.equal(room.entities('ship').size > 0, true);
});

test('without a session there is nothing to go on with', async () => {
  const server = new FakeServer();
  assert.equal(await server.client().reconnect(), null);
  const room = await server.joined();
  room.leave();
  await server.time.pass(10);
  assert.equal(await server.client().reconnect(), null);
});

test('nonsense in the storage is no session', async () => {
  const server = new FakeServer();
  for (const text of ['{', 'null', '{"server":"http://host","code":"A","token":"00"}', '{"server":"http://other"}', '7']) {
    server.time.stored.set('tickwire.session', text);
    assert.equal(server.client().resumable(), null, text);
  }
});

test('what becomes of a session that the server gave up while the page was away', async () => {
  const server = new FakeServer();
  const before = await server.joined();
  server.refuse = 4009;
  const client = server.client();
  const promise = client.reconnect();
  promise.catch(() => {});
  await server.time.pass(10);
  await assert.rejects(promise, { code: 'closed', closeCode: 4009 });
  assert.equal(client.resumable(), null, 'it is not tried again');
  before.leave();
});

test('a tab that was duplicated takes over, and the first one says so', async () => {
  const server = new FakeServer();
  const first = await server.joined();
  const news = told(first);
  const promise = server.client().reconnect();
  await server.time.pass(10);
  assert.ok(await promise);
  await server.time.pass(60_000);
  assert.deepEqual(news, ['leave 4010 The game goes on in another window.']);
  assert.equal(server.links.length, 2);
});

test('a takeover long after an upgrade failed is that of another window', async () => {
  const server = new FakeServer();
  server.manners.ws = 'refused';
  const room = await server.joined();
  const news = told(room);
  const { resume } = server;
  server.resume = () => {};
  server.manners.ws = 'silent';
  await server.time.pass(20_000);
  Object.assign(server, { resume });
  assert.deepEqual([room.transport, news.length], ['stream', 0]);
  server.links[0].close(4010);
  await server.time.pass(1000);
  assert.deepEqual(news, ['leave 4010 The game goes on in another window.']);
});

for (const transport of /** @type {const} */ (['ws', 'stream', 'long-poll', 'poll'])) {
  test(`who leaves while the connection is lost has left, over ${transport}`, async () => {
    const server = new FakeServer();
    const room = await server.joined({ transport });
    await server.time.pass(100);
    server.online = false;
    server.link.cut();
    await server.time.pass(10_000);
    assert.equal(room.connection, 'reconnecting');
    server.online = true;
    room.leave();
    assert.equal(room.connection, 'closed');
    await server.time.pass(10_000);
    assert.equal(server.links.length, 2);
    assert.match(server.link.heard[0], /^08/);
    assert.equal(server.link.heard.filter((it) => it === '04').length, 1);
    assert.equal(server.client().resumable(), null);
    assert.equal(server.time.timers.length, 0, 'nothing is waited for any more');
  });
}

test('the token is in no address', async () => {
  const server = new FakeServer();
  await server.joined();
  server.link.cut();
  await server.time.pass(300);
  const token = resumes(server)[0].token;
  const urls = [...server.requests.map(([path]) => path), ...server.sockets.map(({ url }) => url)];
  assert.ok(urls.length > 2 && urls.every((url) => !url.includes(token)));
});
