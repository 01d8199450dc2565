// What a player may put into an input, and what is refused.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RecordLayout, neutralColumns } from '../sdk/record.js';
import { PUBLIC } from '../sdk/schema.js';

/** @typedef {import('../sdk/schema.js').FieldType} FieldType */

/** @type {[string, FieldType][]} */
const FIELDS = [
  ['x', { type: 'int', min: -127, max: 127 }],
  ['speed', { type: 'float', min: 0, max: 10, step: 0.5 }],
  ['aim', { type: 'angle', bits: 8 }],
  ['pos', { type: 'vec2', min: 0, max: 100, step: 1 }],
  ['turn', { type: 'quat', bits: 8 }],
  ['fire', { type: 'bool' }],
];
/** @type {import('../sdk/schema.js').Kind} */
const kind = {
  name: 'push',
  fields: FIELDS.map(([name, type]) => ({ name, type, predict: 'hold', audience: PUBLIC })),
};
const layout = new RecordLayout(kind);

/** @param {Record<string, any>} object */
function columnsOf(object) {
  const columns = neutralColumns(kind);
  layout.fromObject(object, columns);
  return columns;
}

test('what is no finite number is refused, and the field named', () => {
  /** @type {[Record<string, any>, string][]} */
  const cases = [
    [{ x: 'a' }, 'x must be a finite number, not "a"'],
    [{ x: '1' }, 'x must be a finite number, not "1"'],
    [{ x: true }, 'x must be a finite number, not true'],
    [{ speed: NaN }, 'speed must be a finite number, not NaN'],
    [{ aim: Infinity }, 'aim must be a finite number, not Infinity'],
    [{ pos: { x: 1 } }, 'pos.y must be a finite number, not undefined'],
    [{ pos: 3 }, 'pos.x must be a finite number, not undefined'],
    [{ turn: { x: 0, y: 0, z: 0, w: '1' } }, 'turn.w must be a finite number, not "1"'],
  ];
  for (const [input, message] of cases) {
    assert.throws(() => columnsOf(input), { name: 'TickwireError', code: 'input.number', message });
  }
});

test('numbers out of range are clamped, and whole ones may be of any size', () => {
  assert.equal(columnsOf({ x: 1000 })[0], 254);
  assert.equal(columnsOf({ x: -1000n })[0], 0);
  assert.equal(columnsOf({ speed: 1e300 })[1], 20);
});

test('fields that are left out, undefined or null stay nothing', () => {
  const nothing = neutralColumns(kind);
  assert.deepEqual(columnsOf({ x: undefined, pos: null, fire: 0 }), nothing);
});
