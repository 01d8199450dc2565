// Which transport a room goes over, what each does when something is lost, and how a better one takes over.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FakeServer } from './fake_server.js';
import { session } from './fake_socket.js';

/** @typedef {import('../sdk/transports/transport.js').TransportKind} TransportKind */

/** @type {TransportKind[]} */
const KINDS = ['ws', 'stream', 'long-poll', 'poll'];

/** @param {FakeServer} server */
function paths(server) {
  return server.requests.map(([path]) => path);
}

for (const kind of KINDS) {
  test(`a room over ${kind} gets all frames, and its messages arrive`, async () => {
    const server = new FakeServer();
    const room = await server.joined({ transport: kind });
    assert.equal(room.transport, kind);
    for (let step = 1; step < session.steps.length; step++) {
      server.frame();
      await server.time.pass(50);
    }
    assert.equal(room.stats.frames, session.steps.length);
    assert.equal(room.stats.mismatches, 0);
    assert.ok(room.stats.hashesVerified > 0);
    room.chat('hello');
    await server.time.pass(60);
    assert.ok(server.link.heard.includes('0968656c6c6f'), 'what is said arrives');
    room.leave();
    await server.time.pass(60);
    const last = server.link.heard.slice(-2);
    // A stream that is cut off before is lost, and its player away.
    if (kind === 'stream') assert.deepEqual(last, ['04', 'cut off']);
    else assert.equal(last[1], '04', 'so does the leave');
  });
}

test('what cannot be opened is passed over, with the ticket still good', async () => {
  const server = new FakeServer();
  server.manners.ws = 'refused';
  const room = await server.joined();
  assert.equal(room.transport, 'stream');
  assert.equal(server.tickets, 1);
});

test('a proxy that keeps the stream back is noticed, and the seat it took given back', async () => {
  const server = new FakeServer();
  Object.assign(server.manners, { ws: 'refused', stream: 'silent' });
  const promise = server.client().joinOrCreate('ships');
  await server.time.pass(3900);
  assert.deepEqual(server.links.map(({ kind }) => kind), ['stream']);
  await server.time.pass(200);
  const room = await promise;
  assert.equal(room.transport, 'long-poll');
  assert.deepEqual(server.links[0].heard.slice(-2), ['04', 'cut off'], 'the first join left');
  const asked = ['POST /match', 'POST /rooms/A/stream', 'POST /rooms/A/send', 'POST /rooms/A/seats'];
  assert.deepEqual(paths(server).slice(0, 4), asked);
  assert.match(server.links[1].heard[0], /027432$/, 'with a ticket of its own');
  await server.time.pass(20_000);
  assert.equal(paths(server).filter((path) => path.endsWith('/stream')).length, 1, 'it is not asked again');
  assert.equal(room.transport, 'long-poll');
});

test('a socket that opens and stays silent falls back as well', async () => {
  const server = new FakeServer();
  server.manners.ws = 'silent';
  const promise = server.client().joinOrCreate('ships');
  await server.time.pass(4100);
  assert.equal((await promise).transport, 'stream');
});

test('what failed is remembered for a while, by the tab', async () => {
  const server = new FakeServer();
  Object.assign(server.manners, { ws: 'refused', stream: 'refused' });
  assert.equal((await server.joined()).transport, 'long-poll');
  server.sockets.length = 0;
  assert.equal((await server.joined()).transport, 'long-poll');
  assert.equal(server.sockets.length, 0, 'not tried again');
  await server.time.pass(11 * 60_000);
  assert.equal((await server.joined()).transport, 'long-poll');
  assert.equal(server.sockets.length > 0, true, 'forgotten');
});

test('when nothing works the player is told, and nothing is held against any transport', async () => {
  const server = new FakeServer();
  for (const kind of KINDS) server.manners[kind] = 'refused';
  const promise = server.client().joinOrCreate('ships');
  promise.catch(() => {});
  await server.time.pass(5000);
  await assert.rejects(promise, { code: 'unreachable', message: /^Nobody answers at http:\/\/host\. Is the server/ });
  Object.assign(server.manners, { ws: 'works' });
  assert.equal((await server.joined()).transport, 'ws');
});

for (const [status, code, message] of /** @type {const} */ ([
  [429, 'too_many_connections', /^There are too many connections from your network/],
  [503, 'server_full', /^The server is full/],
  [403, 'wrong_origin', /^The server does not allow this page/],
  [418, 'new_one', /^What the server says\.$/],
])) {
  test(`a refusal with ${code} is told as it is, and asked for once by each transport`, async () => {
    const server = new FakeServer();
    server.manners.ws = 'refused';
    server.intercept = () => new Response(JSON.stringify({ status, code, detail: 'what the server says' }), { status });
    const promise = server.client().joinOrCreate('ships');
    promise.catch(() => {});
    await server.time.pass(100);
    await assert.rejects(promise, { code, message });
    assert.equal(paths(server).filter((path) => /(stream|poll)$/.test(path)).length, 3);
  });
}

