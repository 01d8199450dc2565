// Decoding a segment, from bytes that may be anybody's.
//
//   segment  := any_new [ per kind present: count, new-row{count} ] old-row{baseline rows}
//   new-row  := slot-gap generation ( same | value )... [ motion... ]
//   old-row  := differs [ gone | group... [ motion-differs [ motion... ] ] ]
//   group    := differs [ raw value... | residual... ]
//
// Motion is sent only when the gap is not one tick. Rows are written straight
// into the buffers of the segment to be, so a steady stream allocates nothing.

import { Bits } from './bits.js';
import { TickwireError } from './errors.js';
import { QUAT, TEXT } from './layout.js';
import {
  CLASS_BITS, GAP_CONTEXTS, GROUP, KIND, ONCE, bitLength, grownJolt, motionSize, nearLevel,
  restlessness,
} from './model.js';
import { apply, expectedJolt, motionBetween, predictBy, predictRow, residuals } from './predict.js';
import { certainty, reframed } from './quat.js';
import { MAX_HELD_ROWS, MAX_ROWS, Rows, kindOf } from './rows.js';

/** @typedef {import('./layout.js').Layout} Layout */
/** @typedef {import('./layout.js').KindLayout} KindLayout */
/** @typedef {import('./layout.js').Group} Group */
/** @typedef {import('./priors.js').Priors} Priors */
/** @typedef {import('./spent.js').Spent} Spent */

/** Decodes segments, keeping its working memory from one to the next. */
export class Decoder {
  constructor() {
    this.bits = new Bits();
    this.fresh = new Rows();
    /** What the bits are charged to, when somebody wants to know. @type {Spent | null} */
    this.spent = null;
  }

  /**
   * Makes `now` what the bytes say follows `gap` ticks after `baseline`.
   *
   * When it throws, what `now` holds must not be used.
   * @param {Layout} layout
   * @param {Priors} priors
   * @param {Rows} baseline
   * @param {number} gap
   * @param {Uint8Array} input
   * @param {number} start
   * @param {number} end
   * @param {Rows} now
   */
  decode(layout, priors, baseline, gap, input, start, end, now) {
    // New rows are bounded a segment; over many small frames this bounds their sum.
    if (baseline.count > MAX_HELD_ROWS) throw tooMany(baseline.count);
    const { bits, fresh } = this;
    bits.reset(priors);
    bits.begin(input, start, end);
    fresh.clear();
    this.spent?.begin(bits);
    newRows(layout, priors, gap, bits, fresh, this.spent);
    now.clear();
    oldRows(layout, priors, baseline, gap, bits, fresh, now, this.spent);
    if (bits.hasTrailing()) {
      throw new TickwireError('decode.trailing', 'bytes follow the end of the segment');
    }
    bits.check();
  }
}

/**
 * Makes `now` what is predicted `gap` ticks after `baseline`.
 * @param {Layout} layout
 * @param {Rows} baseline
 * @param {number} gap
 * @param {Rows} now
 */
export function advanceRows(layout, baseline, gap, now) {
  now.clear();
  let motionAt = 0;
  for (let row = 0; row < baseline.count; row++) {
    const id = baseline.ids[row];
    const kind = layout.kinds[kindOf(id)];
    now.reserve(kind.width, kind.motions);
    predict(kind, baseline, row, motionAt, gap, now);
    impliedMotion(kind, baseline, row, motionAt, gap, now);
    now.commit(id, kind.width, kind.motions);
    motionAt += kind.motions;
  }
}

/** The row being read as it was predicted. */
const predicted = new Uint32Array(64);

/**
 * Predicts a row, and takes the prediction for its values until something else is said.
 * @param {KindLayout} kind
 * @param {Rows} old
 * @param {number} row
 * @param {number} motionAt
 * @param {number} gap
 * @param {Rows} now
 */
function predict(kind, old, row, motionAt, gap, now) {
  predictRow(kind, old.values, old.starts[row], old.motion, motionAt, gap, predicted, 0);
  const { values, valueCount } = now;
  for (let column = 0; column < kind.width; column++) {
    values[valueCount + column] = predicted[column];
  }
}

