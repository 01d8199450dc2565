// One game from joining to the end of the connection: input in, pictures out.

import { element } from '../common/dom.js';
import { Effects } from '../common/effects.js';
import { BaseSession } from '../common/session.js';
import { Controls } from './controls.js';
import { Events } from './events.js';
import { Hud } from './hud.js';
import { Overview } from './overview.js';
import { isJump } from './poses.js';
import { Wisps } from './wisps.js';

/** @typedef {import('/sdk/tickwire.js').Room} Room */
/** @typedef {import('../common/camera.js').Camera} Camera */
/** @typedef {import('./scene.js').Scene} Scene */
/** @typedef {Record<string, any>} Entity */

/**
 * What the field tells once; lengths in units, times in seconds.
 * @typedef {object} Setup
 * @property {number} size
 * @property {number} regions
 * @property {number} wisp_radius
 * @property {number} radius_a_size
 * @property {number} light_max
 * @property {number} energy_max
 * @property {number} call_seconds
 * @property {number} scare_reach
 * @property {number} call_reach
 */

/** @extends {BaseSession<Setup, Scene>} */
export class Session extends BaseSession {
  /**
   * @param {Room} room
   * @param {Scene} scene
   * @param {Camera} camera
   */
  constructor(room, scene, camera) {
    super(room, scene, camera, 'wisp', isJump);
    this.world = { width: this.setup.size, height: this.setup.size };
    this.effects = new Effects(true);
    this.hud = new Hud(this.setup, room.player, room.tickHz);
    this.events = new Events(room, this.effects, camera, this.hud, this.setup);
    this.overview = new Overview(this.setup);
    this.wisps = new Wisps(this.setup);
    const buttons = ['dash', 'call'].map((id) => element(id, HTMLButtonElement));
    this.controls = new Controls(scene.canvas, buttons, camera);
    /** Where the own wisp is drawn. */
    this.place = { x: 0, y: 0 };
    room.onInput(() => this.controls.keys.sent());
    room.send(() => this.controls.read(this.camera.toScreen(this.place)));
  }

  /**
   * Draws one picture.
   * @param {number} now milliseconds
   */
  draw(now) {
    const seconds = this.advance(now);
    const own = this.findOwn();
    const seen = this.room.spectator ? this.findWatched() : own;
    const { x, y } = seen?.entity.pos ?? this.camera;
    this.place = { x, y };
    if (seen && seen.entity.life !== 'faded') {
      this.camera.follow(seen.entity.pos, this.controls.way, this.world, seconds);
    }
    this.effects.update(this.view.tick, seconds);
    this.paint(now / 1000, seconds, own);
    this.hud.update(now, this.room.entities('standing'), this.ownNow());
    this.overview.update(now, this.room.entities('region'), this.room.entities('beacon'), own?.entity, this.camera);
  }

  /**
   * @param {number} time in seconds
   * @param {number} seconds since the last picture
   * @param {{id: number, entity: Entity} | null} own
   */
  paint(time, seconds, own) {
    const { scene, room, view, camera, setup, wisps } = this;
    const sight = { room, view, camera, setup, wisps, lushness: this.overview.lushness };
    scene.fit(camera);
    scene.drawRoom(sight, time, seconds, own && { id: own.id, heading: this.controls.way }, (context) => {
      this.effects.draw(context, camera);
      this.events.draw(context, own?.entity.pos, seconds);
    });
    scene.drawSticks(this.controls.sticks);
  }

  end() {
    super.end();
    this.controls.end();
  }
}
