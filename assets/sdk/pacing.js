// How far ahead of the state that it sees a client names the tick of its input.
//
// The server tells how many ticks the newest input was ahead when a tick was
// made: the slack. None to spare means that inputs will come too late as soon as
// the network stutters, so the lead grows at once; too much means needless
// delay, so it shrinks, but slowly and by the least slack seen for a while.

/** @typedef {{age: number, slack: number}} Echo */

const LEAST_LEAD = 1;
const MOST_LEAD = 200;
/** The slack that is aimed at: one input in hand. */
const WANTED_SLACK = 1;
/** The most slack that an input can have: the server drops what is further ahead. */
const MOST_SLACK = 15;
/** How many frames must all show more slack than needed before the lead shrinks. */
const CALM_FRAMES = 90;
/** The slack that the server reports before it has had an input. */
const NEVER = -128;

export class Pacing {
  constructor() {
    /** Inputs are for the tick this far after the last one applied. */
    this.lead = 2;
    /** Frames to wait for a change of the lead to show in the slack. */
    this.wait = 8;
    this.leastSlack = Infinity;
    this.frames = 0;
  }

  /** No input was sent: what the slack says next is about the pause. */
  pause() {
    this.wait = Math.max(this.wait, 8);
    this.forget();
  }

  /**
   * Takes what a frame said.
   * @param {Echo} echo
   * @param {number} roundTrip in ticks
   */
  update({ age, slack }, roundTrip) {
    if (this.wait > 0) {
      this.wait -= 1;
      return;
    }
    if (slack === NEVER) return;
    if (slack > MOST_SLACK) {
      this.change(WANTED_SLACK - slack, roundTrip);
      return;
    }
    if (slack < WANTED_SLACK || age > 0) {
      this.change(Math.min(Math.max(WANTED_SLACK - slack, 1), 8), roundTrip);
      return;
    }
    this.leastSlack = Math.min(this.leastSlack, slack);
    this.frames += 1;
    if (this.frames < CALM_FRAMES) return;
    const spare = this.leastSlack - WANTED_SLACK;
    if (spare > 0) this.change(-Math.ceil(spare / 2), roundTrip);
    this.forget();
  }

  /**
   * @param {number} ticks
   * @param {number} roundTrip
   */
  change(ticks, roundTrip) {
    this.lead = Math.min(Math.max(this.lead + ticks, LEAST_LEAD), MOST_LEAD);
    this.wait = Math.ceil(roundTrip) + 3;
    this.forget();
  }

  forget() {
    this.leastSlack = Infinity;
    this.frames = 0;
  }
}
