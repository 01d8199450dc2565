// What floats above the scenes of all games: scores, news, bars.

import { hueColour } from './colours.js';
import { element, make } from './dom.js';

const MOST_NEWS = 5;
const NEWS_SHOWN = 6000;
/** How often the text is brought up to date, in milliseconds. */
const INTERVAL = 100;

/**
 * One line of the scores.
 * @param {{player: number, name: string, hue: number, score: number}} scored
 * @param {number} place from 1
 * @param {boolean} own
 */
export function scoreLine({ name, hue, score }, place, own) {
  const line = make('li', own ? 'me' : '');
  const dot = make('span', 'dot');
  dot.style.background = hueColour(hue);
  line.append(make('span', '', `${place}`), dot, make('span', 'name', name), make('b', '', `${score}`));
  return line;
}

/** What all games show of all players, also to who only watches. */
export class BaseBoard {
  /** @param {number} player whose lines stand out */
  constructor(player) {
    this.player = player;
    this.shown = -Infinity;
    this.scores = element('scores', HTMLOListElement);
    this.feed = new Feed();
  }

  /**
   * Whether it is time to bring the text up to date.
   * @param {number} now milliseconds
   */
  isDue(now) {
    if (now - this.shown < INTERVAL) return false;
    this.shown = now;
    return true;
  }
}

/** What happened lately, each for a few seconds. */
export class Feed {
  constructor() {
    this.list = element('feed', HTMLUListElement);
    this.list.replaceChildren();
  }

  /**
   * @param {boolean} own whether the player has a part in it
   * @param {...(Node | string)} parts
   */
  add(own, ...parts) {
    const line = make('li', own ? 'mine' : '');
    line.append(...parts);
    this.list.append(line);
    while (this.list.childElementCount > MOST_NEWS) this.list.firstElementChild?.remove();
    setTimeout(() => line.remove(), NEWS_SHOWN);
  }
}

/**
 * A player's name in its colour.
 * @param {{name: string, hue: number} | undefined} known
 */
export function nameOf(known) {
  const name = make('b', '', known?.name ?? 'somebody');
  if (known) name.style.color = hueColour(known.hue, 75);
  return name;
}

/**
 * What sets one bar.
 * @param {string} name
 */
export function bar(name) {
  const fill = element(`${name}-bar`, HTMLElement);
  const text = element(`${name}-text`, HTMLElement);
  return (/** @type {number} */ share, /** @type {string} */ label, /** @type {boolean} */ low) => {
    fill.style.transform = `scaleX(${share})`;
    text.textContent = label;
    fill.parentElement?.classList.toggle('low', low);
  };
}
