// The arena as somebody sees it, with the arena's own drawing.

import { Interpolation } from '/sdk/tickwire.js';

import { Scene } from '../arena/draw.js';
import { GameMap } from '../arena/map.js';
import { fitBox } from '../common/boxed.js';
import { Camera } from '../common/camera.js';
import { followed } from './follow.js';

/**
 * @param {import('/sdk/tickwire.js').Room} room
 * @param {HTMLCanvasElement} canvas
 * @param {number} like
 * @returns {import('./live.js').Painter}
 */
export function paint(room, canvas, like) {
  const setup = JSON.parse(room.setup);
  const map = new GameMap(setup);
  const scene = new Scene(canvas);
  const camera = new Camera({ width: 1000, height: 620, least: 460, margin: 90, lookAhead: 0 });
  const isJump = (/** @type {string} */ kind, /** @type {any} */ before, /** @type {any} */ after) =>
    kind === 'ship' && (before.life === 'wrecked') !== (after.life === 'wrecked');
  const view = new Interpolation(room, { isJump });
  let last = performance.now();
  [camera.x, camera.y] = [map.width / 2, map.height / 2];
  return {
    draw(now) {
      const seconds = Math.min((now - last) / 1000, 0.1);
      last = now;
      view.update(now);
      const ships = view.entities('ship');
      const seen = followed(ships, like);
      fitBox(scene, camera);
      if (seen) camera.follow(seen.entity.pos, 0, map, seconds);
      scene.drawSky(camera);
      scene.drawMap(map, camera, now / 1000);
      scene.drawPickups(view.entities('pickup'), camera, now / 1000);
      scene.drawBullets(view.entities('bullet'), [], () => false, 0, camera);
      // Nobody is at home here: every ship has its name, and the one that is followed as well.
      scene.drawShips(ships, camera, now / 1000, { id: -1, heading: 0 }, () => 0, setup.hp_max);
    },
    drawn: () => view.entities('ship').size,
    end: () => view.stop(),
  };
}
