// One game from joining to the end of the connection: input in, pictures out.

import { element } from '../common/dom.js';
import { BaseSession } from '../common/session.js';
import { COLOURS, shipColour } from './colours.js';
import { Controls } from './controls.js';
import { ShipEffects } from './effects.js';
import { Events } from './events.js';
import { Hud } from './hud.js';
import { GameMap } from './map.js';
import { ArenaMap } from './minimap.js';

/** @typedef {import('/sdk/tickwire.js').Room} Room */
/** @typedef {import('../common/camera.js').Camera} Camera */
/** @typedef {import('./draw.js').Scene} Scene */
/** @typedef {Record<string, any>} Entity */

/** @extends {BaseSession<import('./map.js').Setup, Scene>} */
export class Session extends BaseSession {
  /**
   * @param {Room} room
   * @param {Scene} scene
   * @param {Camera} camera
   */
  constructor(room, scene, camera) {
    super(room, scene, camera, 'ship', isJump);
    this.map = new GameMap(this.setup);
    this.effects = new ShipEffects();
    this.hud = new Hud(this.setup, room.player, room.code);
    this.events = new Events(room, this.effects, camera, this.hud);
    this.minimap = new ArenaMap(this.map);
    const boost = element('boost', HTMLButtonElement);
    this.controls = new Controls(scene.canvas, boost, this.setup.turn_rate);
    this.wasWrecked = true;
  }

  /**
   * Draws one picture.
   * @param {number} now milliseconds
   */
  draw(now) {
    const seconds = this.advance(now);
    const own = this.findOwn();
    const heading = this.steer(own, seconds);
    if (own) this.camera.follow(own.entity.pos, this.controls.aim, this.map, seconds);
    this.trail(seconds);
    this.effects.update(this.view.tick, seconds);
    this.paint(now / 1000, own, heading);
    this.hud.update(now, this.room.entities('ship'), this.ownNow(), this.room.tickHz);
    this.minimap.update(now, this.view.entities('ship'), this.room.entities('pickup'), this.room.player);
  }

  /**
   * Sends what the player does, and returns where the own ship is to be drawn pointing.
   * @param {{entity: Entity} | null} own
   * @param {number} seconds
   */
  steer(own, seconds) {
    const heading = own?.entity.heading ?? 0;
    if (own && own.entity.life !== 'wrecked' && this.wasWrecked) this.controls.face(heading);
    this.wasWrecked = own?.entity.life === 'wrecked';
    const place = this.camera.toScreen(own?.entity.pos ?? this.camera);
    const input = this.controls.read(place, heading, seconds);
    this.room.send(input);
    // A ship always turns to its aim at one speed, so how far it has come by now is known
    // before the server tells: drawn like that, steering answers at once.
    const late = (this.room.tick ?? 0) + this.room.stats.lead - this.view.tick;
    const turned = (Math.max(0, late) / this.room.tickHz) * this.setup.turn_rate;
    const missing = Math.atan2(Math.sin(input.aim - heading), Math.cos(input.aim - heading));
    return heading + Math.max(-turned, Math.min(turned, missing));
  }

  /**
   * Leaves exhaust behind ships that push.
   * @param {number} seconds
   */
  trail(seconds) {
    for (const ship of this.view.entities('ship').values()) {
      const boost = ship.engine === 'boost';
      const pushes = boost || ship.engine === 'forward';
      if (!pushes || ship.life === 'wrecked' || !this.camera.sees(ship.pos, 40)) continue;
      if (Math.random() > seconds * (boost ? 70 : 34)) continue;
      const colour = boost ? COLOURS.cyan : shipColour(ship.hue, 60);
      this.effects.exhaust(ship.pos, ship.heading, colour, boost ? 190 : 120);
    }
  }

  /**
   * @param {number} time in seconds
   * @param {{id: number, entity: Entity} | null} own
   * @param {number} heading
   */
  paint(time, own, heading) {
    const { scene, camera, view } = this;
    scene.fit(camera);
    scene.drawSky(camera);
    scene.drawMap(this.map, camera, time);
    scene.drawPickups(view.entities('pickup'), camera, time);
    scene.drawBullets(view.entities('bullet'), camera);
    if (own && own.entity.life !== 'wrecked') scene.drawAim(own.entity.pos, this.controls.aim);
    const hurt = (/** @type {number} */ id) => this.events.hurt(id);
    const mine = { id: own?.id ?? -1, heading };
    scene.drawShips(view.entities('ship'), camera, time, mine, hurt, this.setup.hp_max);
    this.effects.draw(scene.context, camera);
    scene.drawSticks(this.controls.sticks);
  }

  end() {
    super.end();
    this.controls.end();
  }
}

/**
 * A wrecked ship comes in somewhere else.
 * @param {string} kind
 * @param {Entity} before
 * @param {Entity} after
 */
function isJump(kind, before, after) {
  return kind === 'ship' && (before.life === 'wrecked') !== (after.life === 'wrecked');
}
