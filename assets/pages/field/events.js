// What happens in the meadow, as things to be seen: each waits for its tick to be drawn.

import { hueColour } from '../common/colours.js';

/** @typedef {import('/sdk/tickwire.js').Room} Room */
/** @typedef {import('../common/effects.js').Effects} Effects */
/** @typedef {import('../common/camera.js').Camera} Camera */
/** @typedef {import('./hud.js').Board} Board */
/** @typedef {Record<string, any>} Entity */

/** What is ripe and goes this near to a wisp was gathered, and did not just go out of view; in units. */
const GATHER_REACH = 90;
/** What each meal looks like when it is gathered. @type {Record<string, string>} */
const MEALS = { blossom: '#ffd9ec', gold: '#ffd34d', fleece: '#fffaf0' };

export class Events {
  /**
   * @param {Room} room
   * @param {Effects} effects
   * @param {Camera} camera
   * @param {Board | null} board what tells who was caught, if anything does
   * @param {import('./session.js').Setup} setup
   */
  constructor(room, effects, camera, board, setup) {
    this.room = room;
    this.effects = effects;
    this.camera = camera;
    this.setup = setup;
    /** Figures that rise from the own wisp. @type {{text: string, colour: string, age: number}[]} */
    this.figures = [];
    room.onChange('wisp', (wisp, _, before) => this.wispChanged(wisp, before));
    room.onRemove('growth', (plant) => this.plantGone(plant));
    room.onRemove('forager', (forager) => this.foragerGone(forager));
    room.onMessage('eaten', ({ meal, worth }) => this.later(() => this.rise(`+${worth}`, MEALS[meal])));
    room.onMessage('caught', (caught) => this.later(() => this.caught(/** @type {any} */ (caught), board)));
  }

  /** @param {() => void} action */
  later(action) {
    this.effects.at(this.room.tick ?? 0, action);
  }

  /**
   * @param {string} text
   * @param {string} colour
   */
  rise(text, colour) {
    this.figures.push({ text, colour, age: 0 });
  }

  /**
   * @param {Entity} wisp
   * @param {Entity} before
   */
  wispChanged(wisp, before) {
    // The objects are kept up to date, so what is needed later is copied now.
    const { pos, hue, life, calling } = wisp;
    const was = before.pos;
    if (calling && !before.calling) this.later(() => this.call(pos, hue));
    if (life === 'faded' && before.life !== 'faded') {
      this.later(() => this.effects.burst(was, 50, 260, hueColour(hue, 75), 3.4, 1.2));
    } else if (before.life === 'faded' && life !== 'faded') {
      this.later(() => this.effects.ring(pos, 120, 20, hueColour(hue, 85), 0.7));
    } else if (life === 'fresh' && before.life === 'awake') {
      this.later(() => this.effects.burst(pos, 22, 240, '#ffd9a0', 2.6, 0.6));
    }
  }

  /**
   * @param {{x: number, y: number}} pos
   * @param {number} hue
   */
  call(pos, hue) {
    const { scare_reach, call_reach } = this.setup;
    this.effects.ring(pos, 20, call_reach, hueColour(hue, 80, 0.35), 1.2, 5);
    this.effects.ring(pos, 20, scare_reach, hueColour(hue, 85, 0.5), 0.85, 9);
    this.effects.ring(pos, 10, 160, hueColour(hue, 92, 0.7), 0.5, 6);
    this.effects.burst(pos, 30, 420, hueColour(hue, 80), 2.6, 0.9);
  }

  /** @param {Entity} plant */
  plantGone({ pos, stage }) {
    if (stage !== 'blossom' && stage !== 'gold') return;
    const near = (/** @type {Entity} */ wisp) => Math.hypot(wisp.pos.x - pos.x, wisp.pos.y - pos.y) < GATHER_REACH;
    if (![...this.room.entities('wisp').values()].some(near)) return;
    const colour = MEALS[stage];
    const head = { x: pos.x, y: pos.y - 26 };
    this.later(() => {
      this.effects.burst(head, stage === 'gold' ? 22 : 10, 120, colour, 2.4, 0.7);
      this.effects.ring(head, 6, stage === 'gold' ? 60 : 34, colour, 0.4);
    });
  }

  /** @param {Entity} forager */
  foragerGone({ pos }) {
    const near = (/** @type {Entity} */ it) => Math.hypot(it.pos.x - pos.x, it.pos.y - pos.y) < 70;
    if (![...this.room.entities('predator').values()].some(near)) return;
    this.later(() => this.effects.burst({ x: pos.x, y: pos.y - 14 }, 16, 90, '#fffaf0', 3.4, 0.9));
  }

  /**
   * @param {{victim: number, by: number, lost: number, faded: boolean}} caught
   * @param {Board | null} board
   */
  caught({ victim, by, lost, faded }, board) {
    const players = [...this.room.entities('wisp').values()];
    const find = (/** @type {number} */ player) => players.find((it) => it.player === player);
    board?.caught({ victim, by, lost, faded }, find(victim), find(by));
    if (victim === this.room.player) {
      this.rise(`−${lost}`, '#ff8f8f');
      this.camera.shake = Math.max(this.camera.shake, 12);
    } else {
      this.rise(`+${lost}`, '#ffd34d');
    }
  }

  /**
   * Lets the figures rise.
   * @param {CanvasRenderingContext2D} context in units
   * @param {{x: number, y: number} | undefined} place
   * @param {number} seconds since the last picture
   */
  draw(context, place, seconds) {
    for (const figure of this.figures) figure.age += seconds;
    this.figures = this.figures.filter(({ age }) => age < 1.1);
    if (!place) return;
    context.font = '800 19px system-ui, sans-serif';
    context.textAlign = 'center';
    context.lineWidth = 4;
    context.lineJoin = 'round';
    for (const { text, colour, age } of this.figures) {
      const [x, y] = [place.x, place.y - 54 - age * 46];
      context.globalAlpha = Math.min(1, (1.1 - age) * 2);
      context.strokeStyle = 'rgb(20 34 26 / .75)';
      context.strokeText(text, x, y);
      context.fillStyle = colour;
      context.fillText(text, x, y);
    }
    context.globalAlpha = 1;
  }
}
