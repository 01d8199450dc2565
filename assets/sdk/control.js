// The control plane's encoding: join and welcome are bincode 2 in its standard configuration.
//
// Integers take one byte up to 250, else a marker (251, 252, 253) and 2, 4 or 8
// bytes, low byte first; signed ones are zigzag first. Texts and lists begin with
// their length; an enum is its variant's index; an option is 0, or 1 and the value.

import { TickwireError } from './errors.js';

/** @typedef {import('./schema.js').FieldType} FieldType */
/** @typedef {import('./schema.js').Kind} Kind */
/** @typedef {import('./schema.js').Schema} Schema */

/** The largest control message, and the most that its values may claim, in bytes. */
export const MAX_CONTROL_BYTES = 64 * 1024;
/** How many bytes the secret of a session has. */
export const TOKEN_BYTES = 16;

/**
 * The server's answer to a join: all that is needed to read the frames that follow.
 * @typedef {object} Welcome
 * @property {number} protocol
 * @property {string} room the room's join code
 * @property {number} player who you are in it
 * @property {boolean} spectator whether you only watch
 * @property {Uint8Array} token what to resume the session with; a secret
 * @property {number} graceTicks for how many ticks the session is kept when its connection is lost
 * @property {number} tickHz
 * @property {number} hashInterval a frame carries a hash when its tick is a multiple of this
 * @property {Schema} schema
 * @property {number} schemaHash
 * @property {Uint8Array} priors
 * @property {string} setup
 */

/** Reads control values one after the other. */
export class ControlReader {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    if (bytes.length > MAX_CONTROL_BYTES) {
      const message = `control message of ${bytes.length} bytes; at most 65536 are accepted`;
      throw new TickwireError('control.too_long', message);
    }
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = 0;
    this.claimed = 0;
  }

  /**
   * Counts what values take in memory: the encoder's own limit, which a client must share.
   * @param {number} bytes
   */
  claim(bytes) {
    this.claimed += bytes;
    if (this.claimed > MAX_CONTROL_BYTES) throw malformed('it claims more than 65536 bytes');
  }

  /** @param {number} count */
  take(count) {
    if (count > this.bytes.length - this.at) throw malformed('it ends too early');
    this.at += count;
    return this.at - count;
  }

  u8() {
    this.claim(1);
    return this.bytes[this.take(1)];
  }

  bool() {
    const byte = this.u8();
    if (byte > 1) throw malformed(`byte ${byte} is neither true nor false`);
    return byte === 1;
  }

  /**
   * Bytes whose number is known.
   * @param {number} count
   */
  array(count) {
    this.claim(count);
    const at = this.take(count);
    return this.bytes.slice(at, at + count);
  }

  /**
   * @param {number} widest how many bytes the type has: 4 or 8
   * @returns {number | bigint} a bigint only where a number would not be exact
   */
  varint(widest) {
    this.claim(widest);
    const first = this.bytes[this.take(1)];
    if (first <= 250) return first;
    const width = first === 251 ? 2 : first === 252 ? 4 : first === 253 ? 8 : 16;
    if (width > widest) throw malformed(`byte ${first} does not begin a number of its type`);
    const at = this.take(width);
    if (width === 2) return this.view.getUint16(at, true);
    if (width === 4) return this.view.getUint32(at, true);
    const wide = this.view.getBigUint64(at, true);
    return wide <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(wide) : wide;
  }

  u32() {
    return Number(this.varint(4));
  }

  /** A length; one that is too long for a number is too long for the bytes as well. */
  length() {
    return Number(this.varint(8));
  }

  /** @returns {number | bigint} a bigint only where a number would not be exact */
  i64() {
    const zigzag = BigInt(this.varint(8));
    const value = zigzag & 1n ? -(zigzag >> 1n) - 1n : zigzag >> 1n;
    const safe = value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER;
    return safe ? Number(value) : value;
  }

  f32() {
    this.claim(4);
    return this.view.getFloat32(this.take(4), true);
  }

  string() {
    const length = this.length();
    this.claim(length);
    const at = this.take(length);
    try {
      const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
      return decoder.decode(this.bytes.subarray(at, at + length));
    } catch {
      throw malformed('a text is not UTF-8');
    }
  }

  /**
   * @template T
   * @param {() => T} item
   * @returns {T[]}
   */
  list(item) {
    const length = this.length();
    /** @type {T[]} */
    const items = [];
    while (items.length < length) items.push(item());
    return items;
  }

  byteList() {
    const length = this.length();
    this.claim(length);
    const at = this.take(length);
    return this.bytes.slice(at, at + length);
  }

  /** @param {number} variants */
  variant(variants) {
    const index = this.u32();
    if (index >= variants) throw malformed(`there is no variant ${index}`);
    return index;
  }

  end() {
    const left = this.bytes.length - this.at;
    if (left > 0) {
      throw new TickwireError('control.trailing', `${left} bytes follow the control message`);
    }
  }
}

