// Numbers, texts and counts, made of adaptive bits.

import { TickwireError } from './errors.js';
import { CLASS_BITS, GROUP, LEAST, MANTISSA_CLASSES, MOST_SEEN, ONCE, RATE } from './model.js';
import { classContext } from './model.js';
import { RangeDecoder } from './range_decoder.js';

/** @typedef {import('./model.js').Priors} Priors */

/** A range decoder with its models. */
export class Bits extends RangeDecoder {
  constructor() {
    super();
    this.p0 = new Uint16Array(0);
    this.seen = new Uint8Array(0);
    /** The class of the number read last. */
    this.lastClass = 0;
  }

  /** @param {Priors} priors */
  reset(priors) {
    if (this.p0.length !== priors.p0.length) {
      this.p0 = new Uint16Array(priors.p0.length);
      this.seen = new Uint8Array(priors.p0.length);
    }
    this.p0.set(priors.p0);
    this.seen.set(priors.seen);
  }

  /**
   * Reads a bit by its model, which learns from it.
   * @param {number} model
   * @returns {number} 0 or 1
   */
  bit(model) {
    const p0 = this.p0[model];
    const seen = this.seen[model];
    const bit = this.modelled(p0);
    const target = bit ? LEAST : (1 << 15) - LEAST;
    this.p0[model] = p0 + (((target - p0) * RATE[seen]) >> 16);
    if (seen < MOST_SEEN) this.seen[model] = seen + 1;
    return bit;
  }

  /** Every row ends with this, so that no claim outgrows the bytes that came. */
  check() {
    if (this.overran()) {
      throw new TickwireError('decode.truncated', 'the segment ends too early');
    }
  }

  /**
   * Reads a residual and leaves its class in `lastClass`.
   * @param {number} base the group's first model
   * @param {number} motion
   * @param {number} neighbour
   * @returns {number} a signed 32-bit number
   */
  number(base, motion, neighbour) {
    const first = base + GROUP.CLASS + classContext(motion, neighbour) * CLASS_BITS;
    let size = 0;
    while (size < 32 && this.bit(first + Math.min(size, CLASS_BITS - 1))) size += 1;
    this.lastClass = size;
    if (size === 0) return 0;
    const negative = this.bit(base + GROUP.SIGN + Math.sign(motion) + 1);
    const magnitude = this.mantissa(base, size);
    return (negative ? -magnitude : magnitude) | 0;
  }

  /**
   * @param {number} base
   * @param {number} size the number's class
   */
  mantissa(base, size) {
    if (size === 1) return 1;
    const first = base + GROUP.MANTISSA + Math.min(size - 1, MANTISSA_CLASSES - 1) * 3;
    const high = this.bit(first);
    if (size === 2) return 2 | high;
    const low = this.bit(first + 1 + high);
    return ((4 | (high << 1) | low) << (size - 3)) | this.raw(size - 3);
  }

  /**
   * Reads which component of a quaternion is the largest.
   * @param {number} base
   * @param {number} predicted
   */
  largest(base, predicted) {
    if (!this.bit(base + GROUP.LARGEST)) return predicted;
    const high = this.bit(base + GROUP.LARGEST + 1);
    return (high << 1) | this.bit(base + GROUP.LARGEST + 2 + high);
  }

  /**
   * Reads bytes up to and with the first NUL.
   * @param {Uint32Array} values
   * @param {number} at
   * @param {number} columns
   */
  text(values, at, columns) {
    values.fill(0, at, at + columns);
    for (let index = 0; index < columns * 4; index++) {
      const byte = this.tree(ONCE.TEXT);
      if (byte === 0) return;
      values[at + (index >> 2)] |= byte << ((index & 3) * 8);
    }
  }

  /**
   * Reads a byte, each bit in the context of those before it.
   * @param {number} first
   */
  tree(first) {
    let node = 1;
    while (node < 256) node = node * 2 + this.bit(first + node);
    return node & 255;
  }

  /**
   * Reads a count below 2^31.
   * @param {number} first
   */
  expGolomb(first) {
    let size = 0;
    while (size < 31 && this.bit(first + size)) size += 1;
    return size === 0 ? 0 : ((1 << (size - 1)) | this.raw(size - 1)) >>> 0;
  }
}
