// The own ship, flown by the server's own step before the server says so.

import { Prediction } from '/sdk/tickwire.js';

import { Flight } from './flight.js';
import { ratesAt } from './rates.js';

/** @typedef {import('/sdk/tickwire.js').Room} Room */
/** @typedef {import('./flight.js').Shot} Shot */
/** @typedef {Record<string, any>} Entity */

/** A flight, and the shot that its last tick fired. @typedef {{flight: Flight, shot: Shot | null}} State */

/** From how many units on a correction is not smoothed: nobody is pushed so far. */
const FAR = 140;

export class Pilot {
  /**
   * @param {Room} room
   * @param {import('./map.js').GameMap} map
   * @param {import('./map.js').Setup} setup
   */
  constructor(room, map, setup) {
    this.room = room;
    const rates = ratesAt(setup.handling, room.tickHz);
    /** @type {Prediction<State>} */
    this.prediction = new Prediction(room, {
      restore: () => this.restore(),
      step({ flight }, input) {
        const next = flight.copy();
        const controls = /** @type {import('./flight.js').Controls} */ (input);
        return { flight: next, shot: next.step(controls, map, rates) };
      },
      equal: (a, b) => a.flight.equals(b.flight),
      place({ flight }, out) {
        const { pos, heading } = flight.applyTo({});
        [out[0], out[1], out[2]] = [pos.x, pos.y, heading];
      },
      drawn: [{ far: FAR }, { far: FAR }, { turns: true, far: Infinity }],
      isJump: (before, after) => before.flight.flying !== after.flight.flying,
    });
  }

  /** The own ship as the last frame told, and its id. */
  told() {
    for (const [id, entity] of this.room.entities('ship')) {
      if (entity.player === this.room.player) return { id, entity };
    }
    return null;
  }

  /** @returns {State | null} */
  restore() {
    const own = this.told();
    // What only its player sees of it comes in a segment of its own.
    return own && 'velocity' in own.entity ? { flight: Flight.of(own.entity), shot: null } : null;
  }

  /**
   * The own ship as it is to be drawn now.
   * @param {number} now milliseconds
   * @returns {{id: number, entity: Entity} | null}
   */
  draw(now) {
    const own = this.told();
    const place = this.prediction.draw(now);
    if (own === null || place === null) return own;
    const ahead = this.prediction.ahead ?? this.prediction.state;
    if (!ahead?.flight.flying) return own;
    const drawn = ahead.flight.applyTo(own.entity);
    // Who fires lets go of the shield.
    const life = ahead.shot && own.entity.life === 'shielded' ? 'flying' : own.entity.life;
    const heading = (place[2] + 4 * Math.PI) % (2 * Math.PI);
    return { id: own.id, entity: { ...drawn, life, pos: { x: place[0], y: place[1] }, heading } };
  }

  /** Stops listening. */
  end() {
    this.prediction.stop();
  }
}
