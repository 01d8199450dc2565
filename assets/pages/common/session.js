// What every game in progress has: the room, its picture, and the clock of the pictures.

import { Interpolation } from '/sdk/tickwire.js';

import { Overlay } from './overlay.js';

/** @typedef {import('/sdk/tickwire.js').Room} Room */
/** @typedef {Record<string, any>} Entity */

/** The longest step of the pictures, for pages that were hidden, in seconds. */
const LONGEST_STEP = 0.1;

/**
 * @template Setup
 * @template Scene
 */
export class BaseSession {
  /**
   * @param {Room} room
   * @param {Scene} scene
   * @param {import('./camera.js').Camera} camera
   * @param {string} kind of the players' entities
   * @param {(kind: string, before: Entity, after: Entity) => boolean} isJump
   */
  constructor(room, scene, camera, kind, isJump) {
    this.room = room;
    this.scene = scene;
    this.camera = camera;
    this.kind = kind;
    /** @type {Setup} */
    this.setup = JSON.parse(room.setup);
    this.view = new Interpolation(room, { isJump });
    /** What is predicted, for those games that do. @type {import('./history.js').Predicted} */
    this.prediction = null;
    this.overlay = new Overlay(room, this.view, () => this.prediction);
    /** Whom a spectator follows, as an id. @type {number | null} */
    this.watched = null;
    this.last = performance.now();
    camera.placed = false;
  }

  /**
   * Brings the view up to date, and returns the time since the last picture, in seconds.
   * @param {number} now milliseconds
   */
  advance(now) {
    const seconds = Math.min((now - this.last) / 1000, LONGEST_STEP);
    this.last = now;
    this.room.update(now);
    this.view.update(now);
    this.overlay.update(now);
    return seconds;
  }

  /** The own entity as it is drawn, and its id. */
  findOwn() {
    for (const [id, entity] of this.view.entities(this.kind)) {
      if (entity.player === this.room.player) return { id, entity };
    }
    return null;
  }

  /** Whom a spectator follows: who leads when the one before has gone. */
  findWatched() {
    const entities = this.view.entities(this.kind);
    const entity = this.watched === null ? undefined : entities.get(this.watched);
    if (this.watched !== null && entity) return { id: this.watched, entity };
    const [best] = [...entities].sort(([, a], [, b]) => (b.score ?? 0) - (a.score ?? 0));
    this.watched = best?.[0] ?? null;
    return best ? { id: best[0], entity: best[1] } : null;
  }

  /** The own entity as the server last told, for figures that should not lag. */
  ownNow() {
    return [...this.room.entities(this.kind).values()].find((it) => it.player === this.room.player);
  }

  /** Stops listening. */
  end() {
    this.overlay.end();
    this.view.stop();
  }
}
