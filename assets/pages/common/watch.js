// What every picture of a room has, whoever looks at it: the room, its scene, and the clock of the pictures.

import { Interpolation } from '/sdk/tickwire.js';

import { followed } from './follow.js';

/** @typedef {import('/sdk/tickwire.js').Room} Room */
/** @typedef {Record<string, any>} Entity */

/** The longest step of the pictures, for pages that were hidden, in seconds. */
const LONGEST_STEP = 0.1;

/**
 * @template Setup
 * @template Scene
 */
export class Watch {
  /**
   * @param {Room} room
   * @param {Scene} scene
   * @param {import('./camera.js').Camera} camera
   * @param {string} kind of the players' entities
   * @param {(kind: string, before: Entity, after: Entity) => boolean} isJump
   * @param {import('./stages.js').Wish} [wish]
   */
  constructor(room, scene, camera, kind, isJump, { like, now } = { like: 0, now: performance.now() }) {
    this.room = room;
    this.scene = scene;
    this.camera = camera;
    this.kind = kind;
    /** The player who is followed, or 0. */
    this.like = like;
    /** @type {Setup} */
    this.setup = JSON.parse(room.setup);
    this.view = new Interpolation(room, { isJump });
    /** Whom a spectator follows, as an id. @type {number | null} */
    this.watched = null;
    this.last = now;
    camera.placed = false;
  }

  /**
   * Brings the view up to date, and returns the time since the last picture, in seconds.
   * @param {number} now milliseconds
   */
  advance(now) {
    const seconds = Math.min((now - this.last) / 1000, LONGEST_STEP);
    this.last = now;
    this.view.update(now);
    return seconds;
  }

  /**
   * Lets time pass that nobody sees.
   * @param {number} now milliseconds
   */
  pass(now) {
    this.view.update(now);
  }

  /** Whom to follow: who leads when the one before has gone. */
  findWatched() {
    const found = followed(this.view.entities(this.kind), this.like, this.watched);
    this.watched = found?.id ?? null;
    return found;
  }

  /** The player's entity as the last frame told, for figures that should not lag. */
  likeNow() {
    return this.like === 0 ? undefined : this.told(this.like);
  }

  /**
   * A player's entity as the server last told.
   * @param {number} player
   */
  told(player) {
    return [...this.room.entities(this.kind).values()].find((it) => it.player === player);
  }

  /** How many of what is looked at were in view in the last picture. */
  drawn() {
    return this.view.entities(this.kind).size;
  }

  /** Stops listening. */
  end() {
    this.view.stop();
  }
}
