// Keyboard, mouse and thumbs, as the one input that the arena takes.
//
// The game takes an absolute aim. The mouse points at it, a thumb's stick is it, and
// the keys turn an aim of their own at the speed at which ships turn.

import { Sticks } from './sticks.js';

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
    /** What is held down. @type {Set<string>} */
    this.held = new Set();
    /** Where the mouse is, while it was the last to aim. @type {{x: number, y: number} | null} */
    this.mouse = null;
    this.aim = 0;
    this.sticks = new Sticks(surface, boostButton);
    this.abort = new AbortController();
    this.listen(surface);
  }

  /** @param {HTMLElement} surface */
  listen(surface) {
    const { signal } = this.abort;
    const on = (/** @type {EventTarget} */ target, /** @type {string} */ type, /** @type {any} */ listener) =>
      target.addEventListener(type, listener, { signal });
    on(window, 'keydown', (/** @type {KeyboardEvent} */ event) => this.key(event, true));
    on(window, 'keyup', (/** @type {KeyboardEvent} */ event) => this.key(event, false));
    // Keys that go up while another window has the focus are never reported.
    on(window, 'blur', () => this.held.clear());
    on(surface, 'pointermove', (/** @type {PointerEvent} */ event) => this.point(event));
    on(surface, 'pointerdown', (/** @type {PointerEvent} */ event) => this.click(event, true));
    on(window, 'pointerup', (/** @type {PointerEvent} */ event) => this.click(event, false));
    on(surface, 'contextmenu', (/** @type {Event} */ event) => event.preventDefault());
  }

  /**
   * @param {KeyboardEvent} event
   * @param {boolean} down
   */
  key(event, down) {
    const action = KEYS[event.code];
    const typing = event.target instanceof HTMLInputElement;
    if (!action || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (down) this.held.add(action);
    else this.held.delete(action);
    if (action === 'left' || action === 'right') this.mouse = null;
  }

  /** @param {PointerEvent} event */
  point(event) {
    if (event.pointerType !== 'touch') this.mouse = { x: event.clientX, y: event.clientY };
  }

  /**
   * @param {PointerEvent} event
   * @param {boolean} down
   */
  click(event, down) {
    if (event.pointerType === 'touch') return;
    if (down) this.point(event);
    const button = event.button === 2 ? 'mouse-boost' : 'mouse-fire';
    if (down) this.held.add(button);
    else this.held.delete(button);
  }

  /**
   * What the player does now.
   * @param {{x: number, y: number}} ship where the own ship is on the screen
   * @param {number} heading where it points
   * @param {number} seconds since the last time
   * @returns {Input}
   */
  read(ship, heading, seconds) {
    const thumbs = this.sticks.read(heading);
    if (thumbs) {
      this.aim = thumbs.aim;
      return thumbs;
    }
    const has = (/** @type {string} */ action) => (this.held.has(action) ? 1 : 0);
    if (this.mouse) this.aim = Math.atan2(this.mouse.y - ship.y, this.mouse.x - ship.x);
    else this.aim += (has('right') - has('left')) * this.turnRate * seconds;
    return {
      aim: this.aim,
      thrust: has('forward') - has('back'),
      fire: this.held.has('fire') || this.held.has('mouse-fire'),
      boost: this.held.has('boost') || this.held.has('mouse-boost'),
    };
  }

  /**
   * The ship came in anew and points somewhere else.
   * @param {number} heading
   */
  face(heading) {
    if (!this.mouse) this.aim = heading;
  }

  /** Stops listening. */
  end() {
    this.abort.abort();
    this.sticks.end();
  }
}
