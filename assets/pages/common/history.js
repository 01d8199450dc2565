// What the network did in the last seconds, for whoever wants to look at it.

/** How long it is remembered, in seconds. */
export const SECONDS = 10;

/**
 * A frame, as it arrived.
 * @typedef {object} Arrival
 * @property {number} at milliseconds
 * @property {number} interval since the one before, in milliseconds
 * @property {'even' | 'late' | 'merged' | 'full'} sort
 * @property {number | null} slack how early inputs were, in ticks
 * @property {boolean} starved whether its tick had no input of its own
 * @property {boolean} corrected whether it was not as predicted
 * @property {number[]} spent bytes: of each kind, of messages, of all else
 */

/**
 * A picture, as it was drawn.
 * @typedef {object} Picture
 * @property {number} at milliseconds
 * @property {number} buffered ticks in hand before the newest
 * @property {number} delay ticks behind that are aimed at
 * @property {number} off how far the own entity is drawn from where it is predicted, in units
 */

/** @typedef {import('/sdk/tickwire.js').Room} Room */
/** @typedef {import('/sdk/tickwire.js').Interpolation} Interpolation */
/** @typedef {{corrections: number, confirmed: number, offBy: number} | null} Predicted */

export class History {
  /**
   * @param {Room} room
   * @param {Interpolation} view
   * @param {() => Predicted} predicted
   */
  constructor(room, view, predicted) {
    this.room = room;
    this.view = view;
    this.predicted = predicted;
    /** @type {Arrival[]} */
    this.arrivals = [];
    /** @type {Picture[]} */
    this.pictures = [];
    this.corrections = 0;
    this.last = performance.now();
    this.stop = room.onFrame((news) => this.arrived(news));
  }

  /** @param {import('/sdk/tickwire.js').FrameNews} news */
  arrived({ full, gap, slack, age }) {
    const at = performance.now();
    const interval = at - this.last;
    const tickMs = 1000 / this.room.tickHz;
    const late = interval > tickMs * 1.6;
    const corrections = this.predicted()?.corrections ?? 0;
    const { kinds, messages, rest } = this.room.replica.spent;
    this.arrivals.push({
      at,
      interval,
      sort: full ? 'full' : gap > 1 ? 'merged' : late ? 'late' : 'even',
      slack,
      starved: age > 0,
      corrected: corrections > this.corrections,
      spent: [...kinds, messages, rest],
    });
    this.corrections = corrections;
    this.last = at;
    this.forget(at);
  }

  /** A picture was drawn. */
  drew() {
    const at = performance.now();
    const { buffered, delay } = this.view;
    this.pictures.push({ at, buffered, delay, off: this.predicted()?.offBy ?? 0 });
    this.forget(at);
  }

  /** @param {number} now */
  forget(now) {
    const from = now - SECONDS * 1000;
    for (const list of [this.arrivals, this.pictures]) {
      while (list.length > 0 && list[0].at < from) list.shift();
    }
  }
}