test('a request that makes no sense is our mistake, and the end', async () => {
  const server = new FakeServer();
  server.intercept = () => Response.json({ code: 'bad_request', detail: 'no batch' }, { status: 400 });
  const promise = server.client({ transport: 'poll' }).joinOrCreate('ships');
  promise.catch(() => {});
  await server.time.pass(100);
  await assert.rejects(promise, { code: 'closed', closeCode: 4000 });
});

test('one transport can be insisted on', async () => {
  const server = new FakeServer();
  assert.equal((await server.joined({ transport: 'poll' })).transport, 'poll');
  await server.time.pass(60_000);
  assert.equal(server.sockets.length, 0, 'and no better one is tried');
  await assert.rejects(server.client({ transport: /** @type {any} */ ('udp') }).joinOrCreate('ships'), { code: 'transport' });
});

test('a better transport takes over while the game goes on', async () => {
  const server = new FakeServer();
  server.manners.ws = 'refused';
  const room = await server.joined();
  const drops = { drop: 0, resume: 0 };
  room.onDrop(() => (drops.drop += 1));
  room.onResume(() => (drops.resume += 1));
  server.frame(1);
  server.manners.ws = 'works';
  // Pongs keep the connection alive meanwhile.
  await server.time.pass(11_000);
  assert.equal(room.transport, 'ws');
  assert.match(server.link.heard[0], /^0801/);
  server.frame(2);
  assert.equal(room.tick, session.steps[2].tick);
  assert.equal(room.stats.mismatches, 0);
  assert.deepEqual(drops, { drop: 0, resume: 0 }, 'nobody needs to know');
});

test('what comes over the old connection meanwhile waits, and is applied when nothing comes of the new one', async () => {
  const server = new FakeServer();
  server.manners.ws = 'refused';
  const room = await server.joined();
  const old = server.link;
  server.manners.ws = 'silent';
  // So that the server takes nothing over.
  server.resume = () => {};
  await server.time.pass(10_050);
  const tick = room.tick;
  server.links.push(old);
  server.frame(1);
  await server.time.pass(10);
  assert.equal(room.tick, tick, 'held');
  await server.time.pass(1600);
  assert.equal(room.tick, session.steps[1].tick, 'applied');
  assert.equal(room.transport, 'stream');
  const tried = server.sockets.length;
  await server.time.pass(60_000);
  assert.equal(server.sockets.length, tried, 'what swallows messages is left alone');
});

test('an upgrade that a short loss spoils is tried again', async () => {
  const server = new FakeServer();
  server.manners.ws = 'refused';
  const room = await server.joined();
  await server.time.pass(9900);
  server.manners.ws = 'silent';
  server.resume = () => {};
  const [{ hear }, old] = [server, server.link];
  // Nothing is heard over the stream either.
  server.hear = (link, message, silent) => hear.call(server, link, message, silent || link === old);
  await server.time.pass(1800);
  assert.equal(server.link.kind, 'ws', 'it was asked');
  Object.assign(server, { hear, resume: FakeServer.prototype.resume });
  server.manners.ws = 'works';
  await server.time.pass(40_000);
  assert.equal(room.transport, 'ws');
  assert.equal(room.connection, 'connected');
});

for (const works of [true, false]) {
  test(`what is said during an upgrade that ${works ? 'works' : 'fails'} is said once, after it`, async () => {
    const server = new FakeServer();
    server.manners.ws = 'refused';
    const room = await server.joined();
    const [{ resume }, old] = [server, server.link];
    /** @type {() => void} */
    let answer = () => {};
    server.resume = (...args) => void (answer = () => resume.apply(server, args));
    server.manners.ws = 'works';
    await server.time.pass(10_050);
    room.chat('hi');
    await server.time.pass(100);
    assert.ok(![...old.heard, ...server.link.heard].includes('096869'), 'it waits');
    if (works) answer();
    await server.time.pass(1700);
    assert.equal(room.transport, works ? 'ws' : 'stream');
    const heard = (works ? server.link : old).heard;
    assert.equal(heard.filter((it) => it === '096869').length, 1);
    assert.equal([...old.heard, ...server.link.heard].filter((it) => it === '096869').length, 1);
  });
}

