// What every game in progress has besides its picture: the player's own entity, and the network to look at.

import { Overlay } from './overlay.js';
import { Watch } from './watch.js';

/** @typedef {import('/sdk/tickwire.js').Room} Room */
/** @typedef {Record<string, any>} Entity */

/**
 * @template Setup
 * @template Scene
 * @extends {Watch<Setup, Scene>}
 */
export class BaseSession extends Watch {
  /**
   * @param {Room} room
   * @param {Scene} scene
   * @param {import('./camera.js').Camera} camera
   * @param {string} kind of the players' entities
   * @param {(kind: string, before: Entity, after: Entity) => boolean} isJump
   */
  constructor(room, scene, camera, kind, isJump) {
    super(room, scene, camera, kind, isJump);
    /** What is predicted, for those games that do. @type {import('./history.js').Predicted} */
    this.prediction = null;
    this.overlay = new Overlay(room, this.view, () => this.prediction);
  }

  /**
   * Brings all up to date, and returns the time since the last picture, in seconds.
   * @param {number} now milliseconds
   */
  advance(now) {
    this.room.update(now);
    const seconds = super.advance(now);
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

  /** The own entity as the server last told, for figures that should not lag. */
  ownNow() {
    return this.told(this.room.player);
  }

  /** Stops listening. */
  end() {
    this.overlay.end();
    super.end();
  }
}
