// Client and room, against a server that only plays back golden frames.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

import { Client, TickwireError, describe } from '../sdk/tickwire.js';
import { fakeClient, joined, lastSocket, nextSocket, session, sockets, timed, welcome } from './fake_socket.js';
import { bytes, hex } from './golden.js';

afterEach(() => {
  for (const socket of sockets.splice(0)) if (socket.readyState < 2) socket.drop(4008);
});

/** @param {number} index */
function frame(index) {
  return bytes(session.steps[index].hex);
}

test('a room is there when the welcome and the first frame have come', async () => {
  const promise = fakeClient().joinOrCreate('ships', { name: 'Ada' });
  const socket = await nextSocket();
  assert.equal(socket.url, 'ws://host:2567/rooms/A/ws');
  socket.open();
  assert.equal(hex(socket.sent[0]), '01010341646100010174');
  let settled = false;
  promise.then(() => (settled = true));
  socket.deliver(welcome);
  await Promise.resolve();
  assert.equal(settled, false);
  socket.deliver(frame(0));
  const room = await promise;
  assert.deepEqual([room.code, room.player, room.tickHz], ['A', 0, 1]);
  assert.equal(room.tick, session.steps[0].tick);
  assert.equal(room.schema.game, 'ships');
});

test('entities stand as in the last frame, and listeners hear what changed', async () => {
  const { room, socket } = await joined();
  const seen = new Set(room.entities('ship').keys());
  /** @type {number[]} */
  const heard = [];
  const news = { added: 0, changed: 0, removed: 0 };
  room.onAdd('ship', (ship, id) => heard.push(id));
  assert.deepEqual(new Set(heard), seen, 'those in view are told at once');
  room.onAdd('ship', (ship) => (news.added += 'hp' in ship || 'ammo' in ship ? 1 : 0));
  room.onChange('ship', (ship, id, previous) => (news.changed += ship !== previous ? 1 : 0));
  room.onRemove('ship', (ship) => (news.removed += Object.keys(ship).length > 0 ? 1 : 0));
  for (let i = 1; i < session.steps.length; i++) socket.deliver(frame(i));
  assert.ok(news.added > 0 && news.changed > 0 && news.removed > 0, JSON.stringify(news));
  const rows = session.steps.at(-1).segments.flatMap((/** @type {any} */ it) => it[2]);
  const ids = rows.map((/** @type {any} */ row) => row[0]);
  const held = [...room.entities('ship').keys(), ...room.entities('bullet').keys()];
  assert.deepEqual(new Set(held), new Set(ids));
});

test('every hash of a healthy session is verified and each frame counted', async () => {
  const { room, socket } = await joined();
  /** @type {any[]} */
  const news = [];
  room.onFrame((it) => news.push(it));
  for (let i = 1; i < session.steps.length; i++) socket.deliver(frame(i));
  const hashes = session.steps.filter((/** @type {any} */ step) => step.hash !== null).length;
  assert.equal(room.stats.hashesVerified, hashes);
  assert.equal(room.stats.mismatches, 0);
  assert.equal(room.stats.frames, session.steps.length);
  assert.equal(news.length, session.steps.length - 1);
  assert.equal(news[0].bytes, frame(1).length);
});

test('before there is an input each frame is acknowledged, then inputs do that', async () => {
  const { room, socket } = await joined();
  const acks = socket.sent.filter((it) => it[0] === 0x03);
  assert.equal(hex(acks[0]), '03fdffffff');
  room.send({ fire: true });
  socket.sent.length = 0;
  socket.deliver(frame(1));
  assert.ok(!socket.sent.some((it) => it[0] === 0x03), 'an input will tell');
});

test('each tick gets one input, when the clock of inputs comes to it', () => {
  const { room, line } = timed();
  let asked = 0;
  /** @type {any[]} */
  const told = [];
  room.onInput(({ tick, input }) => told.push([tick, input.fire]));
  room.send(() => ({ fire: ++asked === 1 }));
  room.update(999);
  assert.equal(asked, 0, 'the first input is for the tick after the next');
  room.update(1000);
  room.update(1999);
  assert.deepEqual(line.sent.map(hex), ['02fdffffff02000001'], 'applied, two ahead, nothing seen, fire');
  room.update(2000);
  assert.deepEqual(line.sent.slice(1).map(hex), ['02fdffffff03000000']);
  assert.deepEqual(told, [[4294967295, true], [0, false]]);
});

