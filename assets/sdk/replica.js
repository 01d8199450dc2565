// The client's copy of the world: applies frames, and can prove that it is right.
//
// The hash of what is held is that of its tick, then of each segment in rising
// order of handle: the handle, the segment's tick, then the hash of its rows.
//
// An entity has one row for each audience, but a segment that rests may show an entity
// that has meanwhile moved on to another. What counts is the row that is newest.

import { TickwireError } from './errors.js';
import {
  ADVANCE,
  DROP,
  FIRST_ROOM_MESSAGE,
  FrameReader,
  KEEP,
  KEYFRAME,
  MAX_GAP,
  badSegment,
  noBaseline,
  readHeader,
} from './frame.js';
import { Layout } from './layout.js';
import { Priors } from './priors.js';
import { RecordLayout } from './record.js';
import { MAX_HELD_ROWS, NO_ROWS, Rows, mix } from './rows.js';
import { OWNER, PUBLIC, TEAM, validate } from './schema.js';
import { Decoder, advanceRows } from './segment.js';
import { Spent } from './spent.js';
import { Changes } from './changes.js';

/** @typedef {import('./schema.js').Schema} Schema */

/** One segment as a viewer holds it. */
export class HeldSegment {
  constructor() {
    this.handle = 0;
    this.audience = PUBLIC;
    /** The tick that the rows are of. */
    this.tick = 0;
    /** Whether it stays as it is in frames that do not name it. */
    this.rests = false;
    /** Whether the last frame left it as it was. */
    this.kept = false;
    this.rows = new Rows();
  }
}

/**
 * What a frame did.
 * @typedef {object} Applied
 * @property {number} tick the tick that is now held
 * @property {boolean} full whether the frame stood alone
 * @property {{expected: number, actual: number} | null} hash the server's and ours, when due
 * @property {number} updates entities that changed or came into view
 */

export class Replica {
  /**
   * An empty replica for what a welcome brought.
   * @param {Schema} schema
   * @param {Uint8Array} priors
   * @param {number} tickHz
   */
  constructor(schema, priors, tickHz) {
    validate(schema);
    this.schema = schema;
    this.layouts = [PUBLIC, TEAM, OWNER].map((audience) => new Layout(schema, audience, tickHz));
    this.priors = this.layouts.map((layout) => new Priors(layout, priors));
    this.records = schema.messages.map((kind) => new RecordLayout(kind));
    this.decoder = new Decoder();
    /** What the bytes of the last frame were spent on. */
    this.spent = new Spent(schema.kinds.length);
    this.decoder.spent = this.spent;
    /** @type {number | null} */
    this.tick = null;
    /** What is held, in rising order of handle; only the first `held` count. @type {HeldSegment[]} */
    this.segments = [];
    this.held = 0;
    /** What was held before the last frame, and the memory for the next. @type {HeldSegment[]} */
    this.before = [];
    this.heldBefore = 0;
    /** How far a frame has been built: segments of the baseline, of the result, its rows and tick. */
    this.build = { from: 0, to: 0, rows: 0, tick: 0 };
    this.changes = new Changes(this.layouts);
    /** How the server saw this player's inputs. @type {import('./frame.js').InputEcho} */
    this.input = { slack: null, age: 0 };
    /**
     * The messages of the last frame, each its index in the schema and its columns.
     * @type {{index: number, columns: Uint32Array}[]}
     */
    this.messages = [];
    /**
     * The room's own messages of the last frame.
     * @type {{index: number, body: Uint8Array}[]}
     */
    this.roomMessages = [];
  }

  /**
   * Applies a frame, all of it or nothing; when it throws, the replica is unchanged.
   *
   * A hash that differs does not throw: the difference is what one then wants to look at.
   * @param {Uint8Array} bytes
   * @returns {Applied}
   */
  apply(bytes) {
    const header = readHeader(bytes, this.records);
    if (header.tick === null && this.tick === null) throw noBaseline();
    const messages = this.readMessages(bytes, header.messagesStart, header.messagesEnd);
    const tick = header.tick ?? ((this.tick ?? 0) + header.gap) >>> 0;
    this.spent.clear(bytes.length, header.messagesEnd - header.messagesStart);
    this.buildSegments(header.reader, tick, header.tick !== null);
    [this.segments, this.before] = [this.before, this.segments];
    [this.held, this.heldBefore] = [this.build.to, this.held];
    this.takeOverKept();
    this.tick = tick;
    this.input = header.input;
    this.messages = messages;
    this.changes.note(this.before, this.heldBefore, this.segments, this.held);
    const hash = header.hash === null ? null : { expected: header.hash, actual: this.hash() };
    return { tick, full: header.tick !== null, hash, updates: this.changes.updates };
  }