/** @param {string} what */
function malformed(what) {
  return new TickwireError('control.malformed', `malformed control message: ${what}`);
}

/**
 * @param {ControlReader} reader
 * @returns {FieldType}
 */
export function readFieldType(reader) {
  const span = () => ({ min: reader.f32(), max: reader.f32(), step: reader.f32() });
  switch (reader.variant(9)) {
    case 0:
      return { type: 'bool' };
    case 1:
      return { type: 'int', min: reader.i64(), max: reader.i64() };
    case 2:
      return { type: 'float', ...span() };
    case 3:
      return { type: 'vec2', ...span() };
    case 4:
      return { type: 'vec3', ...span() };
    case 5:
      return { type: 'angle', bits: reader.u8() };
    case 6:
      return { type: 'quat', bits: reader.u8() };
    case 7:
      return { type: 'enum', names: reader.list(() => reader.string()) };
    default:
      return { type: 'text', bytes: reader.u8() };
  }
}

/** @typedef {Pick<import('./schema.js').Field, 'predict' | 'by'>} Predict */

/**
 * @param {ControlReader} reader
 * @returns {Predict}
 */
function readPredict(reader) {
  const variant = reader.variant(4);
  if (variant === 2) return { predict: 'by', by: reader.string() };
  return { predict: variant === 0 ? 'hold' : variant === 1 ? 'linear' : 'wrap' };
}

/**
 * @param {ControlReader} reader
 * @returns {Kind}
 */
export function readKind(reader) {
  const name = reader.string();
  const fields = reader.list(() => ({
    name: reader.string(),
    type: readFieldType(reader),
    ...readPredict(reader),
    audience: reader.variant(3),
  }));
  return { name, fields };
}

/**
 * @param {ControlReader} reader
 * @returns {Schema & {hash: number}}
 */
export function readSchema(reader) {
  const start = reader.at;
  const kind = () => readKind(reader);
  const game = reader.string();
  const [kinds, input] = [reader.list(kind), kind()];
  const schema = { game, kinds, input, messages: reader.list(kind), requests: reader.list(kind) };
  return { ...schema, hash: fnv1a(reader.bytes.subarray(start, reader.at)) };
}

/**
 * Reads a welcome that must take up all of `bytes`; its schema is not validated yet.
 * @param {Uint8Array} bytes
 * @returns {Welcome}
 */
export function readWelcome(bytes) {
  const reader = new ControlReader(bytes);
  const protocol = reader.u32();
  const room = reader.string();
  const player = reader.u32();
  const spectator = reader.bool();
  const token = reader.array(TOKEN_BYTES);
  const graceTicks = reader.u32();
  const tickHz = reader.u32();
  const hashInterval = reader.u32();
  const schema = readSchema(reader);
  const priors = reader.byteList();
  const setup = reader.string();
  reader.end();
  const who = { room, player, spectator, token, graceTicks };
  return { protocol, ...who, tickHz, hashInterval, schema, schemaHash: schema.hash, priors, setup };
}

/**
 * A schema's hash, over its control bytes.
 * @param {Uint8Array} bytes
 */
export function fnv1a(bytes) {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/**
 * The control bytes of a join.
 * @param {number} protocol
 * @param {string} name
 * @param {number | null} schemaHash
 * @param {string | null} ticket
 * @returns {number[]}
 */
export function writeJoin(protocol, name, schemaHash, ticket) {
  const hash = schemaHash === null ? [0] : [1, ...writeU32(schemaHash)];
  const seat = ticket === null ? [0] : [1, ...writeText(ticket)];
  return [...writeU32(protocol), ...writeText(name), ...hash, ...seat];
}

/**
 * The control bytes of a resume.
 * @param {number} protocol
 * @param {Uint8Array} token
 * @param {Uint8Array} attempt
 * @param {number | null} applied
 * @returns {number[]}
 */
export function writeResume(protocol, token, attempt, applied) {
  const held = applied === null ? [0] : [1, ...writeU32(applied)];
  return [...writeU32(protocol), ...token, ...attempt, ...held];
}

/** @param {string} text */
function writeText(text) {
  const bytes = new TextEncoder().encode(text);
  return [...writeU32(bytes.length), ...bytes];
}

/**
 * A 32-bit integer in the control plane's variable length.
 * @param {number} value
 * @returns {number[]}
 */
export function writeU32(value) {
  if (value <= 250) return [value];
  const low = [value & 255, (value >>> 8) & 255];
  if (value <= 0xffff) return [251, ...low];
  return [252, ...low, (value >>> 16) & 255, value >>> 24];
}
