// Smooth drawing at any display rate: entities between the two ticks around what is drawn.
//
//   const view = new Interpolation(room);
//   function draw(now) {
//     view.update(now);
//     for (const [id, ship] of view.entities('ship')) drawShip(ship);
//     requestAnimationFrame(draw);
//   }
//
// Numbers with a fraction, vectors, angles (the shorter way round) and rotations
// are blended; everything else is what it was at the earlier tick. An entity
// appears at its first tick and goes at the tick without it. A place that jumps is
// not blended: the entity is at the one end, then at the other.
//
// How far in the past all that is follows from how frames arrive (see clock.js). Far entities are sent
// every few ticks only. They are drawn as much further behind as it takes to always have two states to
// draw between. When there is none, because the network holds frames up, everything coasts
// for a moment, and is led back without a jump afterwards (see track.js).

import { Blender } from './blend.js';
import { RenderClock } from './clock.js';
import { Track } from './track.js';

/** @typedef {import('./room.js').Room} Room */
/** @typedef {import('./entities.js').Entity} Entity */

/**
 * @typedef {object} InterpolationOptions
 * @property {number} [delay] ticks behind a frame that nothing held up, at least; 1.5 by default
 * @property {(kind: string, before: Entity, after: Entity) => boolean} [isJump] whether
 *   an entity did not move from one state to the other but was put there
 */

const LEAST_DELAY = 1.5;
/** How far things go on when the next frame does not come, in seconds. */
const COAST_SECONDS = 0.12;
/** For how many ticks something that has gone is kept while nothing is drawn: longer than the longest delay. */
const KEPT = 64;
/** By how many ticks a track's lag changes at most, for each tick that is drawn. */
const LAG_STEP = 0.25;

export class Interpolation {
  /**
   * @param {Room} room
   * @param {InterpolationOptions} [options]
   */
  constructor(room, options = {}) {
    this.room = room;
    const isJump = options.isJump ?? (() => false);
    this.clock = new RenderClock(room.tickHz, options.delay ?? LEAST_DELAY);
    /** When the last picture was drawn, in milliseconds. */
    this.drawnAt = NaN;
    /** The tick that was received last, counted on across the wrap of the room's number. */
    this.received = room.tick ?? 0;
    this.kinds = new Map(
      room.schema.kinds.map((kind) => [
        kind.name,
        {
          blender: new Blender(kind),
          isJump: (/** @type {Entity} */ before, /** @type {Entity} */ after) => isJump(kind.name, before, after),
          /** @type {Map<number, Track>} */
          tracks: new Map(),
          /** @type {Map<number, Entity>} */
          drawn: new Map(),
        },
      ]),
    );
    // As the room tells the time: a recording that is played has one of its own.
    const arrived = () => this.record(room.link.now());
    if (room.tick !== null) arrived();
    // Shots are judged by what was seen: inputs say which tick that was.
    const stops = [room.onFrame(arrived), room.showing(() => this.tick)];
    /** Stops listening, and drawing is over. */
    this.stop = () => stops.forEach((stop) => stop());
  }

  /** The tick that is drawn, with a fraction; NaN before the first picture. */
  get tick() {
    return this.clock.tick;
  }

  /** How many ticks what is drawn is meant to be behind a frame that nothing held up. */
  get delay() {
    return this.clock.delay;
  }

  /** How many ticks there are still to draw before the newest one; below zero, things coast. */
  get buffered() {
    return this.received - this.clock.tick;
  }

  /**
   * The entities of a kind as they are to be drawn, by id. The objects stay the same and
   * change with every update.
   * @param {string} kind
   * @returns {ReadonlyMap<number, Entity>}
   */
  entities(kind) {
    const drawn = this.kinds.get(kind)?.drawn;
    // For a kind that does not exist this throws, and says which there are.
    return drawn ?? this.room.entities(kind);
  }

  /**
   * Takes a sample of every entity.
   * @param {number} now milliseconds
   */
  record(now) {
    const tick = this.room.tick ?? 0;
    this.received += (tick - this.received) | 0;
    this.clock.arrived(this.received, now);
    const coasting = COAST_SECONDS * this.room.tickHz;
    for (const [name, { blender, isJump, tracks }] of this.kinds) {
      const entities = this.room.entities(name);
      for (const [id, entity] of entities) {
        const track = tracks.get(id) ?? new Track(blender, coasting);
        track.add(this.received, this.received + (((this.room.tickOf(id) ?? tick) - tick) | 0), entity, isJump);
        tracks.set(id, track);
      }
      for (const [id, track] of tracks) {
        if (entities.has(id)) continue;
        track.end(this.received);
        // A hidden page draws nothing, and so would never see them go.
        if (this.received - (track.last?.tick ?? 0) > KEPT) tracks.delete(id);
      }
    }
  }

  /**
   * Makes `entities` what is to be drawn now.
   * @param {number} [now] milliseconds, as `requestAnimationFrame` gives
   */
  update(now = performance.now()) {
    const before = this.clock.tick;
    const newest = this.clock.advance(now);
    const seconds = Math.max(0, now - this.drawnAt) / 1000 || 0;
    this.drawnAt = now;
    const step = Math.max(0, newest - before) * LAG_STEP || 0;
    for (const { tracks, drawn } of this.kinds.values()) {
      for (const [id, track] of tracks) {
        track.follow(step);
        const tick = newest - track.lag;
        if (track.draw(tick, seconds, this.clock.skipped)) {
          drawn.set(id, track.drawn);
          continue;
        }
        drawn.delete(id);
        if (track.last && !track.last.entity && track.last.tick <= tick) tracks.delete(id);
      }
      for (const id of drawn.keys()) if (!tracks.has(id)) drawn.delete(id);
    }
  }
}
