// Which tick to draw: as little behind the newest as the network allows, steadily, however frames arrive.
//
// Right before a frame came, the newest tick was as far as one could have drawn without running dry.
// How far that was behind our time is noted for each frame, in a histogram that forgets slowly: it says
// how far behind to draw (see lateness.js). Late frames, frames that were merged into one and a server
// that sends less often are all the same to it. Jitter is covered to its end. A rare long stall is
// not: what comes of it is hidden by other means (see track.js).
//
// What is drawn follows by running a little faster or slower. It never runs back, and jumps ahead only
// when it is far behind, such as after a black-out.

import { Lateness } from './lateness.js';

/** For how long the earliest frames are remembered, as buckets of so many milliseconds. */
const BUCKET_MS = 500;
const BUCKETS = 10;
/** So many of them tell of a server or a way that is another since. */
const RECENT = 2;
/** A frame that comes too late is as bad as so many ticks by which all are drawn later, for one tick. */
const PRICE_OF_LATENESS = 60;
/** How much more each frame counts than the one before: twice as much as one some 140 ago. */
const GROWTH = 1.005;
/** The longest delay, in seconds: more would hurt more than the stutters that it hides. */
const MOST_SECONDS = 0.25;
/** How far beyond the newest tick is drawn at most, in seconds. */
const AHEAD_SECONDS = 0.25;
/** How much of an error is made good in a second, and by how much drawing slows down and speeds up at most. */
const HASTE = 3;
const SLOWER = 0.25;
const FASTER = 0.06;
/** How long a change of speed takes, in seconds. */
const EASE_SECONDS = 0.1;
/** How far behind is too far to catch up with smoothly, in seconds. */
const FAR_SECONDS = 0.5;

export class RenderClock {
  /**
   * @param {number} tickHz
   * @param {number} least the least delay, in ticks
   */
  constructor(tickHz, least) {
    this.tickHz = tickHz;
    this.least = least;
    this.most = Math.max(least, tickHz * MOST_SECONDS);
    this.needs = new Lateness(PRICE_OF_LATENESS, GROWTH);
    /** The highest beat within some time, of the last times. */
    this.beats = Array.from({ length: BUCKETS }, () => ({ number: -Infinity, beat: -Infinity }));
    /** How far the tick of a frame that nothing held up is ahead of our time in ticks; NaN before the first. */
    this.beat = NaN;
    /** How many ticks behind the beat is drawn. */
    this.delay = least;
    /** The tick that is drawn, with a fraction; NaN before the first frame. */
    this.tick = NaN;
    /** Ticks that are drawn for each that passes. */
    this.speed = 1;
    /** Whether the last step went far ahead. */
    this.skipped = false;
    this.lastNow = 0;
    this.newest = NaN;
  }

  /**
   * A frame arrived.
   * @param {number} tick counted on across the wrap
   * @param {number} now milliseconds
   */
  arrived(tick, now) {
    const ours = (now / 1000) * this.tickHz;
    this.beat = this.beatAfter(tick - ours, Math.floor(now / BUCKET_MS));
    if (!Number.isNaN(this.newest)) {
      this.needs.note(ours - this.newest);
      this.delay = Math.min(Math.max(this.beat + this.needs.best(), this.least), this.most);
    }
    this.newest = tick;
  }

  /**
   * The highest beat of the last seconds.
   * @param {number} beat of the frame that came
   * @param {number} number of its bucket
   */
  beatAfter(beat, number) {
    const bucket = this.beats[number % BUCKETS];
    if (bucket.number !== number) Object.assign(bucket, { number, beat });
    bucket.beat = Math.max(bucket.beat, beat);
    const [highest, recent] = [this.highestBeat(number, BUCKETS), this.highestBeat(number, RECENT)];
    // Later than can be waited for, all of them: nothing holds them up, they come so from now on.
    return highest - recent > this.most ? recent : highest;
  }

  /**
   * The highest beat in some buckets.
   * @param {number} latest the number of the last
   * @param {number} count
   */
  highestBeat(latest, count) {
    const recent = this.beats.filter((it) => it.number > latest - count);
    return Math.max(...recent.map((it) => it.beat));
  }

  /**
   * Moves on to `now`.
   * @param {number} now milliseconds
   * @returns {number} the tick to draw
   */
  advance(now) {
    const seconds = Math.max(0, now - this.lastNow) / 1000;
    this.lastNow = now;
    const before = this.tick;
    const target = (now / 1000) * this.tickHz + this.beat - this.delay;
    const behind = (target - before) / this.tickHz - seconds;
    this.skipped = !(behind <= FAR_SECONDS);
    if (this.skipped) {
      this.tick = target;
      this.speed = 1;
    } else {
      const wanted = 1 + Math.min(Math.max(behind * HASTE, -SLOWER), FASTER);
      // A server that lost time is waited for.
      const speed = behind < -FAR_SECONDS ? 0 : wanted;
      this.speed += (speed - this.speed) * (1 - Math.exp(-seconds / EASE_SECONDS));
      this.tick += seconds * this.tickHz * this.speed;
    }
    const limit = this.newest + AHEAD_SECONDS * this.tickHz;
    if (this.tick > limit) this.tick = before > limit ? before : limit;
    return this.tick;
  }
}
