// The schema: which kinds of entity exist, and how each of their fields is quantised.
//
// It arrives in the welcome, so nothing may rely on it before `validate`.

import { TickwireError } from './errors.js';

/** Audiences: who may see a field. */
export const PUBLIC = 0;
export const TEAM = 1;
export const OWNER = 2;
export const AUDIENCES = /** @type {const} */ (['public', 'team', 'owner']);

const MAX_KINDS = 64;
const MAX_COLUMNS = 64;
const MAX_TEXT_BYTES = 64;
const MAX_NAME_BYTES = 64;

/**
 * How a field's value becomes integers.
 * @typedef {{type: 'bool'}
 *   | {type: 'int', min: number | bigint, max: number | bigint}
 *   | {type: 'float' | 'vec2' | 'vec3', min: number, max: number, step: number}
 *   | {type: 'angle' | 'quat', bits: number}
 *   | {type: 'enum', names: string[]}
 *   | {type: 'text', bytes: number}} FieldType
 */

/**
 * @typedef {object} Field
 * @property {string} name
 * @property {FieldType} type
 * @property {'hold' | 'linear' | 'by' | 'wrap'} predict what it is expected to do from tick to tick
 * @property {string} [by] the field that says how it changes, in its units a second
 * @property {number} audience PUBLIC, TEAM or OWNER
 */

/**
 * A kind of entity, or the layout of an input or a message.
 * @typedef {object} Kind
 * @property {string} name
 * @property {Field[]} fields public ones first, then the team's, then the owner's
 */

/**
 * @typedef {object} Schema
 * @property {string} game
 * @property {Kind[]} kinds
 * @property {Kind} input what a player sends each tick
 * @property {Kind[]} messages what the game tells players once
 * @property {Kind[]} requests what players ask of the game once
 * @property {number} [hash] over its control bytes, when it came as such
 */

/**
 * One integer that a field flattens to: `0..=max`, wrapping or not.
 * @typedef {{max: number, wrap: boolean}} Column
 */

/**
 * The greatest quantised value of a float range: its number of steps.
 * @param {number} min
 * @param {number} max
 * @param {number} step
 */
export function steps(min, max, step) {
  return Math.round((max - min) / step);
}

/**
 * The integers that a value of a type flattens to.
 * @param {FieldType} type
 * @returns {Column[]}
 */
export function columnsOf(type) {
  switch (type.type) {
    case 'bool':
      return [plain(1)];
    case 'int':
      return [plain(Number(BigInt(type.max) - BigInt(type.min)))];
    case 'float':
      return [plain(steps(type.min, type.max, type.step))];
    case 'vec2':
      return Array(2).fill(plain(steps(type.min, type.max, type.step)));
    case 'vec3':
      return Array(3).fill(plain(steps(type.min, type.max, type.step)));
    case 'angle':
      return [{ max: 2 ** type.bits - 1, wrap: true }];
    case 'quat':
      return [plain(3), ...Array(3).fill(plain(2 ** type.bits - 1))];
    case 'enum':
      return [plain(type.names.length - 1)];
    case 'text':
      return Array(type.bytes / 4).fill(plain(0xffffffff));
  }
}

/**
 * The integers that a field flattens to.
 * @param {Field} field
 * @returns {Column[]}
 */
export function fieldColumns({ type, predict }) {
  const columns = columnsOf(type);
  if (predict !== 'wrap') return columns;
  // The end of a real range is its beginning again; of whole numbers both ends count.
  const shared = type.type === 'int' ? 0 : 1;
  return columns.map(({ max }) => ({ max: Math.max(max - shared, 0), wrap: true }));
}

/**
 * @param {number} max
 * @returns {Column}
 */
function plain(max) {
  return { max, wrap: false };
}

/**
 * Whether entities of a kind have a row in segments of an audience.
 *
 * Every kind is public, unless all its fields are for somebody.
 * @param {Kind} kind
 * @param {number} audience
 */
export function isIn(kind, audience) {
  const any = kind.fields.some((field) => field.audience === audience);
  return any || (audience === PUBLIC && kind.fields.length === 0);
}

/**
 * Checks every limit that the rest of the code relies on; throws at the first that is broken.
 * @param {Schema} schema
 */
