import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Pacing } from '../sdk/pacing.js';

/**
 * Plays frames against a server whose ticks inputs reach `delay` ticks after they were sent.
 * @param {Pacing} pacing
 * @param {number} frames
 * @param {(frame: number) => number} delay
 */
function play(pacing, frames, delay) {
  let slack = -128;
  let late = 0;
  /** @type {number[]} */
  const leads = [];
  for (let frame = 0; frame < frames; frame++) {
    pacing.update({ age: 0, slack }, delay(frame));
    leads.push(pacing.lead);
    // What the frame shows now was sent a round trip ago.
    const sent = Math.max(0, frame - Math.ceil(delay(frame)));
    slack = leads[sent] - Math.ceil(delay(frame));
    if (slack < 0) late += 1;
  }
  return { late, slack };
}

test('the lead grows until inputs come in time', () => {
  const pacing = new Pacing();
  const { slack } = play(pacing, 100, () => 7);
  assert.ok(slack >= 1, `slack ${slack}`);
  assert.ok(pacing.lead <= 12, `lead ${pacing.lead}`);
});

test('a lead that is not needed shrinks, slowly', () => {
  const pacing = new Pacing();
  pacing.lead = 14;
  play(pacing, 60, () => 1);
  assert.equal(pacing.lead, 14, 'not at once');
  play(pacing, 1000, () => 1);
  assert.equal(pacing.lead, 2);
});

test('a steady connection keeps its lead', () => {
  const pacing = new Pacing();
  play(pacing, 200, () => 3);
  const { lead } = pacing;
  const { late } = play(pacing, 2000, () => 3);
  assert.equal(pacing.lead, lead);
  assert.equal(late, 0);
});

test('a server that has had no input yet changes nothing', () => {
  const pacing = new Pacing();
  for (let i = 0; i < 100; i++) pacing.update({ age: 255, slack: -128 }, 1);
  assert.equal(pacing.lead, 2);
});

test('a starved tick counts as late', () => {
  const pacing = new Pacing();
  for (let i = 0; i < 8; i++) pacing.update({ age: 0, slack: 1 }, 1);
  pacing.update({ age: 1, slack: 1 }, 1);
  assert.equal(pacing.lead, 3);
});

test('a lead beyond what the server takes comes down at once', () => {
  const pacing = new Pacing();
  pacing.lead = 30;
  pacing.wait = 0;
  // Inputs that are dropped as too early leave every tick without one, which looks like lateness.
  pacing.update({ age: 200, slack: 29 }, 2);
  assert.equal(pacing.lead, 2);
});
