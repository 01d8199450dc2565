// Which tick to draw: a little behind the newest, steadily, however frames arrive.
//
// Each arrival tells how far the server's ticks are ahead of our time. Those that
// come late say more about the network than about the server, so a moving average
// gives the beat and the spread around it gives the delay. What is drawn follows
// by running up to a tenth faster or slower, and jumps only when far off.

/** How much of each arrival goes into the average. */
const SHARE = 0.05;
/** The most that drawing runs faster or slower. */
const STRETCH = 0.1;
/** How many ticks off is too far to catch up with smoothly. */
const FAR = 8;
/** How many times the usual spread of arrivals is waited for. */
const SPREADS = 2.5;

export class RenderClock {
  /**
   * @param {number} tickHz
   * @param {number} delay the least number of ticks behind the newest
   * @param {number} [most] the largest
   */
  constructor(tickHz, delay, most = 12) {
    this.tickHz = tickHz;
    this.least = delay;
    this.most = most;
    /** The average of arrived ticks less our time in ticks, and the spread around it. */
    this.offset = NaN;
    this.spread = 0;
    /** The tick that is drawn, with a fraction; NaN before the first frame. */
    this.tick = NaN;
    this.lastNow = 0;
    this.newest = 0;
  }

  /** How many ticks behind the average arrival is drawn. */
  get delay() {
    return Math.min(this.least + this.spread * SPREADS, this.most);
  }

  /**
   * A frame arrived.
   * @param {number} tick counted on across the wrap
   * @param {number} now milliseconds
   */
  arrived(tick, now) {
    this.newest = tick;
    const sample = tick - (now / 1000) * this.tickHz;
    const error = sample - this.offset;
    if (!(Math.abs(error) <= FAR)) {
      this.offset = sample;
      return;
    }
    this.offset += error * SHARE;
    this.spread += (Math.abs(error) - this.spread) * SHARE;
  }

  /**
   * Moves on to `now`.
   * @param {number} now milliseconds
   * @returns {number} the tick to draw
   */
  advance(now) {
    const ticks = ((now - this.lastNow) / 1000) * this.tickHz;
    this.lastNow = now;
    const target = (now / 1000) * this.tickHz + this.offset - this.delay;
    const error = target - (this.tick + ticks);
    if (!(Math.abs(error) <= FAR)) {
      this.tick = target;
    } else {
      const stretch = Math.max(-STRETCH, Math.min(STRETCH, error * 0.1));
      this.tick += ticks * (1 + stretch);
    }
    return this.tick;
  }
}
