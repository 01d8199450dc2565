// What draws a room for somebody who only watches: the game's own pictures where it has some, or else dots.

import { Interpolation } from '/sdk/tickwire.js';

/** @typedef {import('/sdk/tickwire.js').Room} Room */

/**
 * A room that is drawn.
 * @typedef {object} Play
 * @property {(now: number) => void} pass lets time pass that nobody sees
 * @property {(now: number) => void} draw one picture; milliseconds, as the room tells the time
 * @property {() => number} drawn how many of what is looked at were in view in the last picture
 * @property {() => void} end stops listening
 */

/**
 * How a room is to be watched.
 * @typedef {object} Wish
 * @property {number} like the player who is followed, or 0 for nobody
 * @property {number} now when it begins, in milliseconds
 */

/**
 * What begins to draw a room.
 * @typedef {(room: Room, wish: Wish) => Play} Stage
 */

/**
 * What opens a game's stage on a canvas; a page that has room for them also gets scores, news and a map.
 * @typedef {(canvas: HTMLCanvasElement, withBoard: boolean) => Stage} Open
 */

/** Games with drawing of their own, which is loaded when it is needed. @type {Record<string, () => Promise<{open: Open}>>} */
const STAGES = {
  arena: () => import('../arena/stage.js'),
  field: () => import('../field/stage.js'),
};

/**
 * Whether a game has drawing of its own.
 * @param {string} game
 */
export function hasStage(game) {
  return Object.hasOwn(STAGES, game);
}

/**
 * @param {string} game
 * @param {HTMLCanvasElement} canvas
 * @param {boolean} [withBoard]
 * @returns {Promise<Stage>}
 */
export async function openStage(game, canvas, withBoard = false) {
  return hasStage(game) ? (await STAGES[game]()).open(canvas, withBoard) : dots(canvas);
}

/** @param {HTMLCanvasElement} canvas @returns {Promise<Stage>} */
async function dots(canvas) {
  const { World } = await import('../generic/world.js');
  return (room, { like }) => {
    // No player has this number.
    const world = new World(canvas, room.schema, like || -1);
    const view = new Interpolation(room);
    return {
      pass: (now) => view.update(now),
      draw(now) {
        view.update(now);
        world.draw(view, null);
      },
      drawn: () => world.dots.length,
      end: () => view.stop(),
    };
  };
}
