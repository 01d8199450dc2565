// Decoding a segment, from bytes that may be anybody's.
//
//   segment  := any_new [ per kind present: count, new-row{count} ] old-row{baseline rows}
//   new-row  := slot-gap generation ( same | raw value )... [ motion... ]
//   old-row  := differs [ gone | group... [ motion-differs [ motion... ] ] ]
//   group    := differs [ residual... ]
//
// Motion is sent only when the gap is not one tick. Rows are written straight
// into the buffers of the segment to be, so a steady stream allocates nothing.

import { Bits } from './bits.js';
import { TickwireError } from './errors.js';
import { QUAT, TEXT } from './layout.js';
import { GROUP, KIND, ONCE, bitLength, motionSize } from './model.js';
import { apply, motionBetween, predictRow } from './predict.js';
import { MAX_HELD_ROWS, MAX_ROWS, Rows, kindOf } from './rows.js';

/** @typedef {import('./layout.js').Layout} Layout */
/** @typedef {import('./layout.js').KindLayout} KindLayout */
/** @typedef {import('./layout.js').Group} Group */
/** @typedef {import('./model.js').Priors} Priors */

/** Decodes segments, keeping its working memory from one to the next. */
export class Decoder {
  constructor() {
    this.bits = new Bits();
    this.fresh = new Rows();
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
    newRows(layout, priors, gap, bits, fresh);
    now.clear();
    oldRows(layout, priors, baseline, gap, bits, fresh, now);
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
  for (let row = 0; row < baseline.count; row++) {
    const id = baseline.ids[row];
    const kind = layout.kinds[kindOf(id)];
    now.reserve(kind.width, kind.motions);
    predictInto(kind, baseline, row, now.motionCount, gap, now);
    impliedMotion(kind, baseline, row, gap, now);
    now.commit(id, kind.width, kind.motions);
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
function predictInto(kind, old, row, motionAt, gap, now) {
  const start = old.starts[row];
  predictRow(kind, old.values, start, old.motion, motionAt, gap, now.values, now.valueCount);
}

/**
 * @param {KindLayout} kind
 * @param {Rows} old
 * @param {number} row
 * @param {number} gap
 * @param {Rows} now
 */
function impliedMotion(kind, old, row, gap, now) {
  const { values, valueCount, motion, motionCount } = now;
  motionBetween(kind, old.values, old.starts[row], values, valueCount, gap, motion, motionCount);
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
 */
function oldRows(layout, priors, old, gap, bits, fresh, now) {
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
      recentKind = index;
      last = lastButOne = 0;
    }
    const size = Math.min(motionSize(old.motion, motionAt, kind.motions), 2);
    const base = priors.kindBase(index);
    const differs = bits.bit(base + KIND.DIFFERS + size * 3 + last + lastButOne);
    lastButOne = last;
    last = differs;
    oldRow(kind, priors, base, old, row, motionAt, gap, differs, bits, now);
    motionAt += kind.motions;
  }
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
  if (differs && bits.bit(base + KIND.GONE)) return;
  now.reserve(kind.width, kind.motions);
  predictInto(kind, old, row, motionAt, gap, now);
  if (differs) {
    changedGroups(kind, priors, kindOf(old.ids[row]), old.motion, motionAt, bits, now);
  }
  impliedMotion(kind, old, row, gap, now);
  if (differs && gap !== 1 && kind.motions > 0 && bits.bit(base + KIND.MOTION)) {
    motions(kind, priors, bits, now.motion, now.motionCount);
  }
  bits.check();
  now.commit(old.ids[row], kind.width, kind.motions);
}

/**
 * Applies what differs from the prediction.
 * @param {KindLayout} kind
 * @param {Priors} priors
 * @param {number} index
 * @param {Int32Array} motion
 * @param {number} motionAt
 * @param {Bits} bits
 * @param {Rows} now
 */
function changedGroups(kind, priors, index, motion, motionAt, bits, now) {
  let any = 0;
  for (const group of kind.groups) {
    const base = priors.groupBase(group.model);
    const count = group.motion < 0 ? 0 : group.numbers;
    const at = motionAt + group.motion;
    const size = count === 0 ? 0 : Math.min(motionSize(motion, at, count), 3);
    const differs = bits.bit(base + GROUP.DIFFERS + size * 2 + any);
    any |= differs;
    if (differs) changedGroup(kind, group, base, index, motion, count === 0 ? -1 : at, bits, now);
  }
}

/**
 * @param {KindLayout} kind
 * @param {Group} group
 * @param {number} base
 * @param {number} index
 * @param {Int32Array} motion
 * @param {number} motionAt where the group's motions begin, or -1
 * @param {Bits} bits
 * @param {Rows} now
 */
function changedGroup(kind, group, base, index, motion, motionAt, bits, now) {
  const { values, valueCount } = now;
  if (group.coding === TEXT) {
    bits.text(values, valueCount + group.start, group.len);
    return;
  }
  if (group.coding === QUAT) {
    const at = valueCount + group.start;
    values[at] = bits.largest(base, values[at]);
  }
  let neighbour = -1;
  for (let i = 0; i < group.numbers; i++) {
    const column = group.firstNumber + i;
    const at = valueCount + column;
    const residual = bits.number(base, motionAt < 0 ? 0 : motion[motionAt + i], neighbour);
    neighbour = bits.lastClass;
    const value = apply(kind.max[column], kind.wrap[column], values[at], residual);
    if (value > kind.max[column]) throw outOfRange(index, column);
    values[at] = value;
  }
}

/**
 * Adds what differs from the expected motion.
 * @param {KindLayout} kind
 * @param {Priors} priors
 * @param {Bits} bits
 * @param {Int32Array} motion
 * @param {number} motionAt
 */
function motions(kind, priors, bits, motion, motionAt) {
  for (const group of kind.groups) {
    if (group.motion < 0) continue;
    const base = priors.groupBase(group.model);
    let neighbour = -1;
    for (let i = 0; i < group.numbers; i++) {
      const at = motionAt + group.motion + i;
      const residual = bits.number(base, motion[at], neighbour);
      neighbour = bits.lastClass;
      motion[at] += residual;
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
 */
function newRows(layout, priors, gap, bits, fresh) {
  if (!bits.bit(ONCE.ANY_NEW)) return;
  for (let index = 0; index < layout.kinds.length; index++) {
    const kind = layout.kinds[index];
    if (!kind.present) continue;
    const count = bits.expGolomb(ONCE.COUNT);
    if (fresh.count + count > MAX_ROWS) throw tooMany(count);
    let previous = -1;
    for (let i = 0; i < count; i++) {
      const id = newId(index, previous, bits);
      newRow(kind, priors, index, gap, previous >= 0, bits, fresh);
      fresh.commit(id, kind.width, kind.motions);
      previous = id;
    }
  }
}

/**
 * @param {number} index
 * @param {number} previous the new row before this one, or -1
 * @param {Bits} bits
 */
function newId(index, previous, bits) {
  const expected = previous < 0 ? 0 : (previous >>> 8) & 0xffff;
  const slot = expected + bits.expGolomb(ONCE.SLOT);
  const generation = bits.tree(ONCE.GENERATION);
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
    if (bits.bit(priors.groupBase(group.model) + GROUP.SAME)) continue;
    if (group.coding === TEXT) {
      bits.text(values, valueCount + group.start, group.len);
      continue;
    }
    for (let column = group.start; column < group.start + group.len; column++) {
      const value = bits.raw(bitLength(kind.max[column]));
      if (value > kind.max[column]) throw outOfRange(index, column);
      values[valueCount + column] = value;
    }
  }
  motion.fill(0, motionCount, motionCount + kind.motions);
  if (gap !== 1 && kind.motions > 0) motions(kind, priors, bits, motion, motionCount);
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
