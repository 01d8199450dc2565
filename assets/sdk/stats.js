// Figures about a connection, for overlays and tests.

/** How much of each new sample goes into a smoothed figure. */
const SHARE = 0.1;
/** The same for the round trip, which is measured only once a second. */
const ROUND_TRIP_SHARE = 0.3;

export class Stats {
  constructor() {
    this.frames = 0;
    /** Bytes a frame, smoothed. */
    this.bytesPerFrame = 0;
    this.bytes = 0;
    this.hashesVerified = 0;
    this.mismatches = 0;
    /** Milliseconds, smoothed; NaN until the first answer. */
    this.rtt = NaN;
    /** Entities updated by the last frame. */
    this.updates = 0;
    /** How long before its tick was made the server had an input, in ticks: the least of a frame's. */
    this.slack = 0;
    /** For how many ticks before its own the input was meant that the last tick used. */
    this.age = 0;
    /** Frames whose tick had no input of its own, while there were inputs. */
    this.starved = 0;
    /** How far ahead of the applied tick the clock of inputs is, in ticks. */
    this.lead = 0;
  }

  /** @param {number} bytes */
  frame(bytes) {
    this.frames += 1;
    this.bytes += bytes;
    this.bytesPerFrame = this.frames === 1 ? bytes : smooth(this.bytesPerFrame, bytes);
  }

  /**
   * What a frame said of our inputs.
   * @param {number | null} slack in ticks
   * @param {number} age in ticks
   */
  inputs(slack, age) {
    if (slack !== null) this.slack = slack;
    this.age = age;
    if (age > 0) this.starved += 1;
  }

  /** @param {number} milliseconds */
  roundTrip(milliseconds) {
    this.rtt = Number.isNaN(this.rtt) ? milliseconds : smooth(this.rtt, milliseconds, ROUND_TRIP_SHARE);
  }
}

/**
 * @param {number} value
 * @param {number} sample
 * @param {number} [share] how much of it goes in
 */
function smooth(value, sample, share = SHARE) {
  return value + (sample - value) * share;
}
