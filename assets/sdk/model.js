// What is modelled: where each adaptive bit stands, and its contexts.
//
// What counts as similar is decided here: by how fast a thing moves, how wrong its last
// prediction was, and how wrong those of its neighbours in the same row are.

/** Evidence beyond this no longer slows adaptation. */
export const MOST_SEEN = 250;
/** `RATE[seen]` is 2^17 / (2 seen + 3), rounded down. */
export const RATE = Int32Array.from({ length: MOST_SEEN + 1 }, (_, seen) =>
  Math.floor((1 << 17) / (2 * seen + 3)),
);
/** Probabilities move towards this or 2^15 less this, so no bit ever costs over 10 bits. */
export const LEAST = 32;

/** Contexts of a number's class: eight sizes of its jolt by six of the row so far. */
export const CLASS_CONTEXTS = 48;
/** Bits of a class's unary code; longer classes share the last. */
export const CLASS_BITS = 12;
/** Contexts of a number's sign: seven jolts by three signs of motion by three classes. */
const SIGN_CONTEXTS = 63;
/** Classes with a mantissa of their own; longer ones share the last. */
export const MANTISSA_CLASSES = 16;
/** Contexts of what is sent over a gap: classes of the value's residual, sizes of a jolt. */
export const GAP_CONTEXTS = 8;
/** A jolt is within this, either way. */
export const MOST_JOLT = 7;
/** Steps of a count's class that have a model of their own; longer ones share the last. */
export const COUNT_BITS = 16;
/** Leading bits of a new row's column that are modelled. */
export const FRESH_BITS = 3;

/** Offsets of the bits that a segment has once. */
export const ONCE = { ANY_NEW: 0, GENERATION: 1, TEXT: 257, BITS: 513 };
/** Offsets of a kind's bits from the kind's first. */
export const KIND = { DIFFERS: 0, GONE: 48, MOTION: 52, COUNT: 53, SLOT: 69, BITS: 85 };

const CLASS = 86;
const SIGN = CLASS + CLASS_CONTEXTS * CLASS_BITS;
const MANTISSA = SIGN + SIGN_CONTEXTS;
const MOTION = MANTISSA + MANTISSA_CLASSES * 3;
const MOTION_SIGN = MOTION + GAP_CONTEXTS * CLASS_BITS;
const JOLT = MOTION_SIGN + 3;
const JOLT_SIGN = JOLT + 2 * GAP_CONTEXTS * MOST_JOLT;
/** Offsets of a group's bits from the group's first. */
export const GROUP = {
  DIFFERS: 0,
  RAW: 64,
  SAME: 65,
  LARGEST: 66,
  FRESH: 78,
  CLASS,
  SIGN,
  MANTISSA,
  MOTION,
  MOTION_SIGN,
  JOLT,
  JOLT_SIGN,
  BITS: JOLT_SIGN + 3,
};

/**
 * The bits needed for an unsigned number: its class.
 * @param {number} value
 */
export function bitLength(value) {
  return 32 - Math.clz32(value);
}

/**
 * The jolt that a residual leaves behind: its class with its sign.
 * @param {number} residual
 */
export function jolt(residual) {
  const size = Math.min(bitLength(Math.abs(residual)), MOST_JOLT);
  return residual < 0 ? -size : size;
}

/**
 * A jolt as it matters `gap` ticks later: the longer, the more may have happened.
 * @param {number} motion
 * @param {number} jolt
 * @param {number} gap
 */
export function grownJolt(motion, jolt, gap) {
  if (gap <= 1 || (motion === 0 && jolt === 0)) return jolt;
  const grown = Math.min(Math.abs(jolt) + ((bitLength(gap - 1) * 3) >> 1), MOST_JOLT);
  return jolt < 0 ? -grown : grown;
}

/**
 * How wrong the predictions of a row have been so far, as a context: nought before anything was
 * noted, else one more than the largest class, which counts up to `most`.
 * @param {number} near the largest class, or -1
 * @param {number} most
 */
export function nearLevel(near, most) {
  return 1 + Math.min(near, most);
}

/**
 * How large the largest of some motions is: two bits a step, nought when all is still.
 * @param {Int32Array} motion
 * @param {number} start
 * @param {number} count
 */
export function motionSize(motion, start, count) {
  return Math.min((bitLength(largest(motion, start, count)) + 1) >> 1, 3);
}

/**
 * How a row or group moves and was jolted, as a context.
 * @param {Int32Array} motion
 * @param {number} start
 * @param {number} jolts where its jolts begin
 * @param {number} count how many there are of each
 */
export function restlessness(motion, start, jolts, count) {
  const size = Math.min((bitLength(largest(motion, start, count)) + 1) >> 1, 3);
  return size * 4 + Math.min(largest(motion, jolts, count), 3);
}

/**
 * @param {Int32Array} numbers
 * @param {number} start
 * @param {number} count
 */
function largest(numbers, start, count) {
  let largest = 0;
  for (let i = start; i < start + count; i++) {
    const size = Math.abs(numbers[i]);
    if (size > largest) largest = size;
  }
  return largest;
}
