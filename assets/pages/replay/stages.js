// What draws a recording: the game's own pictures where it has some, or else dots.

import { Interpolation } from '/sdk/tickwire.js';

/** @typedef {import('/sdk/tickwire.js').Room} Room */

/**
 * A game that is drawn.
 * @typedef {object} Play
 * @property {(now: number) => void} pass lets time pass that nobody sees
 * @property {(now: number) => void} draw one picture; milliseconds of the recording
 * @property {() => void} end stops listening
 */

/**
 * What begins to draw a room.
 * @typedef {(room: Room, like: number | null, now: number) => Play} Stage
 */

/**
 * A session of a game's own page, in which one only watches.
 * @typedef {object} Session
 * @property {(now: number) => void} draw
 * @property {() => void} end
 * @property {number | null} watched whom the camera follows, as an id
 * @property {number} last when the last picture was drawn
 * @property {Interpolation} view
 */

/**
 * A session that follows a player, as long as it is there.
 * @param {Session} session
 * @param {Room} room
 * @param {string} kind of the players' entities
 * @param {number | null} like
 * @param {number} now
 * @returns {Play}
 */
function following(session, room, kind, like, now) {
  session.last = now;
  return {
    pass: (now) => session.view.update(now),
    draw(now) {
      for (const [id, { player }] of room.entities(kind)) if (player === like) session.watched = id;
      session.draw(now);
    },
    end: () => session.end(),
  };
}

/** @param {HTMLCanvasElement} canvas @returns {Promise<Stage>} */
async function arena(canvas) {
  const [{ Camera }, { Scene }, { Session }] = await Promise.all([
    import('../common/camera.js'),
    import('../arena/draw.js'),
    import('../arena/session.js'),
  ]);
  const camera = new Camera({ width: 1180, height: 700, least: 460, margin: 110, lookAhead: 70 });
  const scene = new Scene(canvas);
  return (room, like, now) => {
    scene.births.clear();
    return following(new Session(room, scene, camera), room, 'ship', like, now);
  };
}

/** @param {HTMLCanvasElement} canvas @returns {Promise<Stage>} */
async function field(canvas) {
  const [{ Camera }, { Scene }, { Session }] = await Promise.all([
    import('../common/camera.js'),
    import('../field/scene.js'),
    import('../field/session.js'),
  ]);
  const camera = new Camera({ width: 1360, height: 800, least: 580, margin: 160, lookAhead: 60 });
  const scene = new Scene(canvas);
  return (room, like, now) => following(new Session(room, scene, camera), room, 'wisp', like, now);
}

/** @param {HTMLCanvasElement} canvas @returns {Promise<Stage>} */
async function dots(canvas) {
  const { World } = await import('../generic/world.js');
  return (room, like) => {
    const world = new World(canvas, room.schema, like ?? -1);
    const view = new Interpolation(room);
    return {
      pass: (now) => view.update(now),
      draw(now) {
        view.update(now);
        world.draw(view, null);
      },
      end: () => view.stop(),
    };
  };
}

/** @type {Record<string, (canvas: HTMLCanvasElement) => Promise<Stage>>} */
const STAGES = { arena, field };

/**
 * @param {string} game
 * @param {HTMLCanvasElement} canvas
 */
export function openStage(game, canvas) {
  document.body.classList.add(Object.hasOwn(STAGES, game) ? game : 'dots');
  return (Object.hasOwn(STAGES, game) ? STAGES[game] : dots)(canvas);
}
