// Which tick an input is for.
//
// A client lives a little ahead of the server: an input is for the tick that the server will be about
// to make when it arrives. Too late and it is dropped; too early and it waits, and everybody sees
// the player act later than needed. The server says with each frame how early inputs were (the
// slack), and the clock runs up to a twentieth faster or slower until they arrive just in time. How
// much to spare is decided by lateness.js.
//
// `shared/src/netcode/input_clock.rs` is the same program: golden traces hold both to the same bits.

import { Lateness } from './lateness.js';

/** The most by which the clock runs faster or slower. */
export const STRETCH = 0.05;
/** The share of an error that is made good in a tick, up to `STRETCH`. */
const GAIN = 0.2;
/** How many ticks behind is too far to catch up with by running faster. */
const FAR_BEHIND = 4;
/** How many ticks ahead is too far to wait for by running slower. */
const FAR_AHEAD = 8;
/** With more slack than this the histogram is of another time: the server stood still, or we did. */
const MOST_SLACK = 12;
/** The choice is made anew after so many frames. */
const FRAMES_A_CHOICE = 8;
/** Until so many inputs have been answered, each one is reason to choose anew. */
const FIRST_ANSWERS = 32;
/**
 * By how much each late input hastens the clock in ticks, up to how much, and by how much each one
 * that is in time lets go of that: delays that grow and grow are then caught up with.
 */
const HASTE = { late: 1 / 16, most: 1, inTime: 1 / 512 };
/** The offsets of so many ticks are remembered. */
const REMEMBERED = 128;
/** How many parts of a tick the slack is told in. */
export const TICK_PARTS = 256;

export class InputClock {
  /**
   * A clock that stands until the first frame comes.
   * @param {number} tickHz
   */
  constructor(tickHz) {
    this.tickHz = tickHz;
    /** The tick that the first frame brought; ticks are counted from there. */
    this.origin = 0;
    /** Whether it runs. */
    this.runs = false;
    /** When it was read last, in ticks of our time. */
    this.readAt = 0;
    /** What it read, in ticks from `origin`; it never goes back. */
    this.reading = 0;
    /** What it should be ahead of our time, in ticks. */
    this.wanted = 0;
    this.needs = new Lateness();
    /** For which ticks inputs were sent, and how far ahead of our time it was then. */
    this.sentTicks = new Float64Array(REMEMBERED).fill(-Infinity);
    this.sentOffsets = new Float64Array(REMEMBERED);
    /** The last tick that an input was sent for, from `origin`. */
    this.newest = -Infinity;
    this.answers = 0;
    /** How much farther ahead than asked for, because inputs came too late lately. */
    this.haste = 0;
  }

  /**
   * Starts the clock, if it stands.
   * @param {number} tick of the frame that came
   * @param {number} now milliseconds
   * @param {number} roundTrip that a message and its answer take, in milliseconds
   */
  start(tick, now, roundTrip) {
    if (this.runs) return;
    this.runs = true;
    this.origin = tick;
    this.readAt = this.ticks(now);
    // The next tick is the first that an input can be for.
    this.reading = 1 + this.ticks(roundTrip);
    this.wanted = this.reading - this.readAt;
    this.newest = Math.floor(this.reading);
  }

  /** @param {number} milliseconds */
  ticks(milliseconds) {
    return (Math.floor(milliseconds * 1000 + 0.5) / 1e6) * this.tickHz;
  }

  /**
   * Moves on to `now`.
   * @param {number} now milliseconds
   */
  advance(now) {
    if (!this.runs) return;
    const at = this.ticks(now);
    const wentBy = Math.max(at - this.readAt, 0);
    this.readAt = Math.max(this.readAt, at);
    const error = at + this.wanted - (this.reading + wentBy);
    // At first nothing is known, and whoever comes in late should not stay so.
    if (error > FAR_BEHIND || (error > 0 && this.answers < FIRST_ANSWERS)) this.reading = at + this.wanted;
    else if (error >= -FAR_AHEAD) {
      this.reading += wentBy * (1 + Math.min(Math.max(error * GAIN, -STRETCH), STRETCH));
    }
    // Farther ahead than that it stands, and the server's time comes up.
  }

  /** The tick that inputs are for now. */
  get tick() {
    return this.at(Math.floor(this.reading));
  }

  /** How much of the tick after that has gone by. */
  get share() {
    return this.reading - Math.floor(this.reading);
  }

  /** @param {number} ticks from `origin` */
  at(ticks) {
    return (this.origin + ticks) >>> 0;
  }

  /**
   * The next tick that an input is due for, or null. All ticks get theirs, but for those that
   * the clock leaps over; it is for `most` of them at most, the newest.
   * @param {number} most
   */
  pollDue(most) {
    const due = Math.floor(this.reading);
    if (!this.runs || this.newest >= due) return null;
    this.newest = Math.max(this.newest + 1, due - most + 1);
    const slot = remainder(this.newest);
    this.sentTicks[slot] = this.newest;
    this.sentOffsets[slot] = this.reading - this.readAt;
    return this.at(this.newest);
  }

  /** When the next input will be due, in milliseconds; null while it stands. */
  nextDue() {
    if (!this.runs) return null;
    const left = Math.max(this.newest, Math.floor(this.reading)) + 1 - this.reading;
    const at = (this.readAt + Math.max(left, 0)) / this.tickHz;
    return Math.ceil(at * 1e6) / 1000;
  }

  /**
   * Learns from what a frame said.
   * @param {number} frame its tick
   * @param {number | null} slack in `TICK_PARTS` of a tick
   */
  observe(frame, slack) {
    if (slack === null || !this.runs) return;
    const ticks = slack / TICK_PARTS;
    if (ticks > MOST_SLACK) {
      this.needs.clear();
      this.answers = 0;
    }
    // One that was used was for the frame's own tick; one that was not, for that which it missed.
    const isUsed = ticks >= 0 && ticks <= MOST_SLACK;
    const offset = this.offsetOf(isUsed ? frame : (frame + Math.floor(ticks)) >>> 0);
    if (offset === null) return;
    this.needs.note(offset - ticks);
    this.answers += 1;
    const { late, most, inTime } = HASTE;
    this.haste = ticks < 0 ? Math.min(this.haste + late, most) : Math.max(this.haste - inTime, 0);
    if (this.answers < FIRST_ANSWERS || this.answers % FRAMES_A_CHOICE === 0 || ticks < 0) {
      this.wanted = this.needs.best() + this.haste;
    }
  }

  /**
   * How far ahead of our time the input of a tick was sent, or null if that is no longer known.
   * @param {number} tick
   */
  offsetOf(tick) {
    const ticks = ((tick - this.at(this.newest)) | 0) + this.newest;
    const slot = remainder(ticks);
    return this.sentTicks[slot] === ticks ? this.sentOffsets[slot] : null;
  }
}

/** @param {number} ticks */
function remainder(ticks) {
  return ((ticks % REMEMBERED) + REMEMBERED) % REMEMBERED;
}