/**
 * @param {KindLayout} kind
 * @param {Rows} old
 * @param {number} row
 * @param {number} motionAt
 * @param {number} gap
 * @param {Rows} now
 */
function impliedMotion(kind, old, row, motionAt, gap, now) {
  const { values, valueCount, motion, motionCount } = now;
  motionBetween(
    kind, old, row, motionAt, predicted, 0, values, valueCount, gap, motion, motionCount,
  );
}

/**
 * Reads what became of the baseline's rows, merging in the new ones by id.
 * @param {Layout} layout
 * @param {Priors} priors
 * @param {Rows} old
 * @param {number} gap
 * @param {Bits} bits
 * @param {Rows} fresh
 * @param {Rows} now
 * @param {Spent | null} spent
 */
function oldRows(layout, priors, old, gap, bits, fresh, now, spent) {
  const merge = { row: 0, motionAt: 0 };
  let motionAt = 0;
  let recentKind = 0;
  let last = 0;
  let lastButOne = 0;
  for (let row = 0; row < old.count; row++) {
    const id = old.ids[row];
    const index = kindOf(id);
    const kind = layout.kinds[index];
    copyBelow(layout, fresh, merge, id, now);
    if (merge.row < fresh.count && fresh.ids[merge.row] === id) throw outOfOrder(index);
    if (index !== recentKind) {
      spent?.charge(recentKind, bits);
      recentKind = index;
      last = lastButOne = 0;
    }
    const restless = restlessness(old.motion, motionAt, motionAt + kind.movers, kind.movers);
    const base = priors.kindBase(index);
    const differs = bits.bit(base + KIND.DIFFERS + restless * 3 + last + lastButOne);
    lastButOne = last;
    last = differs;
    oldRow(kind, priors, base, old, row, motionAt, gap, differs, bits, now);
    motionAt += kind.motions;
  }
  spent?.charge(recentKind, bits);
  copyBelow(layout, fresh, merge, Infinity, now);
}

/**
 * Copies the new rows below `id`.
 * @param {Layout} layout
 * @param {Rows} fresh
 * @param {{row: number, motionAt: number}} merge how far the new rows have been copied
 * @param {number} id
 * @param {Rows} now
 */
function copyBelow(layout, fresh, merge, id, now) {
  while (merge.row < fresh.count && fresh.ids[merge.row] < id) {
    const kind = layout.kinds[kindOf(fresh.ids[merge.row])];
    now.copyRow(fresh, merge.row, merge.motionAt, kind);
    merge.row += 1;
    merge.motionAt += kind.motions;
  }
}

/**
 * Reads one old row behind those that `now` has; one that is gone is left out.
 * @param {KindLayout} kind
 * @param {Priors} priors
 * @param {number} base the kind's first model
 * @param {Rows} old
 * @param {number} row
 * @param {number} motionAt
 * @param {number} gap
 * @param {number} differs
 * @param {Bits} bits
 * @param {Rows} now
 */
function oldRow(kind, priors, base, old, row, motionAt, gap, differs, bits, now) {
  if (differs) {
    const size = motionSize(old.motion, motionAt, kind.movers);
    if (bits.bit(base + KIND.GONE + size)) return;
  }
  now.reserve(kind.width, kind.motions);
  predict(kind, old, row, motionAt, gap, now);
  if (differs) changedGroups(kind, priors, old, row, motionAt, gap, bits, now);
  impliedMotion(kind, old, row, motionAt, gap, now);
  if (differs && gap !== 1 && kind.motions > 0 && bits.bit(base + KIND.MOTION)) {
    motions(kind, priors, old, row, gap, bits, now);
  }
  bits.check();
  now.commit(old.ids[row], kind.width, kind.motions);
}

/**
 * Applies what differs from the prediction.
 * @param {KindLayout} kind
 * @param {Priors} priors
 * @param {Rows} old
 * @param {number} row
 * @param {number} motionAt
 * @param {number} gap
 * @param {Bits} bits
 * @param {Rows} now
 */
