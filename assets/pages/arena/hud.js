// What floats above the scene: scores, kills, hull, rounds, and what happened to you.

import { element, make } from '../common/dom.js';
import { BaseBoard, bar, nameOf, scoreLine } from '../common/hud.js';

/** @typedef {Record<string, any>} Entity */
/** @typedef {import('./map.js').Setup} Setup */

const MOST_SCORES = 8;

/** Scores and kills. */
export class Board extends BaseBoard {
  /** @param {number} player whose lines stand out */
  constructor(player) {
    super(player);
    /**
     * The names of all players seen, for those who have left.
     * @type {Map<number, {name: string, hue: number}>}
     */
    this.known = new Map();
  }

  /** @param {Entity} ship */
  remember({ player, name, hue }) {
    this.known.set(player, { name, hue });
  }

  /**
   * Brings everything up to date, a few times a second; true when it did.
   * @param {number} now milliseconds
   * @param {ReadonlyMap<number, Entity>} ships
   */
  update(now, ships) {
    const due = this.isDue(now);
    if (due) this.showScores(ships);
    return due;
  }

  /** @param {ReadonlyMap<number, Entity>} ships */
  showScores(ships) {
    const ranked = [...ships.values()].sort((a, b) => b.score - a.score || a.player - b.player);
    const places = ranked.map((ship, index) => ({ ship, place: index + 1 }));
    const mine = places.find(({ ship }) => ship.player === this.player);
    const shown = places.slice(0, MOST_SCORES);
    if (mine && mine.place > MOST_SCORES) shown[MOST_SCORES - 1] = mine;
    const line = (/** @type {any} */ ship, /** @type {number} */ place) =>
      scoreLine(ship, place, ship.player === this.player);
    this.scores.replaceChildren(...shown.map(({ ship, place }) => line(ship, place)));
  }

  /** @param {{killer: number, victim: number}} kill */
  kill({ killer, victim }) {
    const [by, of] = [killer, victim].map((player) => this.known.get(player));
    const own = killer === this.player || victim === this.player;
    this.feed.add(own, nameOf(by), make('span', 'arrow', '✕'), nameOf(of));
  }
}

/** The same, and the own hull, rounds and energy. */
export class Hud extends Board {
  /**
   * @param {Setup} setup
   * @param {number} player the own number
   * @param {number} tickHz
   */
  constructor(setup, player, tickHz) {
    super(player);
    this.setup = setup;
    this.tickHz = tickHz;
    this.killedBy = '';
    this.notice = element('notice', HTMLDivElement);
    this.bars = { hp: bar('hp'), ammo: bar('ammo'), energy: bar('energy') };
  }

  /**
   * @param {number} now milliseconds
   * @param {ReadonlyMap<number, Entity>} ships
   * @param {Entity} [own]
   */
  update(now, ships, own) {
    const due = super.update(now, ships);
    if (due) {
      this.showVitals(own);
      this.showNotice(own);
    }
    return due;
  }

  /** @param {Entity | undefined} own */
  showVitals(own) {
    const { hp_max, ammo_max, energy_max } = this.setup;
    const wrecked = own?.life === 'wrecked';
    const hp = wrecked ? 0 : (own?.hp ?? 0);
    this.bars.hp(hp / hp_max, `${hp}`, hp < hp_max * 0.35);
    this.bars.ammo((own?.ammo ?? 0) / ammo_max, `${own?.ammo ?? 0}`, (own?.ammo ?? 0) < 4);
    const energy = (own?.energy ?? 0) / energy_max;
    this.bars.energy(energy, `${Math.round(energy * 100)}%`, false);
  }

  /** @param {Entity | undefined} own */
  showNotice(own) {
    const wrecked = own?.life === 'wrecked';
    if (!wrecked) this.killedBy = '';
    this.notice.hidden = !wrecked || !this.killedBy;
    const seconds = (own?.respawn ?? 0) / this.tickHz;
    const back = `back in ${seconds.toFixed(1)} s`;
    this.notice.textContent = `Destroyed\nby ${this.killedBy} — ${back}`;
  }

  /** @param {{killer: number, victim: number}} kill */
  kill({ killer, victim }) {
    super.kill({ killer, victim });
    if (victim !== this.player) return;
    this.killedBy = killer === victim ? 'yourself' : (this.known.get(killer)?.name ?? 'somebody');
  }
}
