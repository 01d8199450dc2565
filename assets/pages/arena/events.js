// What happens in the room, as things to be seen: each waits for its tick to be drawn.

import { COLOURS, PICKUP_COLOURS, shipColour } from './colours.js';

/** @typedef {import('/sdk/tickwire.js').Room} Room */
/** @typedef {import('./effects.js').ShipEffects} Effects */
/** @typedef {import('../common/camera.js').Camera} Camera */
/** @typedef {import('./hud.js').Hud} Hud */

/** How long a struck ship shines, in seconds. */
const HURT_SECONDS = 0.22;

export class Events {
  /**
   * @param {Room} room
   * @param {Effects} effects
   * @param {Camera} camera
   * @param {Hud} hud
   */
  constructor(room, effects, camera, hud) {
    this.room = room;
    this.effects = effects;
    this.camera = camera;
    /** When each ship was last struck, in seconds of the page. @type {Map<number, number>} */
    this.struck = new Map();
    room.onAdd('ship', (ship) => hud.remember(ship));
    room.onChange('ship', (ship, id, before) => this.shipChanged(ship, id, before));
    room.onRemove('ship', (ship, id) => this.shipGone(ship, id));
    room.onRemove('bullet', (bullet) => this.bulletGone(bullet));
    room.onAdd('bullet', (bullet) => this.bulletCame(bullet));
    room.onChange('pickup', (pickup, _, before) => this.pickupChanged(pickup, before));
    room.onMessage('kill', (kill) => this.later(() => hud.kill(/** @type {any} */ (kill))));
  }

  /** @param {() => void} action */
  later(action) {
    this.effects.at(this.room.tick ?? 0, action);
  }

  /**
   * @param {Record<string, any>} ship
   * @param {number} id
   * @param {Record<string, any>} before
   */
  shipChanged(ship, id, before) {
    // The objects are kept up to date, so what is needed later is copied now.
    const { hue, life, hp, pos } = ship;
    const was = before.pos;
    if (life === 'wrecked' && before.life !== 'wrecked') {
      this.later(() => this.explode(was, hue));
    } else if (before.life === 'wrecked' && life !== 'wrecked') {
      this.later(() => this.effects.ring(pos, 60, 16, shipColour(hue, 75), 0.5));
    } else if (hp < before.hp) {
      this.later(() => {
        this.struck.set(id, performance.now() / 1000);
        this.effects.burst(pos, 10, 200, shipColour(hue, 80), 1.8, 0.35);
        if (ship.player === this.room.player) this.camera.rattle(pos, 5);
      });
    }
  }

  /**
   * @param {{x: number, y: number}} place
   * @param {number} hue
   */
  explode(place, hue) {
    this.effects.explode(place, hue);
    this.camera.rattle(place, 14);
  }

  /**
   * @param {Record<string, any>} ship
   * @param {number} id
   */
  shipGone({ pos, hue, life }, id) {
    this.struck.delete(id);
    if (life !== 'wrecked') this.later(() => this.effects.ring(pos, 16, 44, shipColour(hue, 70), 0.6));
  }

  /** @param {Record<string, any>} bullet */
  bulletCame({ pos, hue }) {
    this.later(() => this.effects.burst(pos, 3, 90, shipColour(hue, 80), 1.4, 0.16));
  }

  /** @param {Record<string, any>} bullet */
  bulletGone({ pos, hue }) {
    this.later(() => this.effects.burst(pos, 7, 150, shipColour(hue, 72), 1.5, 0.3));
  }

  /**
   * @param {Record<string, any>} pickup
   * @param {Record<string, any>} before
   */
  pickupChanged({ pos, sort, ready }, before) {
    if (ready === before.ready) return;
    const colour = PICKUP_COLOURS[sort] ?? COLOURS.dim;
    this.later(() => {
      if (ready) this.effects.ring(pos, 30, 14, colour, 0.5, 2);
      else {
        this.effects.ring(pos, 12, 42, colour, 0.45);
        this.effects.burst(pos, 14, 160, colour, 1.8, 0.45);
      }
    });
  }

  /**
   * How much of a hit is still to be seen on a ship, 1 to 0.
   * @param {number} id
   */
  hurt(id) {
    const since = performance.now() / 1000 - (this.struck.get(id) ?? -Infinity);
    return Math.max(0, 1 - since / HURT_SECONDS);
  }
}
