// What a row is expected to become, and what its motion is.
//
// A linearly predicted column carries its motion: by how much it changed in the
// tick before. Rows lie in flat arrays, so everything here takes offsets.

import { QUAT } from './layout.js';

/** @typedef {import('./layout.js').KindLayout} KindLayout */
/** @typedef {Uint32Array} Values */

/**
 * The value `ticks * motion` beyond `value`, kept inside the column's range.
 *
 * The sum is below 2^40, so a double holds it exactly.
 * @param {number} max
 * @param {number} wrap
 * @param {number} value
 * @param {number} motion
 * @param {number} ticks
 */
export function advance(max, wrap, value, motion, ticks) {
  const moved = value + motion * ticks;
  if (wrap) return (moved & max) >>> 0;
  return moved < 0 ? 0 : moved > max ? max : moved;
}

/**
 * What leads from `from` to `to`; the shorter way round when the column wraps.
 * @param {number} max
 * @param {number} wrap
 * @param {number} from
 * @param {number} to
 */
export function difference(max, wrap, from, to) {
  const raw = (to - from) | 0;
  if (!wrap) return raw;
  const unused = Math.clz32(max);
  return (raw << unused) >> unused;
}

/**
 * The value that a difference leads to, which may lie outside the column's range.
 * @param {number} max
 * @param {number} wrap
 * @param {number} from
 * @param {number} change
 */
export function apply(max, wrap, from, change) {
  const to = from + change;
  return wrap ? (to & max) >>> 0 : to >>> 0;
}

/**
 * Predicts a whole row `ticks` later into `out`.
 * @param {KindLayout} kind
 * @param {Values} values
 * @param {number} at where the row's values begin
 * @param {Int32Array} motion
 * @param {number} motionAt where its motions begin
 * @param {number} ticks
 * @param {Values} out
 * @param {number} outAt
 */
export function predictRow(kind, values, at, motion, motionAt, ticks, out, outAt) {
  for (let column = 0; column < kind.width; column++) out[outAt + column] = values[at + column];
  if (kind.motions === 0) return;
  for (const group of kind.groups) {
    if (group.motion < 0) continue;
    for (let i = 0; i < group.numbers; i++) {
      const column = group.firstNumber + i;
      const moves = motion[motionAt + group.motion + i];
      out[outAt + column] =
        advance(kind.max[column], kind.wrap[column], values[at + column], moves, ticks);
    }
  }
}

/**
 * The motion that leads from one row to another in `ticks` ticks, rounded towards zero.
 *
 * A quaternion whose largest component changed has none: its columns then mean other things.
 * @param {KindLayout} kind
 * @param {Values} earlier
 * @param {number} at
 * @param {Values} later
 * @param {number} laterAt
 * @param {number} ticks
 * @param {Int32Array} out
 * @param {number} outAt
 */
export function motionBetween(kind, earlier, at, later, laterAt, ticks, out, outAt) {
  if (kind.motions === 0) return;
  for (const group of kind.groups) {
    if (group.motion < 0) continue;
    const reframed =
      group.coding === QUAT && earlier[at + group.start] !== later[laterAt + group.start];
    for (let i = 0; i < group.numbers; i++) {
      const column = group.firstNumber + i;
      const from = earlier[at + column];
      const change = difference(kind.max[column], kind.wrap[column], from, later[laterAt + column]);
      out[outAt + group.motion + i] = reframed ? 0 : (change / ticks) | 0;
    }
  }
}
