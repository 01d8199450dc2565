// Rotations in whole numbers: how a quaternion that turns steadily goes on.
//
// Of the four components the columns hold three; the largest follows from them, because
// the squares add up to one. All components here are in units of sqrt(1/2) / max. No
// number exceeds 2^53, so doubles compute them exactly.

import { bitLength } from './model.js';

/** @typedef {Uint32Array} Values */

/** Steps that are really turned; what turned on for longer has long done something else. */
const MOST_STEPS = 8;

// Reused from call to call: a steady stream allocates nothing.
let before = new Float64Array(4);
let now = new Float64Array(4);
const sizes = new Float64Array(4);
const was = new Uint32Array(4);

/**
 * All four components of what the columns say.
 * @param {Values} columns
 * @param {number} at
 * @param {number} max
 * @param {Float64Array} parts
 */
function partsOf(columns, at, max, parts) {
  const largest = columns[at] & 3;
  let squares = 0;
  let next = at + 1;
  for (let index = 0; index < 4; index++) {
    if (index === largest) continue;
    const part = 2 * columns[next++] - max;
    parts[index] = part;
    squares += part * part;
  }
  parts[largest] = Math.floor(Math.sqrt(Math.max(2 * max * max - squares, 0)));
}

/**
 * The component that is largest by size, the first of equals.
 * @param {Float64Array} parts
 */
function largestOf(parts) {
  let best = 0;
  for (let index = 1; index < 4; index++) {
    if (Math.abs(parts[index]) > Math.abs(parts[best])) best = index;
  }
  return best;
}

/**
 * How clearly the largest component is the largest: 0 to 7.
 * @param {Values} columns
 * @param {number} at
 * @param {number} max
 */
export function certainty(columns, at, max) {
  partsOf(columns, at, max, sizes);
  for (let index = 0; index < 4; index++) sizes[index] = Math.abs(sizes[index]);
  sizes.sort();
  return Math.min(bitLength(Math.floor(((sizes[3] - sizes[2]) * 128) / max)), 7);
}

/**
 * Writes a quaternion as columns that leave out the component `largest`, as well as it goes.
 * @param {Float64Array} parts
 * @param {number} largest
 * @param {number} max
 * @param {Values} out
 * @param {number} at
 */
function frame(parts, largest, max, out, at) {
  const sign = parts[largest] < 0 ? -1 : 1;
  out[at] = largest;
  let next = at + 1;
  for (let index = 0; index < 4; index++) {
    if (index === largest) continue;
    const column = Math.floor((sign * parts[index] + max + 1) / 2);
    out[next++] = column < 0 ? 0 : column > max ? max : column;
  }
}

/**
 * The columns of a rotation as they would be if `largest` were left out.
 * @param {Values} columns
 * @param {number} at
 * @param {number} largest
 * @param {number} max
 * @param {Values} out
 * @param {number} outAt
 */
export function reframed(columns, at, largest, max, out, outAt) {
  if (columns[at] === largest) {
    for (let i = 0; i < 4; i++) out[outAt + i] = columns[at + i];
  } else {
    partsOf(columns, at, max, now);
    frame(now, largest & 3, max, out, outAt);
  }
}

/**
 * Writes what a rotation that changed by `motion` in the last tick is `ticks` ticks later.
 * @param {Values} columns
 * @param {number} at
 * @param {Int32Array} motion
 * @param {number} motionAt
 * @param {number} max
 * @param {number} ticks
 * @param {Values} out
 * @param {number} outAt
 */
export function turn(columns, at, motion, motionAt, max, ticks, out, outAt) {
  was[0] = columns[at];
  for (let i = 0; i < 3; i++) {
    const column = columns[at + 1 + i] - motion[motionAt + i];
    was[i + 1] = column < 0 ? 0 : column > max ? max : column;
  }
  partsOf(was, 0, max, before);
  partsOf(columns, at, max, now);
  for (let step = Math.min(ticks, MOST_STEPS); step > 0; step--) follow(max);
  frame(now, largestOf(now), max, out, outAt);
}

/**
 * Makes `now` the rotation that follows on `before` and `now`: q1 q0^-1 q1, which is
 * 2 (q0 . q1) q1 - q0, where q0 . q1 is one less half of the square of their distance.
 * @param {number} max
 */
function follow(max) {
  const square = 2 * max * max;
  let apart = 0;
  for (let i = 0; i < 4; i++) apart += (now[i] - before[i]) * (now[i] - before[i]);
  apart = Math.min(apart, 4 * square);
  for (let i = 0; i < 4; i++) {
    const bent = divided(Math.abs(now[i]) * apart + max * max, square);
    const next = 2 * now[i] - before[i] - (now[i] < 0 ? -bent : bent);
    before[i] = next < -2 * max ? -2 * max : next > 2 * max ? 2 * max : next;
  }
  [before, now] = [now, before];
}

/**
 * A quotient rounded down; the double's may be rounded up to the next whole number.
 * @param {number} value
 * @param {number} by
 */
function divided(value, by) {
  const quotient = Math.floor(value / by);
  return quotient * by > value ? quotient - 1 : quotient;
}
