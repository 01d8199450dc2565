// Own bullets, seen at once and where they are now: others, and all that others fire, are seen as they were.
//
// A shot is drawn from the picture in which it is fired. Bullets fly straight, in whole numbers, so when
// the server's bullet of that shot comes it is known by its place, and by its way as soon as it has
// flown on. The server judges whom it hits by what its shooter sees, so a bullet that comes upon a
// ship on the screen is taken to hit it; if the server says otherwise, the bullet flies on.

import { GRAINS } from './flight.js';

/** @typedef {import('./pilot.js').Pilot} Pilot */
/** @typedef {import('./flight.js').Shot} Shot */
/** @typedef {{x: number, y: number}} Place */
/** @typedef {Record<string, any>} Entity */

/** How near a bullet must be to be that of a shot which was corrected meanwhile, in grains. */
const NEAR = 40 * GRAINS;
/** By how much of its way a bullet may fly otherwise than the shot did, if its heading was corrected. */
const ASTRAY = 0.25;
/** Walls are looked for every so many units of a bullet's way. */
const STRIDE = 4;
/** A shot that is fired by so many ticks earlier or later than was predicted is still the same. */
const SHIFT_TICKS = 3;
/** A bullet that the server still has so many ticks after it should have hit has missed. */
const DOUBT_TICKS = 2;

/**
 * A bullet of one's own.
 * @typedef {object} Own
 * @property {number} tick that fired it
 * @property {Shot} shot
 * @property {number | null} id the server's bullet, once it is known
 * @property {{tick: number, x: number, y: number} | null} came where the server's bullet was first, in
 *   grains, until it is known to fly the same way
 * @property {Place} place where it is drawn
 * @property {number | null} spent the tick in which it met something, as far as can be seen
 * @property {Set<number>} missed ships that it only seemed to hit
 * @property {number} hits the ship that it met, or -1
 */

export class Shots {
  /**
   * @param {Pilot} pilot
   * @param {import('./map.js').GameMap} map
   * @param {import('./map.js').Setup} setup
   * @param {{fired: (own: Own) => void, met: (place: Place, ship: number) => void}} effects
   */
  constructor(pilot, map, setup, effects) {
    this.pilot = pilot;
    this.map = map;
    this.reach = setup.ship_radius + setup.bullet_radius;
    this.effects = effects;
    /** By the tick that fired them. @type {Map<number, Own>} */
    this.own = new Map();
    /** By the server's ids. @type {Map<number, Own>} */
    this.known = new Map();
    /** The server's bullets that are not to be drawn as they were. @type {Set<number>} */
    this.hidden = new Set();
  }

  /**
   * The server tells of a bullet; true if it is one's own.
   * @param {Entity} bullet
   * @param {number} id
   */
  came({ pos, hue }, id) {
    if (hue !== this.pilot.told()?.entity.hue) return false;
    const tick = this.pilot.room.tick ?? 0;
    const [x, y] = inGrains(pos);
    const off = (/** @type {Own} */ own) => {
      const [byX, byY] = placeAt(own, tick, 0);
      return Math.max(Math.abs(byX - x), Math.abs(byY - y));
    };
    const waiting = [...this.own.values()].filter((own) => own.id === null && ((tick - own.tick) | 0) >= 0);
    const [nearest] = waiting.sort((a, b) => off(a) - off(b));
    if (nearest === undefined || off(nearest) > NEAR) return false;
    const [byX, byY] = placeAt(nearest, tick, 0);
    nearest.shot = { ...nearest.shot, x: nearest.shot.x + x - byX, y: nearest.shot.y + y - byY };
    nearest.id = id;
    nearest.came = { tick, x, y };
    this.known.set(id, nearest);
    this.hidden.add(id);
    return true;
  }

  /**
   * Looks whether the server's bullet of a shot flies as the shot does, once it has flown on. Somebody
   * else of that colour may have fired from where the shot was; that one is drawn like any other then.
   * @param {number} id
   * @param {Own} own
   */
  verify(id, own) {
    const { room } = this.pilot;
    const bullet = room.entities('bullet').get(id);
    const ticks = own.came && bullet ? ((room.tickOf(id) ?? 0) - own.came.tick) | 0 : 0;
    if (own.came === null || bullet === undefined || ticks <= 0) return;
    const [x, y] = inGrains(bullet.pos);
    const { wayX, wayY } = own.shot;
    const off = Math.hypot((x - own.came.x) / ticks - wayX, (y - own.came.y) / ticks - wayY);
    own.came = null;
    if (off <= ASTRAY * Math.hypot(wayX, wayY)) return;
    own.id = null;
    this.known.delete(id);
    this.hidden.delete(id);
  }

  /**
   * The server tells that a bullet is gone; true if it was one's own.
   * @param {number} id
   */
  gone(id) {
    const own = this.known.get(id);
    if (own === undefined) return false;
    if (own.spent === null) this.effects.met(own.place, -1);
    this.known.delete(id);
    this.own.delete(own.tick);
    return true;
  }

