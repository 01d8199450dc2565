// What ships leave in the air.

import { Effects } from '../common/effects.js';
import { COLOURS, shipColour } from './colours.js';

export class ShipEffects extends Effects {
  /**
   * A ship is destroyed.
   * @param {{x: number, y: number}} place
   * @param {number} hue
   */
  explode(place, hue) {
    this.burst(place, 46, 420, shipColour(hue, 65), 3, 0.9);
    this.burst(place, 26, 240, COLOURS.gold, 2.4, 0.7);
    this.burst(place, 14, 120, '#ffffff', 2.2, 0.45);
    this.ring(place, 6, 130, shipColour(hue, 75), 0.55, 5);
    this.ring(place, 2, 70, '#ffffff', 0.28, 8);
  }

  /**
   * Leaves exhaust behind ships that push.
   * @param {ReadonlyMap<number, Record<string, any>>} ships
   * @param {import('../common/camera.js').Camera} camera
   * @param {number} seconds since the last picture
   */
  trail(ships, camera, seconds) {
    for (const ship of ships.values()) {
      const boost = ship.engine === 'boost';
      const pushes = boost || ship.engine === 'forward';
      if (!pushes || ship.life === 'wrecked' || !camera.sees(ship.pos, 40)) continue;
      if (Math.random() > seconds * (boost ? 70 : 34)) continue;
      const colour = boost ? COLOURS.cyan : shipColour(ship.hue, 60);
      this.exhaust(ship.pos, ship.heading, colour, boost ? 190 : 120);
    }
  }

  /**
   * A flame's trace behind a ship.
   * @param {{x: number, y: number}} place
   * @param {number} heading
   * @param {string} colour
   * @param {number} speed
   */
  exhaust(place, heading, colour, speed) {
    const spread = heading + Math.PI + (Math.random() - 0.5) * 0.5;
    const nozzle = { x: place.x - Math.cos(heading) * 13, y: place.y - Math.sin(heading) * 13 };
    this.particle(nozzle, spread, speed, colour, 1.8, 0.22 + Math.random() * 0.2);
  }
}
