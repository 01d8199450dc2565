// A stretch of a recording that is shown, from a tick on, in the time of the recording.

import { Room } from '/sdk/tickwire.js';

import { Source, loadWelcome } from './source.js';

/** @typedef {import('../common/stages.js').Stage} Stage */

/**
 * The recording, as far as drawing has to know it.
 * @typedef {object} Reel
 * @property {number} first the first tick that can be shown
 * @property {number} last the last one
 * @property {number} tickHz
 */

/** So many ticks are played unseen before the first one that is shown, so that things are on their way. */
const RUN_UP = 10;

export class Showing {
  /**
   * @param {Reel} reel
   * @param {Stage} stage
   * @param {string} like whose view it is; nothing for a spectator's
   */
  constructor(reel, stage, like) {
    this.reel = reel;
    this.stage = stage;
    this.like = like;
    /** Milliseconds of the recording since its first tick. */
    this.now = 0;
    /** @type {Source | null} */
    this.source = null;
    /** @type {Room | null} */
    this.room = null;
    /** @type {import('../common/stages.js').Play | null} */
    this.play = null;
    this.over = false;
  }

  /**
   * When a tick is, in milliseconds of the recording.
   * @param {number} tick
   */
  timeOf(tick) {
    return ((tick - this.reel.first) * 1000) / this.reel.tickHz;
  }

  /** The tick whose time it is. */
  get tick() {
    return Math.min(this.reel.last, this.reel.first + Math.floor((this.now * this.reel.tickHz) / 1000 + 1e-6));
  }

  /**
   * Fetches what the first picture takes, which is of this tick.
   * @param {number} tick
   */
  async load(tick) {
    const { first, last, tickHz } = this.reel;
    const from = Math.max(first, tick - RUN_UP);
    const welcome = await loadWelcome(from, this.like);
    if (this.over) return;
    // Whoever watches a recording is nobody in it.
    this.room = new Room({ ...welcome, player: 0, spectator: true }, this.link());
    this.source = new Source(from, last, this.like, tickHz, this.room.replica.records);
    this.now = this.timeOf(from);
    while (this.source.loaded < tick && !this.source.ended) {
      await this.source.keepAhead(1);
      if (this.over) return;
    }
  }

  /**
   * Draws the first picture, once all for it is there.
   * @param {number} tick
   */
  begin(tick) {
    const { room } = this;
    if (room === null) return;
    for (let at = this.tick; at <= tick; at++) {
      this.now = this.timeOf(at);
      this.take();
      this.play ??= room.tick === null ? null : this.stage(room, { like: Number(this.like), now: this.now });
      this.play?.pass(this.now);
    }
    this.play?.draw(this.now);
  }

  /**
   * Whether one can go on to a tick at once.
   * @param {number} tick
   */
  has(tick) {
    return this.source !== null && this.play !== null && tick <= this.source.loaded;
  }

  /** What a room needs that has no connection. */
  link() {
    return {
      send() {},
      leave() {},
      now: () => this.now,
      after: () => () => {},
      answered: 0,
      isHidden: () => true,
      traffic: () => ({ requests: 0, up: 0, down: 0 }),
    };
  }

  /** Gives the room the frames whose time has come. */
  take() {
    for (const { bytes } of this.source?.take(this.tick) ?? []) this.room?.receive(bytes);
  }

  /**
   * Lets so much of the recording pass, if it is there, and draws a picture. True at its end.
   * @param {number} milliseconds
   * @param {number} speed
   */
  go(milliseconds, speed) {
    const { source, reel } = this;
    if (source === null || this.play === null) return false;
    void source.keepAhead(speed)?.catch((error) => this.onTrouble(error));
    const most = this.timeOf(source.ended ? reel.last + 1 : source.loaded + 1) - 1;
    this.now = Math.max(this.now, Math.min(this.now + milliseconds, most));
    this.take();
    this.play.draw(this.now);
    return source.ended && source.frames.length === 0 && this.now >= most;
  }

  /**
   * Called when more cannot be loaded.
   * @param {unknown} error
   */
  onTrouble(error) {
    console.error(error);
  }

  /** Stops drawing. */
  end() {
    this.over = true;
    if (this.source) this.source.dropped = true;
    this.play?.end();
    this.play = null;
  }
}
