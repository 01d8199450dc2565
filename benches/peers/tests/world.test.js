// The world in JavaScript, held to what benches/src/peers/world.rs says of the same script.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Near, place, World } from '../world.js';

/** The script that the test in Rust runs, too: ten players who turn by turns, one of whom leaves. */
export function play(name) {
  const world = new World(name, 7);
  const slots = Array.from({ length: 10 }, () => world.enter());
  for (let tick = 0; tick < 300; tick++) {
    for (const slot of slots) world.steer(slot, (tick + slot) % 5 % 3);
    if (tick === 100) world.leave(slots[3]);
    if (tick === 150) world.enter();
    world.step();
  }
  return world;
}

/** A number that follows from all that is sent of a world. */
export function digest(world) {
  let hash = world.tick;
  const mix = (value) => (hash = (Math.imul(hash, 31) + value) >>> 0);
  world.ships.forEach((ship, slot) => {
    if (ship) [slot, place(ship.x), place(ship.y), ship.heading, ship.hp, ship.score].forEach(mix);
  });
  return hash;
}

test('a script leads to the state that it leads to in Rust', () => {
  assert.equal(digest(play('everyone')), 3403095959);
  assert.equal(digest(play('near')), 3631236480);
});

test('nearly all ships move in each tick, so that each counts as an update', () => {
  const world = play('near');
  const before = world.ships.map((ship) => ship && [place(ship.x), place(ship.y)].join());
  world.step();
  const moved = world.ships.filter((ship, slot) => ship && [place(ship.x), place(ship.y)].join() !== before[slot]);
  assert.ok(moved.length > world.ships.length * 0.98, `${moved.length} of ${world.ships.length}`);
});

test('a player sees itself and whoever is within reach, and nobody else', () => {
  const world = play('near');
  const near = new Near();
  near.rebuild(world);
  const eye = world.ships.at(-1);
  const seen = new Set(near.seenBy(world, eye));
  world.ships.forEach((ship, slot) => {
    if (!ship) return;
    assert.equal(seen.has(slot), Math.hypot(ship.x - eye.x, ship.y - eye.y) <= near.cell, `${slot}`);
  });
  assert.ok(seen.size > 1 && seen.size < 200, `${seen.size}`);
});
