// The arena as somebody sees it who only watches.

import { Camera } from '../common/camera.js';
import { Watch } from '../common/watch.js';
import { Scene, VIEW } from './draw.js';
import { ShipEffects } from './effects.js';
import { Events } from './events.js';
import { Board } from './hud.js';
import { GameMap, isJump } from './map.js';
import { ArenaMap } from './minimap.js';

/** @extends {Watch<import('./map.js').Setup, Scene>} */
class Watching extends Watch {
  /**
   * @param {import('/sdk/tickwire.js').Room} room
   * @param {Scene} scene
   * @param {Camera} camera
   * @param {import('../common/stages.js').Wish} wish
   * @param {boolean} withBoard
   */
  constructor(room, scene, camera, wish, withBoard) {
    super(room, scene, camera, 'ship', isJump, wish);
    this.map = new GameMap(this.setup);
    this.effects = new ShipEffects();
    this.board = withBoard ? new Board(wish.like) : null;
    this.minimap = withBoard ? new ArenaMap(this.map) : null;
    this.events = new Events(room, this.effects, camera, this.board);
    [camera.x, camera.y] = [this.map.width / 2, this.map.height / 2];
  }

  /**
   * Draws one picture.
   * @param {number} now milliseconds
   */
  draw(now) {
    const { camera, scene, effects, map, view, setup } = this;
    const seconds = this.advance(now);
    const ships = view.entities('ship');
    const seen = this.findWatched();
    scene.fit(camera);
    if (seen) camera.follow(seen.entity.pos, seen.entity.heading, map, seconds);
    effects.trail(ships, camera, seconds);
    effects.update(view.tick, seconds);
    const hurt = (/** @type {number} */ id) => this.events.hurt(id);
    scene.drawRoom(camera, now / 1000, { map, view, ships, hurt, hpMax: setup.hp_max });
    effects.draw(scene.context, camera);
    this.board?.update(now, ships);
    this.minimap?.update(now, ships, view.entities('pickup'), this.like);
  }
}

/** @type {import('../common/stages.js').Open} */
export function open(canvas, withBoard) {
  const camera = new Camera(VIEW);
  const scene = new Scene(canvas);
  return (room, wish) => {
    scene.births.clear();
    return new Watching(room, scene, camera, wish, withBoard);
  };
}
