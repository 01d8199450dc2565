// Who may not come into a room again, until the operator lifts the ban. Names may be anything, and are never more than text.

import { element, make } from '../common/dom.js';
import { actButton } from './buttons.js';
import { Keyed } from './keyed.js';

/**
 * A ban as the server tells it.
 * @typedef {object} BanLine
 * @property {number} id
 * @property {string} name what who is banned was called then
 * @property {string | null} identity who that is, if it is known
 * @property {string | null} address where that one came from, if not
 */

export class Bans {
  /**
   * @param {import('./api.js').Api} api
   * @param {import('./buttons.js').Notices} notices
   */
  constructor(api, notices) {
    this.api = api;
    this.notices = notices;
    this.code = '';
    this.list = new Keyed(
      /** @type {HTMLElement} */ (document.querySelector('#bans tbody')),
      (/** @type {BanLine} */ { id }) => `${this.code} ${id}`,
      (ban) => this.rowOf(ban),
      () => {},
    );
  }

  /**
   * @param {string} code
   * @param {BanLine[]} bans
   */
  show(code, bans) {
    const anew = code !== this.code;
    this.code = code;
    this.list.show(bans, anew);
    // Not from under who has just lifted the last one.
    element('banned', HTMLElement).hidden = this.list.rows.size === 0;
  }

  /** A ban never changes. @param {BanLine} ban */
  rowOf({ id, name, identity, address }) {
    const root = document.createElement('tr');
    root.dataset.ban = `${id}`;
    const cells = [0, 1, 2].map(() => make('td', ''));
    const shown = make('bdi', 'name', name);
    shown.title = name;
    const known = make('bdi', 'name', identity ?? address ?? '');
    known.title = identity === null ? 'Everybody from this address' : 'Who it is, wherever it comes from';
    cells[0].append(shown);
    cells[1].append(known);
    if (this.api.token !== '') {
      const looks = { title: 'May come in again' };
      const lift = actButton('lift', looks, this.notices, async () => {
        await this.api.change(`rooms/${encodeURIComponent(this.code)}/unban`, { ban: id });
        return `${name} may come in again.`;
      });
      lift.setAttribute('aria-label', `lift the ban of ${name}`);
      const acts = make('span', 'acts');
      acts.append(lift);
      cells[2].append(acts);
    }
    root.append(...cells);
    return { root };
  }
}