test('inputs are sent by a timer too, in time for their ticks', () => {
  const { room, line } = timed();
  room.send({});
  line.ring();
  assert.deepEqual([line.now, line.sent.length], [1000, 1]);
  line.now = 1600;
  // A picture that began a while ago.
  room.update(1500);
  line.ring();
  assert.deepEqual([line.now, line.sent.length], [2000, 2]);
});

test('an input says how far what its player saw of others was behind it', () => {
  const { room, line } = timed();
  const stop = room.showing(() => 4294967293 - 1.5);
  room.send({});
  room.update(1000);
  // Three and a half ticks of 256 parts.
  assert.deepEqual(line.sent.map(hex), ['02fdffffff02800300']);
  stop();
  room.update(2000);
  assert.deepEqual(line.sent.slice(1).map(hex), ['02fdffffff03000000'], 'nothing is seen any more');
});

for (const [how, source, reason] of /** @type {const} */ ([
  ['throws', () => { throw new Error('the game broke'); }, /the game broke/],
  ['gives what is no input', () => ({ shoot: true }), /no field "shoot"/],
])) {
  test(`a source of inputs that ${how} costs an input, and neither the frame nor the room`, (context) => {
    /** @type {(() => void)[]} */
    const reported = [];
    context.mock.method(globalThis, 'queueMicrotask', (/** @type {() => void} */ it) => reported.push(it));
    const { room, line } = timed();
    const heard = { frames: 0, changes: 0 };
    room.onFrame(() => (heard.frames += 1));
    for (const kind of ['ship', 'bullet']) room.onChange(kind, () => (heard.changes += 1));
    room.send(source);
    line.now = 1500;
    room.receive(frame(1));
    assert.equal(room.tick, session.steps[1].tick);
    assert.ok(heard.frames === 1 && heard.changes > 0, JSON.stringify(heard));
    assert.equal(room.inputs.current(), null);
    assert.deepEqual(line.sent.filter((it) => it[0] === 0x02), []);
    assert.equal(reported.length, 1, 'once for the tick');
    assert.throws(reported[0], reason);
    room.send({ fire: true });
    line.ring();
    assert.deepEqual(line.sent.filter((it) => it[0] === 0x02).length, 1, 'the next tick has one again');
  });
}

test('frames that no input tells of are acknowledged at last', async () => {
  const { room, socket } = await joined();
  room.send({});
  // A clock that waits for the server has no input due.
  room.inputs.clock.observe = () => {};
  socket.sent.length = 0;
  for (let i = 1; i <= 3; i++) socket.deliver(frame(i));
  assert.deepEqual(socket.sent.map((it) => it[0]), [0x03]);
});

test('nobody steers a hidden page', async () => {
  let hidden = false;
  const { room, socket } = await joined({ isHidden: () => hidden });
  room.send({ fire: true });
  hidden = true;
  socket.sent.length = 0;
  socket.deliver(frame(1));
  assert.deepEqual(socket.sent.map((it) => it[0]), [0x03]);
});

test('an input that the schema does not know is refused with what it knows', async () => {
  const { room } = await joined();
  assert.throws(() => room.send({ shoot: true }), /no field "shoot", only fire/);
  assert.throws(() => room.entities('sheep'), /no kind "sheep", only ship, bullet/);
  assert.throws(() => room.onMessage('miss', () => {}), /no message "miss", only hit/);
});

test('a socket that fails before it opens says at once that nobody answers', async () => {
  const promise = fakeClient().joinOrCreate('ships');
  (await nextSocket()).onerror({});
  await assert.rejects(promise, {
    code: 'unreachable',
    closeCode: 1006,
    message: /^Nobody answers at http:\/\/host:2567\. Is the server running/,
  });
  // The close that follows changes nothing.
  lastSocket().drop(1006);
});

