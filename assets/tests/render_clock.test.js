// The clock of drawing reads what the twin in Rust reads.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RenderClock } from '../sdk/clock.js';
import { golden } from './golden.js';

/** The files have nine decimals: exponential functions differ in their last bits. */
const CLOSE = 2e-9;

/**
 * @param {number} a
 * @param {number} b
 */
const isClose = (a, b) => Math.abs(a - b) < CLOSE;

test('on lines of all sorts the clock reads what the golden traces say', () => {
  let skips = 0;
  for (const { tickHz, least, steps } of golden('render_clock')) {
    const clock = new RenderClock(tickHz, least);
    steps.forEach((/** @type {any[]} */ [micros, frames, picture, delay], /** @type {number} */ index) => {
      const now = micros / 1000;
      for (const frame of frames) clock.arrived(frame, now);
      clock.advance(now);
      const [where, [tick, skipped]] = [`${tickHz} Hz, step ${index}`, picture ?? [NaN, true]];
      assert.ok(picture === null ? Number.isNaN(clock.tick) : isClose(clock.tick, tick), `${where}: ${clock.tick}, not ${tick}`);
      assert.equal(clock.skipped, skipped, where);
      assert.ok(isClose(clock.delay, delay), `${where}: a delay of ${clock.delay}, not ${delay}`);
      if (index > 100 && skipped) skips += 1;
    });
  }
  assert.ok(skips >= 4, 'the traces have black-outs in them');
});