function changedGroups(kind, priors, old, row, motionAt, gap, bits, now) {
  const { values, valueCount } = now;
  // The largest class in the row so far.
  let near = -1;
  for (const group of kind.groups) {
    const base = priors.groupBase(group.model);
    if (group.by >= 0) {
      predictBy(kind, group, old.values, old.starts[row], gap, values, valueCount);
    }
    const at = group.motion < 0 ? -1 : motionAt + group.motion;
    const restless = at < 0 ? 0 : restlessness(old.motion, at, at + kind.movers, group.numbers);
    if (bits.bit(base + GROUP.DIFFERS + restless * 4 + nearLevel(near, 2))) {
      near = changedGroup(kind, group, base, old, row, at, gap, near, bits, now);
    } else if (near < 0) {
      near = 0;
    }
  }
}

/**
 * @param {KindLayout} kind
 * @param {Group} group
 * @param {number} base
 * @param {Rows} old
 * @param {number} row
 * @param {number} motionAt where the group's motions begin, or -1
 * @param {number} gap
 * @param {number} near
 * @param {Bits} bits
 * @param {Rows} now
 * @returns {number} the largest class in the row so far
 */
function changedGroup(kind, group, base, old, row, motionAt, gap, near, bits, now) {
  const { values, valueCount } = now;
  const start = valueCount + group.start;
  if (group.coding === TEXT) {
    bits.text(values, start, group.len);
    return near;
  }
  const index = kindOf(old.ids[row]);
  if (group.raw && bits.bit(base + GROUP.RAW)) {
    for (let column = group.start; column < group.start + group.len; column++) {
      const value = bits.raw(bitLength(kind.max[column]));
      if (value > kind.max[column]) throw outOfRange(index, column);
      values[valueCount + column] = value;
    }
    return Math.max(near, CLASS_BITS);
  }
  if (group.coding === QUAT) {
    const max = kind.max[group.firstNumber];
    const largest = bits.largest(base, certainty(values, start, max), values[start]);
    reframed(values, start, largest, max, values, start);
  }
  for (let i = 0; i < group.numbers; i++) {
    const column = group.firstNumber + i;
    const max = kind.max[column];
    const wrap = kind.wrap[column];
    const from = values[valueCount + column];
    const motion = motionAt < 0 ? 0 : old.motion[motionAt + i];
    const last = motionAt < 0 ? 0 : old.motion[motionAt + kind.movers + i];
    // In a wider range a residual may go round the 32 bits.
    const known = wrap || max > 0x7fffffff ? -1 : from === 0 ? 0 : from === max ? 1 : -1;
    const jolt = grownJolt(motion, last, gap);
    const residual = bits.number(base, kind.mostClass[column], known, motion, jolt, near);
    near = Math.max(near, bits.lastClass);
    const value = apply(max, wrap, from, residual);
    if (value > max) throw outOfRange(index, column);
    values[valueCount + column] = value;
  }
  return near;
}

const misses = new Int32Array(3);
const changes = new Int32Array(3);

/**
 * Adds what differs from the expected motion, and sets the jolts.
 * @param {KindLayout} kind
 * @param {Priors} priors
 * @param {Rows | null} old nothing for a new row
 * @param {number} row
 * @param {number} gap
 * @param {Bits} bits
 * @param {Rows} now
 */
function motions(kind, priors, old, row, gap, bits, now) {
  const { values, valueCount, motion, motionCount } = now;
  for (const group of kind.groups) {
    if (group.motion < 0) continue;
    const base = priors.groupBase(group.model);
    if (old) {
      residuals(kind, group, predicted, 0, values, valueCount, misses);
      residuals(kind, group, old.values, old.starts[row], values, valueCount, changes);
    }
    for (let i = 0; i < group.numbers; i++) {
      const at = motionCount + group.motion + i;
      const size = old ? Math.min(bitLength(Math.abs(misses[i])), GAP_CONTEXTS - 1) : GAP_CONTEXTS - 1;
      motion[at] += bits.motion(base, size, old ? Math.sign(misses[i]) + 1 : 1);
      const jolt = old ? expectedJolt(changes[i], motion[at], gap) : 0;
      const sure = old && gap === 2 ? GAP_CONTEXTS : 0;
      motion[at + kind.movers] = bits.jolt(base, sure + Math.abs(jolt), Math.sign(jolt) + 1);
    }
  }
}

