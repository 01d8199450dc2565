// Figures about a connection, for overlays and tests.

/** How much of each new sample goes into a smoothed figure. */
const SHARE = 0.1;

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
    /** How many ticks ahead of a frame's tick the newest input was. */
    this.slack = 0;
    /** How many ticks before a frame's tick the input used was meant for. */
    this.age = 0;
    /** How far ahead of the applied tick inputs are sent for. */
    this.lead = 0;
  }

  /** @param {number} bytes */
  frame(bytes) {
    this.frames += 1;
    this.bytes += bytes;
    this.bytesPerFrame = this.frames === 1 ? bytes : smooth(this.bytesPerFrame, bytes);
  }

  /** @param {number} milliseconds */
  roundTrip(milliseconds) {
    this.rtt = Number.isNaN(this.rtt) ? milliseconds : smooth(this.rtt, milliseconds);
  }
}

/**
 * @param {number} value
 * @param {number} sample
 */
function smooth(value, sample) {
  return value + (sample - value) * SHARE;
}
