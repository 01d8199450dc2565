// What the player's own entity does, before the server says so.
//
//   const prediction = new Prediction(room, rules);
//   function draw(now) {
//     const place = prediction.draw(now);
//     if (place) drawShip(place[0], place[1], place[2]);
//   }
//
// A game gives its rules: how to read the entity's state off a frame, and what a tick with an input
// makes of it, to the last bit as on the server. Each input that is sent is at once taken into account.
// A frame of tick T includes all inputs up to T: if it says what was predicted for T, all is well. If not,
// that was corrected: the inputs after T are played again from what the frame says.
//
// What is drawn lies between the state of the newest input and the one that the player's input right now
// would lead to, so a key that goes down is in the next picture. When a correction moves it, it
// stays where it was drawn and glides to where it should be.

/** @typedef {import('./room.js').Room} Room */
/** @typedef {Record<string, any>} Input */

/**
 * One of the numbers that are drawn.
 * @typedef {object} Drawn
 * @property {boolean} [turns] whether it is an angle
 * @property {number} far from how much on a correction is not smoothed but seen
 */

/**
 * How a game's own entity is predicted.
 * @template State
 * @typedef {object} Rules
 * @property {() => State | null} restore what the last frame says of the own entity, if it is there
 * @property {(state: State, input: Input) => State} step what a tick makes of a state; leaves that as it is
 * @property {(a: State, b: State) => boolean} equal
 * @property {(state: State, out: Float64Array) => void} place the numbers that are drawn
 * @property {Drawn[]} drawn what they are
 * @property {(before: State, after: State) => boolean} [isJump] whether it did not move from one state to
 *   the other but was put there
 */

/** The most ticks that are predicted beyond the last frame; when it is lost for longer, all stands. */
const MOST_AHEAD = 64;
/** By how many ticks the clock may run ahead of time between two pictures before that counts as a leap. */
const LEAP = 1;
/** How long what a correction is off takes to fade to a third, in seconds. */
const FADE_SECONDS = 0.12;

/**
 * A tick that was predicted.
 * @template State
 * @typedef {object} Step
 * @property {number} tick
 * @property {Input} input
 * @property {State} state after it
 */

/** @template State */
export class Prediction {
  /**
   * @param {Room} room
   * @param {Rules<State>} rules
   */
  constructor(room, rules) {
    this.room = room;
    this.rules = rules;
    /** What the frame of this tick said; predicted ticks follow. @type {{tick: number, state: State} | null} */
    this.base = null;
    /** The ticks after that, in order, without a gap. @type {Step<State>[]} */
    this.steps = [];
    /** The input that was taken last. @type {Input} */
    this.input = room.inputs.neutral;
    /** Frames that said what was predicted, and those that did not. */
    this.confirmed = 0;
    this.corrections = 0;
    const { length } = rules.drawn;
    /** What is drawn. */
    this.values = new Float64Array(length);
    this.next = new Float64Array(length);
    /** By how much what is drawn differs from what is predicted. */
    this.error = new Float64Array(length);
    /**
     * Where `values` were drawn, as a tick and a share; null while nothing is.
     * @type {{tick: number, share: number} | null}
     */
    this.at = null;
    this.drawnAt = NaN;
    /** What the clock read then. */
    this.reading = NaN;
    /** What the tick after the drawn one will come to, with what the player does right now. @type {State | null} */
    this.ahead = null;
    const stops = [room.onInput(({ tick, input }) => this.take(tick, input)), room.onFrame(() => this.reconcile())];
    this.stop = () => stops.forEach((stop) => stop());
    this.reconcile();
  }

  /** The newest predicted state, or null when there is nothing of the player's own. */
  get state() {
    return this.steps.at(-1)?.state ?? this.base?.state ?? null;
  }

  /** The tick of the newest predicted state. */
  get tick() {
    return this.steps.at(-1)?.tick ?? this.base?.tick ?? null;
  }

  /** How far what is drawn is off, in the first two numbers. */
  get offBy() {
    return Math.hypot(this.error[0], this.error[1] ?? 0);
  }

  /**
   * Takes the input of a tick into account.
   * @param {number} tick
   * @param {Input} input
   */
  take(tick, input) {
    if (this.base === null) return;
    const missing = (tick - (this.tick ?? 0)) | 0;
    // The clock may pass ticks over; the server repeats the input before, and so does this.
    for (let left = missing; left > 0 && this.steps.length < MOST_AHEAD; left--) {
      this.advance((tick - left + 1) >>> 0, left === 1 ? input : this.input);
    }
    this.input = input;
  }

  /**
   * @param {number} tick
   * @param {Input} input
   */
  advance(tick, input) {
    const state = /** @type {State} */ (this.state);
    this.steps.push({ tick, input, state: this.rules.step(state, input) });
  }

