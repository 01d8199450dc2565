// Rows: what a segment holds at one tick, in the order of entity ids.
//
// Three flat buffers that are reused from tick to tick; each row is as long as
// its kind's part of the layout says.

/** @typedef {import('./layout.js').Layout} Layout */

/** The most new rows that one segment's bytes may bring. */
export const MAX_ROWS = 1 << 16;
/** A client that holds more rows than this accepts no more, in one segment or in all together. */
export const MAX_HELD_ROWS = 1 << 20;

export class Rows {
  constructor() {
    /** How many rows, values and motions there are; the buffers may be longer. */
    this.count = 0;
    this.valueCount = 0;
    this.motionCount = 0;
    this.ids = new Uint32Array(16);
    /** Where each row's values begin. */
    this.starts = new Uint32Array(16);
    this.values = new Uint32Array(64);
    this.motion = new Int32Array(32);
  }

  /** Forgets the rows, keeping the memory. */
  clear() {
    this.count = 0;
    this.valueCount = 0;
    this.motionCount = 0;
  }

  /**
   * Makes sure that one more row fits.
   * @param {number} values
   * @param {number} motions
   */
  reserve(values, motions) {
    if (this.count === this.ids.length) {
      this.ids = grown(this.ids, this.count + 1);
      this.starts = grown(this.starts, this.count + 1);
    }
    if (this.valueCount + values > this.values.length) {
      this.values = grown(this.values, this.valueCount + values);
    }
    if (this.motionCount + motions > this.motion.length) {
      this.motion = grown(this.motion, this.motionCount + motions);
    }
  }

  /**
   * Ends a row whose values and motions have been written behind the last one's.
   * @param {number} id
   * @param {number} values
   * @param {number} motions
   */
  commit(id, values, motions) {
    this.ids[this.count] = id;
    this.starts[this.count] = this.valueCount;
    this.count += 1;
    this.valueCount += values;
    this.motionCount += motions;
  }

  /**
   * Appends a copy of another set's row.
   * @param {Rows} from
   * @param {number} row
   * @param {number} motionAt
   * @param {import('./layout.js').KindLayout} kind
   */
  copyRow(from, row, motionAt, kind) {
    this.reserve(kind.width, kind.motions);
    const start = from.starts[row];
    for (let i = 0; i < kind.width; i++) this.values[this.valueCount + i] = from.values[start + i];
    for (let i = 0; i < kind.motions; i++) {
      this.motion[this.motionCount + i] = from.motion[motionAt + i];
    }
    this.commit(from.ids[row], kind.width, kind.motions);
  }

  /** @returns {Rows} a copy that later frames leave alone */
  clone() {
    const copy = new Rows();
    copy.count = this.count;
    copy.valueCount = this.valueCount;
    copy.motionCount = this.motionCount;
    copy.ids = this.ids.slice(0, Math.max(1, this.count));
    copy.starts = this.starts.slice(0, Math.max(1, this.count));
    copy.values = this.values.slice(0, Math.max(1, this.valueCount));
    copy.motion = this.motion.slice(0, Math.max(1, this.motionCount));
    return copy;
  }

  /**
   * The rows one by one as plain objects; for tests, tools and reports.
   * @param {Layout} layout
   * @returns {{id: number, values: number[], motion: number[]}[]}
   */
  list(layout) {
    let motionAt = 0;
    return Array.from({ length: this.count }, (_, row) => {
      const kind = layout.kinds[kindOf(this.ids[row])];
      const start = this.starts[row];
      const values = Array.from(this.values.subarray(start, start + kind.width));
      const motion = Array.from(this.motion.subarray(motionAt, (motionAt += kind.motions)));
      return { id: this.ids[row], values, motion };
    });
  }

  /** @returns {number} a hash of ids, then values, then motions */
  hash() {
    let hash = this.count;
    for (let i = 0; i < this.count; i++) hash = mix(hash, this.ids[i]);
    for (let i = 0; i < this.valueCount; i++) hash = mix(hash, this.values[i]);
    for (let i = 0; i < this.motionCount; i++) hash = mix(hash, this.motion[i]);
    return hash >>> 0;
  }
}

/** Rows of nothing: the baseline of a keyframe. */
export const NO_ROWS = Object.freeze(new Rows());

/**
 * Mixes one word into a hash: the round of xxHash32.
 * @param {number} hash
 * @param {number} word
 */
export function mix(hash, word) {
  const sum = (hash + Math.imul(word, 0x85ebca77)) | 0;
  return Math.imul((sum << 13) | (sum >>> 19), 0x9e3779b1);
}

/**
 * The index of an entity's kind in the schema.
 * @param {number} id
 */
export function kindOf(id) {
  return id >>> 24;
}

/**
 * A copy of a buffer with room for at least `needed`, and as much again.
 * @template {Uint32Array | Int32Array} T
 * @param {T} buffer
 * @param {number} needed
 * @returns {T}
 */
function grown(buffer, needed) {
  const Buffer = /** @type {new (length: number) => T} */ (buffer.constructor);
  const larger = new Buffer(Math.max(buffer.length * 2, needed));
  larger.set(buffer);
  return larger;
}
