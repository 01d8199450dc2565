// How a ship flies and fires, to the last bit as the server does it: the twin of
// `shared/games/src/arena/flight`. All are whole numbers: places in grains of 1/8 unit, headings
// in 1,024ths of a turn, velocities in quanta of 1/16 unit a second.

import { ONE } from './rates.js';

/** @typedef {import('./rates.js').Rates} Rates */
/** @typedef {{isWall(column: number, row: number): boolean}} Walls */
/** @typedef {{aim: number, thrust: number, fire: boolean, boost: boolean}} Controls */
/** @typedef {Record<string, any>} Ship a ship as the SDK gives it */
/** @typedef {'idle' | 'forward' | 'reverse' | 'boost'} Engine */

/**
 * A shot that was fired in a tick, in grains. After that tick its bullet is at (x + wayX, y + wayY),
 * and each of the `life` ticks that it flies takes it on by as much.
 * @typedef {{x: number, y: number, wayX: number, wayY: number, life: number}} Shot
 */

export const DIRECTIONS = 1024;
/** Grains in a unit. */
export const GRAINS = 8;
/** Quanta of velocity in a unit a second. */
export const QUANTA = 16;

const TAU = Math.PI * 2;
/** Half a ship's width and the side of a tile, in grains. */
const RADIUS = 112;
const SIDE = 512;

/** The sine of each direction, times 2^14; no entry is near the middle of two whole numbers. */
const SINES = Array.from({ length: DIRECTIONS }, (_, direction) => {
  const sine = Math.round(Math.abs(Math.sin((direction * TAU) / DIRECTIONS)) * 16384);
  return direction < DIRECTIONS / 2 ? sine : 0 - sine;
});

/**
 * The vector of a direction, 2^14 long.
 * @param {number} direction
 */
export function unit(direction) {
  return [SINES[(direction + DIRECTIONS / 4) % DIRECTIONS], SINES[direction]];
}

/**
 * `number · rate / 2^20`, to the nearest whole number, halves away from zero.
 * @param {number} number
 * @param {number} rate
 */
export function scaled(number, rate) {
  const product = number * rate;
  const magnitude = Math.floor((Math.abs(product) + ONE / 2) / ONE);
  return product < 0 ? 0 - magnitude : magnitude;
}

/**
 * The direction that an angle is sent as, and taken for by the server.
 * @param {number} radians
 */
export function directionOf(radians) {
  const turns = Math.fround(radians) / TAU;
  return Math.round((turns - Math.floor(turns)) * DIRECTIONS) % DIRECTIONS;
}

/** What is predicted of a ship. */
export class Flight {
  constructor() {
    /** Whether the ship is there; a step changes nothing of a wreck. */
    this.flying = false;
    this.x = 0;
    this.y = 0;
    this.heading = 0;
    this.velocityX = 0;
    this.velocityY = 0;
    /** @type {Engine} */
    this.engine = 'idle';
    this.energy = 0;
    this.ammo = 0;
    /** Ticks until the gun can fire. */
    this.cooldown = 0;
    /** Ticks until the ship has made itself a round. */
    this.reload = 0;
    /** Ticks that overdrive lasts. */
    this.overdriveLeft = 0;
  }

  /**
   * The flight of a ship that is the player's own.
   * @param {Ship} ship
   */
  static of(ship) {
    const flight = new Flight();
    flight.flying = ship.life !== 'wrecked';
    flight.x = Math.round(ship.pos.x * GRAINS);
    flight.y = Math.round(ship.pos.y * GRAINS);
    flight.heading = directionOf(ship.heading);
    flight.velocityX = Math.round(ship.velocity.x * QUANTA);
    flight.velocityY = Math.round(ship.velocity.y * QUANTA);
    flight.engine = ship.engine;
    flight.energy = ship.energy;
    flight.ammo = ship.ammo;
    flight.cooldown = ship.cooldown;
    flight.reload = ship.reload;
    flight.overdriveLeft = ship.overdrive_left;
    return flight;
  }

  copy() {
    return Object.assign(new Flight(), this);
  }

  /**
   * Whether two flights are the same in everything.
   * @param {Flight} other
   */
  equals(other) {
    const names = /** @type {(keyof Flight)[]} */ (Object.keys(this));
    return names.every((name) => this[name] === other[name]);
  }

  /**
   * The ship with what its flight says instead of what it held.
   * @param {Ship} ship
   * @returns {Ship}
   */
  applyTo(ship) {
    return {
      ...ship,
      pos: { x: this.x / GRAINS, y: this.y / GRAINS },
      heading: (this.heading / DIRECTIONS) * TAU,
      velocity: { x: this.velocityX / QUANTA, y: this.velocityY / QUANTA },
      engine: this.engine,
      energy: this.energy,
      ammo: this.ammo,
      cooldown: this.cooldown,
      reload: this.reload,
      overdrive: this.overdriveLeft > 0,
      overdrive_left: this.overdriveLeft,
    };
  }

  /**
   * Flies on by a tick, and returns the shot if that fired one.
   * @param {Controls} controls as they are given to `room.send`
   * @param {Walls} walls
   * @param {Rates} rates
   * @returns {Shot | null}
   */
  step(controls, walls, rates) {
    if (!this.flying) return null;
    this.passTime(rates);
    this.steer(controls, rates);
    this.advance(walls, rates);
    return this.shoot(controls, rates);
  }