  /** Compares what the newest frame says with what was predicted, and begins anew from there if need be. */
  reconcile() {
    const state = this.rules.restore();
    if (state === null || this.room.tick === null) {
      this.forget();
      return;
    }
    const { tick } = this.room;
    const predicted = this.predictedAt(tick);
    const later = this.steps.filter((step) => ((step.tick - tick) | 0) > 0);
    if (predicted !== null && this.rules.equal(predicted, state)) {
      this.confirmed += 1;
      this.base = { tick, state };
      this.steps = later;
      return;
    }
    if (predicted !== null) this.corrections += 1;
    // Beyond what was predicted, the newest of it is what led there.
    const before = predicted ?? this.state;
    const jump = before === null || (this.rules.isJump?.(before, state) ?? false);
    this.smoothly(jump, () => {
      this.base = { tick, state };
      this.steps = [];
      for (const step of later) this.advance(step.tick, step.input);
    });
  }

  /** @param {number} tick */
  predictedAt(tick) {
    if (this.base?.tick === tick) return this.base.state;
    return this.steps.find((step) => step.tick === tick)?.state ?? null;
  }

  forget() {
    this.base = null;
    this.steps = [];
    this.at = null;
    this.ahead = null;
    this.error.fill(0);
  }

  /**
   * Changes what is predicted, but not where it is drawn.
   * @param {boolean} jump whether that should be seen
   * @param {() => void} change
   */
  smoothly(jump, change) {
    const { at, values, error, rules } = this;
    const drawn = Float64Array.from(values);
    change();
    if (at === null) return;
    this.between(at.tick, at.share, values);
    rules.drawn.forEach(({ turns, far }, i) => {
      error[i] = difference(values[i], drawn[i], turns);
      if (Math.abs(error[i]) > far) jump = true;
    });
    if (jump) error.fill(0);
    // There may be another correction before the next picture: that must find what is drawn.
    this.addError();
  }

  /** Makes `values` what is drawn instead of what is predicted. */
  addError() {
    for (let i = 0; i < this.values.length; i++) this.values[i] += this.error[i];
  }

  /**
   * Where the own entity is to be drawn now.
   * @param {number} now milliseconds
   * @returns {Float64Array | null} the numbers that the rules place; null when there is nothing
   */
  draw(now) {
    this.room.update(now);
    const { clock } = this.room.inputs;
    const seconds = Math.max(0, now - this.drawnAt) / 1000 || 0;
    this.drawnAt = now;
    if (this.base === null || !clock.runs) return null;
    const expected = this.reading + seconds * this.room.tickHz;
    this.reading = clock.reading;
    if (this.at !== null && clock.reading - expected >= LEAP) this.glide(expected);
    this.at = { tick: clock.tick, share: clock.share };
    this.between(clock.tick, clock.share, this.values);
    const fade = Math.exp(-seconds / FADE_SECONDS);
    for (let i = 0; i < this.error.length; i++) this.error[i] *= fade;
    this.addError();
    return this.values;
  }

  /**
   * The clock leapt ahead, because inputs came too late by far: what is drawn does not leap with it.
   * @param {number} expected what it would read without the leap
   */
  glide(expected) {
    const { clock } = this.room.inputs;
    const whole = Math.floor(expected);
    this.between(clock.at(whole), expected - whole, this.values);
    this.addError();
    this.at = { tick: clock.tick, share: clock.share };
    this.smoothly(false, () => {});
  }

  /**
   * Where it is between the state of a tick and the next one.
   * @param {number} tick
   * @param {number} share
   * @param {Float64Array} out
   */
  between(tick, share, out) {
    const { rules, room, next } = this;
    const after = this.steps.findIndex((step) => ((step.tick - tick) | 0) > 0);
    const state = after < 0 ? this.state : (this.steps[after - 1]?.state ?? this.base?.state ?? null);
    if (state === null) return;
    rules.place(state, out);
    // What stands because nothing has come for long is not to tremble.
    const stands = after < 0 && this.steps.length === MOST_AHEAD;
    const input = stands ? null : room.inputs.current();
    const ahead = after >= 0 ? this.steps[after].state : input && rules.step(state, input);
    this.ahead = ahead;
    if (!ahead || (rules.isJump?.(state, ahead) ?? false)) return;
    rules.place(ahead, next);
    rules.drawn.forEach(({ turns }, i) => (out[i] += difference(out[i], next[i], turns) * share));
  }
}

/**
 * @param {number} from
 * @param {number} to
 * @param {boolean} [turns]
 */
function difference(from, to, turns = false) {
  if (!turns) return to - from;
  const part = (to - from) / (2 * Math.PI);
  return (part - Math.round(part)) * 2 * Math.PI;
}
