// One's own bullets: seen at once, and the server's bullet of a shot is known when it comes.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Shots } from '../pages/arena/shots.js';

/** @typedef {import('../pages/arena/flight.js').Shot} Shot */

const HUE = 3;
const SETUP = /** @type {any} */ ({ ship_radius: 14, bullet_radius: 4 });
/** A wall from 640 units on. */
const MAP = /** @type {any} */ ({ tile: 64, isWall: (/** @type {number} */ column) => column >= 10 });

/** From (100, 100), 24 units a tick to the right. @type {Shot} */
const SHOT = { x: 800, y: 800, wayX: 192, wayY: 0, life: 36 };

function setUp() {
  /** The server's. @type {Map<number, any>} */
  const bullets = new Map();
  const room = { tick: 90, entities: () => bullets, tickOf: () => room.tick };
  const prediction = {
    base: /** @type {{tick: number} | null} */ ({ tick: 90 }),
    at: { tick: 99, share: 0 },
    tick: 99,
    /** @type {{tick: number, state: {shot: Shot | null}}[]} */
    steps: [{ tick: 99, state: { shot: SHOT } }],
    ahead: null,
  };
  const pilot = { room, prediction, told: () => ({ entity: { hue: HUE } }) };
  /** @type {number[]} */
  const met = [];
  let fired = 0;
  const effects = {
    fired: () => (fired += 1),
    met: (/** @type {any} */ _, /** @type {number} */ ship) => met.push(ship),
  };
  const shots = new Shots(/** @type {any} */ (pilot), MAP, SETUP, effects);
  const ships = new Map();
  /**
   * Draws at a tick, after the frame of another came.
   * @param {number} at
   * @param {number} [told]
   */
  const draw = (at, told = room.tick) => {
    room.tick = told;
    if (prediction.base) prediction.base.tick = told;
    prediction.at = { tick: Math.floor(at), share: at % 1 };
    prediction.steps = prediction.steps.filter(({ tick }) => tick > told);
    shots.update(ships, 1, new Map());
    return [...shots.flying()].map(({ place }) => place.x);
  };
  const bullet = (/** @type {number} */ tick) => ({ pos: { x: 100 + 24 * (tick - 98), y: 100 }, hue: HUE });
  return { shots, prediction, ships, bullets, met, draw, bullet, counts: () => fired };
}

test('a bullet is seen with its shot and flies on in the present', () => {
  const { draw, counts } = setUp();
  assert.deepEqual(draw(99), [124]);
  assert.deepEqual(draw(99.5), [136]);
  assert.deepEqual(draw(102), [196]);
  assert.equal(counts(), 1);
});

test("the server's bullet of a shot is known by its place, and is that bullet until it is gone", () => {
  const { shots, draw, bullet, met } = setUp();
  draw(105);
  draw(106, 98);
  Object.assign(shots.pilot.room, { tick: 99 });
  assert.equal(shots.came({ ...bullet(99), hue: HUE + 1 }, 7), false, 'of another colour');
  assert.equal(shots.came(bullet(99), 8), true);
  assert.equal(shots.came(bullet(99), 9), false, 'it has been found');
  assert.deepEqual(draw(107, 99), [100 + 24 * 9], 'no step back');
  assert.ok(shots.hidden.has(8));
  assert.equal(shots.gone(8), true);
  assert.deepEqual([met, draw(107.5)], [[-1], []]);
});

test('a bullet of the same colour and place that flies another way is not the own one', () => {
  const { shots, draw, bullet, bullets } = setUp();
  draw(105);
  Object.assign(shots.pilot.room, { tick: 99 });
  assert.equal(shots.came(bullet(99), 8), true, 'as far as can be seen');
  const { pos } = bullet(99);
  bullets.set(8, { pos: { x: pos.x - 24, y: pos.y }, hue: HUE });
  draw(106, 100);
  assert.deepEqual([shots.hidden.has(8), shots.gone(8)], [false, false]);
  assert.deepEqual(draw(107, 100), [], 'nothing came of the shot');
});

test('the bullet of a shot is known to be that when it has flown on as the shot did', () => {
  const { shots, draw, bullet, bullets } = setUp();
  draw(105);
  Object.assign(shots.pilot.room, { tick: 99 });
  shots.came(bullet(99), 8);
  bullets.set(8, bullet(101));
  assert.deepEqual(draw(107, 101), [100 + 24 * 9]);
  assert.ok(shots.hidden.has(8));
});

test('without an own ship all bullets are drawn as the server has them', () => {
  const { shots, prediction, draw, bullet } = setUp();
  draw(105);
  Object.assign(shots.pilot.room, { tick: 99 });
  shots.came(bullet(99), 8);
  draw(106, 99);
  assert.ok(shots.hidden.has(8));
  prediction.base = null;
  draw(107, 100);
  assert.deepEqual([shots.hidden.size, [...shots.flying()].length], [0, 0]);
});

test('a shot that the server knows nothing of ends with the frame of its tick', () => {
  const { draw } = setUp();
  assert.equal(draw(104).length, 1);
  assert.equal(draw(105, 99).length, 0);
});

test('a shot that was fired a tick later than predicted is the same shot', () => {
  const { prediction, draw, counts } = setUp();
  draw(101);
  prediction.steps = [{ tick: 100, state: { shot: SHOT } }];
  assert.deepEqual([draw(101.5), counts()], [[160], 1]);
});

test('a wall ends a bullet where it is met', () => {
  const { draw, met } = setUp();
  draw(120);
  assert.deepEqual(draw(121.9), []);
  assert.deepEqual(met, [-1]);
});

test('a bullet ends at a ship on the screen, and flies on if the server says that it missed', () => {
  const { shots, ships, draw, bullet, met } = setUp();
  ships.set(5, { pos: { x: 200, y: 100 }, life: 'flying' });
  draw(99);
  Object.assign(shots.pilot.room, { tick: 99 });
  shots.came(bullet(99), 8);
  assert.deepEqual([draw(103, 99), met], [[], [5]]);
  assert.deepEqual(draw(104, 104), [], 'it may have hit');
  draw(105, 105);
  assert.deepEqual(draw(107, 106), [100 + 24 * 9], 'it has not');
});