test('an error of an open socket is left to its close', async () => {
  const { room, socket } = await joined();
  socket.onerror({});
  assert.equal(room.connection, 'connected');
  socket.drop(1006);
  assert.equal(room.connection, 'reconnecting');
  room.leave();
});

test('without a WebSocket the client says where to get one', async (context) => {
  const had = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket');
  context.after(() => had && Object.defineProperty(globalThis, 'WebSocket', had));
  Reflect.deleteProperty(globalThis, 'WebSocket');
  await assert.rejects(new Client('ws://host', { transport: 'ws' }).joinOrCreate('ships'), {
    code: 'websocket',
    message: /Node 22 or newer, or new Client\(url, \{ WebSocket \}\)/,
  });
});

test('messages arrive as objects, in order', async () => {
  const { room, socket } = await joined();
  /** @type {number[]} */
  const victims = [];
  room.onMessage('hit', ({ victim }) => victims.push(victim));
  for (let i = 1; i < session.steps.length; i++) socket.deliver(frame(i));
  const expected = session.steps
    .slice(1)
    .flatMap((/** @type {any} */ step) => step.messages.map((/** @type {any} */ it) => it[1][0]));
  assert.deepEqual(victims, expected);
});

test('the round trip is measured by pings', async () => {
  const { room, socket } = await joined();
  assert.ok(Number.isNaN(room.stats.rtt));
  const ping = socket.sent.find((it) => it[0] === 0x05);
  assert.ok(ping);
  socket.deliver(Uint8Array.from([0x83, ...ping.subarray(1)]));
  assert.ok(room.stats.rtt >= 0);
});

test('a wrong hash is reported, and the evidence shows what differed', async () => {
  const { room, socket } = await joined();
  for (let i = 1; i < session.steps.length - 1; i++) socket.deliver(frame(i));
  const last = session.steps.at(-1);
  const spoilt = bytes(last.hex);
  assert.equal(spoilt[1] & 2, 2, 'the last frame carries a hash');
  spoilt[3] ^= 1;
  /** @type {string[]} */
  const found = [];
  room.onMismatch((differences) => found.push(...differences.map(describe), 'end'));
  socket.sent.length = 0;
  socket.deliver(spoilt);
  assert.equal(room.stats.mismatches, 1);
  assert.equal(socket.sent[0][0], 0x06);
  // The state itself was right, so evidence without one segment shows just that one.
  const evidence = bytes(session.evidence);
  socket.deliver(Uint8Array.from([0x84, ...socket.sent[0].subarray(1, 5), ...evidence]));
  assert.deepEqual(found, ['end']);
});

test('a server that closes tells why', async () => {
  const promise = fakeClient().join('NOPE');
  const socket = await nextSocket();
  socket.open();
  socket.drop(4005, 'no room NOPE');
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof TickwireError);
    assert.equal(error.closeCode, 4005);
    assert.equal(error.message, 'No room NOPE.');
    return true;
  });
});

test('a room that ends tells its listeners once', async () => {
  const { room, socket } = await joined();
  /** @type {[number, string][]} */
  const ends = [];
  room.onLeave((code, reason) => ends.push([code, reason]));
  socket.drop(4008);
  socket.drop(4008);
  assert.deepEqual(ends, [[4008, 'The room has ended.']]);
  assert.equal(room.closed, true);
});

test('leaving says so and closes normally', async () => {
  const { room, socket } = await joined();
  room.leave();
  assert.equal(hex(socket.sent.at(-1) ?? []), '04');
  assert.deepEqual(socket.closedWith, [1000, 'left']);
});

test('a frame that makes no sense ends the room', async () => {
  const { room, socket } = await joined();
  let reason = '';
  room.onLeave((code, why) => (reason = `${code} ${why}`));
  socket.deliver(Uint8Array.of(0x82, 0, 0));
  assert.deepEqual(socket.closedWith, [4000, 'frame.gap']);
  assert.match(reason, /^4000 a gap of 0 ticks/);
});

test('a server that says nothing is given up', async () => {
  const promise = fakeClient({ timeout: 100 }).joinOrCreate('ships');
  const refused = assert.rejects(promise, /did not answer in time/);
  (await nextSocket()).open();
  await refused;
});
