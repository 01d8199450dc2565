// Reads bits at given probabilities: the decoding half of a binary range coder.
//
//   range in [2^24, 2^32)    bound = (range >> 15) * p0    p0 = P(bit = 0), 15 bits
//   bit 0 takes [0, bound)   bit 1 takes [bound, range)
//
// The encoder leaves out trailing bytes that zeros can stand for, so reading up to
// four bytes beyond the end is fine; more than that means that bytes are missing.

const TOP = 0x1000000;
const CODE = 0;
const RANGE = 1;
const NOTHING = new Uint8Array(0);

export class RangeDecoder {
  constructor() {
    // A typed array keeps both numbers unsigned and off the heap.
    this.state = new Uint32Array(2);
    /** @type {Uint8Array} */
    this.input = NOTHING;
    this.next = 0;
    this.end = 0;
  }

  /**
   * Starts to read `input` from `start` up to `end`.
   * @param {Uint8Array} input
   * @param {number} start
   * @param {number} end
   */
  begin(input, start, end) {
    this.input = input;
    this.next = start;
    this.end = end;
    let code = 0;
    for (let i = 0; i < 4; i++) code = (code << 8) | this.byte();
    this.state[CODE] = code;
    this.state[RANGE] = 0xffffffff;
  }

  /**
   * Reads a bit whose probability of being zero is `p0 / 2^15`.
   * @param {number} p0
   * @returns {number} 0 or 1
   */
  modelled(p0) {
    const state = this.state;
    let code = state[CODE];
    let range = state[RANGE];
    // The product is below 2^32, so the low 32 bits that imul gives are all of it.
    const bound = Math.imul(range >>> 15, p0) >>> 0;
    let bit = 0;
    if (code >= bound) {
      code -= bound;
      range -= bound;
      bit = 1;
    } else {
      range = bound;
    }
    while (range < TOP) {
      code = ((code << 8) | this.byte()) >>> 0;
      range = (range << 8) >>> 0;
    }
    state[CODE] = code;
    state[RANGE] = range;
    return bit;
  }

  /**
   * Reads `count` bits at even odds, high bit first.
   * @param {number} count 0 to 32
   * @returns {number}
   */
  raw(count) {
    const state = this.state;
    let value = 0;
    for (let i = 0; i < count; i++) {
      let range = state[RANGE] >>> 1;
      let code = state[CODE];
      let bit = 0;
      if (code >= range) {
        code -= range;
        bit = 1;
      }
      value = (value << 1) | bit;
      if (range < TOP) {
        code = ((code << 8) | this.byte()) >>> 0;
        range = (range << 8) >>> 0;
      }
      state[CODE] = code;
      state[RANGE] = range;
    }
    return value >>> 0;
  }

  /** @returns {number} the next byte, or zero beyond the end */
  byte() {
    const at = this.next++;
    return at < this.end ? this.input[at] : 0;
  }

  /**
   * How many bits have been used up since `start`, with a fraction.
   * @param {number} start
   */
  used(start) {
    // Four bytes are read ahead; what is left of them is the logarithm of the range.
    return (this.next - start) * 8 - Math.log2(this.state[RANGE]);
  }

  /** Whether more was read than an encoder can have left out. */
  overran() {
    return this.next > this.end + 4;
  }

  /** Whether bytes are left that no encoder would have written. */
  hasTrailing() {
    return this.next < this.end;
  }
}
