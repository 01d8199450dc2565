// What floats above the meadow: standings, news, light, energy, and what happened to you.

import { element, make } from '../common/dom.js';
import { BaseBoard, bar, nameOf, scoreLine } from '../common/hud.js';

/** @typedef {Record<string, any>} Entity */

/** Standings and news. */
export class Board extends BaseBoard {
  /**
   * Brings everything up to date, a few times a second; true when it did.
   * @param {number} now milliseconds
   * @param {ReadonlyMap<number, Entity>} standings
   * @param {Entity | undefined} own the entity of whose lines stand out
   */
  update(now, standings, own) {
    const due = this.isDue(now);
    if (due) this.showStandings([...standings.values()].filter(({ player }) => player !== 0), own);
    return due;
  }

  /**
   * @param {Entity[]} standings
   * @param {Entity | undefined} own
   */
  showStandings(standings, own) {
    const lines = standings.map((line, index) => scoreLine(this.fresh(line, own), index + 1, line.player === this.player));
    // Whoever is too far behind for the standings is shown below them.
    const named = standings.some(({ player }) => player === this.player);
    if (own && own.rank && !named) lines.push(scoreLine(/** @type {any} */ (own), own.rank, true));
    this.scores.replaceChildren(...lines);
  }

  /**
   * A line of the standings; one's own score is known sooner than they tell.
   * @param {Entity} line
   * @param {Entity | undefined} own
   * @returns {any}
   */
  fresh(line, own) {
    return own && line.player === own.player ? { ...line, score: own.score } : line;
  }

  /**
   * @param {{victim: number, by: number, lost: number, faded: boolean}} caught
   * @param {any} victim
   * @param {any} thief
   */
  caught({ by, lost, faded }, victim, thief) {
    const arrow = make('span', 'arrow', faded ? '✕' : '➜');
    const loss = make('span', 'hint', lost > 0 ? ` ${lost}` : '');
    this.feed.add(true, by === 0 ? make('b', '', 'a wolf') : nameOf(thief), arrow, nameOf(victim), loss);
  }
}

/** The same, and the own light and energy. */
export class Hud extends Board {
  /**
   * @param {import('./session.js').Setup} setup
   * @param {number} player the own number
   * @param {number} tickHz
   */
  constructor(setup, player, tickHz) {
    super(player);
    this.setup = setup;
    this.tickHz = tickHz;
    this.notice = element('notice', HTMLDivElement);
    this.bars = { light: bar('light'), energy: bar('energy'), ready: bar('ready') };
  }

  /**
   * @param {number} now milliseconds
   * @param {ReadonlyMap<number, Entity>} standings
   * @param {Entity | undefined} own
   */
  update(now, standings, own) {
    const due = super.update(now, standings, own);
    if (!due) return due;
    this.showVitals(own);
    this.notice.hidden = own?.life !== 'faded';
    this.notice.textContent = 'Your light went out\nyou wake up elsewhere in a moment';
    return due;
  }

  /** @param {Entity | undefined} own */
  showVitals(own) {
    const { light_max, energy_max, call_seconds } = this.setup;
    const light = own?.life === 'faded' ? 0 : (own?.light ?? 0);
    this.bars.light(light / light_max, '✦'.repeat(light), light < 2);
    const energy = (own?.energy ?? 0) / energy_max;
    this.bars.energy(energy, `${Math.round(energy * 100)}%`, false);
    const wait = (own?.cooldown ?? 0) / this.tickHz;
    this.bars.ready(1 - Math.min(1, wait / call_seconds), wait > 0 ? `${Math.ceil(wait)} s` : 'ready', false);
  }
}
