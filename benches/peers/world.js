// The world that every server here hosts, in whole numbers: the same program as
// benches/src/peers/world.rs, tick for tick. A test holds the two to each other.

/** The map's side, in steps of position, by the world's name. */
export const SIDES = { everyone: 32768, near: 65536 };
/** How far a player of the world `near` sees, in steps of position. */
export const REACH = 6300;
/** Drifters of the world `near`, which no player steers. */
export const DRIFTERS = 2000;
export const DIRECTIONS = 1024;
export const FULL_HP = 100;
export const HZ = 30;

/** A position is kept this many bits finer than it is sent. */
const FINE = 4;
const PUSH = 60;
const TURN = 16;

const PUSHES = Array.from({ length: DIRECTIONS }, (_, heading) => {
  const angle = (heading * 2 * Math.PI) / DIRECTIONS;
  return [Math.round(PUSH * Math.cos(angle)), Math.round(PUSH * Math.sin(angle))];
});

/** @typedef {{x: number, y: number, vx: number, vy: number, heading: number, turn: number, hp: number, score: number}} Ship */

/** Position as it is sent, in sixteenths of a unit. */
export const place = (fine) => fine >> FINE;

export class World {
  /** @param {'everyone' | 'near'} name */
  constructor(name, seed) {
    this.side = SIDES[name] << FINE;
    this.random = (seed * 2654435761) >>> 0 || 1;
    this.tick = 0;
    /** @type {(Ship | null)[]} By slot; drifters come first. */
    this.ships = [];
    this.drifters = name === 'near' ? DRIFTERS : 0;
    for (let count = 0; count < this.drifters; count++) this.enter();
  }

  /** A new ship, in the first free slot. Returns the slot. */
  enter() {
    const free = this.ships.indexOf(null, this.drifters);
    const slot = free < 0 ? this.ships.length : free;
    const [x, y, heading] = [this.below(this.side), this.below(this.side), this.below(DIRECTIONS)];
    this.ships[slot] = { x, y, vx: 0, vy: 0, heading, turn: 1, hp: FULL_HP, score: 0 };
    return slot;
  }

  leave(slot) {
    this.ships[slot] = null;
  }

  /** What a player does from now on: 0 and 2 turn, 1 goes straight on. */
  steer(slot, turn) {
    if (this.ships[slot] && turn <= 2) this.ships[slot].turn = turn;
  }

  step() {
    this.tick++;
    for (let slot = 0; slot < this.ships.length; slot++) {
      const ship = this.ships[slot];
      if (!ship) continue;
      if (slot < this.drifters && this.below(32) === 0) ship.turn = this.below(3);
      this.fly(ship);
      if (this.below(64) === 0) this.hit(ship, this.ships[this.below(this.ships.length)]);
    }
  }

  fly(ship) {
    ship.heading = (ship.heading + (ship.turn - 1) * TURN) & (DIRECTIONS - 1);
    const [px, py] = PUSHES[ship.heading];
    ship.vx += px - (ship.vx >> 5);
    ship.vy += py - (ship.vy >> 5);
    ship.x += ship.vx;
    ship.y += ship.vy;
    if (ship.x < 0 || ship.x >= this.side) [ship.x, ship.vx] = [ship.x - ship.vx, -ship.vx];
    if (ship.y < 0 || ship.y >= this.side) [ship.y, ship.vy] = [ship.y - ship.vy, -ship.vy];
  }

  hit(by, ship) {
    if (!ship || ship === by) return;
    ship.hp -= 12;
    if (ship.hp > 0) return;
    by.score = (by.score + 1) & 0xffff;
    ship.hp = FULL_HP;
    ship.x = this.below(this.side);
    ship.y = this.below(this.side);
  }

  below(limit) {
    let random = this.random;
    random = (random ^ (random << 13)) >>> 0;
    random = random ^ (random >>> 17);
    this.random = (random ^ (random << 5)) >>> 0;
    return this.random % limit;
  }
}

/** Who is near: ships by square cells of the reach's size, so that nine cells have all that a player sees. */
export class Near {
  rebuild(world) {
    this.cell = REACH << FINE;
    this.columns = Math.ceil(world.side / this.cell);
    this.cells = Array.from({ length: this.columns ** 2 }, () => []);
    world.ships.forEach((ship, slot) => {
      if (ship) this.cells[this.at(ship.x) + this.at(ship.y) * this.columns].push(slot);
    });
  }

  at(fine) {
    return Math.floor(fine / this.cell);
  }

  /** The slots of the ships that a ship sees, itself included. */
  seenBy(world, eye) {
    const seen = [];
    const [column, row] = [this.at(eye.x), this.at(eye.y)];
    for (let y = Math.max(0, row - 1); y <= Math.min(this.columns - 1, row + 1); y++) {
      for (let x = Math.max(0, column - 1); x <= Math.min(this.columns - 1, column + 1); x++) {
        for (const slot of this.cells[x + y * this.columns]) {
          const { x: sx, y: sy } = world.ships[slot];
          if ((sx - eye.x) ** 2 + (sy - eye.y) ** 2 <= this.cell ** 2) seen.push(slot);
        }
      }
    }
    return seen;
  }
}
