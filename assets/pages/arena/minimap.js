// The whole map in a corner: walls, pickups that are ready, and ships.

import { Minimap } from '../common/minimap.js';
import { COLOURS, PICKUP_COLOURS, shipColour } from './colours.js';

export class ArenaMap extends Minimap {
  /** @param {import('./map.js').GameMap} map */
  constructor(map) {
    super(map);
    this.walls = map.walls;
  }

  /**
   * @param {number} now milliseconds
   * @param {ReadonlyMap<number, Record<string, any>>} ships
   * @param {ReadonlyMap<number, Record<string, any>>} pickups
   * @param {number} own the own player's number
   */
  update(now, ships, pickups, own) {
    if (!this.begin(now)) return;
    this.context.fillStyle = '#2a3a61';
    this.context.fill(this.walls);
    for (const { pos, sort, ready } of pickups.values()) {
      if (ready) this.dot(pos, 18, PICKUP_COLOURS[sort] ?? COLOURS.dim, 0.75);
    }
    for (const ship of ships.values()) {
      if (ship.life === 'wrecked') continue;
      if (ship.player === own) this.dot(ship.pos, 46, '#ffffff', 1);
      this.dot(ship.pos, 32, shipColour(ship.hue), 1);
    }
  }
}
