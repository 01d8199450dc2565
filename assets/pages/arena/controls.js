// Keyboard, mouse and thumbs, as the one input that the arena takes.
//
// The game takes an absolute aim. The mouse points at it, a thumb's stick is it, and
// the keys turn an aim of their own at the speed at which ships turn.

import { Keys } from '../common/keys.js';
import { Sticks, angleOf } from '../common/sticks.js';

/** @type {Record<string, string>} */
const KEYS = {
  KeyW: 'forward',
  ArrowUp: 'forward',
  KeyS: 'back',
  ArrowDown: 'back',
  KeyA: 'left',
  ArrowLeft: 'left',
  KeyD: 'right',
  ArrowRight: 'right',
  Space: 'fire',
  ShiftLeft: 'boost',
  ShiftRight: 'boost',
};

/**
 * @typedef {{aim: number, thrust: number, fire: boolean, boost: boolean}} Input
 */

export class Controls {
  /**
   * @param {HTMLElement} surface what is pointed at
   * @param {HTMLElement} boostButton
   * @param {number} turnRate in radians a second
   */
  constructor(surface, boostButton, turnRate) {
    this.turnRate = turnRate;
    this.aim = 0;
    /** When it was read last, in milliseconds. */
    this.readAt = performance.now();
    this.keys = new Keys(surface, KEYS, ['fire', 'boost']);
    this.sticks = new Sticks(surface, [boostButton]);
  }

  /**
   * What the player does now.
   * @param {{x: number, y: number}} ship where the own ship is on the screen
   * @param {number} heading where it points
   * @returns {Input}
   */
  read(ship, heading) {
    const now = performance.now();
    const seconds = (now - this.readAt) / 1000;
    this.readAt = now;
    if (this.sticks.used) return this.thumbs(heading);
    const { mouse } = this.keys;
    if (mouse) this.aim = Math.atan2(mouse.y - ship.y, mouse.x - ship.x);
    else this.aim += this.keys.pull('right', 'left') * this.turnRate * seconds;
    return {
      aim: this.aim,
      thrust: this.keys.pull('forward', 'back'),
      fire: this.keys.has('fire'),
      boost: this.keys.has('boost'),
    };
  }

  /**
   * The left thumb flies, the right one aims and fires. Alone, the left one turns the ship
   * and pushes it. With the right one aiming, it only pushes, forward or back as it points
   * along the ship or against it.
   * @param {number} heading where the ship points
   * @returns {Input}
   */
  thumbs(heading) {
    const flying = angleOf(this.sticks.left);
    const aiming = angleOf(this.sticks.right);
    this.aim = aiming ?? flying ?? this.aim;
    let thrust = flying === null ? 0 : 1;
    if (flying !== null && aiming !== null && Math.cos(flying - heading) < -0.3) thrust = -1;
    return { aim: this.aim, thrust, fire: aiming !== null, boost: this.sticks.held.has('boost') };
  }

  /**
   * The ship came in anew and points somewhere else.
   * @param {number} heading
   */
  face(heading) {
    if (!this.keys.mouse) this.aim = heading;
  }

  /** Stops listening. */
  end() {
    this.keys.end();
    this.sticks.end();
  }
}
