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
// Far entities are sent every few ticks only. They are drawn as much further behind as it takes
// to always have two states to draw between.

import { RenderClock } from './clock.js';
import { blender } from './blend.js';

/** @typedef {import('./room.js').Room} Room */
/** @typedef {import('./entities.js').Entity} Entity */

/**
 * @typedef {object} InterpolationOptions
 * @property {number} [delay] ticks behind the newest, at least; 2 by default
 * @property {(kind: string, before: Entity, after: Entity) => boolean} [isJump] whether
 *   an entity did not move from one state to the other but was put there
 */

/** How many ticks back samples are kept. */
const HISTORY = 32;
/** By how many ticks a track's lag changes at most, for each tick that is drawn. */
const LAG_STEP = 0.25;

/**
 * An entity's recent past.
 * @typedef {object} Track
 * @property {Entity[]} samples in order of their ticks
 * @property {number[]} ticks
 * @property {number} end the first tick without the entity
 * @property {number} lag how many ticks further behind than others it is drawn
 * @property {number} spacing ticks between its last two samples, if it rested in between
 * @property {boolean} rested whether a frame has come since its last sample that said nothing of it
 * @property {Entity} drawn what is shown, changed in place
 */

export class Interpolation {
  /**
   * @param {Room} room
   * @param {InterpolationOptions} [options]
   */
  constructor(room, options = {}) {
    this.room = room;
    this.isJump = options.isJump ?? (() => false);
    this.clock = new RenderClock(room.tickHz, options.delay ?? 2);
    /** The tick that was received last, counted on across the wrap of the room's number. */
    this.received = room.tick ?? 0;
    this.kinds = new Map(
      room.schema.kinds.map((kind) => [
        kind.name,
        {
          blend: blender(kind),
          /** @type {Map<number, Track>} */
          tracks: new Map(),
          /** @type {Map<number, Entity>} */
          drawn: new Map(),
        },
      ]),
    );
    if (room.tick !== null) this.record(performance.now());
    this.stop = room.onFrame(() => this.record(performance.now()));
  }

  /** The tick that is drawn, with a fraction. */
  get tick() {
    return this.clock.tick;
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
    for (const [name, { tracks }] of this.kinds) {
      const entities = this.room.entities(name);
      for (const [id, entity] of entities) this.sample(tracks, id, entity);
      for (const [id, track] of tracks) {
        if (track.end === Infinity && !entities.has(id)) track.end = this.received;
        // A hidden page draws nothing, and so would never see them go.
        if (this.received - track.end > HISTORY) tracks.delete(id);
      }
    }
  }

  /**
   * @param {Map<number, Track>} tracks
   * @param {number} id
   * @param {Entity} entity
   */
  sample(tracks, id, entity) {
    let track = tracks.get(id);
    if (track === undefined || track.end !== Infinity) {
      const drawn = {};
      track = { samples: [], ticks: [], end: Infinity, lag: 0, spacing: 1, rested: false, drawn };
      tracks.set(id, track);
    }
    const tick = this.received + (((this.room.tickOf(id) ?? 0) - (this.room.tick ?? 0)) | 0);
    const last = track.ticks.at(-1);
    if (last !== undefined) {
      // What rests shows what it has shown before.
      if (tick <= last) {
        track.rested = true;
        return;
      }
      track.spacing = track.rested ? tick - last : 1;
      track.rested = false;
    }
    track.samples.push({ ...entity });
    track.ticks.push(tick);
    if (track.samples.length > HISTORY) forget(track);
  }

  /**
   * Makes `entities` what is to be drawn now.
   * @param {number} [now] milliseconds, as `requestAnimationFrame` gives
   */
  update(now = performance.now()) {
    const before = this.clock.tick;
    const newest = this.clock.advance(now);
    const step = Math.max(0, newest - before) * LAG_STEP || 0;
    for (const [name, { blend, tracks, drawn }] of this.kinds) {
      for (const [id, track] of tracks) {
        follow(track, this.clock.least, step);
        const tick = newest - track.lag;
        // Two samples suffice: the one before what is drawn, and those after it.
        while (track.ticks.length > 1 && track.ticks[1] <= tick) forget(track);
        if (tick >= track.end) {
          tracks.delete(id);
        } else if (track.ticks[0] <= tick) {
          this.blendInto(name, blend, track, tick);
          drawn.set(id, track.drawn);
        } else {
          drawn.delete(id);
        }
      }
      for (const id of drawn.keys()) if (!tracks.has(id)) drawn.delete(id);
    }
  }

  /**
   * @param {string} name
   * @param {(out: Entity, before: Entity, after: Entity, share: number) => void} blend
   * @param {Track} track
   * @param {number} tick
   */
  blendInto(name, blend, { samples, ticks, drawn }, tick) {
    const before = samples[0];
    const after = samples[1] ?? before;
    const share = samples.length > 1 ? (tick - ticks[0]) / (ticks[1] - ticks[0]) : 0;
    if (samples.length > 1 && this.isJump(name, before, after)) blend(drawn, before, before, 0);
    else blend(drawn, before, after, share);
  }
}

/**
 * Moves a track's lag towards what its spacing needs, without a jump.
 * @param {Track} track
 * @param {number} delay how many ticks behind everything is drawn anyway
 * @param {number} step
 */
function follow(track, delay, step) {
  // A track that begins may begin where it should be.
  const most = track.samples.length > 1 ? step : Infinity;
  const error = Math.max(0, track.spacing - delay) - track.lag;
  track.lag += Math.max(-most, Math.min(most, error));
}

/**
 * Drops a track's oldest sample.
 * @param {Track} track
 */
function forget(track) {
  track.ticks.shift();
  track.samples.shift();
}
