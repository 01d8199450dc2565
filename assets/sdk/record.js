// Records: inputs and messages as fixed-width bits, low bit first, with no baseline.

import { TickwireError } from './errors.js';
import { quantise, restore } from './field.js';
import { bitLength } from './model.js';
import { columnsOf, fieldColumns } from './schema.js';

/** @typedef {import('./schema.js').Kind} Kind */

/** How records of one kind are laid out. */
export class RecordLayout {
  /** @param {Kind} kind of a valid schema */
  constructor(kind) {
    this.kind = kind;
    const columns = kind.fields.flatMap((field) => fieldColumns(field));
    this.max = Uint32Array.from(columns, (column) => column.max);
    const bits = columns.reduce((sum, column) => sum + bitLength(column.max), 0);
    /** The length of every record. */
    this.bytes = (bits + 7) >> 3;
  }

  /**
   * Appends a record.
   * @param {Uint32Array} columns
   * @param {number[]} out
   */
  pack(columns, out) {
    // Up to 7 + 32 bits wait at a time, which a double holds exactly.
    let pending = 0;
    let filled = 0;
    for (let i = 0; i < this.max.length; i++) {
      pending += columns[i] * 2 ** filled;
      filled += bitLength(this.max[i]);
      for (; filled >= 8; filled -= 8) {
        out.push(pending % 256);
        pending = Math.floor(pending / 256);
      }
    }
    if (filled > 0) out.push(pending);
  }

  /**
   * Reads the record in `bytes` from `start` up to `end`.
   * @param {Uint8Array} bytes
   * @param {number} [start]
   * @param {number} [end]
   * @returns {Uint32Array} its columns
   */
  unpack(bytes, start = 0, end = bytes.length) {
    if (end - start !== this.bytes) {
      const message = `a record of ${end - start} bytes where ${this.bytes} were expected`;
      throw new TickwireError('record.length', message);
    }
    const columns = new Uint32Array(this.max.length);
    let pending = 0;
    let filled = 0;
    for (let i = 0; i < this.max.length; i++) {
      const width = bitLength(this.max[i]);
      for (; filled < width; filled += 8) pending += bytes[start++] * 2 ** filled;
      const value = pending % 2 ** width;
      pending = Math.floor(pending / 2 ** width);
      filled -= width;
      if (value > this.max[i]) {
        throw new TickwireError('record.range', `column ${i} is above its maximum`);
      }
      columns[i] = value;
    }
    if (pending !== 0) throw new TickwireError('record.padding', 'padding bits are set');
    return columns;
  }

  /**
   * The object that a record's columns stand for.
   * @param {Uint32Array} columns
   * @returns {Record<string, any>}
   */
  toObject(columns) {
    let at = 0;
    return Object.fromEntries(
      this.kind.fields.map(({ name, type }) => {
        const value = restore(type, columns, at);
        at += columnsOf(type).length;
        return [name, value];
      }),
    );
  }

  /**
   * Writes an object's fields over columns; fields that it does not have stay as they are.
   * Throws when a name is unknown, or where a number should be and none is.
   * @param {Record<string, any>} object
   * @param {Uint32Array} columns
   */
  fromObject(object, columns) {
    const unknown = Object.keys(object).find(
      (name) => !this.kind.fields.some((field) => field.name === name),
    );
    if (unknown !== undefined) {
      const names = this.kind.fields.map((field) => field.name).join(', ');
      const message = `${this.kind.name} has no field ${JSON.stringify(unknown)}, only ${names}`;
      throw new TickwireError('input.field', message);
    }
    let at = 0;
    for (const field of this.kind.fields) {
      const value = object[field.name];
      if (value !== undefined && value !== null) {
        checkNumbers(field, value);
        quantise(field, value, columns, at);
      }
      at += fieldColumns(field).length;
    }
  }
}

/** The parts of the types that are made of numbers; '' is the value itself. */
const PARTS = /** @type {Record<string, string[]>} */ ({
  int: [''],
  float: [''],
  angle: [''],
  vec2: ['x', 'y'],
  vec3: ['x', 'y', 'z'],
  quat: ['x', 'y', 'z', 'w'],
});

/**
 * Refuses what would else silently become the least value that a field has.
 * @param {import('./schema.js').Field} field
 * @param {any} value
 */
function checkNumbers({ name, type }, value) {
  for (const part of PARTS[type.type] ?? []) {
    const number = part ? value[part] : value;
    // Whole numbers may be beyond what a double holds.
    if (Number.isFinite(number) || (type.type === 'int' && typeof number === 'bigint')) continue;
    const text = typeof number === 'string' ? JSON.stringify(number) : String(number);
    const message = `${part ? `${name}.${part}` : name} must be a finite number, not ${text}`;
    throw new TickwireError('input.number', message);
  }
}

/** What "nothing" is for the types whose all-zero columns mean something else. */
const NOTHING = /** @type {Record<string, any>} */ ({
  int: 0,
  float: 0,
  vec2: { x: 0, y: 0 },
  vec3: { x: 0, y: 0, z: 0 },
  quat: { x: 0, y: 0, z: 0, w: 1 },
});

/**
 * The columns of a kind whose every field is nothing: zero, or what its range has nearest to it.
 * @param {Kind} kind
 * @returns {Uint32Array}
 */
export function neutralColumns(kind) {
  const columns = kind.fields.flatMap((field) => {
    const own = new Uint32Array(fieldColumns(field).length);
    const nothing = NOTHING[field.type.type];
    if (nothing !== undefined) quantise(field, nothing, own, 0);
    return [...own];
  });
  return Uint32Array.from(columns);
}
