// One game from joining to the end of the connection: input in, pictures out.

import { element } from '../common/dom.js';
import { BaseSession } from '../common/session.js';
import { Controls } from './controls.js';
import { ShipEffects } from './effects.js';
import { Events } from './events.js';
import { Hud } from './hud.js';
import { GameMap, isJump } from './map.js';
import { ArenaMap } from './minimap.js';
import { Pilot } from './pilot.js';
import { Shots } from './shots.js';

/** @typedef {import('/sdk/tickwire.js').Room} Room */
/** @typedef {import('../common/camera.js').Camera} Camera */
/** @typedef {import('./draw.js').Scene} Scene */
/** @typedef {Record<string, any>} Entity */

/** `?predict=0` draws the own ship as it was too, to compare. */
const PREDICTS = new URLSearchParams(location.search).get('predict') !== '0';

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
    this.hud = new Hud(this.setup, room.player, room.tickHz);
    this.pilot = PREDICTS ? new Pilot(room, this.map, this.setup) : null;
    this.prediction = this.pilot?.prediction ?? null;
    this.shots = this.pilot && this.ownShots(this.pilot);
    /** The own ship as it is drawn, and its id. @type {{id: number, entity: Entity} | null} */
    this.own = null;
    const isNow = (/** @type {Entity} */ ship) => this.pilot !== null && ship.player === room.player;
    const ship = (/** @type {Entity} */ ship) => (isNow(ship) ? (this.own?.entity ?? ship) : ship);
    this.events = new Events(room, this.effects, camera, this.hud, { ship, isNow, shots: this.shots });
    this.minimap = new ArenaMap(this.map);
    const boost = element('boost', HTMLButtonElement);
    this.controls = new Controls(scene.canvas, boost, this.setup.turn_rate);
    this.wasWrecked = true;
    room.onInput(() => this.controls.keys.sent());
    room.send(() => this.input());
  }

  /** @param {Pilot} pilot */
  ownShots(pilot) {
    const hue = () => pilot.told()?.entity.hue ?? 0;
    return new Shots(pilot, this.map, this.setup, {
      fired: ({ place }) => this.events.muzzle(place, hue()),
      met: (place) => this.events.impact(place, hue()),
    });
  }

  /**
   * Draws one picture.
   * @param {number} now milliseconds
   */
  draw(now) {
    const seconds = this.advance(now);
    this.own = this.pilot ? this.pilot.draw(now) : this.findOwn();
    const ships = this.ships();
    this.shots?.update(ships, this.own?.id ?? -1, this.view.entities('bullet'));
    const heading = this.steer();
    const seen = this.room.spectator ? this.findWatched() : this.own;
    const aim = this.room.spectator ? (seen?.entity.heading ?? 0) : this.controls.aim;
    if (seen) this.camera.follow(seen.entity.pos, aim, this.map, seconds);
    this.effects.trail(ships, this.camera, seconds);
    this.effects.update(this.view.tick, seconds);
    this.paint(now / 1000, ships, heading);
    this.hud.update(now, this.room.entities('ship'), this.vitals());
    this.minimap.update(now, ships, this.room.entities('pickup'), this.room.player);
  }

  /** All ships as they are drawn: others as they were, the own one as it is now. */
  ships() {
    const ships = new Map(this.view.entities('ship'));
    if (this.own) ships.set(this.own.id, this.own.entity);
    return ships;
  }

  /** What the player does right now. */
  input() {
    const { entity } = this.own ?? {};
    const place = this.camera.toScreen(entity?.pos ?? this.camera);
    return this.controls.read(place, entity?.heading ?? 0);
  }

  /** Returns where the own ship is to be drawn pointing. */
  steer() {
    const { entity } = this.own ?? {};
    const heading = entity?.heading ?? 0;
    if (entity && entity.life !== 'wrecked' && this.wasWrecked) this.controls.face(heading);
    this.wasWrecked = entity?.life === 'wrecked';
    if (this.pilot) return heading;
    // A ship always turns to its aim at one speed, so how far it has come by now is known
    // before the server tells: drawn like that, steering answers at once.
    const { clock } = this.room.inputs;
    const late = this.room.inputs.behindOf(clock.tick) + clock.share;
    const turned = (late / this.room.tickHz) * this.setup.turn_rate;
    const { aim } = this.controls;
    const missing = Math.atan2(Math.sin(aim - heading), Math.cos(aim - heading));
    return heading + Math.max(-turned, Math.min(turned, missing));
  }

  /** The own figures: what is predicted does not lag, the rest is as the server last told. */
  vitals() {
    const told = this.ownNow();
    const drawn = this.pilot && this.own?.entity;
    return told && drawn ? { ...told, ammo: drawn.ammo, energy: drawn.energy } : told;
  }

  /**
   * @param {number} time in seconds
   * @param {ReadonlyMap<number, Entity>} ships
   * @param {number} heading of the own one
   */
  paint(time, ships, heading) {
    const { scene, camera, view, own, shots } = this;
    scene.fit(camera);
    const hurt = (/** @type {number} */ id) => this.events.hurt(id);
    scene.drawRoom(camera, time, { map: this.map, view, ships, hurt, hpMax: this.setup.hp_max }, own ? {
      id: own.id,
      heading,
      hue: own.entity.hue,
      bullets: [...(shots?.flying() ?? [])],
      isOwn: (id) => shots?.hidden.has(id) ?? false,
      aim: own.entity.life === 'wrecked' ? null : { pos: own.entity.pos, angle: this.controls.aim },
    } : undefined);
    this.effects.draw(scene.context, camera);
    scene.drawSticks(this.controls.sticks);
  }

  end() {
    super.end();
    this.pilot?.end();
    this.controls.end();
  }
}
