// What the bytes of a frame were spent on.
//
// The bits of a segment are charged to the kind whose rows they tell of, by how far the range coder
// has come: exact to a fraction of a bit, so that their sum is the segment's length but for what is lost
// in its last byte.

/** @typedef {import('./range_decoder.js').RangeDecoder} RangeDecoder */

export class Spent {
  /** @param {number} kinds how many there are */
  constructor(kinds) {
    /** Bytes that told of each kind, by its index in the schema. */
    this.kinds = new Float64Array(kinds);
    /** Bytes of messages. */
    this.messages = 0;
    /** All other bytes: the header, and what stands before and is lost after each segment. */
    this.rest = 0;
    this.start = 0;
    this.used = 0;
  }

  /**
   * A frame begins.
   * @param {number} bytes that it has
   * @param {number} messages how many of them are messages
   */
  clear(bytes, messages) {
    this.kinds.fill(0);
    this.messages = messages;
    this.rest = bytes - messages;
  }

  /**
   * A segment begins.
   * @param {RangeDecoder} decoder
   */
  begin(decoder) {
    this.start = decoder.next;
    this.used = decoder.used(this.start);
  }

  /**
   * Charges what has been read since the last time to a kind.
   * @param {number} kind
   * @param {RangeDecoder} decoder
   */
  charge(kind, decoder) {
    const used = decoder.used(this.start);
    const bytes = (used - this.used) / 8;
    this.used = used;
    this.kinds[kind] += bytes;
    this.rest -= bytes;
  }
}
