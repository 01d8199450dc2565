// From quantised columns to JavaScript values, and back for what a player sends.
//
// Vectors are {x, y} or {x, y, z}, rotations {x, y, z, w}, angles radians, enums
// their names and texts strings. Numbers are rounded to 32-bit floats where the
// server's are, so both ends mean the same value.

import { steps } from './schema.js';
import { TickwireError } from './errors.js';

/** @typedef {import('./schema.js').FieldType} FieldType */
/** @typedef {import('./schema.js').Field} Field */
/** @typedef {ArrayLike<number>} Columns */

const TAU = Math.PI * 2;
const ROOT_HALF = Math.fround(Math.SQRT1_2);
const float = Math.fround;

/**
 * The value that a field's columns, which begin at `at`, stand for.
 * @param {FieldType} type
 * @param {Columns} columns
 * @param {number} at
 * @returns {any}
 */
export function restore(type, columns, at) {
  switch (type.type) {
    case 'bool':
      return columns[at] !== 0;
    case 'int':
      return restoreInt(type.min, columns[at]);
    case 'float':
      return fromStep(type, columns[at]);
    case 'vec2':
      return { x: fromStep(type, columns[at]), y: fromStep(type, columns[at + 1]) };
    case 'vec3':
      return {
        x: fromStep(type, columns[at]),
        y: fromStep(type, columns[at + 1]),
        z: fromStep(type, columns[at + 2]),
      };
    case 'angle':
      return float((columns[at] / 2 ** type.bits) * TAU);
    case 'quat':
      return restoreQuat(type.bits, columns, at);
    case 'enum':
      return type.names[columns[at]];
    case 'text':
      return restoreText(columns, at, type.bytes);
  }
}

/**
 * @param {number | bigint} min
 * @param {number} column
 */
function restoreInt(min, column) {
  return typeof min === 'number' ? min + column : Number(min + BigInt(column));
}

/**
 * @param {{min: number, step: number}} span
 * @param {number} column
 */
function fromStep({ min, step }, column) {
  return float(min + column * step);
}

/**
 * @param {number} bits
 * @param {Columns} columns
 * @param {number} at
 */
function restoreQuat(bits, columns, at) {
  const most = 2 ** bits - 1;
  const largest = columns[at] & 3;
  const parts = [0, 0, 0, 0];
  let squares = 0;
  let next = at + 1;
  for (let index = 0; index < 4; index++) {
    if (index === largest) continue;
    const unit = float(float(float(columns[next++] / most) * 2) - 1);
    parts[index] = float(unit * ROOT_HALF);
    squares = float(squares + float(parts[index] * parts[index]));
  }
  parts[largest] = float(Math.sqrt(Math.max(0, float(1 - squares))));
  const length = Math.hypot(...parts);
  const [x, y, z, w] = parts.map((part) => float(part / length));
  return { x, y, z, w };
}

/**
 * @param {Columns} columns
 * @param {number} at
 * @param {number} most
 */
function restoreText(columns, at, most) {
  const bytes = [];
  for (let index = 0; index < most; index++) {
    const byte = (columns[at + (index >> 2)] >>> ((index & 3) * 8)) & 255;
    if (byte === 0) break;
    bytes.push(byte);
  }
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(new Uint8Array(bytes));
}

/**
 * Writes a value's columns at `at`; numbers out of range are clamped or go round, as on the server.
 * @param {Field} field
 * @param {any} value
 * @param {Uint32Array} columns
 * @param {number} at
 */
export function quantise({ name, type, predict }, value, columns, at) {
  const toInt = predict === 'wrap' ? roundInt : clampInt;
  const toStep = predict === 'wrap' ? roundStep : clampStep;
  switch (type.type) {
    case 'bool':
      columns[at] = value ? 1 : 0;
      return;
    case 'int':
      columns[at] = toInt(type, Number(value));
      return;
    case 'float':
      columns[at] = toStep(type, Number(value));
      return;
    case 'vec2':
    case 'vec3':
      columns[at] = toStep(type, Number(value.x));
      columns[at + 1] = toStep(type, Number(value.y));
      if (type.type === 'vec3') columns[at + 2] = toStep(type, Number(value.z));
      return;
    case 'angle':
      columns[at] = toTurn(type.bits, Number(value));
      return;
    case 'quat':
      quantiseQuat(type.bits, value, columns, at);
      return;
    case 'enum':
      columns[at] = toIndex(name, type.names, value);
      return;
    case 'text':
      quantiseText(type.bytes, String(value), columns, at);
  }
}