  /**
   * Flies on to what is drawn now.
   * @param {ReadonlyMap<number, Entity>} ships as they are drawn
   * @param {number} ownId
   * @param {ReadonlyMap<number, Entity>} bullets as they were
   */
  update(ships, ownId, bullets) {
    for (const [id, own] of this.known) this.verify(id, own);
    this.follow();
    for (const id of this.hidden) if (!this.known.has(id) && !bullets.has(id)) this.hidden.delete(id);
    const { at, base } = this.pilot.prediction;
    if (at === null || base === null) return;
    for (const own of this.own.values()) {
      const before = own.place;
      const [x, y] = placeAt(own, at.tick, at.share);
      own.place = { x: x / GRAINS, y: y / GRAINS };
      if (own.spent === null) this.meet(own, before, ships, ownId, at.tick);
      else this.doubt(own, base.tick);
      if (((at.tick - own.tick) | 0) + at.share + 1 > own.shot.life) own.spent ??= at.tick;
    }
  }

  /** Takes over which shots were fired, as far as is known by now. */
  follow() {
    const { steps, ahead, base, tick } = this.pilot.prediction;
    if (base === null) {
      this.own.clear();
      this.known.clear();
      this.hidden.clear();
      return;
    }
    /** @type {Map<number, Shot>} */
    const fired = new Map();
    for (const { tick, state } of steps) if (state.shot) fired.set(tick, state.shot);
    if (ahead?.shot && tick !== null) fired.set((tick + 1) >>> 0, ahead.shot);
    // A frame of its tick has come without it, or it was not fired after all.
    const lost = [...this.own.values()].filter((own) => own.id === null && !fired.has(own.tick));
    for (const own of lost) this.own.delete(own.tick);
    for (const [tick, shot] of fired) {
      const own = this.own.get(tick);
      if (own === undefined) this.fire(tick, shot, lost);
      else if (own.id === null) own.shot = shot;
    }
  }

  /**
   * @param {number} tick
   * @param {Shot} shot
   * @param {Own[]} lost shots that were not fired when it was thought that they were
   */
  fire(tick, shot, lost) {
    const same = lost.findIndex((own) => Math.abs((own.tick - tick) | 0) <= SHIFT_TICKS);
    if (same >= 0) {
      const [moved] = lost.splice(same, 1);
      this.own.set(tick, Object.assign(moved, { tick, shot }));
      return;
    }
    const place = { x: shot.x / GRAINS, y: shot.y / GRAINS };
    const own = { tick, shot, id: null, came: null, place, spent: null, missed: new Set(), hits: -1 };
    this.own.set(tick, own);
    this.effects.fired(own);
  }

  /**
   * Looks for what a bullet meets on its way.
   * @param {Own} own
   * @param {Place} from
   * @param {ReadonlyMap<number, Entity>} ships
   * @param {number} ownId
   * @param {number} tick
   */
  meet(own, from, ships, ownId, tick) {
    const { map, reach } = this;
    const [byX, byY] = [own.place.x - from.x, own.place.y - from.y];
    const strides = Math.ceil(Math.hypot(byX, byY) / STRIDE);
    for (let i = 1; i <= strides; i++) {
      const place = { x: from.x + (byX * i) / strides, y: from.y + (byY * i) / strides };
      const isWall = map.isWall(Math.floor(place.x / map.tile), Math.floor(place.y / map.tile));
      const ship = isWall ? undefined : [...ships].find(([id, { pos, life }]) => {
        const near = Math.hypot(pos.x - place.x, pos.y - place.y) < reach;
        return near && id !== ownId && life !== 'wrecked' && !own.missed.has(id);
      });
      if (!isWall && !ship) continue;
      own.place = place;
      own.spent = tick;
      own.hits = ship?.[0] ?? -1;
      this.effects.met(place, own.hits);
      return;
    }
  }

  /**
   * A bullet that the server still has long after it should have hit a ship flies on.
   * @param {Own} own
   * @param {number} told the tick of the last frame
   */
  doubt(own, told) {
    if (own.hits < 0 || own.id === null || ((told - (own.spent ?? told)) | 0) < DOUBT_TICKS) return;
    own.missed.add(own.hits);
    own.spent = null;
    own.hits = -1;
  }

  /** The bullets that are to be seen, each with where it was fired. */
  *flying() {
    for (const { spent, place, shot, tick } of this.own.values()) {
      if (spent === null) yield { tick, place, from: { x: shot.x / GRAINS, y: shot.y / GRAINS } };
    }
  }
}

/** @param {Place} place in units */
function inGrains({ x, y }) {
  return [Math.round(x * GRAINS), Math.round(y * GRAINS)];
}

/**
 * Where a bullet is, in grains.
 * @param {Own} own
 * @param {number} tick
 * @param {number} share of the tick after that
 */
function placeAt({ shot, tick: fired }, tick, share) {
  const ticks = ((tick - fired) | 0) + share + 1;
  return [shot.x + shot.wayX * ticks, shot.y + shot.wayY * ticks];
}
