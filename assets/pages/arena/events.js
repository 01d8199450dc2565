// What happens in the room, as things to be seen: each waits for its tick to be drawn.

import { COLOURS, PICKUP_COLOURS, shipColour } from './colours.js';

/** @typedef {import('/sdk/tickwire.js').Room} Room */
/** @typedef {import('./effects.js').ShipEffects} Effects */
/** @typedef {import('../common/camera.js').Camera} Camera */
/** @typedef {import('./hud.js').Board} Board */

/**
 * What is not drawn as it was, but as it is now.
 * @typedef {object} Own
 * @property {(entity: Record<string, any>) => Record<string, any>} ship the own ship as it is drawn, or a
 *   ship as it is given
 * @property {(ship: Record<string, any>) => boolean} isNow whether a ship is drawn as it is now
 * @property {import('./shots.js').Shots | null} shots
 */

/** Who only watches sees every ship as it was. @type {Own} */
const NOBODY = { ship: (entity) => entity, isNow: () => false, shots: null };
/** How near one's own ship is to a pickup that it takes, in units. */
const TAKES = 60;
/** How long a struck ship shines, in seconds. */
const HURT_SECONDS = 0.22;

export class Events {
  /**
   * @param {Room} room
   * @param {Effects} effects
   * @param {Camera} camera
   * @param {Board | null} board what tells of kills, if anything does
   * @param {Own} [own]
   */
  constructor(room, effects, camera, board, own = NOBODY) {
    this.room = room;
    this.own = own;
    this.effects = effects;
    this.camera = camera;
    /** When each ship was last struck, in seconds of the page. @type {Map<number, number>} */
    this.struck = new Map();
    room.onAdd('ship', (ship) => board?.remember(ship));
    room.onChange('ship', (ship, id, before) => this.shipChanged(ship, id, before));
    room.onRemove('ship', (ship, id) => this.shipGone(ship, id));
    room.onRemove('bullet', (bullet, id) => this.bulletGone(bullet, id));
    room.onAdd('bullet', (bullet, id) => this.bulletCame(bullet, id));
    room.onChange('pickup', (pickup, _, before) => this.pickupChanged(pickup, before));
    room.onMessage('kill', (kill) => this.later(() => board?.kill(/** @type {any} */ (kill))));
  }

  /** @param {() => void} action */
  later(action) {
    this.effects.at(this.room.tick ?? 0, action);
  }

  /**
   * Does something at once, if it is about what is drawn as it is now.
   * @param {boolean} isNow
   * @param {() => void} action
   */
  soon(isNow, action) {
    if (isNow) action();
    else this.later(action);
  }

  /**
   * @param {Record<string, any>} ship
   * @param {number} id
   * @param {Record<string, any>} before
   */
  shipChanged(ship, id, before) {
    // The objects are kept up to date, so what is needed later is copied now.
    const { hue, life, hp, pos } = ship;
    const was = this.own.ship(before).pos;
    const isNow = this.own.isNow(ship);
    if (life === 'wrecked' && before.life !== 'wrecked') {
      this.soon(isNow, () => this.explode(was, hue));
    } else if (before.life === 'wrecked' && life !== 'wrecked') {
      this.soon(isNow, () => this.effects.ring(pos, 60, 16, shipColour(hue, 75), 0.5));
    } else if (hp < before.hp) {
      const struck = { ...ship };
      // The bullet that struck is seen as it was, so this is when it comes.
      this.later(() => {
        this.struck.set(id, performance.now() / 1000);
        const { pos } = this.own.ship(struck);
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

  /**
   * @param {Record<string, any>} bullet
   * @param {number} id
   */
  bulletCame(bullet, id) {
    if (this.own.shots?.came(bullet, id)) return;
    const { pos, hue } = bullet;
    this.later(() => this.muzzle(pos, hue));
  }

  /**
   * @param {{x: number, y: number}} place
   * @param {number} hue
   */
  muzzle(place, hue) {
    this.effects.burst(place, 3, 90, shipColour(hue, 80), 1.4, 0.16);
  }

  /**
   * @param {Record<string, any>} bullet
   * @param {number} id
   */
  bulletGone({ pos, hue }, id) {
    if (!this.own.shots?.gone(id)) this.later(() => this.impact(pos, hue));
  }

  /**
   * @param {{x: number, y: number}} place
   * @param {number} hue
   */
  impact(place, hue) {
    this.effects.burst(place, 7, 150, shipColour(hue, 72), 1.5, 0.3);
  }

  /**
   * @param {Record<string, any>} pickup
   * @param {Record<string, any>} before
   */
  pickupChanged({ pos, sort, ready }, before) {
    if (ready === before.ready) return;
    const colour = PICKUP_COLOURS[sort] ?? COLOURS.dim;
    this.soon(!ready && this.isOwnNear(pos), () => {
      if (ready) this.effects.ring(pos, 30, 14, colour, 0.5, 2);
      else {
        this.effects.ring(pos, 12, 42, colour, 0.45);
        this.effects.burst(pos, 14, 160, colour, 1.8, 0.45);
      }
    });
  }

  /**
   * Whether the own ship, as it is now, is where a pickup lies.
   * @param {{x: number, y: number}} place
   */
  isOwnNear({ x, y }) {
    const mine = [...this.room.entities('ship').values()].find((ship) => this.own.isNow(ship));
    const pos = mine && this.own.ship(mine).pos;
    return pos !== undefined && Math.hypot(pos.x - x, pos.y - y) < TAKES;
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
