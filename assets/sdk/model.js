// What is modelled: where each adaptive bit stands, where it starts, and its contexts.
//
// Every segment starts again from the priors. The table of one kind's and one
// group's bits stands for every kind and group of a schema.

/** @typedef {import('./layout.js').Layout} Layout */

/** Evidence beyond this no longer slows adaptation. */
export const MOST_SEEN = 60;
/** `RATE[seen]` is 2^17 / (2 seen + 3), rounded down. */
export const RATE = Int32Array.from({ length: MOST_SEEN + 1 }, (_, seen) =>
  Math.floor((1 << 17) / (2 * seen + 3)),
);
/** Probabilities move towards this or 2^15 less this, so no bit ever costs over 10 bits. */
export const LEAST = 32;

/** Contexts of a number's class: six sizes of motion by four of its neighbour's class. */
export const CLASS_CONTEXTS = 24;
/** Bits of a class's unary code; longer classes share the last. */
export const CLASS_BITS = 14;
/** Classes with a mantissa of their own; longer ones share the last. */
export const MANTISSA_CLASSES = 16;

/** Offsets of the bits that a segment has once. */
export const ONCE = { ANY_NEW: 0, COUNT: 1, SLOT: 33, GENERATION: 65, TEXT: 321, BITS: 577 };
/** Offsets of a kind's bits from the kind's first. */
export const KIND = { DIFFERS: 0, GONE: 9, MOTION: 10, BITS: 11 };
/** Offsets of a group's bits from the group's first. */
export const GROUP = {
  DIFFERS: 0,
  CLASS: 8,
  SIGN: 8 + CLASS_CONTEXTS * CLASS_BITS,
  MANTISSA: 11 + CLASS_CONTEXTS * CLASS_BITS,
  SAME: 11 + CLASS_CONTEXTS * CLASS_BITS + MANTISSA_CLASSES * 3,
  LARGEST: 12 + CLASS_CONTEXTS * CLASS_BITS + MANTISSA_CLASSES * 3,
  BITS: 16 + CLASS_CONTEXTS * CLASS_BITS + MANTISSA_CLASSES * 3,
};

/** How many bits a table of priors has; it takes two bytes for each. */
export const TABLE_BITS = ONCE.BITS + KIND.BITS + GROUP.BITS;

/** Where every bit of a layout's models starts. */
export class Priors {
  /**
   * Spreads a table of the right length over a layout.
   * @param {Layout} layout
   * @param {Uint8Array} table
   */
  constructor(layout, table) {
    this.kinds = layout.kinds.length;
    const bits = ONCE.BITS + this.kinds * KIND.BITS + layout.groups * GROUP.BITS;
    /** Each bit's probability of being zero, of 2^15. */
    this.p0 = new Uint16Array(bits);
    /** How much evidence stands behind it. */
    this.seen = new Uint8Array(bits);
    this.spread(table, 0, ONCE.BITS, 0, 1);
    this.spread(table, ONCE.BITS, KIND.BITS, ONCE.BITS, this.kinds);
    this.spread(table, ONCE.BITS + KIND.BITS, GROUP.BITS, this.groupBase(0), layout.groups);
  }

  /**
   * Writes one part of the table `times` times.
   * @param {Uint8Array} table
   * @param {number} from the part's first bit in the table
   * @param {number} count its length in bits
   * @param {number} to where it goes
   * @param {number} times
   */
  spread(table, from, count, to, times) {
    for (let i = 0; i < count * times; i++) {
      const pair = (from + (i % count)) * 2;
      this.p0[to + i] = table[pair] * 128 + 64;
      this.seen[to + i] = Math.min(table[pair + 1], MOST_SEEN);
    }
  }

  /** @param {number} kind */
  kindBase(kind) {
    return ONCE.BITS + kind * KIND.BITS;
  }

  /** @param {number} group */
  groupBase(group) {
    return ONCE.BITS + this.kinds * KIND.BITS + group * GROUP.BITS;
  }
}

/**
 * The bits needed for an unsigned number.
 * @param {number} value
 */
export function bitLength(value) {
  return 32 - Math.clz32(value);
}

/**
 * The context of a number's class.
 * @param {number} motion
 * @param {number} neighbour the class of the number before it in its group, or -1
 */
export function classContext(motion, neighbour) {
  const size = Math.min(bitLength(Math.abs(motion)), 5);
  return size * 4 + (neighbour < 0 ? 0 : neighbour === 0 ? 1 : neighbour <= 2 ? 2 : 3);
}

/**
 * Half of the bits needed for the largest of some motions, rounded up.
 * @param {Int32Array} motion
 * @param {number} start
 * @param {number} count
 */
export function motionSize(motion, start, count) {
  let largest = 0;
  for (let i = start; i < start + count; i++) {
    const size = Math.abs(motion[i]);
    if (size > largest) largest = size;
  }
  return (bitLength(largest) + 1) >> 1;
}
