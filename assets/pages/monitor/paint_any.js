// Any game as somebody sees it: whatever has a place is a dot.

import { Interpolation } from '/sdk/tickwire.js';

import { World } from '../generic/world.js';

/**
 * @param {import('/sdk/tickwire.js').Room} room
 * @param {HTMLCanvasElement} canvas
 * @param {number} like
 * @returns {import('./live.js').Painter}
 */
export function paint(room, canvas, like) {
  const world = new World(canvas, room.schema, like);
  const view = new Interpolation(room);
  return {
    draw(now) {
      view.update(now);
      world.draw(view, null);
    },
    drawn: () => world.dots.length,
    end: () => view.stop(),
  };
}
