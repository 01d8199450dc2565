// The field as somebody sees it who only watches.

import { Camera } from '../common/camera.js';
import { Effects } from '../common/effects.js';
import { Watch } from '../common/watch.js';
import { Events } from './events.js';
import { Board } from './hud.js';
import { Overview, canvasOf, lushnessOf } from './overview.js';
import { isJump } from './poses.js';
import { Scene, VIEW } from './scene.js';
import { Wisps } from './wisps.js';

/** @extends {Watch<import('./session.js').Setup, Scene>} */
class Watching extends Watch {
  /**
   * @param {import('/sdk/tickwire.js').Room} room
   * @param {Scene} scene
   * @param {Camera} camera
   * @param {import('../common/stages.js').Wish} wish
   * @param {boolean} withBoard
   */
  constructor(room, scene, camera, wish, withBoard) {
    super(room, scene, camera, 'wisp', isJump, wish);
    const { size, regions } = this.setup;
    this.world = { width: size, height: size };
    this.lushness = canvasOf(regions);
    this.wisps = new Wisps(this.setup);
    this.effects = new Effects(true);
    this.board = withBoard ? new Board(wish.like) : null;
    this.overview = withBoard ? new Overview(this.setup) : null;
    this.events = new Events(room, this.effects, camera, this.board, this.setup);
    [camera.x, camera.y] = [size / 2, size / 2];
  }

  /**
   * Draws one picture.
   * @param {number} now milliseconds
   */
  draw(now) {
    const { camera, scene, room, view, effects } = this;
    const seconds = this.advance(now);
    const seen = this.findWatched();
    const like = seen?.entity.player === this.like ? seen.entity : undefined;
    scene.fit(camera);
    // Where it went out there is nothing to be seen, unless one only comes to look.
    if (seen && (seen.entity.life !== 'faded' || !camera.placed)) {
      camera.follow(seen.entity.pos, seen.entity.heading, this.world, seconds);
    }
    effects.update(view.tick, seconds);
    lushnessOf(this.lushness, room.entities('region'));
    scene.drawRoom(this, now / 1000, seconds, null, (context) => {
      effects.draw(context, camera);
      this.events.draw(context, like?.pos, seconds);
    });
    this.board?.update(now, room.entities('standing'), this.likeNow());
    this.overview?.update(now, room.entities('region'), room.entities('beacon'), like, camera);
  }
}

/** @type {import('../common/stages.js').Open} */
export function open(canvas, withBoard) {
  const camera = new Camera(VIEW);
  const scene = new Scene(canvas);
  return (room, wish) => new Watching(room, scene, camera, wish, withBoard);
}
