// What is predicted, against a server that is some ticks away.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { InputClock } from '../sdk/input_clock.js';
import { Listeners } from '../sdk/listeners.js';
import { Prediction } from '../sdk/prediction.js';

const HZ = 30;
const TICK_MS = 1000 / HZ;

/** A cart on a rail: its input pushes it. @typedef {{x: number, v: number}} Cart */

/**
 * @param {Cart} cart
 * @param {Record<string, any>} input
 * @returns {Cart}
 */
function step({ x, v }, { push }) {
  const speed = Math.max(-12, Math.min(12, v + push));
  return { x: x + speed, v: speed };
}

/** A server that gets inputs in time and whose frames take a while, and the room of its client. */
class Line {
  /** @param {number} delay of frames, in ticks */
  constructor(delay) {
    this.delay = delay;
    this.tickHz = HZ;
    /** @type {Cart} */
    this.cart = { x: 0, v: 0 };
    /** What the client holds. @type {Cart | null} */
    this.own = { x: 0, v: 0 };
    this.push = 0;
    /** @type {Map<number, number>} */
    this.pushes = new Map();
    /** @type {{tick: number, own: Cart | null}[]} */
    this.frames = [];
    this.made = 0;
    /** Ticks whose input the server does not get. @type {Set<number>} */
    this.lost = new Set();
    /** @type {Listeners<[any]>} */
    this.inputListeners = new Listeners();
    /** @type {Listeners<[any]>} */
    this.frameListeners = new Listeners();
    this.inputs = { clock: new InputClock(HZ), current: () => ({ push: this.push }), neutral: { push: 0 } };
    this.tick = 0;
    this.inputs.clock.start(0, 0, delay * TICK_MS);
    this.prediction = new Prediction(/** @type {any} */ (this), {
      restore: () => this.own && { ...this.own },
      step,
      equal: (a, b) => a.x === b.x && a.v === b.v,
      place: ({ x }, out) => (out[0] = x),
      drawn: [{ far: 200 }],
    });
  }

  /** @param {(news: any) => void} listener */
  onInput(listener) {
    return this.inputListeners.add(listener);
  }

  /** @param {(news: any) => void} listener */
  onFrame(listener) {
    return this.frameListeners.add(listener);
  }

  /** @param {number} now */
  update(now) {
    const { clock } = this.inputs;
    clock.advance(now);
    for (let tick = clock.pollDue(4); tick !== null; tick = clock.pollDue(4)) {
      if (!this.lost.has(tick)) this.pushes.set(tick, this.push);
      this.inputListeners.tell({ tick, input: { push: this.push } });
    }
  }

  /** The server makes a tick, whose frame arrives some ticks later. */
  serve() {
    this.made += 1;
    this.cart = step(this.cart, { push: this.pushes.get(this.made) ?? this.pushes.get(this.made - 1) ?? 0 });
    this.frames.push({ tick: this.made, own: { ...this.cart } });
    const frame = this.frames[this.frames.length - 1 - this.delay];
    if (frame === undefined) return;
    this.tick = frame.tick;
    this.own = frame.own;
    this.frameListeners.tell({ tick: frame.tick });
  }

  /**
   * Draws sixty pictures a second for a while; returns where the cart was in each.
   * @param {number} ticks
   * @param {(tick: number) => void} [act] before each of the server's ticks
   */
  run(ticks, act = () => {}) {
    const places = [];
    for (let i = 0; i < ticks; i++) {
      act(this.made);
      const now = (this.made + 1) * TICK_MS;
      this.serve();
      for (const part of [0.1, 0.6]) places.push(this.prediction.draw(now + part * TICK_MS)?.[0] ?? NaN);
    }
    return places;
  }
}

/** @param {number[]} places */
function longestStep(places) {
  return Math.max(...places.slice(1).map((place, i) => Math.abs(place - places[i])));
}

test('when the server does what was predicted nothing is ever corrected', () => {
  const line = new Line(5);
  line.run(20);
  line.run(100, (tick) => (line.push = tick % 7 < 3 ? 2 : -1));
  assert.equal(line.prediction.corrections, 0);
  assert.ok(line.prediction.confirmed > 100, `${line.prediction.confirmed}`);
  assert.equal(line.prediction.offBy, 0);
});

test('what the player does is in the next picture, however far the server is', () => {
  const line = new Line(12);
  line.run(40);
  const [rest] = line.run(1).slice(-1);
  line.push = 5;
  const moved = line.prediction.draw((line.made + 1.7) * TICK_MS)?.[0] ?? 0;
  assert.ok(moved > rest + 0.5, `${rest} to ${moved}`);
});

