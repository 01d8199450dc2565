// Reads a trace: JSON lines, of which the first is the schema and each further one a tick.
//
// What is quantised, and how, is Tickwire's own: the same functions as in a browser, so that
// an entity counts as updated here exactly when it does there.

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

import { quantise } from '../../../assets/sdk/field.js';
import { columnsOf } from '../../../assets/sdk/schema.js';

/**
 * @typedef {import('../../../assets/sdk/schema.js').FieldType} FieldType
 * @typedef {{name: string, type: FieldType, columns: number}} Field
 * @typedef {{name: string, fields: Field[]}} Kind
 * @typedef {{kind: Kind, values: any[], columns: Uint32Array}} Entity
 */

/** Reads the schema line. */
export function readSchema(line) {
  const { kinds, hz = 60 } = JSON.parse(line);
  if (!kinds) throw new Error('the first line must be the schema');
  const read = ([name, type]) => {
    // A text takes whole columns of four bytes, as it does where the trace is measured.
    const rounded = type.bytes ? { ...type, bytes: Math.ceil(type.bytes / 4) * 4 } : type;
    const spans = ['min', 'max', 'step'].filter((key) => key in type && type.type !== 'int');
    for (const key of spans) rounded[key] = Math.fround(type[key]);
    return { name, type: rounded, columns: columnsOf(rounded).length };
  };
  const kind = ([name, fields]) => [name, { name, fields: Object.entries(fields).map(read) }];
  return { hz, kinds: new Map(Object.entries(kinds).map(kind)) };
}

/** Entities by id, tick after tick. */
export class World {
  constructor(kinds) {
    this.kinds = kinds;
    /** @type {Map<number, Entity>} */
    this.entities = new Map();
  }

  /** Takes a tick's line, and returns how many entities changed or are new, and which are gone. */
  apply(line) {
    const { entities } = JSON.parse(line);
    const before = this.entities;
    this.entities = new Map();
    let updates = 0;
    for (const [id, name, fields] of entities) {
      if (!Number.isSafeInteger(id)) throw new Error(`ids beyond 2^53 are not read here: ${id}`);
      const old = before.get(id);
      const entity = read(this.kinds.get(name), fields);
      if (!isSame(old, entity)) updates += 1;
      this.entities.set(id, entity);
    }
    const gone = [...before].filter(([id, { kind }]) => this.entities.get(id)?.kind !== kind);
    return { updates, gone };
  }
}

function isSame(old, { kind, columns }) {
  return old?.kind === kind && columns.every((value, at) => value === old.columns[at]);
}

/** @returns {Entity} */
function read(kind, fields) {
  const columns = new Uint32Array(kind.fields.reduce((sum, field) => sum + field.columns, 0));
  const values = [];
  let at = 0;
  for (const field of kind.fields) {
    const value = named(field.type, fields[field.name]);
    quantise(field, value, columns, at);
    values.push(value);
    at += field.columns;
  }
  return { kind, values, columns };
}

/** Lists become the objects that the SDK has for vectors and rotations, and those become units. */
function named({ type }, value) {
  if (type === 'vec2') return { x: value[0], y: value[1] };
  if (type === 'vec3') return { x: value[0], y: value[1], z: value[2] };
  if (type !== 'quat') return value;
  const [x, y, z, w] = value.map((part) => part / Math.hypot(...value));
  return { x, y, z, w };
}

/** The lines of a file, or of standard input for `-`. */
export async function* lines(file) {
  const input = file === '-' ? process.stdin : createReadStream(file);
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    if (line.trim() !== '') yield line;
  }
}
