// What a row is expected to become, and what its motion is.
//
// A column that moves carries its motion: by how much it changed in the tick before; and
// its jolt: how far off it was from what had been predicted, as a size class with a sign.
// Rows lie in flat arrays, so everything here takes offsets.

import { QUAT } from './layout.js';
import { jolt } from './model.js';
import { reframed, turn } from './quat.js';

/** @typedef {import('./layout.js').KindLayout} KindLayout */
/** @typedef {import('./layout.js').Group} Group */
/** @typedef {Uint32Array} Values */

/**
 * Brings a number into a range: round and round, or to the nearer end.
 * @param {number} max
 * @param {number} wrap
 * @param {number} value below 2^53
 */
function keep(max, wrap, value) {
  if (!wrap) return value < 0 ? 0 : value > max ? max : value;
  const rest = value % (max + 1);
  return rest < 0 ? rest + max + 1 : rest;
}

/**
 * The value `ticks * motion` beyond `value`, kept inside the column's range.
 * @param {number} max
 * @param {number} wrap
 * @param {number} value
 * @param {number} motion
 * @param {number} ticks
 */
export function advance(max, wrap, value, motion, ticks) {
  return keep(max, wrap, value + motion * ticks);
}

/**
 * What leads from `from` to `to`; the shorter way round when the column wraps.
 * @param {number} max
 * @param {number} wrap
 * @param {number} from
 * @param {number} to
 */
export function difference(max, wrap, from, to) {
  if (!wrap) return (to - from) | 0;
  const around = max + 1;
  const ahead = to < from ? to - from + around : to - from;
  return ahead >= around - Math.floor(around / 2) ? ahead - around : ahead;
}

/**
 * The value that a difference leads to, which may lie outside a range that does not wrap.
 * @param {number} max
 * @param {number} wrap
 * @param {number} from
 * @param {number} change
 */
export function apply(max, wrap, from, change) {
  return wrap ? keep(max, wrap, from + change) : (from + change) >>> 0;
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
  if (kind.predicted === 0) return;
  for (const group of kind.groups) {
    if (group.by >= 0) predictBy(kind, group, values, at, ticks, out, outAt);
    if (group.motion < 0) continue;
    const moves = motionAt + group.motion;
    if (group.coding === QUAT) {
      if (motion[moves] === 0 && motion[moves + 1] === 0 && motion[moves + 2] === 0) continue;
      const max = kind.max[group.firstNumber];
      turn(values, at + group.start, motion, moves, max, ticks, out, outAt + group.start);
      continue;
    }
    for (let i = 0; i < group.numbers; i++) {
      const column = group.firstNumber + i;
      const from = values[at + column];
      out[outAt + column] =
        advance(kind.max[column], kind.wrap[column], from, motion[moves + i], ticks);
    }
  }
}

/**
 * Predicts a group that changes as another one says: by that one's value in `out`.
 * @param {KindLayout} kind
 * @param {Group} group
 * @param {Values} values
 * @param {number} at
 * @param {number} ticks
 * @param {Values} out
 * @param {number} outAt
 */
export function predictBy(kind, group, values, at, ticks, out, outAt) {
  for (let i = 0; i < group.numbers; i++) {
    const column = group.firstNumber + i;
    const speed = out[outAt + group.by + i] * group.rate.step + group.rate.least;
    const moved = values[at + column] + Math.floor((speed * ticks + 32768) / 65536);
    out[outAt + column] = keep(kind.max[column], kind.wrap[column], moved);
  }
}

const expected = new Uint32Array(4);

/**
 * By how much a group's numbers differ from what was predicted, into `out`; a prediction of a
 * rotation is written like the later one first.
 * @param {KindLayout} kind
 * @param {Group} group
 * @param {Values} predicted
 * @param {number} at
 * @param {Values} later
 * @param {number} laterAt
 * @param {Int32Array} out three numbers
 */
export function residuals(kind, group, predicted, at, later, laterAt, out) {
  const reframes =
    group.coding === QUAT && predicted[at + group.start] !== later[laterAt + group.start];
  if (reframes) {
    const max = kind.max[group.firstNumber];
    reframed(predicted, at + group.start, later[laterAt + group.start], max, expected, 0);
  }
  for (let i = 0; i < group.numbers; i++) {
    const column = group.firstNumber + i;
    const from = reframes ? expected[1 + i] : predicted[at + column];
    out[i] = difference(kind.max[column], kind.wrap[column], from, later[laterAt + column]);
  }
}

const changes = new Int32Array(3);
const misses = new Int32Array(3);

/**
 * The motion of a row when nothing else is said: it was `old`, became `later`, and `predicted`
 * was expected. Over a gap it is taken to have changed evenly, and the jolts are nought.
 * @param {KindLayout} kind
 * @param {import('./rows.js').Rows} old
 * @param {number} row
 * @param {number} motionAt where the row's motions begin
 * @param {Values} predicted
 * @param {number} predictedAt
 * @param {Values} later
 * @param {number} laterAt
 * @param {number} ticks
 * @param {Int32Array} out
 * @param {number} outAt
 */
export function motionBetween(
  kind, old, row, motionAt, predicted, predictedAt, later, laterAt, ticks, out, outAt,
) {
  if (kind.motions === 0) return;
  const at = old.starts[row];
  for (const group of kind.groups) {
    if (group.motion < 0) continue;
    residuals(kind, group, old.values, at, later, laterAt, changes);
    residuals(kind, group, predicted, predictedAt, later, laterAt, misses);
    const reframed =
      group.coding === QUAT && old.values[at + group.start] !== later[laterAt + group.start];
    for (let i = 0; i < group.numbers; i++) {
      const index = group.motion + i;
      let moves = changes[i];
      if (ticks > 1) {
        moves = reframed
          ? Math.trunc(changes[i] / ticks)
          : old.motion[motionAt + index] + Math.trunc((misses[i] * 2) / (ticks + 1));
      }
      out[outAt + index] = moves;
      out[outAt + kind.movers + index] = ticks === 1 ? jolt(misses[i]) : 0;
    }
  }
}

/**
 * The jolt to expect of a column that changed by `change` in `ticks` ticks, by `motion` in the last.
 * @param {number} change
 * @param {number} motion
 * @param {number} ticks
 */
export function expectedJolt(change, motion, ticks) {
  if (ticks < 2) return 0;
  const bent = Math.trunc(((motion * ticks - change) * 2) / (ticks * (ticks - 1)));
  return jolt(Math.max(-255, Math.min(bent, 255)));
}