  /**
   * @param {Uint8Array} bytes
   * @param {number} at
   * @param {number} end
   */
  readMessages(bytes, at, end) {
    const messages = [];
    this.roomMessages = [];
    while (at < end) {
      const index = bytes[at];
      if (index >= FIRST_ROOM_MESSAGE) {
        const reader = new FrameReader(bytes, at + 1);
        const length = reader.varint();
        this.roomMessages.push({ index, body: bytes.slice(reader.at, reader.at + length) });
        at = reader.at + length;
        continue;
      }
      const layout = this.records[index];
      const next = at + 1 + layout.bytes;
      const columns = readOrNull(layout, bytes, at + 1, next);
      // A record that makes no sense is the game's mistake and spoils no state.
      if (columns) messages.push({ index, columns });
      at = next;
    }
    return messages;
  }

  /**
   * Builds what is held after a frame in the memory of what was held before the last.
   * @param {FrameReader} reader
   * @param {number} tick
   * @param {boolean} full
   */
  buildSegments(reader, tick, full) {
    const { build } = this;
    build.tick = tick;
    build.to = build.rows = 0;
    // A frame that stands alone builds upon nothing, and so forgets what it does not name.
    build.from = full ? this.held : 0;
    let lowest = 0;
    while (reader.segment()) {
      if (reader.handle < lowest) throw badSegment(reader.handle * 8);
      lowest = reader.handle + 1;
      this.passUntil(reader.handle);
      this.buildSegment(reader);
    }
    this.passUntil(Infinity);
  }

  /**
   * Goes on over the held segments below `handle`, which the frame does not name.
   * @param {number} handle
   */
  passUntil(handle) {
    const { build } = this;
    while (build.from < this.held && this.segments[build.from].handle < handle) {
      const held = this.segments[build.from++];
      if (held.rests) this.keep(held);
      else this.advance(held, false);
    }
  }

  /** @param {FrameReader} reader */
  buildSegment(reader) {
    const candidate = this.build.from < this.held ? this.segments[this.build.from] : null;
    const held = candidate?.handle === reader.handle ? candidate : null;
    if (held) this.build.from += 1;
    if (reader.mode === KEYFRAME) {
      this.decodeInto(reader, reader.audience, NO_ROWS, 0);
      return;
    }
    if (held === null) throw noBaseline();
    if (reader.mode === KEEP) this.keep(held);
    else if (reader.mode === ADVANCE) this.advance(held, reader.rests);
    else if (reader.mode !== DROP) {
      this.decodeInto(reader, held.audience, held.rows, this.gap(held));
    }
  }

  /**
   * How many ticks the frame is beyond a held segment.
   * @param {HeldSegment} held
   */
  gap(held) {
    const gap = (this.build.tick - held.tick) | 0;
    if (gap < 1 || gap > MAX_GAP) throw noBaseline();
    return gap;
  }

  /**
   * @param {FrameReader} reader
   * @param {number} audience
   * @param {Rows} baseline
   * @param {number} gap
   */
  decodeInto(reader, audience, baseline, gap) {
    const next = this.nextSegment(reader.handle, audience, this.build.tick, reader.rests);
    this.decode(reader, audience, baseline, gap, next.rows);
    this.count(next.rows);
  }

  /**
   * @param {HeldSegment} held
   * @param {boolean} rests
   */
  advance(held, rests) {
    const gap = this.gap(held);
    const next = this.nextSegment(held.handle, held.audience, this.build.tick, rests);
    advanceRows(this.layouts[held.audience], held.rows, gap, next.rows);
    this.count(next.rows);
  }

  /**
   * Leaves a segment as it is; its rows are moved when the whole frame has turned out well.
   * @param {HeldSegment} held
   */
  keep(held) {
    this.nextSegment(held.handle, held.audience, held.tick, true).kept = true;
    this.count(held.rows);
  }