  /** @param {Rates} rates */
  passTime(rates) {
    this.cooldown = Math.max(this.cooldown - 1, 0);
    this.overdriveLeft = Math.max(this.overdriveLeft - 1, 0);
    if (this.ammo >= rates.ammo_reserve) {
      this.reload = rates.reload;
      return;
    }
    this.reload = Math.max(this.reload - 1, 0);
    if (this.reload > 0) return;
    this.ammo += 1;
    this.reload = rates.reload;
  }

  /**
   * @param {Controls} controls
   * @param {Rates} rates
   */
  steer(controls, rates) {
    this.heading = turned(this.heading, directionOf(controls.aim), rates.turn);
    this.engine = this.wantedEngine(controls, rates);
    this.energy =
      this.engine === 'boost'
        ? Math.max(this.energy - rates.energy_burn, 0)
        : Math.min(this.energy + rates.energy_gain, rates.energy_max);
    const [x, y] = unit(this.heading);
    const push = pushOf(this.engine, rates);
    const most = rates.velocity_max;
    this.velocityX = clamp(scaled(this.velocityX + scaled(x, push), rates.keep), most);
    this.velocityY = clamp(scaled(this.velocityY + scaled(y, push), rates.keep), most);
    const squared = this.velocityX ** 2 + this.velocityY ** 2;
    if (this.engine === 'idle' && squared < rates.rest_speed ** 2) {
      this.velocityX = 0;
      this.velocityY = 0;
    }
  }

  /**
   * @param {Controls} controls
   * @param {Rates} rates
   * @returns {Engine}
   */
  wantedEngine(controls, rates) {
    const needed = this.engine === 'boost' ? 1 : rates.energy_to_light;
    if (controls.thrust === -1) return 'reverse';
    if (controls.thrust !== 1) return 'idle';
    return controls.boost && this.energy >= needed ? 'boost' : 'forward';
  }

  /**
   * Moves the ship by a tick, as far as walls let it.
   * @param {Walls} walls
   * @param {Rates} rates
   */
  advance(walls, rates) {
    const [wayX, wayY] = [scaled(this.velocityX, rates.way), scaled(this.velocityY, rates.way)];
    const x = sweep(this.x, this.y, wayX, (along, across) => walls.isWall(along, across));
    if (x.blocked) this.velocityX = bounced(this.velocityX, rates);
    this.x = x.end;
    const y = sweep(this.y, this.x, wayY, (along, across) => walls.isWall(across, along));
    if (y.blocked) this.velocityY = bounced(this.velocityY, rates);
    this.y = y.end;
  }

  /**
   * @param {Controls} controls
   * @param {Rates} rates
   * @returns {Shot | null}
   */
  shoot(controls, rates) {
    if (!controls.fire || this.cooldown > 0 || this.ammo === 0) return null;
    this.ammo -= 1;
    this.cooldown = this.overdriveLeft > 0 ? rates.overdrive_cooldown : rates.cooldown;
    const [wayX, wayY] = unit(this.heading).map((part) => scaled(part, rates.bullet));
    return { x: this.x, y: this.y, wayX, wayY, life: rates.bullet_life };
  }
}

/**
 * The direction after turning from `heading` towards `aim`, the short way, by at most `most`.
 * @param {number} heading
 * @param {number} aim
 * @param {number} most
 */
function turned(heading, aim, most) {
  const half = DIRECTIONS / 2;
  const gap = ((aim - heading + half) & (DIRECTIONS - 1)) - half;
  return (heading + clamp(gap, most)) & (DIRECTIONS - 1);
}

/**
 * @param {Engine} engine
 * @param {Rates} rates
 */
function pushOf(engine, rates) {
  switch (engine) {
    case 'idle':
      return 0;
    case 'forward':
      return rates.thrust;
    case 'reverse':
      return -rates.reverse_thrust;
    case 'boost':
      return rates.boost_thrust;
  }
}

/**
 * @param {number} number
 * @param {number} most
 */
function clamp(number, most) {
  return Math.min(Math.max(number, -most), most);
}

/**
 * The speed along an axis after meeting a wall on it.
 * @param {number} speed
 * @param {Rates} rates
 */
function bounced(speed, rates) {
  return Math.abs(speed) < rates.slide_speed ? 0 : scaled(-speed, rates.bounce);
}

/**
 * Moves a ship's box along an axis, up to the first wall.
 * @param {number} centre on this axis, in grains
 * @param {number} across the centre on the other axis
 * @param {number} distance
 * @param {(along: number, across: number) => boolean} isWall
 * @returns {{end: number, blocked: boolean}}
 */
function sweep(centre, across, distance, isWall) {
  const first = Math.floor((across - RADIUS) / SIDE);
  const end = Math.ceil((across + RADIUS) / SIDE);
  const meets = (/** @type {number} */ tile) => {
    for (let lane = first; lane < end; lane++) if (isWall(tile, lane)) return true;
    return false;
  };
  if (distance > 0) {
    const front = centre + RADIUS;
    for (let tile = Math.ceil(front / SIDE); tile * SIDE < front + distance; tile++) {
      if (meets(tile)) return { end: tile * SIDE - RADIUS, blocked: true };
    }
  } else {
    const front = centre - RADIUS;
    for (let tile = Math.floor(front / SIDE) - 1; (tile + 1) * SIDE > front + distance; tile--) {
      if (meets(tile)) return { end: (tile + 1) * SIDE + RADIUS, blocked: true };
    }
  }
  return { end: centre + distance, blocked: false };
}