test('a stream that does not answer keeps frames back no longer than a socket does', async () => {
  const server = new FakeServer();
  Object.assign(server.manners, { ws: 'refused', stream: 'refused' });
  const client = server.client();
  const joining = client.joinOrCreate('ships');
  await server.time.pass(0);
  const room = await joining;
  assert.equal(room.transport, 'long-poll');
  const old = server.link;
  client.memory.worked('stream');
  server.manners.stream = 'silent';
  server.resume = () => {};
  await server.time.pass(10_050);
  assert.equal(server.link.kind, 'stream');
  server.links.push(old);
  server.frame(1);
  await server.time.pass(1000);
  assert.equal(room.tick, session.steps[0].tick, 'held');
  await server.time.pass(600);
  assert.equal(room.tick, session.steps[1].tick, 'applied');
});

test('an upgrade whose answer was lost is taken up again on the lesser transport', async () => {
  const server = new FakeServer();
  server.manners.ws = 'refused';
  const room = await server.joined();
  server.manners.ws = 'silent';
  await server.time.pass(14_000);
  // The server has taken the session over to the socket, and closed the stream with 4010.
  assert.equal(room.connection, 'connected');
  assert.equal(room.transport, 'stream');
  const resumes = server.links.slice(1).map(({ heard }) => heard[0].slice(0, 68));
  assert.equal(resumes.length, 2);
  assert.equal(resumes[0], resumes[1], 'the same token and the same attempt');
});

test('an answer to a poll that is lost comes again, and is acted upon once', async () => {
  const server = new FakeServer();
  const room = await server.joined({ transport: 'long-poll' });
  await server.time.pass(100);
  const { fetch } = server;
  let lost = 0;
  server.fetch = async (url, init) => {
    const answer = await fetch.call(server, url, init);
    if (!url.endsWith('/poll') || lost > 0) return answer;
    lost += 1;
    throw new TypeError('the answer was lost');
  };
  server.frame(1);
  await server.time.pass(10);
  // The poll that was held since before gets its answer; the next one's is lost.
  server.frame(2);
  server.frame(3);
  await server.time.pass(400);
  assert.equal(lost, 1);
  assert.equal(room.tick, session.steps[3].tick);
  assert.equal(room.stats.frames, 4);
});

test('a batch whose answer is lost is sent again under its number, and acted upon once', async () => {
  const server = new FakeServer();
  const room = await server.joined({ transport: 'stream' });
  const { fetch } = server;
  let lost = 0;
  server.fetch = async (url, init) => {
    const answer = await fetch.call(server, url, init);
    if (!url.endsWith('/send') || lost === 2) return answer;
    lost += 1;
    throw new TypeError('the answer was lost');
  };
  room.chat('once');
  await server.time.pass(800);
  assert.equal(lost, 2);
  assert.equal(server.link.heard.filter((it) => it === '096f6e6365').length, 1);
});

test('one request goes up at a time, and what comes up meanwhile goes in the next one', async () => {
  const server = new FakeServer();
  const room = await server.joined({ transport: 'stream' });
  await server.time.pass(10);
  /** @type {(() => void)[]} */
  const waiting = [];
  const { fetch } = server;
  server.fetch = async (url, init) => {
    if (url.endsWith('/send')) await new Promise((resolve) => waiting.push(() => resolve(undefined)));
    return fetch.call(server, url, init);
  };
  for (const text of ['a', 'b', 'c']) room.chat(text);
  await server.time.pass(10);
  assert.equal(waiting.length, 1);
  waiting[0]();
  await server.time.pass(10);
  assert.equal(waiting.length, 2);
  waiting[1]();
  await server.time.pass(10);
  assert.deepEqual(server.link.heard.slice(-3), ['0961', '0962', '0963']);
});

test('requests that hang end with their connection, and do not pile up over many', async () => {
  const server = new FakeServer();
  const room = await server.joined({ transport: 'stream' });
  await server.time.pass(10);
  const { fetch } = server;
  const hanging = new Set();
  server.fetch = (url, init) => {
    if (!url.endsWith('/send')) return fetch.call(server, url, init);
    return new Promise((_, reject) => {
      hanging.add(init);
      const abort = () => (hanging.delete(init), reject(new DOMException('aborted', 'AbortError')));
      init.signal?.addEventListener('abort', abort);
    });
  };
  for (let times = 0; times < 8; times++) {
    room.chat('hello');
    await server.time.pass(10);
    server.link.cut();
    await server.time.pass(300);
  }
  assert.equal(room.connection, 'connected');
  assert.ok(hanging.size <= 1, `${hanging.size} requests hang`);
  room.leave();
  await server.time.pass(300);
  assert.equal([...hanging].at(-1).keepalive, true, 'the leave outlives its page');
  await server.time.pass(5000);
  assert.equal(hanging.size, 0);
});

test('a timed poll keeps its own rate', async () => {
  const server = new FakeServer();
  const room = await server.joined({ transport: 'poll', pollHz: 10 });
  server.requests.length = 0;
  await server.time.pass(1000);
  assert.equal(paths(server).filter((path) => path.endsWith('/poll')).length, 10);
  assert.ok(room.traffic.requests >= 10);
});
