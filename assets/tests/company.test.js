// Who is in a room, what they say, and what is asked of the room.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ControlReader, readSchema } from '../sdk/control.js';
import { Replica } from '../sdk/replica.js';
import { readRoomMessage } from '../sdk/room_message.js';
import { timed } from './fake_socket.js';
import { bytes, golden, hex } from './golden.js';

const encoder = new TextEncoder();

/**
 * @param {number} id
 * @param {string} name
 * @param {number} [flags]
 */
function presence(id, name, flags = 0) {
  return { index: 0xf0, body: Uint8Array.from([id, 0, 0, 0, flags, ...encoder.encode(name)]) };
}

/**
 * @param {number} id
 * @param {number} why
 */
function gone(id, why) {
  return { index: 0xf1, body: Uint8Array.of(id, 0, 0, 0, why) };
}

/**
 * @param {number} id
 * @param {string} text
 */
function chat(id, text) {
  return { index: 0xf2, body: Uint8Array.from([id, 0, 0, 0, ...encoder.encode(text)]) };
}

test('players come, change and go', () => {
  const { room } = timed();
  /** @type {string[]} */
  const news = [];
  room.onPresence(({ name, away }, before) => news.push(`${before ? 'is' : 'new'} ${name}${away ? ' away' : ''}`));
  room.onGone(({ name }, why) => news.push(`${why} ${name}`));
  room.takeRoomMessages([presence(0, 'Ada', 2), presence(7, 'Bob')]);
  assert.equal(room.isHost, true);
  room.takeRoomMessages([presence(7, 'Bob', 4), presence(7, 'Bob', 4), gone(7, 2), gone(9, 0)]);
  assert.deepEqual(news, ['new Ada', 'new Bob', 'is Bob away', 'kicked Bob']);
  assert.deepEqual([...room.players.keys()], [0]);
});

test('who left while there was no connection is told to be gone once everybody else was told of', () => {
  const { room } = timed();
  room.takeRoomMessages([presence(0, 'Ada'), presence(7, 'Bob'), presence(8, 'Cid'), presence(9, 'Dan')]);
  /** @type {string[]} */
  const news = [];
  room.onPresence(({ name, away }, before) => news.push(`${before ? 'is' : 'new'} ${name}${away ? ' away' : ''}`));
  room.onGone(({ name }, why) => news.push(`${why} ${name}`));
  room.welcomedAnew();
  assert.equal(room.players.size, 4, 'nobody is missed in between');
  // Where there are many it takes more than one frame.
  room.takeRoomMessages([presence(0, 'Ada'), presence(8, 'Cid', 4)]);
  room.takeRoomMessages([presence(10, 'Eve')]);
  assert.deepEqual(news, ['is Cid away', 'new Eve']);
  room.takeRoomMessages([gone(9, 3)]);
  room.takeRoomMessages([]);
  assert.deepEqual(news.slice(2), ['banned Dan', 'left Bob']);
  assert.deepEqual([...room.players.keys()], [0, 8, 10]);
});

test('what is said comes with a name, and as it is', () => {
  const { room } = timed();
  /** @type {any[]} */
  const said = [];
  room.onChat((it) => said.push(it));
  room.takeRoomMessages([presence(7, '<img onerror>'), chat(7, '<b>\u202e</b>'), chat(0, 'welcome')]);
  assert.deepEqual(said, [
    { id: 7, name: '<img onerror>', text: '<b>\u202e</b>' },
    { id: 0, name: '', text: 'welcome' },
  ]);
});

test('the room says whether it lets others in, and what it dropped', () => {
  const { room } = timed();
  /** @type {string[]} */
  const news = [];
  room.onState((state) => news.push(state));
  room.onDropped((what) => news.push(what));
  const one = (/** @type {number} */ index, /** @type {number} */ value) => ({ index, body: Uint8Array.of(value) });
  room.takeRoomMessages([one(0xf3, 1), one(0xf4, 0), one(0xf3, 9), { index: 0xf0, body: Uint8Array.of(1) }, one(0xff, 1)]);
  assert.deepEqual(news, ['locked', 'chat']);
  assert.equal(room.access, 'locked');
});

test('a host throws out, locks and appoints', () => {
  const { room, line } = timed();
  room.kick(7);
  room.ban(300);
  room.lock();
  room.unlock();
  room.appoint(1);
  room.chat('  hi  ');
  room.chat('   ');
  assert.deepEqual(line.sent.map(hex), [
    '0b0007000000', '0b012c010000', '0b0200000000', '0b0300000000', '0b0401000000', '096869',
  ]);
});

test('a request that the schema does not have is refused with what it has', () => {
  const { room } = timed();
  assert.throws(() => room.request('vote'), /no request "vote", only none/);
});

test('a request is its number and a record', () => {
  const { room, line } = timed();
  const kind = { name: 'vote', fields: room.schema.input.fields };
  room.requests.push({ kind, layout: room.inputs.layout });
  room.request('vote', { fire: true });
  room.request('vote');
  assert.deepEqual(line.sent.map(hex), ['0a0001', '0a0000']);
  assert.throws(() => room.request('vote', { shoot: true }), /no field "shoot"/);
});

test('a spectator acknowledges, and never steers', () => {
  const { room, line } = timed();
  room.spectator = true;
  room.send({ fire: true });
  room.update(5000);
  room.answer(room.tick ?? 0);
  assert.deepEqual(line.sent.map((it) => it[0]), [0x03]);
});

const cases = golden('room_messages');

for (const { name, index, body, read } of cases.filter((it) => it.body !== undefined)) {
  test(`what the room says, golden: ${name}`, () => {
    const received = () => readRoomMessage(index, bytes(body));
    if (read?.refused) assert.throws(received, { name: 'TickwireError', code: read.refused });
    else assert.deepEqual(received(), read);
  });
}

for (const { name, frame, read } of cases.filter((it) => it.frame !== undefined)) {
  test(`what the room says in a frame, golden: ${name}`, () => {
    const { schema, table } = cases.find((it) => it.schema !== undefined);
    const replica = new Replica(readSchema(new ControlReader(bytes(schema))), bytes(table), 30);
    if (read.refused) {
      assert.throws(() => replica.apply(bytes(frame)), { name: 'TickwireError', code: read.refused });
      return;
    }
    replica.apply(bytes(frame));
    const ofRoom = replica.roomMessages.map(({ index, body }) => ({ index, body: hex(body) }));
    const ofGame = replica.messages.map(({ index, columns }) => {
      /** @type {number[]} */
      const record = [];
      replica.records[index].pack(columns, record);
      return { index, body: hex(record) };
    });
    const told = (/** @type {boolean} */ room) => read.messages.filter((/** @type {any} */ it) => it.index >= 0xf0 === room);
    assert.deepEqual(ofRoom, told(true));
    assert.deepEqual(ofGame, told(false));
  });
}