/**
 * Reads the rows that the baseline lacks.
 * @param {Layout} layout
 * @param {Priors} priors
 * @param {number} gap
 * @param {Bits} bits
 * @param {Rows} fresh
 * @param {Spent | null} spent
 */
function newRows(layout, priors, gap, bits, fresh, spent) {
  if (!bits.bit(ONCE.ANY_NEW)) return;
  for (let index = 0; index < layout.kinds.length; index++) {
    const kind = layout.kinds[index];
    if (!kind.present) continue;
    const count = bits.count(priors.kindBase(index) + KIND.COUNT);
    if (fresh.count + count > MAX_ROWS) throw tooMany(count);
    let previous = -1;
    for (let i = 0; i < count; i++) {
      const id = newId(index, priors, previous, bits);
      newRow(kind, priors, index, gap, previous >= 0, bits, fresh);
      fresh.commit(id, kind.width, kind.motions);
      previous = id;
    }
    spent?.charge(index, bits);
  }
}

/**
 * @param {number} index
 * @param {Priors} priors
 * @param {number} previous the new row before this one, or -1
 * @param {Bits} bits
 */
function newId(index, priors, previous, bits) {
  const expected = previous < 0 ? 0 : (previous >>> 8) & 0xffff;
  const slot = expected + bits.count(priors.kindBase(index) + KIND.SLOT);
  const generation = bits.tree(ONCE.GENERATION, 8);
  if (slot > 0xffff) throw outOfOrder(index);
  const id = ((index << 24) | (slot << 8) | generation) >>> 0;
  if (previous >= id) throw outOfOrder(index);
  return id;
}

/**
 * Reads a new row over the previous new one of its kind.
 * @param {KindLayout} kind
 * @param {Priors} priors
 * @param {number} index
 * @param {number} gap
 * @param {boolean} hasPrevious
 * @param {Bits} bits
 * @param {Rows} fresh
 */
function newRow(kind, priors, index, gap, hasPrevious, bits, fresh) {
  fresh.reserve(kind.width, kind.motions);
  const { values, valueCount, motion, motionCount } = fresh;
  if (hasPrevious) values.copyWithin(valueCount, valueCount - kind.width, valueCount);
  else values.fill(0, valueCount, valueCount + kind.width);
  for (const group of kind.groups) {
    const base = priors.groupBase(group.model);
    if (bits.bit(base + GROUP.SAME)) continue;
    if (group.coding === TEXT) {
      bits.text(values, valueCount + group.start, group.len);
      continue;
    }
    for (let column = group.start; column < group.start + group.len; column++) {
      const value = bits.fresh(base, kind.max[column]);
      if (value > kind.max[column]) throw outOfRange(index, column);
      values[valueCount + column] = value;
    }
  }
  motion.fill(0, motionCount, motionCount + kind.motions);
  if (gap !== 1 && kind.motions > 0) motions(kind, priors, null, 0, gap, bits, fresh);
  bits.check();
}

/**
 * @param {number} kind
 * @param {number} column
 */
function outOfRange(kind, column) {
  const message = `column ${column} of kind ${kind} is outside its range`;
  return new TickwireError('decode.range', message);
}

/** @param {number} rows */
function tooMany(rows) {
  const message = `${rows} rows are more than a segment may have`;
  return new TickwireError('decode.too_many', message);
}

/** @param {number} kind */
function outOfOrder(kind) {
  const message = `a new row of kind ${kind} is out of order or exists already`;
  return new TickwireError('decode.order', message);
}
