// Frames: what the server pushes to one viewer for one tick.
//
//   frame    := 0x82 flags tick [hash:u32] [slack:i16] [age:u8] [messages] segment*   until the bytes end
//   flags    := bit 0 FULL, bit 1 HASH, bit 2 INPUT, bit 3 MESSAGES, bit 4 STARVED
//   tick     := FULL ? tick:u32 : gap:u8
//   slack    := with INPUT: how early inputs were, in 1/256 ticks
//   age      := with STARVED: for how many ticks before this one the input used was meant
//   messages := count:varint message{count}
//   message  := index:u8 record                    a game's, below 64
//               index:u8 length:varint byte{length}    the room's, from 0xf0; see room_message.js
//   segment  := head:varint body                    head = handle << 3 | mode
//
// Of the held segments that a frame does not name, a live one became what was predicted and a
// resting one stays as it is, at the tick that it was last named in.

import { TickwireError } from './errors.js';

/** @typedef {import('./record.js').RecordLayout} RecordLayout */

const FULL = 1;
const HASH = 2;
const INPUT = 4;
const MESSAGES = 8;
const STARVED = 16;

/** What a segment's part of a frame is; with `RESTS` the segment rests afterwards. */
export const DELTA = 0;
export const KEYFRAME = 2;
export const ADVANCE = 4;
export const KEEP = 6;
export const DROP = 7;
const RESTS = 1;

export const MAX_GAP = 128;
const MAX_HANDLE = 1 << 16;
/** Indices of messages from here on are the room's. */
export const FIRST_ROOM_MESSAGE = 0xf0;
const MAX_FRAME_BYTES = 1 << 20;

/** Steps through a frame, never beyond its end. */
export class FrameReader {
  /**
   * @param {Uint8Array} bytes
   * @param {number} at
   */
  constructor(bytes, at) {
    this.bytes = bytes;
    this.at = at;
    /** The segment that `segment` read last: its handle, mode, audience and where its bytes lie. */
    this.handle = 0;
    this.mode = DELTA;
    /** Whether it rests afterwards. */
    this.rests = false;
    this.audience = 0;
    this.start = 0;
    this.end = 0;
  }

  /**
   * Steps over `count` bytes and returns where they begin.
   * @param {number} count
   */
  take(count) {
    if (count > this.bytes.length - this.at) {
      throw new TickwireError('frame.truncated', 'the frame ends too early');
    }
    const start = this.at;
    this.at += count;
    return start;
  }

  byte() {
    return this.bytes[this.take(1)];
  }

  i16() {
    const at = this.take(2);
    return ((this.bytes[at] | (this.bytes[at + 1] << 8)) << 16) >> 16;
  }

  u32() {
    const at = this.take(4);
    const { bytes } = this;
    return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
  }

  /** The next varint: seven bits a byte, low bits first, of at most 32. */
  varint() {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (value > 0xffffffff) break;
        return value;
      }
    }
    throw new TickwireError('frame.varint', 'a varint is too long');
  }

  /** Reads the next segment's head; false at the end of the frame. */
  segment() {
    if (this.at === this.bytes.length) return false;
    const head = this.varint();
    this.handle = head >>> 3;
    const mode = head & 7;
    this.rests = mode === KEEP || (mode < KEEP && (mode & RESTS) !== 0);
    this.mode = mode < KEEP ? mode & ~RESTS : mode;
    if (this.handle >= MAX_HANDLE) throw badSegment(head);
    if (this.mode === KEYFRAME) {
      this.audience = this.byte();
      if (this.audience > 2) throw badSegment(head);
    }
    if (this.mode < ADVANCE) {
      const length = this.varint();
      this.start = this.take(length);
      this.end = this.at;
    }
    return true;
  }
}

/** @param {number} head */
export function badSegment(head) {
  const message = `segment head 0x${head.toString(16)} has no meaning here`;
  return new TickwireError('frame.segment', message);
}

/** What is said where a frame needs what is not held. */
export function noBaseline() {
  const message = 'the frame builds upon something that is not held';
  return new TickwireError('frame.no_baseline', message);
}

/**
 * How the server saw this player's inputs.
 * @typedef {object} InputEcho
 * @property {number | null} slack how long before its tick was made the server had read an input,
 *   in 1/256 ticks, negative if it came too late: the least since the last frame, null if there was none
 * @property {number} age for how many ticks before the frame's the input used was meant; 0 when the
 *   tick had one of its own
 */

/**
 * What stands before a frame's segments.
 * @typedef {object} FrameHeader
 * @property {number | null} tick the tick of a frame that stands alone
 * @property {number} gap else how many ticks after the frame before it comes
 * @property {number | null} hash
 * @property {InputEcho} input
 * @property {number} messagesStart where the messages begin
 * @property {number} messagesEnd
 * @property {FrameReader} reader stands at the first segment
 */

/**
 * Reads a frame up to its segments.
 * @param {Uint8Array} bytes
 * @param {RecordLayout[]} records the layouts of its messages
 * @returns {FrameHeader}
 */
export function readHeader(bytes, records) {
  if (bytes.length > MAX_FRAME_BYTES) {
    const message = `a frame of ${bytes.length} bytes; at most 1048576 are accepted`;
    throw new TickwireError('frame.too_long', message);
  }
  const reader = new FrameReader(bytes, 0);
  reader.take(1);
  const flags = reader.byte();
  if (flags & ~(FULL | HASH | INPUT | MESSAGES | STARVED)) {
    throw new TickwireError('frame.flags', `unknown flags 0x${hexByte(flags)}`);
  }
  const tick = flags & FULL ? reader.u32() : null;
  const gap = tick === null ? reader.byte() : 0;
  if (tick === null && (gap === 0 || gap > MAX_GAP)) {
    throw new TickwireError('frame.gap', `a gap of ${gap} ticks; 1 to 128 are allowed`);
  }
  const hash = flags & HASH ? reader.u32() : null;
  const slack = flags & INPUT ? reader.i16() : null;
  const age = flags & STARVED ? reader.byte() : 0;
  let messagesStart = reader.at;
  if (flags & MESSAGES) messagesStart = skipMessages(reader, records);
  return { tick, gap, hash, input: { slack, age }, messagesStart, messagesEnd: reader.at, reader };
}

/**
 * Steps over the messages and returns where the first begins.
 * @param {FrameReader} reader
 * @param {RecordLayout[]} records
 */
function skipMessages(reader, records) {
  const count = reader.varint();
  const start = reader.at;
  for (let i = 0; i < count; i++) {
    const index = reader.byte();
    if (index >= FIRST_ROOM_MESSAGE) {
      reader.take(reader.varint());
      continue;
    }
    if (index >= records.length) {
      throw new TickwireError('frame.message', `message ${index} does not fit the schema`);
    }
    reader.take(records[index].bytes);
  }
  return start;
}

/** @param {number} byte */
function hexByte(byte) {
  return byte.toString(16).padStart(2, '0');
}
