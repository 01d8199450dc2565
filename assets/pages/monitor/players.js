// Who is in a room, and what may be done about it. Names may be anything, and are never more than text.

import { element, make } from '../common/dom.js';
import { actButton } from './buttons.js';
import { span } from './format.js';
import { Keyed } from './keyed.js';

/**
 * A player as the server tells it.
 * @typedef {object} PlayerLine
 * @property {number} id
 * @property {string} name
 * @property {boolean} spectator
 * @property {boolean} host
 * @property {number | null} away_ms for how long its connection has been lost
 * @property {string | null} address
 * @property {number} period it gets one frame in so many ticks
 * @property {number} under_way frames that it has not acknowledged
 * @property {number | null} round_trip_ms
 * @property {number | null} age_ms how old what it was sent last is
 */

/** What it was sent last may be so old, in milliseconds; a hidden page asks for less. */
const OLD = 1000;

/**
 * How well a player keeps up, in words, and how bad that is.
 * @param {PlayerLine} player
 * @returns {[string, string]}
 */
export function keepsUp({ away_ms, age_ms, period }) {
  if (away_ms !== null) return [`not connected for ${span(away_ms / 1000)}`, 'worse'];
  if (age_ms === null) return ['has got nothing yet', 'slow'];
  if (age_ms >= OLD) return [`nothing for ${span(age_ms / 1000)}`, 'worse'];
  return period > 1 ? [`1 frame in ${period} ticks`, 'slow'] : ['every tick', ''];
}

export class Players {
  /**
   * @param {import('./api.js').Api} api
   * @param {import('./buttons.js').Notices} notices
   */
  constructor(api, notices) {
    this.api = api;
    this.notices = notices;
    this.code = '';
    this.list = new Keyed(
      /** @type {HTMLElement} */ (document.querySelector('#players tbody')),
      (/** @type {PlayerLine} */ { id }) => `${this.code} ${id}`,
      ({ id }) => this.rowOf(id),
      showRow,
    );
  }

  /**
   * @param {string} code
   * @param {PlayerLine[]} players
   */
  show(code, players) {
    const anew = code !== this.code;
    this.code = code;
    this.list.show(players, anew);
    element('players-none', HTMLElement).hidden = players.length > 0;
    const watching = players.filter(({ spectator }) => spectator).length;
    const others = watching > 0 ? `, ${watching} watching` : '';
    element('players-count', HTMLElement).textContent = `${players.length - watching}${others}`;
  }

  /** @param {number} id */
  rowOf(id) {
    const root = document.createElement('tr');
    const cells = ['', 'wide', '', 'number wide', ''].map((name) => make('td', name));
    const [name, tags, rung, acts] = [make('bdi', 'name'), make('span', 'tags'), make('span', 'rung'), make('span', 'acts')];
    cells[0].append(name, tags);
    cells[2].append(rung);
    cells[4].append(acts);
    root.append(...cells);
    const row = { root, cells, name, tags, rung, acts };
    if (this.api.token !== '') {
      const act = (/** @type {string} */ what, /** @type {string} */ done) => async () => {
        const who = name.textContent ?? '';
        await this.api.change(`rooms/${encodeURIComponent(this.code)}/${what}`, { player: id });
        return `${who} ${done}`;
      };
      const kick = { asks: true, className: 'danger', title: 'Throw out; may come again' };
      const ban = { asks: true, className: 'danger', title: 'Throw out for as long as the room lasts, unless the ban is lifted' };
      acts.append(
        actButton('kick', kick, this.notices, act('kick', 'was thrown out.')),
        actButton('ban', ban, this.notices, act('ban', 'was thrown out for good.')),
      );
    }
    return row;
  }
}

/**
 * @param {ReturnType<Players['rowOf']>} row
 * @param {PlayerLine} player
 */
function showRow({ root, cells, name, tags, rung, acts }, player) {
  root.classList.toggle('away', player.away_ms !== null);
  root.dataset.player = `${player.id}`;
  name.textContent = player.name;
  name.title = player.name;
  const told = [player.host && 'host', player.spectator && 'watching', player.away_ms !== null && 'away'];
  const text = [`#${player.id}`, ...told].join(' ');
  if (tags.dataset.text !== text) {
    tags.dataset.text = text;
    const words = told.flatMap((tag) => (tag ? [make('span', `tag ${tag}`, tag)] : []));
    tags.replaceChildren(make('span', 'number-of', ` #${player.id}`), ...words);
  }
  cells[1].textContent = player.address ?? '';
  const [words, look] = keepsUp(player);
  rung.textContent = words;
  rung.className = `rung ${look}`;
  const trip = player.round_trip_ms === null ? '–' : `${player.round_trip_ms} ms`;
  cells[3].textContent = trip;
  cells[3].title = `Its last acknowledgement took ${trip}; ${player.under_way} frames are on their way.`;
  for (const button of acts.querySelectorAll('button')) {
    const asks = button.classList.contains('asking');
    button.setAttribute('aria-label', `${button.dataset.text} ${player.name}${asks ? ', sure?' : ''}`);
  }
}