export function validate(schema) {
  checkName(schema.game);
  const most = Math.max(schema.kinds.length, schema.messages.length, schema.requests.length);
  if (most > MAX_KINDS) {
    const message = `${most} kinds, messages or requests; at most 64 are allowed`;
    throw new TickwireError('schema.too_many_kinds', message);
  }
  const names = new Set();
  for (const kind of schema.kinds) {
    validateKind(kind);
    if (names.has(kind.name)) {
      const message = `the kind ${JSON.stringify(kind.name)} appears twice`;
      throw new TickwireError('schema.duplicate_kind', message);
    }
    names.add(kind.name);
  }
  for (const kind of [...schema.messages, ...schema.requests, schema.input]) validateKind(kind);
}

/** @param {Kind} kind */
function validateKind(kind) {
  checkName(kind.name);
  let columns = 0;
  kind.fields.forEach((field, index) => {
    checkName(field.name);
    const earlier = kind.fields.slice(0, index);
    let what = problem(field.type);
    if (!what && earlier.some((other) => other.name === field.name)) what = 'appears twice';
    if (!what && index > 0 && kind.fields[index - 1].audience > field.audience) {
      what = 'stands after a field of a narrower audience';
    }
    if (!what) what = predictionProblem(field, kind.fields);
    if (!what) columns += columnsOf(field.type).length;
    if (!what && columns > MAX_COLUMNS) what = 'takes the kind beyond 64 columns';
    if (what) {
      const names = `${JSON.stringify(field.name)} of ${JSON.stringify(kind.name)}`;
      throw new TickwireError('schema.field', `field ${names} ${what}`);
    }
  });
}

/** The types that are numbers with a unit. */
const NUMBERS = ['int', 'float', 'vec2', 'vec3'];

/**
 * What is wrong with how a field is predicted, if anything.
 * @param {Field} field
 * @param {Field[]} fields
 * @returns {string}
 */
function predictionProblem(field, fields) {
  const is = NUMBERS.includes(field.type.type);
  if (field.predict === 'wrap') {
    if (!is) return 'cannot wrap: only int, float, vec2 and vec3 can';
    const single = fieldColumns(field).some(({ max }) => max === 0);
    return single ? 'needs two values or more to wrap' : '';
  }
  if (field.predict !== 'by') return '';
  const velocity = fields.find(({ name }) => name === field.by);
  if (!velocity) return 'is predicted by a field that is not there';
  if (!(is || field.type.type === 'angle') || !NUMBERS.includes(velocity.type.type)) {
    return 'is predicted by a field, which takes two fields of numbers';
  }
  if (velocity.audience !== field.audience) return 'is predicted by a field of another audience';
  if (columnsOf(velocity.type).length !== columnsOf(field.type).length) {
    return 'is predicted by a field with another number of components';
  }
  if (velocity.predict === 'by') return 'is predicted by a field that is predicted by a field';
  return velocity.predict === 'wrap' ? 'is predicted by a field that wraps' : '';
}

/**
 * What is wrong with a type, if anything.
 * @param {FieldType} type
 * @returns {string}
 */
function problem(type) {
  switch (type.type) {
    case 'bool':
      return '';
    case 'int': {
      const span = BigInt(type.max) - BigInt(type.min);
      const fits = span >= 0n && span <= 0xffffffffn;
      return fits ? '' : 'needs min <= max <= min + 2^32 - 1';
    }
    case 'float':
    case 'vec2':
    case 'vec3':
      return spanProblem(type);
    case 'angle':
      return type.bits >= 2 && type.bits <= 16 ? '' : 'needs 2 to 16 bits';
    case 'quat':
      return type.bits >= 4 && type.bits <= 16 ? '' : 'needs 4 to 16 bits';
    case 'enum':
      return type.names.length >= 1 && type.names.length <= 256 ? '' : 'needs 1 to 256 names';
    case 'text': {
      const fits = type.bytes > 0 && type.bytes <= MAX_TEXT_BYTES && type.bytes % 4 === 0;
      return fits ? '' : 'needs 4 to 64 bytes, a multiple of four';
    }
  }
}

/** @param {{min: number, max: number, step: number}} type */
function spanProblem({ min, max, step }) {
  const usable = Number.isFinite(min) && Number.isFinite(max) && step > 0 && max > min;
  const few = (max - min) / step <= 2147483647;
  return usable && few ? '' : 'needs finite min < max, step > 0 and fewer than 2^31 steps';
}

/** @param {string} name */
function checkName(name) {
  const bytes = new TextEncoder().encode(name).length;
  if (bytes === 0 || bytes > MAX_NAME_BYTES) {
    const message = `the name ${JSON.stringify(name)} must have 1 to 64 bytes`;
    throw new TickwireError('schema.name', message);
  }
}
