// The clock of inputs reads what the server's own clients would read, bit for bit.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { InputClock } from '../sdk/input_clock.js';
import { golden } from './golden.js';

test('on lines of all sorts the clock reads what the golden traces say', () => {
  for (const { tickHz, roundTrip, steps } of golden('input_clock')) {
    const clock = new InputClock(tickHz);
    steps.forEach((/** @type {any[]} */ [micros, frame, slack, tick, share, due, next], /** @type {number} */ index) => {
      const now = micros / 1000;
      clock.advance(now);
      if (frame !== null) {
        clock.start(frame, now, roundTrip / 1000);
        clock.observe(frame, slack);
      }
      const polled = [];
      for (let one = clock.pollDue(4); one !== null; one = clock.pollDue(4)) polled.push(one);
      const read = [clock.tick, clock.share, polled, clock.nextDue()];
      assert.deepEqual(read, [tick, share, due, next / 1000], `${tickHz} Hz, step ${index}`);
    });
  }
});

test('a clock that stands asks for nothing', () => {
  const clock = new InputClock(30);
  clock.advance(100);
  clock.observe(5, 20);
  assert.deepEqual([clock.runs, clock.pollDue(8), clock.nextDue()], [false, null, null]);
});
