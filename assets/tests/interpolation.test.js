import assert from 'node:assert/strict';
import { test } from 'node:test';

import { shorterWay } from '../sdk/blend.js';
import { RenderClock } from '../sdk/clock.js';
import { Interpolation } from '../sdk/interpolation.js';

const KIND = {
  name: 'ship',
  fields: [
    { name: 'pos', type: { type: 'vec2', min: 0, max: 1000, step: 1 } },
    { name: 'heading', type: { type: 'angle', bits: 8 } },
    { name: 'hp', type: { type: 'int', min: 0, max: 100 } },
  ],
};

/** A room as far as drawing needs one, stepped by hand at 10 ticks a second. */
class FakeRoom {
  constructor() {
    this.tickHz = 10;
    /** @type {number | null} */
    this.tick = null;
    this.schema = { kinds: [KIND] };
    /** @type {Map<number, any>} */
    this.ships = new Map();
    /** Where an entity rests, the tick that it is of. @type {Map<number, number>} */
    this.resting = new Map();
    /** @type {(() => number) | null} */
    this.drawn = null;
  }

  entities() {
    return this.ships;
  }

  /** @param {number} id */
  tickOf(id) {
    return this.resting.get(id) ?? this.tick;
  }

  onFrame() {
    return () => {};
  }

  /** @param {() => number} drawn */
  showing(drawn) {
    this.drawn = drawn;
    return () => {
      this.drawn = null;
    };
  }
}

function setUp() {
  const room = new FakeRoom();
  const view = new Interpolation(/** @type {any} */ (room), { delay: 2 });
  /**
   * @param {number} tick
   * @param {Record<number, any>} ships
   */
  const frame = (tick, ships) => {
    room.tick = tick;
    room.ships = new Map(Object.entries(ships).map(([id, ship]) => [Number(id), ship]));
    view.record(tick * 100);
  };
  return { view, frame, room };
}

/**
 * @param {number} x
 * @param {number} [heading]
 * @param {number} [hp]
 */
function ship(x, heading = 0, hp = 100) {
  return { pos: { x, y: 0 }, heading, hp };
}

test('places lie between two ticks, two ticks behind', () => {
  const { view, frame } = setUp();
  for (let tick = 10; tick <= 14; tick++) frame(tick, { 1: ship(tick * 10) });
  view.update(1450);
  assert.ok(Math.abs(view.tick - 12.5) < 1e-9, `${view.tick}`);
  assert.ok(Math.abs((view.entities('ship').get(1)?.pos.x ?? 0) - 125) < 1e-6);
});

test('whole numbers keep the earlier value, angles go the shorter way', () => {
  const { view, frame } = setUp();
  frame(10, { 1: ship(0, 0.1, 100) });
  frame(11, { 1: ship(0, 2 * Math.PI - 0.1, 50) });
  view.update(1250);
  const drawn = view.entities('ship').get(1);
  assert.equal(drawn?.hp, 100);
  assert.ok(Math.abs(drawn?.heading) < 1e-6, `${drawn?.heading}`);
  assert.ok(Math.abs(shorterWay(0.1 - 6.2) - (2 * Math.PI - 6.1)) < 1e-9);
});

test('an entity appears at its first tick and goes at the tick without it', () => {
  const { view, frame } = setUp();
  frame(10, {});
  frame(11, { 1: ship(0) });
  frame(12, { 1: ship(1) });
  frame(13, {});
  /** @type {boolean[]} */
  const seen = [];
  for (const now of [1290, 1310, 1490, 1510]) {
    view.update(now);
    seen.push(view.entities('ship').has(1));
  }
  assert.deepEqual(seen, [false, true, true, false]);
});

test('what goes while nothing is drawn is forgotten', () => {
  const { view, frame } = setUp();
  frame(1, { 0: ship(0) });
  view.update(400);
  for (let tick = 2; tick < 500; tick++) frame(tick, { [tick]: ship(tick) });
  assert.ok((view.kinds.get('ship')?.tracks.size ?? 0) < 70);
  view.update(50_000);
  assert.deepEqual([...view.entities('ship').keys()], [498]);
});

test('whoever stops drawing no longer says what is seen', () => {
  const { view, room } = setUp();
  assert.ok(room.drawn !== null);
  view.stop();
  assert.equal(room.drawn, null);
});

test('a jump is not blended', () => {
  const { view, frame } = setUp();
  frame(10, { 1: ship(0) });
  frame(11, { 1: ship(900) });
  frame(12, { 1: ship(901) });
  view.update(1290);
  assert.equal(view.entities('ship').get(1)?.pos.x, 0);
  view.update(1301);
  assert.ok((view.entities('ship').get(1)?.pos.x ?? 0) >= 900);
});

