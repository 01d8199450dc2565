// The whole map in a corner: walls once, ships and pickups a few times a second.

import { COLOURS, PICKUP_COLOURS, shipColour } from './colours.js';
import { element } from './dom.js';

const INTERVAL = 66;

export class Minimap {
  /** @param {import('./map.js').GameMap} map */
  constructor(map) {
    this.map = map;
    this.canvas = element('minimap', HTMLCanvasElement);
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext('2d'));
    this.drawn = 0;
  }

  /**
   * @param {number} now milliseconds
   * @param {ReadonlyMap<number, Record<string, any>>} ships
   * @param {ReadonlyMap<number, Record<string, any>>} pickups
   * @param {number} own the own player's number
   */
  update(now, ships, pickups, own) {
    if (now - this.drawn < INTERVAL) return;
    this.drawn = now;
    const { context, map } = this;
    const scale = this.fit();
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, map.width, map.height);
    context.fillStyle = '#2a3a61';
    context.fill(map.walls);
    for (const { pos, sort, ready } of pickups.values()) {
      if (ready) this.dot(pos, 18, PICKUP_COLOURS[sort] ?? COLOURS.dim, 0.75);
    }
    for (const ship of ships.values()) {
      if (ship.life === 'wrecked') continue;
      if (ship.player === own) this.dot(ship.pos, 46, '#ffffff', 1);
      this.dot(ship.pos, 32, shipColour(ship.hue), 1);
    }
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
