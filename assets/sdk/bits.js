// Numbers, texts and counts, made of adaptive bits.

import { TickwireError } from './errors.js';
import {
  CLASS_BITS, COUNT_BITS, FRESH_BITS, GROUP, LEAST, MANTISSA_CLASSES, MOST_JOLT, MOST_SEEN, ONCE,
  RATE, bitLength, nearLevel,
} from './model.js';
import { RangeDecoder } from './range_decoder.js';

/** @typedef {import('./priors.js').Priors} Priors */

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
   * Reads a class up to `most` in unary; steps beyond `models` share the last model.
   * @param {number} first
   * @param {number} models
   * @param {number} most
   */
  unary(first, models, most) {
    let size = 0;
    while (size < most && this.bit(first + (size < models ? size : models - 1))) size += 1;
    return size;
  }

  /**
   * Reads a residual and leaves its class in `lastClass`.
   * @param {number} base the group's first model
   * @param {number} most the greatest class that it can have
   * @param {number} known its sign, if only one is possible: 0 positive, 1 negative, else -1
   * @param {number} motion
   * @param {number} jolt
   * @param {number} near the largest class in the row so far, or -1
   * @returns {number} a signed 32-bit number
   */
  number(base, most, known, motion, jolt, near) {
    const context = Math.abs(jolt) * 6 + nearLevel(near, 4);
    const size = this.unary(base + GROUP.CLASS + context * CLASS_BITS, CLASS_BITS, most);
    this.lastClass = size;
    if (size === 0) return 0;
    let negative = known;
    if (known < 0) {
      const jolted = (jolt < -3 ? -3 : jolt > 3 ? 3 : jolt) + 3;
      const sign = (jolted * 3 + Math.sign(motion) + 1) * 3 + Math.min(size, 3) - 1;
      negative = this.bit(base + GROUP.SIGN + sign);
    }
    return this.signed(base, size, negative);
  }

  /**
   * Reads by how much a motion differs over a gap.
   * @param {number} base
   * @param {number} context by the class of the value's residual
   * @param {number} sign by the sign of it
   */
  motion(base, context, sign) {
    const size = this.unary(base + GROUP.MOTION + context * CLASS_BITS, CLASS_BITS, 32);
    if (size === 0) return 0;
    return this.signed(base, size, this.bit(base + GROUP.MOTION_SIGN + sign));
  }

  /**
   * Reads a jolt over a gap.
   * @param {number} base
   * @param {number} context by the size of the expected one
   * @param {number} sign by the sign of it
   */
  jolt(base, context, sign) {
    const size = this.unary(base + GROUP.JOLT + context * MOST_JOLT, MOST_JOLT, MOST_JOLT);
    return size > 0 && this.bit(base + GROUP.JOLT_SIGN + sign) ? -size : size;
  }

  /**
   * @param {number} base
   * @param {number} size the number's class
   * @param {number} negative
   */
  signed(base, size, negative) {
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
   * Reads a new row's column that goes up to `max`.
   * @param {number} base
   * @param {number} max
   */
  fresh(base, max) {
    const bits = bitLength(max);
    const modelled = Math.min(bits, FRESH_BITS);
    const high = this.tree(base + GROUP.FRESH, modelled);
    return high * 2 ** (bits - modelled) + this.raw(bits - modelled);
  }

  /**
   * Reads which component of a quaternion is the largest.
   * @param {number} base
   * @param {number} certainty
   * @param {number} predicted
   */
  largest(base, certainty, predicted) {
    if (!this.bit(base + GROUP.LARGEST + certainty)) return predicted;
    return this.tree(base + GROUP.LARGEST + 8, 2);
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
      const byte = this.tree(ONCE.TEXT, 8);
      if (byte === 0) return;
      values[at + (index >> 2)] |= byte << ((index & 3) * 8);
    }
  }

  /**
   * Reads some bits, each in the context of those before it.
   * @param {number} first
   * @param {number} bits
   */
  tree(first, bits) {
    let node = 1;
    for (let i = 0; i < bits; i++) node = node * 2 + this.bit(first + node);
    return node - (1 << bits);
  }

  /**
   * Reads a count below 2^31.
   * @param {number} first
   */
  count(first) {
    const size = this.unary(first, COUNT_BITS, 31);
    return size === 0 ? 0 : ((1 << (size - 1)) | this.raw(size - 1)) >>> 0;
  }
}