test('across skipped ticks and the wrap of the number the motion goes on', () => {
  const room = setUp();
  const start = 2 ** 32 - 2;
  room.frame(start, { 1: ship(0) });
  const { view } = room;
  const at = (/** @type {number} */ tick) => (start + tick) * 100;
  // Four ticks were skipped, across zero.
  Object.assign(view.room, { ships: new Map([[1, ship(40)]]) });
  /** @type {any} */ (view.room).tick = 2;
  view.record(at(4));
  view.update(at(4));
  const x = view.entities('ship').get(1)?.pos.x ?? 0;
  assert.ok(x > 5 && Math.abs(x - (view.tick + 2) * 10) < 1e-3, `${x} at ${view.tick}`);
});

test('what is sent every eighth tick glides as what is sent every tick does, only further behind', () => {
  const { view, frame, room } = setUp();
  /** @type {number[]} */
  const steps = [];
  let before = 0;
  for (let tick = 16; tick < 200; tick++) {
    const known = tick - (tick % 8);
    room.resting.set(1, known);
    frame(tick, { 1: ship(known * 3), 2: ship(tick * 3) });
    for (let part = 0; part < 4; part++) {
      view.update(tick * 100 + part * 25);
      const { x } = view.entities('ship').get(1)?.pos ?? { x: 0 };
      if (tick > 60) steps.push(x - before);
      before = x;
    }
  }
  const near = view.entities('ship').get(2)?.pos.x ?? 0;
  assert.ok(near - before > 12 && near - before < 3 * 9, `${near - before} behind`);
  // Three a tick, and four steps a tick.
  assert.ok(steps.every((step) => step > 0.6 && step < 0.9), `${Math.min(...steps)}, ${Math.max(...steps)}`);
});

test('what gets far and is sent less often is never gone for it, nor seen to go back', () => {
  const { room } = setUp();
  room.tickHz = 30;
  const view = new Interpolation(/** @type {any} */ (room));
  let before = 0;
  for (let tick = 1; tick < 300; tick++) {
    // From the tick 100 on it is sent every eighth tick, from 200 on every tick again.
    const known = tick < 100 || tick >= 200 ? tick : Math.max(99, tick - (tick % 8));
    room.tick = tick;
    room.resting.set(1, known);
    room.ships = new Map([[1, ship(known * 3)]]);
    view.record((tick * 1000) / 30);
    for (let part = 0; part < 6; part++) {
      view.update(((tick + part / 6) * 1000) / 30);
      const x = view.entities('ship').get(1)?.pos.x;
      if (tick < 10) continue;
      assert.ok(x !== undefined, `it is gone at ${tick}`);
      // Three a tick, and six steps a tick.
      const step = x - before;
      assert.ok(tick === 10 || (step >= 0 && step < 0.75), `a step of ${step} at ${tick}`);
      before = x;
    }
  }
});

test('what comes back under the same name is gone in between, and does not glide from where it was', () => {
  const { view, frame } = setUp();
  /** @type {(number | undefined)[]} */
  const seen = [];
  for (let tick = 1; tick < 20; tick++) {
    frame(tick, tick === 8 || tick === 9 ? {} : { 1: ship(tick < 8 ? 100 : 180) });
    view.update(tick * 100);
    seen.push(view.entities('ship').get(1)?.pos.x);
  }
  const shown = seen.filter((it) => it !== undefined);
  assert.ok(shown.every((x) => x === 100 || x === 180), `${shown}`);
  const from = seen.indexOf(100);
  assert.deepEqual(seen.slice(from, from + 10), [...Array(7).fill(100), undefined, undefined, 180]);
});

test('between states that are far apart the way is a curve that ends where they are', () => {
  const { view, frame } = setUp();
  const at = (/** @type {number} */ tick) => Math.sin(tick / 6) * 80 + 100;
  let [curved, straight] = [0, 0];
  for (let tick = 0; tick < 120; tick += 2) {
    frame(tick, { 1: ship(at(tick)) });
    for (let part = 0; part < 10; part++) {
      view.update(tick * 100 + part * 20);
      const drawn = view.tick;
      if (tick < 40 || part === 0) continue;
      const first = Math.floor(drawn / 2) * 2;
      const line = at(first) + ((at(first + 2) - at(first)) * (drawn - first)) / 2;
      curved += Math.abs((view.entities('ship').get(1)?.pos.x ?? 0) - at(drawn));
      straight += Math.abs(line - at(drawn));
    }
  }
  assert.ok(curved < straight * 0.6, `${curved} is as far off as ${straight}`);
});
