// The figures of the page that shows all transports: how old a frame is follows from the first to have had it.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Reference } from '../pages/transports/meter.js';

const TICK_MS = 50;

test('a frame is as old as it is since the fastest client could have had it', () => {
  const reference = new Reference();
  reference.arrived(10, TICK_MS, 1000);
  // The second one has had a worse way.
  reference.arrived(10, TICK_MS, 1030);
  assert.equal(reference.ageOf(10, TICK_MS, 1030), 30);
  assert.equal(reference.ageOf(9, TICK_MS, 1030), 80);
  // A better way than any before.
  reference.arrived(12, TICK_MS, 1080);
  assert.equal(reference.ageOf(12, TICK_MS, 1080), 0);
  assert.equal(reference.ageOf(10, TICK_MS, 1080), 100);
});

test('a server that lost time is forgotten after some seconds', () => {
  const reference = new Reference();
  reference.arrived(10, TICK_MS, 1000);
  for (let tick = 11; tick < 300; tick++) reference.arrived(tick, TICK_MS, 1500 + (tick - 10) * TICK_MS);
  assert.equal(reference.ageOf(299, TICK_MS, 1500 + 289 * TICK_MS), 0);
});
