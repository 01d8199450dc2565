// What is seen for a moment waits for its tick to be drawn.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Effects } from '../pages/common/effects.js';

test('an event waits for its tick, also where the numbers of ticks begin again', () => {
  const effects = new Effects();
  /** @type {number[]} */
  const seen = [];
  const last = 2 ** 32 - 1;
  for (const tick of [last - 1, last, 0, 1]) effects.at(tick, () => void seen.push(tick));
  // What is drawn is counted on, and lies between two ticks.
  for (const [drawn, count] of [[last - 1.5, 0], [last - 1, 1], [last - 0.1, 1], [last + 0.9, 2], [last + 1.5, 3], [last + 2, 4]]) {
    effects.update(drawn, 0.01);
    assert.equal(seen.length, count, `at ${drawn}`);
  }
  assert.deepEqual(seen, [last - 1, last, 0, 1]);
});
