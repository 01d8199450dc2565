// The field as somebody sees it, with the field's own drawing.

import { Interpolation } from '/sdk/tickwire.js';

import { fitBox } from '../common/boxed.js';
import { Camera } from '../common/camera.js';
import { lushnessOf } from '../field/overview.js';
import { Scene } from '../field/scene.js';
import { Wisps } from '../field/wisps.js';
import { followed } from './follow.js';

/**
 * @param {import('/sdk/tickwire.js').Room} room
 * @param {HTMLCanvasElement} canvas
 * @param {number} like
 * @returns {import('./live.js').Painter}
 */
export function paint(room, canvas, like) {
  /** @type {import('../field/session.js').Setup} */
  const setup = JSON.parse(room.setup);
  const world = { width: setup.size, height: setup.size };
  const lushness = Object.assign(document.createElement('canvas'), { width: setup.regions, height: setup.regions });
  const scene = new Scene(canvas);
  const camera = new Camera({ width: 1360, height: 800, least: 580, margin: 160, lookAhead: 0 });
  const wisps = new Wisps(setup);
  const isJump = (/** @type {string} */ kind, /** @type {any} */ before, /** @type {any} */ after) =>
    kind === 'wisp' && before.life === 'faded' && after.life !== 'faded';
  const view = new Interpolation(room, { isJump });
  let last = performance.now();
  [camera.x, camera.y] = [setup.size / 2, setup.size / 2];
  return {
    draw(now) {
      const seconds = Math.min((now - last) / 1000, 0.1);
      last = now;
      view.update(now);
      const seen = followed(view.entities('wisp'), like);
      fitBox(scene, camera);
      if (seen && seen.entity.life !== 'faded') camera.follow(seen.entity.pos, 0, world, seconds);
      lushnessOf(lushness, room.entities('region'));
      scene.drawGround(camera, now / 1000, { size: setup.size, lushness });
      const leader = room.entities('standing').values().next().value?.player ?? 0;
      const clock = view.tick / room.tickHz;
      const night = scene.drawLife(view, camera, now / 1000, seconds, { clock, own: -1, heading: 0, leader, wisps });
      scene.drawLight(camera, now / 1000, night);
    },
    drawn: () => view.entities('wisp').size,
    end: () => view.stop(),
  };
}
