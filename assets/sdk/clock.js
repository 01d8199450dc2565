// Which tick to draw: as little behind the newest as the network allows, steadily, however frames arrive.
//
// Two lines are read off the arrivals of the last seconds, both in ticks ahead of our time. The
// highest that a frame's tick was when it came is the beat of a frame that nothing held up. The lowest
// that the newest tick was right before another came is as far as one could have drawn without
// running dry. What lies between is the delay: it grows at once when a frame comes late and shrinks
// when that is some seconds ago. Late frames, frames that were merged into one and a server that sends
// less often are all the same to it.
//
// What is drawn follows by running a little faster or slower. It never runs back, and jumps ahead only
// when it is far behind, such as after a black-out.

/** For how long arrivals are remembered, as buckets of so many milliseconds. */
const BUCKET_MS = 500;
const BUCKETS = 10;
/** What is kept in hand beyond what the last seconds needed, in ticks. */
const MARGIN = 0.25;
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

/** The highest beat and the lowest need within some time. */
class Bucket {
  constructor() {
    this.number = -Infinity;
    this.beat = -Infinity;
    this.need = Infinity;
  }
}

export class RenderClock {
  /**
   * @param {number} tickHz
   * @param {number} least the least delay, in ticks
   */
  constructor(tickHz, least) {
    this.tickHz = tickHz;
    this.least = least;
    this.most = Math.max(least, tickHz * MOST_SECONDS);
    this.buckets = Array.from({ length: BUCKETS }, () => new Bucket());
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
    const bucket = this.bucket(Math.floor(now / BUCKET_MS));
    bucket.beat = Math.max(bucket.beat, tick - ours);
    if (!Number.isNaN(this.newest)) bucket.need = Math.min(bucket.need, this.newest - ours);
    this.newest = tick;
    this.measure(bucket.number);
  }

  /** @param {number} number which one since the beginning of time */
  bucket(number) {
    const bucket = this.buckets[((number % BUCKETS) + BUCKETS) % BUCKETS];
    if (bucket.number !== number) Object.assign(bucket, { number, beat: -Infinity, need: Infinity });
    return bucket;
  }

  /** @param {number} latest the number of the latest bucket */
  measure(latest) {
    let [beat, need] = [-Infinity, Infinity];
    for (const bucket of this.buckets) {
      if (bucket.number <= latest - BUCKETS) continue;
      beat = Math.max(beat, bucket.beat);
      need = Math.min(need, bucket.need);
    }
    this.beat = beat;
    // Before the second frame nothing is needed yet.
    this.delay = Math.min(Math.max(beat - need + MARGIN, this.least), this.most);
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
