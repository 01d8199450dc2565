// Frames of a recording, as the server makes them again: fetched ahead of what is drawn.

import { readHeader } from '../../sdk/frame.js';
import { readServerMessage } from '../../sdk/message.js';
import { Splitter } from '../../sdk/transports/batch.js';
import { counted, numberOf } from './ticks.js';

/** @typedef {import('../../sdk/control.js').Welcome} Welcome */
/** @typedef {import('../../sdk/record.js').RecordLayout} RecordLayout */
/** @typedef {{tick: number, bytes: Uint8Array}} Timed */

/** How many seconds of the game are asked for at first, and then at once. */
const FIRST_SECONDS = 1;
const MORE_SECONDS = 4;
/** More is asked for when there are fewer seconds than this, of the time it takes to watch them. */
const LEFT_SECONDS = 3;

/**
 * @param {string} path
 * @returns {Promise<Uint8Array>}
 */
async function load(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error((await answer.json()).detail ?? `${path}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

/**
 * What frames from a tick on are read with.
 * @param {number} from
 * @param {string} like the player whose view it is, or nothing for a spectator
 * @returns {Promise<Welcome>}
 */
export async function loadWelcome(from, like) {
  const received = readServerMessage(await load(`/replay/welcome?from=${numberOf(from)}${as(like)}`));
  if (received.kind !== 'welcome') throw new Error('the server sent no welcome');
  return received.welcome;
}

/** @param {string} like */
function as(like) {
  return like === '' ? '' : `&as=${like}`;
}

export class Source {
  /**
   * @param {number} from the first tick
   * @param {number} last the last tick that there is
   * @param {string} like
   * @param {number} tickHz
   * @param {RecordLayout[]} records of the game's messages
   */
  constructor(from, last, like, tickHz, records) {
    this.next = from;
    this.last = last;
    this.like = like;
    this.tickHz = tickHz;
    this.records = records;
    /** Frames that were not drawn yet, in order. @type {Timed[]} */
    this.frames = [];
    /** Whether the first one stands alone; those after it go on from one another. */
    this.begun = false;
    /** @type {Promise<void> | null} */
    this.loading = null;
    this.ended = from > last;
    /** Somebody wants another place by now. */
    this.dropped = false;
  }

  /** The last tick that is there. */
  get loaded() {
    return this.next - 1;
  }

  /**
   * Fetches more if little is left.
   * @param {number} speed
   */
  keepAhead(speed) {
    const little = this.frames.length < LEFT_SECONDS * this.tickHz * Math.max(1, speed);
    if (little && !this.ended && this.loading === null && !this.dropped) {
      this.loading = this.more().finally(() => {
        this.loading = null;
      });
    }
    return this.loading;
  }

  async more() {
    const ticks = Math.ceil((this.begun ? MORE_SECONDS : FIRST_SECONDS) * this.tickHz);
    const path = `/replay/frames?from=${numberOf(this.next)}&ticks=${ticks}${as(this.like)}${this.begun ? '&on=1' : ''}`;
    const messages = new Splitter().push(await load(path));
    if (this.dropped) return;
    let tick = this.next - 1;
    for (const bytes of messages) {
      const header = readHeader(bytes, this.records);
      tick = header.tick === null ? tick + header.gap : counted(header.tick, tick);
      this.frames.push({ tick, bytes });
    }
    this.begun = true;
    this.ended = messages.length === 0 || tick >= this.last;
    this.next = Math.max(this.next, tick + 1);
  }

  /**
   * Takes out the frames up to a tick.
   * @param {number} tick
   */
  take(tick) {
    const count = this.frames.findIndex((frame) => frame.tick > tick);
    return this.frames.splice(0, count < 0 ? this.frames.length : count);
  }
}
