// What the page for any game makes of kinds that it has never heard of.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { World } from '../pages/generic/world.js';
import { OWNER, PUBLIC } from '../sdk/schema.js';

/** @typedef {import('../sdk/schema.js').FieldType} FieldType */

/** @type {FieldType} */
const PLACE = { type: 'vec2', min: 0, max: 100, step: 1 };
/** @type {FieldType} */
const NUMBER = { type: 'int', min: 0, max: 1000 };
const SIZE = 452;

/**
 * A kind of entity from its fields' types; only their owner sees those that are hidden.
 * @param {string} name
 * @param {Record<string, FieldType>} types
 * @param {string[]} [hidden]
 * @returns {import('../sdk/schema.js').Kind}
 */
function kind(name, types, hidden = []) {
  const fields = Object.entries(types).map(([field, type]) => ({
    name: field,
    type,
    predict: /** @type {'hold'} */ ('hold'),
    audience: hidden.includes(field) ? OWNER : PUBLIC,
  }));
  return { name, fields };
}

/**
 * Draws entities, and returns the world and what was written and stroked.
 * @param {import('../sdk/schema.js').Kind[]} kinds
 * @param {Record<string, Record<string, any>[]>} entities
 */
function drawn(kinds, entities) {
  /** @type {[string, number, number][]} */
  const texts = [];
  /** @type {number[][]} */
  const lines = [];
  const context = new Proxy(
    {
      fillText: (/** @type {string} */ text, /** @type {number} */ x, /** @type {number} */ y) => texts.push([text, x, y]),
      lineTo: (/** @type {number[]} */ ...to) => lines.push(to),
      measureText: (/** @type {string} */ text) => ({ width: text.length * 7 }),
    },
    { get: (own, name) => Reflect.get(own, name) ?? (() => {}), set: () => true },
  );
  const canvas = { clientWidth: SIZE, clientHeight: SIZE, getContext: () => context };
  Object.assign(globalThis, { window: globalThis });
  const input = kind('input', {});
  const schema = { game: 'any', kinds, input, messages: [], requests: [] };
  const world = new World(/** @type {any} */ (canvas), schema, 7);
  const view = { entities: (/** @type {string} */ name) => new Map((entities[name] ?? []).entries()) };
  world.draw(/** @type {any} */ (view), null);
  return { world, texts, lines };
}

test('labels and headings that this viewer may not see are not drawn', () => {
  const types = { pos: PLACE, name: { type: 'text', bytes: 16 }, aim: { type: 'angle', bits: 8 } };
  const kinds = [kind('spy', /** @type {any} */ (types), ['name', 'aim'])];
  const pos = { x: 50, y: 50 };
  const { texts, lines } = drawn(kinds, { spy: [{ pos, name: undefined, aim: undefined }, { pos, name: '' }] });
  assert.deepEqual(texts.map(([text]) => text), ['']);
  assert.ok(lines.flat().every(Number.isFinite));
});

test('labels stay inside the field', () => {
  const kinds = [kind('dot', { pos: PLACE, name: { type: 'text', bytes: 16 } })];
  const corners = [0, 100].flatMap((x) => [0, 100].map((y) => ({ pos: { x, y }, name: 'somebody' })));
  const { world, texts } = drawn(kinds, { dot: corners });
  const { left = 0, top = 0, size = 0 } = world;
  assert.equal(texts.length, 4);
  for (const [text, x, y] of texts) {
    const half = (text.length * 7) / 2;
    assert.ok(x - half >= left && x + half <= left + size, `${x}`);
    assert.ok(y - 9 >= top && y <= top + size, `${y}`);
  }
});

test('the own entity is found by a field that is named like a player', () => {
  const pos = { x: 1, y: 1 };
  const here = { x: 9, y: 9 };
  for (const name of ['player', 'owner', 'who', 'owner_id', 'the_player']) {
    const { world } = drawn([kind('dot', { pos: PLACE, [name]: NUMBER })], { dot: [{ pos, [name]: 3 }, { pos: here, [name]: 7 }] });
    assert.equal(world.own()?.id, 1, name);
  }
  const { world } = drawn([kind('dot', { pos: PLACE, whole: NUMBER })], { dot: [{ pos, whole: 7 }] });
  assert.equal(world.own(), null);
});

test('where something has a player, what it owns is not taken for it', () => {
  const kinds = [kind('shot', { pos: PLACE, owner: NUMBER }), kind('ship', { pos: PLACE, player: NUMBER })];
  const pos = { x: 1, y: 1 };
  const { world } = drawn(kinds, { shot: [{ pos, owner: 7 }], ship: [{ pos, player: 7 }] });
  assert.equal(world.own()?.kind, 'ship');
});
