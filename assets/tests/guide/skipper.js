// The own skiff, predicted: what GAMES.md shows of a page.

import { Prediction } from '../../sdk/prediction.js';

/** @typedef {import('../../sdk/tickwire.js').Room} Room */

/** @param {Room} room */
export function skipper(room) {
  const { size, speed, grain } = JSON.parse(room.setup);
  const own = () => [...room.entities('skiff').values()].find((it) => it.player === room.player);
  const within = (/** @type {number} */ at) => Math.min(Math.max(at, 0), size);
  const pace = Math.round(speed / grain / room.tickHz) * grain;
  return new Prediction(room, {
    restore() {
      const skiff = own();
      return skiff === undefined ? null : { x: skiff.pos.x, y: skiff.pos.y };
    },
    step: ({ x, y }, input) => ({ x: within(x + input.x * pace), y: within(y + input.y * pace) }),
    equal: (a, b) => a.x === b.x && a.y === b.y,
    place: ({ x, y }, out) => void ([out[0], out[1]] = [x, y]),
    drawn: [{ far: 40 }, { far: 40 }],
  });
}