/**
 * @param {{min: number | bigint, max: number | bigint}} span
 * @param {number} value
 */
function clampInt({ min, max }, value) {
  const from = Number(min);
  const whole = Number.isNaN(value) ? from : Math.trunc(value);
  return Math.min(Math.max(whole, from), Number(max)) - from;
}

/**
 * @param {{min: number, max: number, step: number}} span
 * @param {number} value
 */
function clampStep({ min, max, step }, value) {
  const nearest = Math.round((float(value) - min) / step);
  // Both zero and "not a number" are the least value.
  return nearest > 0 ? Math.min(nearest, steps(min, max, step)) : 0;
}

/**
 * @param {{min: number | bigint, max: number | bigint}} span
 * @param {number} value
 */
function roundInt({ min, max }, value) {
  const from = Number(min);
  const whole = Number.isNaN(value) ? from : Math.trunc(value);
  return around(whole - from, Number(max) - from + 1);
}

/**
 * @param {{min: number, max: number, step: number}} span
 * @param {number} value
 */
function roundStep({ min, max, step }, value) {
  const exact = (float(value) - min) / step;
  // Halves are rounded away from zero.
  const nearest = exact < 0 ? -Math.round(-exact) : Math.round(exact);
  return around(nearest, steps(min, max, step));
}

/**
 * @param {number} value
 * @param {number} count
 */
function around(value, count) {
  const rest = value % count;
  // What is no number is the least value.
  return rest < 0 ? rest + count : rest || 0;
}

/**
 * @param {number} bits
 * @param {number} radians
 */
function toTurn(bits, radians) {
  const turns = float(radians) / TAU;
  const directions = 2 ** bits;
  const nearest = Math.round((turns - Math.floor(turns)) * directions);
  return Number.isFinite(nearest) ? nearest & (directions - 1) : 0;
}

/**
 * @param {number} bits
 * @param {{x: number, y: number, z: number, w: number}} value
 * @param {Uint32Array} columns
 * @param {number} at
 */
function quantiseQuat(bits, value, columns, at) {
  const parts = [value.x, value.y, value.z, value.w].map((part) => float(Number(part)));
  let largest = 0;
  for (let index = 1; index < 4; index++) {
    if (Math.abs(parts[index]) > Math.abs(parts[largest])) largest = index;
  }
  // q and -q are one rotation, so the largest is made positive and left out.
  const sign = parts[largest] < 0 ? -1 : 1;
  const most = 2 ** bits - 1;
  columns[at] = largest;
  let next = at + 1;
  for (let index = 0; index < 4; index++) {
    if (index === largest) continue;
    const unit = float(float(float((sign * parts[index]) / ROOT_HALF) + 1) / 2);
    const nearest = Math.round(float(unit * most));
    columns[next++] = nearest > 0 ? Math.min(nearest, most) : 0;
  }
}

/**
 * @param {string} field
 * @param {string[]} names
 * @param {any} value a name or its index
 */
function toIndex(field, names, value) {
  const index = typeof value === 'number' ? value : names.indexOf(value);
  if (names[index] === undefined) {
    const message = `${JSON.stringify(value)} is not one of ${field}'s names: ${names.join(', ')}`;
    throw new TickwireError('input.enum', message);
  }
  return index;
}

/**
 * Packs a text, cut where the columns end (between characters) or at a NUL.
 * @param {number} most
 * @param {string} text
 * @param {Uint32Array} columns
 * @param {number} at
 */
function quantiseText(most, text, columns, at) {
  const bytes = new Uint8Array(most);
  const end = text.indexOf('\0');
  new TextEncoder().encodeInto(end < 0 ? text : text.slice(0, end), bytes);
  for (let index = 0; index < most; index += 4) {
    const [a, b, c, d] = bytes.subarray(index, index + 4);
    columns[at + index / 4] = a | (b << 8) | (c << 16) | (d << 24);
  }
}
