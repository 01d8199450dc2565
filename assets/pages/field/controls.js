// Keyboard, mouse and thumbs, as the one input that the field takes.

import { Keys } from '../common/keys.js';
import { Sticks, angleOf } from '../common/sticks.js';

/** @type {Record<string, string>} */
const KEYS = {
  KeyW: 'up',
  ArrowUp: 'up',
  KeyS: 'down',
  ArrowDown: 'down',
  KeyA: 'left',
  ArrowLeft: 'left',
  KeyD: 'right',
  ArrowRight: 'right',
  Space: 'call',
  ShiftLeft: 'dash',
  ShiftRight: 'dash',
};
/** How near the pointer is to the wisp to let it hover, in CSS pixels. */
const HOVER = 14;
const ZOOM_MOST = 1.8;

/** @typedef {{way: number, go: boolean, dash: boolean, call: boolean}} Input */

export class Controls {
  /**
   * @param {HTMLElement} surface what is pointed at
   * @param {HTMLElement[]} buttons for thumbs
   * @param {import('../common/camera.js').Camera} camera
   */
  constructor(surface, buttons, camera) {
    this.way = 0;
    this.keys = new Keys(surface, KEYS, ['go', 'call']);
    this.sticks = new Sticks(surface, buttons);
    this.abort = new AbortController();
    const zoom = (/** @type {WheelEvent} */ event) => {
      const wanted = camera.zoom * Math.exp(-event.deltaY / 900);
      camera.zoom = Math.min(ZOOM_MOST, Math.max(1, wanted));
    };
    surface.addEventListener('wheel', zoom, { passive: true, signal: this.abort.signal });
  }

  /**
   * What the player does now.
   * @param {{x: number, y: number}} wisp where the own wisp is on the screen
   * @returns {Input}
   */
  read(wisp) {
    const way = this.sticks.used ? this.thumbs() : (this.arrows() ?? this.pointer(wisp));
    this.way = way ?? this.way;
    const has = (/** @type {string} */ action) => this.keys.has(action) || this.sticks.held.has(action);
    return { way: this.way, go: way !== null, dash: has('dash'), call: has('call') };
  }

  /** Where a thumb points; either will do. */
  thumbs() {
    return angleOf(this.sticks.left) ?? angleOf(this.sticks.right);
  }

  /** Where the keys point. */
  arrows() {
    const [x, y] = [this.keys.pull('right', 'left'), this.keys.pull('down', 'up')];
    return x === 0 && y === 0 ? null : Math.atan2(y, x);
  }

  /**
   * Where the mouse points, while its button is held.
   * @param {{x: number, y: number}} wisp
   */
  pointer(wisp) {
    const { mouse } = this.keys;
    if (!mouse || !this.keys.has('go')) return null;
    const [x, y] = [mouse.x - wisp.x, mouse.y - wisp.y];
    return Math.hypot(x, y) < HOVER ? null : Math.atan2(y, x);
  }

  /** Stops listening. */
  end() {
    this.abort.abort();
    this.keys.end();
    this.sticks.end();
  }
}
