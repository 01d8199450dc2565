// How steady the picture is when frames are not: drawn sixty times a second over networks of all sorts.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Interpolation } from '../sdk/interpolation.js';

const HZ = 30;
const TICK_MS = 1000 / HZ;
const FPS = 60;
/** Units a second. */
const SPEED = 330;
const KIND = {
  name: 'ship',
  fields: [{ name: 'pos', type: { type: 'vec2', min: 0, max: 4096, step: 0.125 } }],
};

/** @typedef {{tick: number, at: number}} Arrival */
/** @typedef {(tick: number) => {x: number, y: number}} Motion */

/** @param {number} seed */
function randomFrom(seed) {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

/**
 * When frames arrive, in order as a stream brings them: each takes its time, and none
 * overtakes another.
 * @param {number} ticks
 * @param {(tick: number) => number} delay in milliseconds
 * @param {(tick: number) => boolean} [merged] whether a tick is in the frame of the next one
 * @returns {Arrival[]}
 */
function arrivals(ticks, delay, merged = () => false) {
  /** @type {Arrival[]} */
  const list = [];
  let latest = 0;
  for (let tick = 0; tick < ticks; tick++) {
    latest = Math.max(latest, tick * TICK_MS + delay(tick));
    if (!merged(tick)) list.push({ tick, at: latest });
  }
  return list;
}

/** @type {Motion} */
const straight = (tick) => ({ x: 100 + (SPEED * tick) / HZ, y: 500 });
/** @type {Motion} */
const circle = (tick) => {
  const angle = (SPEED * tick) / HZ / 160;
  return { x: 1000 + Math.cos(angle) * 160, y: 1000 + Math.sin(angle) * 160 };
};

/**
 * How far a step goes against the way that the motion takes at a tick.
 * @param {number} dx
 * @param {number} dy
 * @param {Motion} motion
 * @param {number} tick
 */
function backward(dx, dy, motion, tick) {
  const [from, to] = [motion(tick - 0.1), motion(tick + 0.1)];
  const [wayX, wayY] = [to.x - from.x, to.y - from.y];
  return -(dx * wayX + dy * wayY) / Math.hypot(wayX, wayY);
}

/**
 * Draws what arrives, and measures how it moves once it has settled.
 * @param {Arrival[]} frames
 * @param {Motion} motion
 * @param {number} [from] milliseconds before which nothing is judged
 */
function watch(frames, motion, from = 2000) {
  const room = { tickHz: HZ, tick: /** @type {number | null} */ (null), schema: { kinds: [KIND] } };
  /** @type {Map<number, any>} */
  const ships = new Map();
  const listen = () => () => {};
  Object.assign(room, { entities: () => ships, tickOf: () => room.tick, onFrame: listen, showing: listen });
  const view = new Interpolation(/** @type {any} */ (room));
  const seen = { most: 0, back: -Infinity, dry: 0, pictures: 0, delay: 0, late: 0 };
  /** @type {{x: number, y: number} | null} */
  let last = null;
  let next = 0;
  let tick = -Infinity;
  const until = frames[frames.length - 1].at;
  for (let now = frames[0].at + 20; now < until; now += 1000 / FPS) {
    for (; next < frames.length && frames[next].at <= now; next++) {
      room.tick = frames[next].tick;
      ships.set(1, { pos: motion(frames[next].tick) });
      view.record(frames[next].at);
    }
    view.update(now);
    assert.ok(view.tick >= tick, `time ran back from ${tick} to ${view.tick}`);
    tick = view.tick;
    const drawn = view.entities('ship').get(1)?.pos;
    if (!drawn) continue;
    const place = { x: drawn.x, y: drawn.y };
    if (last && now > from) {
      const [dx, dy] = [place.x - last.x, place.y - last.y];
      seen.most = Math.max(seen.most, Math.hypot(dx, dy));
      seen.back = Math.max(seen.back, backward(dx, dy, motion, tick));
      seen.dry += view.buffered < 0 ? 1 : 0;
      seen.pictures += 1;
      seen.delay = Math.max(seen.delay, view.delay);
      seen.late = now * (HZ / 1000) - view.tick;
    }
    last = place;
  }
  return seen;
}

/** What an even motion comes forward from one picture to the next. */
const STEP = SPEED / FPS;

test('over an even network the picture is even, and a tick and a half behind', () => {
  const seen = watch(arrivals(300, () => 40), straight);
  assert.ok(seen.most < STEP * 1.001 && seen.back <= 0, JSON.stringify(seen));
  assert.equal(seen.delay, 1.5);
  assert.equal(seen.dry, 0);
});

test('jitter is hidden by a longer delay, and nearly no step is longer than it should be', () => {
  for (const seed of [1, 2, 3]) {
    const random = randomFrom(seed);
    const seen = watch(arrivals(900, () => 50 + random() * 60), straight, 6000);
    assert.ok(seen.most < STEP * 1.3 && seen.back <= 0, JSON.stringify(seen));
    assert.ok(seen.delay > 2 && seen.delay < 4, JSON.stringify(seen));
    assert.equal(seen.dry, 0, JSON.stringify(seen));
  }
});

test('a stall makes everything coast, and what comes then leads it back without a jump', () => {
  const stalled = (/** @type {number} */ tick) =>
    tick > 150 && tick % 100 < 6 ? 40 + (6 - (tick % 100)) * TICK_MS : 40;
  for (const motion of [straight, circle]) {
    const seen = watch(arrivals(600, stalled), motion);
    assert.ok(seen.dry > 0 && seen.most < STEP * 1.7 && seen.back <= 0, JSON.stringify(seen));
    assert.ok(seen.delay < 2, 'a rare stall is not waited for');
  }
});

test('frames that are merged into one cost nothing but delay', () => {
  const merged = (/** @type {number} */ tick) => tick % 5 !== 0;
  const even = watch(arrivals(600, () => 30, merged), straight, 4000);
  assert.ok(even.most < STEP * 1.1 && even.back <= 0, JSON.stringify(even));
  const round = watch(arrivals(600, () => 30, merged), circle, 4000);
  assert.ok(round.most < STEP * 1.2 && round.back < 0, JSON.stringify(round));
  assert.equal(round.dry, 0);
});

test('after a black-out of a second what was missed is glided over, and nothing goes back', () => {
  const blackout = (/** @type {number} */ tick) => (tick >= 150 && tick < 180 ? 40 + (180 - tick) * TICK_MS : 40);
  const seen = watch(arrivals(400, blackout), circle);
  // A third of a turn was missed, 270 units across.
  assert.ok(seen.most < 36 && seen.back <= 0, JSON.stringify(seen));
});

test('the delay shrinks again when the network calms down, and nobody sees it', () => {
  const random = randomFrom(5);
  const calming = (/** @type {number} */ tick) => 40 + (tick < 200 ? random() * 80 : 0);
  const seen = watch(arrivals(1200, calming), straight, 8000);
  assert.ok(seen.most < STEP * 1.1 && seen.back <= 0, JSON.stringify(seen));
  const last = watch(arrivals(1200, calming), straight, 30_000);
  assert.equal(last.delay, 1.5);
  assert.ok(last.late < 3, `${last.late} ticks behind the server`);
});
