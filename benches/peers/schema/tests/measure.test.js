import assert from 'node:assert/strict';
import test from 'node:test';

import { measure, report, table } from '../measure.js';
import { Peer, plain, quantised, smallest } from '../peer.js';
import { World, readSchema } from '../trace.js';

const SCHEMA = JSON.stringify({
  kinds: {
    ship: {
      pos: { type: 'vec2', min: 0, max: 4000, step: 0.0625 },
      hp: { type: 'int', min: 0, max: 100 },
      way: { type: 'angle', bits: 8 },
      turn: { type: 'quat', bits: 9 },
      mood: { type: 'enum', names: ['calm', 'angry'] },
      name: { type: 'text', bytes: 6 },
      alive: { type: 'bool' },
    },
    rock: { size: { type: 'float', min: 0, max: 1, step: 0.5 } },
  },
});
const SHIP = {
  pos: [1, 2], hp: 100, way: 0, turn: [0, 0, 0, 1], mood: 'calm', name: 'ann', alive: true,
};
const ship = (id, changes) => [id, 'ship', { ...SHIP, ...changes }];
const tick = (number, ...entities) => JSON.stringify({ tick: number, entities });

test('a patch has the bytes that the format says', async () => {
  const lines = [SCHEMA, tick(1, ship(7)), tick(2, ship(7, { hp: 99 })), tick(3, ship(7, { hp: 99 }))];
  const [floats] = await measure(lines, ['floats']);
  // Whose fields follow (two bytes), which field, its value; then nothing.
  assert.deepEqual([floats.ticks, floats.updates, floats.bytes], [3, 1, 4]);
  assert.deepEqual([floats.bytes_per_tick, floats.bytes_per_update], [2, 4]);
  assert.ok(floats.keyframe_bytes > 0 && floats.verified);
});

test('quantised numbers take less than floats', async () => {
  const move = (at) => tick(at, ship(7, { pos: [at, at], way: at / 10, turn: [0, 0, at / 10, 1] }));
  const [floats, integers] = await measure([SCHEMA, move(1), move(2)], ['floats', 'quantised']);
  // Two for whose they are; a field is a byte and its value: pos, way, and four or one for turn.
  assert.equal(floats.bytes, 2 + 2 * 5 + 5 + 2 * 5, 'of the rotation z and w changed');
  assert.equal(integers.bytes, 2 + 2 * 3 + 2 + 5);
});

test('an entity is updated when its quantised state changed or when it is new', () => {
  const world = new World(readSchema(SCHEMA).kinds);
  const updates = (...entities) => world.apply(tick(1, ...entities)).updates;
  assert.equal(updates(ship(7), ship(8)), 2);
  assert.equal(updates(ship(8), ship(7, { pos: [1.001, 2] })), 0, 'less than half a step');
  assert.equal(updates(ship(8), ship(7, { pos: [1.1, 2] })), 1);
  assert.equal(updates([8, 'rock', { size: 1 }]), 1, 'one of another kind is new');
});

test('who goes, comes back or changes its kind is decoded as that', async () => {
  const rock = (id) => [id, 'rock', { size: 0.5 }];
  const lines = [
    SCHEMA,
    tick(1, ship(1), ship(2), rock(3)),
    tick(2, ship(1), rock(2)),
    tick(3, rock(3), ship(2, { name: 'bob', mood: 'angry', alive: false })),
    tick(4),
  ];
  const results = await measure(lines, ['floats', 'quantised']);
  assert.deepEqual(results.map(({ ticks, updates, verified }) => [ticks, updates, verified]), [
    [4, 3, true],
    [4, 3, true],
  ]);
});

test('a state that is not the world is noticed', () => {
  for (const map of [plain, quantised]) {
    const { kinds } = readSchema(SCHEMA);
    const [peer, world] = [new Peer(kinds, map), new World(kinds)];
    peer.update(world, world.apply(tick(1, ship(7))).gone);
    peer.verify(peer.full(), world);
    world.apply(tick(2, ship(7, { hp: 50 })));
    assert.throws(() => peer.verify(peer.patch(), world), /entity 7, f2: 100 decoded, not 50/);
    world.apply(tick(3, ship(7), ship(8)));
    assert.throws(() => peer.verify(peer.patch(), world), /1 entities decoded, not 2/);
  }
});

test('whole numbers take the smallest type that holds them', () => {
  const cases = [[0, 255, 'uint8'], [0, 256, 'uint16'], [0, 65536, 'uint32'], [0, 2 ** 32, 'number']];
  cases.push([-1, 127, 'int8'], [-129, 0, 'int16'], [-1, 2 ** 31 - 1, 'int32'], [-1, 2 ** 31, 'number']);
  for (const [min, max, type] of cases) assert.equal(smallest(min, max), type);
});

test('the report has the keys that scripts rely on, and the table a ratio', async () => {
  const results = await measure([SCHEMA, tick(1, ship(7)), tick(2, ship(7, { hp: 1 }))], ['floats']);
  const json = report('a.jsonl', results);
  const keys = ['file', 'codec', 'ticks', 'updates', 'bytes', 'bytes_per_tick', 'bytes_per_update'];
  keys.push('kilobits_per_second', 'keyframe_bytes', 'verified', 'codecs', 'fields');
  assert.deepEqual(Object.keys(json), keys);
  const ours = { bytes: 2, bytes_per_tick: 2, bytes_per_update: 2, keyframe_bytes: 9 };
  assert.match(table(results, ours), /floats .* 2\.0x$/);
});

test('there is no average of nothing', async () => {
  const [result] = await measure([SCHEMA, tick(1)], ['floats']);
  assert.deepEqual([result.bytes_per_tick, result.bytes_per_update], [null, null]);
  assert.doesNotMatch(table([result]), /NaN|undefined|Infinity/);
  await assert.rejects(measure([SCHEMA], ['floats']), /no ticks/);
});