test('a correction begins anew from what the server says, and is not seen as a jump', () => {
  const line = new Line(4);
  line.push = 3;
  line.run(30);
  const usual = longestStep(line.run(10));
  const places = line.run(1, () => (line.cart.x += 40));
  places.push(...line.run(30));
  assert.equal(line.prediction.corrections, 1);
  assert.ok(longestStep(places) < usual + 8, `${longestStep(places)} after ${usual}`);
  const { state, tick } = line.prediction;
  const ahead = (tick ?? 0) - line.made;
  assert.equal(state?.x, line.cart.x + ahead * 12, 'it is where the server will have it');
  assert.ok(line.prediction.offBy < 1, `${line.prediction.offBy}`);
});

test('two corrections between two pictures are not seen as a jump either', () => {
  const line = new Line(4);
  line.push = 3;
  line.run(30);
  line.run(2, () => (line.cart.x += 40));
  line.run(2);
  const now = (line.made + 1) * TICK_MS;
  const before = line.prediction.draw(now)?.[0] ?? NaN;
  line.serve();
  line.serve();
  assert.equal(line.prediction.corrections, 2);
  const after = line.prediction.draw(now)?.[0] ?? NaN;
  assert.ok(Math.abs(after - before) < 1e-6, `from ${before} to ${after}`);
  assert.ok(line.prediction.offBy > 70, `${line.prediction.offBy}`);
});

test('a frame of a tick that nothing was predicted for is no jump', () => {
  const line = new Line(4);
  line.push = 3;
  line.run(30);
  // Nothing is sent, and so nothing predicted; the server goes on with what it had.
  line.update = (now) => line.inputs.clock.advance(now);
  line.inputs.current = () => /** @type {any} */ (null);
  const { tick, prediction } = line;
  const newest = prediction.tick ?? 0;
  const now = (line.made + 0.9) * TICK_MS;
  const before = prediction.draw(now)?.[0] ?? NaN;
  line.frameListeners.list = [];
  while (line.tick < newest + 4) line.serve();
  prediction.reconcile();
  assert.ok(line.tick > tick && prediction.base?.tick === line.tick);
  const after = prediction.draw(now)?.[0] ?? NaN;
  assert.ok(Math.abs(after - before) < 1e-6, `from ${before} to ${after}`);
  assert.ok(prediction.offBy > 12, `${prediction.offBy}`);
});

test('when the clock leaps, what is drawn glides after it', () => {
  const line = new Line(4);
  line.push = 3;
  line.run(30);
  const places = line.run(2);
  const usual = longestStep(places);
  const { clock } = line.inputs;
  clock.reading += 7;
  clock.wanted += 7;
  places.push(...line.run(20));
  assert.ok(longestStep(places) < usual + 20, `${longestStep(places)}: seven ticks are 84`);
  assert.ok(line.prediction.offBy < 2, `${line.prediction.offBy}`);
  assert.equal(line.prediction.corrections, 0);
});

test('an input that the server did not get is one correction', () => {
  const line = new Line(4);
  line.run(30);
  line.lost.add(line.made + 8);
  line.run(20, (tick) => (line.push = tick % 2 === 0 ? 2 : -2));
  line.run(20);
  assert.equal(line.prediction.corrections, 1);
  const { state, tick } = line.prediction;
  assert.equal(state?.x, line.cart.x + ((tick ?? 0) - line.made) * (state?.v ?? NaN));
});

test('what is far off is seen at once, such as coming in somewhere else', () => {
  const line = new Line(3);
  line.run(10);
  line.run(8, (tick) => tick === 11 && (line.cart.x += 500));
  assert.equal(line.prediction.offBy, 0);
  assert.ok((line.prediction.draw((line.made + 1) * TICK_MS)?.[0] ?? 0) >= 500);
});

test('without an own entity there is nothing to draw, and no more ticks are kept than needed', () => {
  const line = new Line(3);
  line.run(10);
  line.own = null;
  line.frameListeners.tell({});
  assert.equal(line.prediction.draw(1e3), null);
  const alone = new Line(3);
  for (let now = 0; now < 10_000; now += 10) alone.prediction.draw(now);
  assert.equal(alone.prediction.steps.length, 64, 'while no frame comes');
});

test('when the connection is lost for long all stands still, and then it goes on', () => {
  const line = new Line(4);
  line.push = 1;
  line.run(60);
  const now = line.made * TICK_MS;
  const places = [];
  for (let picture = 1; picture < 600; picture++) places.push(line.prediction.draw(now + picture * 16)?.[0] ?? NaN);
  const standing = places.slice(-300);
  assert.equal(longestStep(standing), 0, 'it trembles');
  // Meanwhile the server went on without inputs.
  for (let ticks = Math.round((600 * 16) / TICK_MS); ticks > 0; ticks--) {
    line.made += 1;
    line.cart = step(line.cart, { push: 0 });
    line.frames.push({ tick: line.made, own: { ...line.cart } });
  }
  line.run(10);
  const { confirmed } = line.prediction;
  line.run(60);
  assert.ok(line.prediction.confirmed > confirmed + 50, `${line.prediction.confirmed - confirmed} confirmed`);
});
