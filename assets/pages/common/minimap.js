// A map in a corner, drawn a few times a second.

import { element } from './dom.js';

const INTERVAL = 66;

export class Minimap {
  /** @param {{width: number, height: number}} map in units */
  constructor(map) {
    this.map = map;
    this.canvas = element('minimap', HTMLCanvasElement);
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext('2d'));
    this.drawn = -Infinity;
  }

  /**
   * Makes the canvas ready to be drawn on in units, unless it was drawn on just now.
   * @param {number} now milliseconds
   */
  begin(now) {
    if (now - this.drawn < INTERVAL) return false;
    this.drawn = now;
    const { context, map } = this;
    const scale = this.fit();
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, map.width, map.height);
    return true;
  }

  /** Makes the canvas as fine as the screen, and returns pixels a unit. */
  fit() {
    const ratio = window.devicePixelRatio || 1;
    const side = Math.round(this.canvas.clientWidth * ratio);
    if (this.canvas.width !== side) this.canvas.width = this.canvas.height = side;
    return side / Math.max(this.map.width, this.map.height);
  }

  /**
   * @param {{x: number, y: number}} place
   * @param {number} radius in units
   * @param {string} colour
   * @param {number} alpha
   */
  dot({ x, y }, radius, colour, alpha) {
    const { context } = this;
    context.globalAlpha = alpha;
    context.fillStyle = colour;
    context.beginPath();
    context.arc(x, y, radius, 0, Math.PI * 2);
    context.fill();
    context.globalAlpha = 1;
  }
}
