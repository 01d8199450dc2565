// The scene, from back to front: ground, plants, creatures by how far down they are, light.

import { Picture } from '../common/picture.js';
import { drawSticks } from '../common/sticks.js';
import { drawForager, drawPredator, shadow, shineEye } from './creatures.js';
import { Ground } from './ground.js';
import { Light, daylight } from './light.js';
import { Plants } from './plants.js';
import { Poses } from './poses.js';
import { drawName } from './wisps.js';

/** @typedef {import('../common/camera.js').Camera} Camera */
/** @typedef {Record<string, any>} Entity */
/** @typedef {ReadonlyMap<number, Entity>} Entities */
/** @typedef {{id: number, kind: string, entity: Entity, pose: import('./poses.js').Pose}} Actor */

/**
 * How much of the field a camera shows: never more than what the server sends every tick, as half of the
 * diagonal is some 790 units.
 * @type {import('../common/camera.js').CameraOptions}
 */
export const VIEW = { width: 1360, height: 800, least: 580, margin: 160, lookAhead: 60 };

/**
 * What there is to be drawn.
 * @typedef {object} Sight
 * @property {import('/sdk/tickwire.js').Room} room
 * @property {import('/sdk/tickwire.js').Interpolation} view
 * @property {Camera} camera
 * @property {{size: number}} setup
 * @property {HTMLCanvasElement} lushness
 * @property {import('./wisps.js').Wisps} wisps
 */

export class Scene extends Picture {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    super(canvas);
    this.ground = new Ground(this.context);
    this.light = new Light(this.context);
    this.plants = new Plants();
    this.poses = new Poses();
  }

  /**
   * All of the meadow, from back to front.
   * @param {Sight} sight
   * @param {number} time in seconds
   * @param {number} seconds since the last picture
   * @param {{id: number, heading: number} | null} own which wisp is one's own, and where it is drawn pointing
   * @param {(context: CanvasRenderingContext2D) => void} above draws what floats above it, in units
   */
  drawRoom({ room, view, camera, setup, lushness, wisps }, time, seconds, own, above) {
    this.drawGround(camera, time, { size: setup.size, lushness });
    const leader = room.entities('standing').values().next().value?.player ?? 0;
    const clock = view.tick / room.tickHz;
    const play = { clock, own: own?.id ?? -1, heading: own?.heading ?? 0, leader, wisps };
    const night = this.drawLife(view, camera, time, seconds, play);
    above(this.context);
    this.drawLight(camera, time, night);
  }

  /**
   * @param {Camera} camera
   * @param {number} time in seconds
   * @param {{size: number, lushness: HTMLCanvasElement} | null} world
   */
  drawGround(camera, time, world) {
    camera.apply(this.context, this.ratio, time);
    this.ground.draw(camera, time, world);
  }

  /**
   * @param {Camera} camera
   * @param {number} time
   * @param {number} night 0 to 1
   */
  drawLight(camera, time, night) {
    this.light.air(camera, this.ratio, time, night);
  }

  /**
   * Everything that lives.
   * @param {import('/sdk/tickwire.js').Interpolation} view
   * @param {Camera} camera
   * @param {number} time
   * @param {number} seconds since the last picture
   * @param {{clock: number, own: number, heading: number, leader: number, wisps: import('./wisps.js').Wisps}} play
   */
  drawLife(view, camera, time, seconds, play) {
    const { context } = this;
    const { tint, night } = daylight(play.clock);
    const grown = [...view.entities('growth').values()].filter((plant) => camera.sees(plant.pos, 50));
    grown.sort((a, b) => a.pos.y - b.pos.y);
    for (const plant of grown) this.plants.draw(context, plant, time);
    const actors = this.gather(view, camera, seconds);
    for (const { kind, pose, entity } of actors) {
      const across = kind === 'wisp' ? play.wisps.radius(entity) * 0.8 : kind === 'predator' ? 28 : 20;
      shadow(context, pose, across);
    }
    for (const actor of actors) {
      if (actor.kind === 'forager') drawForager(context, actor.entity, actor.pose, time);
      if (actor.kind === 'predator') drawPredator(context, actor.entity, actor.pose, time);
    }
    this.light.tint(camera.box(), tint);
    context.globalCompositeOperation = 'lighter';
    for (const plant of grown) this.plants.shine(context, plant, time, night);
    for (const { kind, entity, pose } of actors) {
      if (kind === 'predator') shineEye(context, entity, pose, night);
    }
    const wisps = actors.filter(({ kind }) => kind === 'wisp');
    for (const { entity, pose } of wisps) play.wisps.shine(context, entity, pose, night);
    context.globalCompositeOperation = 'source-over';
    for (const { id, entity, pose } of wisps) {
      const own = id === play.own;
      const heading = own ? play.heading : entity.heading;
      play.wisps.draw(context, entity, pose, time, { own, heading, leads: entity.player === play.leader });
      if (!own) drawName(context, entity, play.wisps.radius(entity));
    }
    return night;
  }

  /**
   * Who is on the screen, from the top down.
   * @param {import('/sdk/tickwire.js').Interpolation} view
   * @param {Camera} camera
   * @param {number} seconds
   * @returns {Actor[]}
   */
  gather(view, camera, seconds) {
    this.poses.begin();
    const actors = [];
    for (const kind of ['forager', 'predator', 'wisp']) {
      for (const [id, entity] of view.entities(kind)) {
        if (entity.life === 'faded' || !camera.sees(entity.pos, 90)) continue;
        actors.push({ id, kind, entity, pose: this.poses.of(id, entity, seconds) });
      }
    }
    return actors.sort((a, b) => a.pose.y - b.pose.y);
  }

  /** @param {import('../common/sticks.js').Sticks} sticks */
  drawSticks(sticks) {
    this.context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    drawSticks(this.context, sticks, '255 233 168', '255 233 168');
  }
}