  /** Moves the rows that stay as they are; now that nothing can fail, no copy is needed. */
  takeOverKept() {
    let from = 0;
    for (let to = 0; to < this.held; to++) {
      const after = this.segments[to];
      if (!after.kept) continue;
      while (this.before[from].handle !== after.handle) from += 1;
      [this.before[from].rows, after.rows] = [after.rows, this.before[from].rows];
    }
  }

  /**
   * @param {FrameReader} reader
   * @param {number} audience
   * @param {Rows} baseline
   * @param {number} gap
   * @param {Rows} rows
   */
  decode(reader, audience, baseline, gap, rows) {
    const { bytes, start, end } = reader;
    try {
      const layout = this.layouts[audience];
      this.decoder.decode(layout, this.priors[audience], baseline, gap, bytes, start, end, rows);
    } catch (error) {
      if (!(error instanceof TickwireError)) throw error;
      throw new TickwireError(error.code, `segment ${reader.handle}: ${error.message}`);
    }
  }

  /**
   * @param {number} handle
   * @param {number} audience
   * @param {number} tick
   * @param {boolean} rests
   */
  nextSegment(handle, audience, tick, rests) {
    if (this.build.to === this.before.length) this.before.push(new HeldSegment());
    const segment = this.before[this.build.to++];
    segment.handle = handle;
    segment.audience = audience;
    segment.tick = tick;
    segment.rests = rests;
    segment.kept = false;
    return segment;
  }

  /** @param {Rows} rows */
  count(rows) {
    this.build.rows += rows.count;
    if (this.build.rows > MAX_HELD_ROWS) {
      const message = `more than ${MAX_HELD_ROWS} rows to hold`;
      throw new TickwireError('frame.too_many_rows', message);
    }
  }

  /**
   * The tick that a held segment's rows are of.
   * @param {number} handle
   * @returns {number | null} null when it is not held
   */
  tickOf(handle) {
    let low = 0;
    let high = this.held;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.segments[middle].handle < handle) low = middle + 1;
      else high = middle;
    }
    const found = low < this.held && this.segments[low].handle === handle;
    return found ? this.segments[low].tick : null;
  }

  /** The hash of what is held. */
  hash() {
    let hash = this.tick ?? 0;
    for (let i = 0; i < this.held; i++) {
      const { handle, tick, rows } = this.segments[i];
      hash = mix(mix(mix(hash, handle), tick), rows.hash());
    }
    return hash >>> 0;
  }

  /** @returns {HeldSegment[]} copies of the held segments that later frames leave alone */
  snapshot() {
    return this.segments.slice(0, this.held).map((held) => {
      const copy = new HeldSegment();
      copy.handle = held.handle;
      copy.audience = held.audience;
      copy.tick = held.tick;
      copy.rests = held.rests;
      copy.rows = held.rows.clone();
      return copy;
    });
  }

  /**
   * Reads the keyframes of an evidence message.
   * @param {Uint8Array} bytes
   * @returns {HeldSegment[]}
   */
  readEvidence(bytes) {
    const reader = new FrameReader(bytes, 0);
    const segments = [];
    let rows = 0;
    let lowest = 0;
    while (reader.segment()) {
      if (reader.handle < lowest) throw badSegment(reader.handle * 8);
      lowest = reader.handle + 1;
      if (reader.mode !== KEYFRAME) throw noBaseline();
      const segment = new HeldSegment();
      segment.handle = reader.handle;
      segment.audience = reader.audience;
      this.decode(reader, reader.audience, NO_ROWS, 0, segment.rows);
      segments.push(segment);
      rows += segment.rows.count;
      if (rows > MAX_HELD_ROWS) throw new TickwireError('frame.too_many_rows', 'too much evidence');
    }
    return segments;
  }
}

/**
 * @param {RecordLayout} layout
 * @param {Uint8Array} bytes
 * @param {number} start
 * @param {number} end
 */
function readOrNull(layout, bytes, start, end) {
  try {
    return layout.unpack(bytes, start, end);
  } catch (error) {
    if (error instanceof TickwireError) return null;
    throw error;
  }
}
