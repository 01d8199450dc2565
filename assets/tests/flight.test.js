// Ships fly in the browser exactly as on the server: its own recorded flights, replayed.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Flight, directionOf, unit } from '../pages/arena/flight.js';
import { ratesAt } from '../pages/arena/rates.js';
import { golden } from './golden.js';

/** @typedef {import('../pages/arena/flight.js').Engine} Engine */

/** @type {Engine[]} */
const ENGINES = ['idle', 'forward', 'reverse', 'boost'];
const [world, ...flights] = golden('flight');
const walls = {
  isWall: (/** @type {number} */ column, /** @type {number} */ row) =>
    (world.rows[row]?.[column] ?? '#') === '#',
};

/** @param {Flight} flight */
function rowOf(flight) {
  return [
    flight.x,
    flight.y,
    flight.heading,
    flight.velocityX,
    flight.velocityY,
    ENGINES.indexOf(flight.engine),
    flight.energy,
    flight.ammo,
    flight.cooldown,
    flight.reload,
    flight.overdriveLeft,
  ];
}

/**
 * A ship as the SDK would give it.
 * @param {number[]} row
 */
function shipOf(row) {
  const [x, y, heading, velocityX, velocityY, engine, energy, ammo, cooldown, reload, left] = row;
  return {
    life: 'flying',
    pos: { x: Math.fround(x / 8), y: Math.fround(y / 8) },
    heading: Math.fround((heading / 1024) * Math.PI * 2),
    velocity: { x: velocityX / 16, y: velocityY / 16 },
    engine: ENGINES[engine],
    energy,
    ammo,
    cooldown,
    reload,
    overdrive: left > 0,
    overdrive_left: left,
  };
}

/** @param {number} direction */
function radians(direction) {
  return (direction / 1024) * Math.PI * 2;
}

test('directions are the same vectors', () => {
  world.directions.forEach((/** @type {number[]} */ vector, /** @type {number} */ direction) => {
    assert.deepEqual(unit(direction), vector, `direction ${direction}`);
    assert.equal(directionOf(radians(direction)), direction);
    assert.equal(directionOf(Math.fround(radians(direction - 1024))), direction);
  });
});

test('rates follow from the handling and the tick rate', () => {
  for (const { tick_hz, rates } of flights) {
    assert.deepEqual({ ...ratesAt(world.handling, tick_hz) }, rates, `${tick_hz} Hz`);
  }
});

for (const [number, { tick_hz, begin, ticks }] of flights.entries()) {
  test(`flight ${number} at ${tick_hz} Hz goes the same way`, () => {
    const rates = ratesAt(world.handling, tick_hz);
    const flight = Flight.of(shipOf(begin));
    for (const [tick, [controls, state, fired]] of ticks.entries()) {
      const [aim, thrust, fire, boost] = controls;
      const input = { aim: radians(aim), thrust, fire: fire > 0, boost: boost > 0 };
      const shot = flight.step(input, walls, rates);
      assert.deepEqual(rowOf(flight), state, `tick ${tick}`);
      const { x, y, wayX, wayY, life } = shot ?? {};
      assert.deepEqual(shot ? [x, y, wayX, wayY, life] : [], fired, `the shot of tick ${tick}`);
    }
  });
}

test('a flight comes back from the ship that it is applied to', () => {
  const [{ begin, ticks }] = flights;
  for (const [, state] of ticks) {
    const flight = Flight.of(shipOf(state));
    const back = Flight.of(flight.applyTo(shipOf(begin)));
    assert.ok(flight.equals(back) && flight.copy().equals(back));
    back.reload += 1;
    assert.ok(!flight.equals(back));
  }
});

test('nothing of a wreck moves', () => {
  const wreck = Flight.of({ ...shipOf(flights[0].begin), life: 'wrecked' });
  const before = wreck.copy();
  const input = { aim: 1, thrust: 1, fire: true, boost: true };
  assert.equal(wreck.step(input, walls, ratesAt(world.handling, 30)), null);
  assert.ok(wreck.equals(before));
});
