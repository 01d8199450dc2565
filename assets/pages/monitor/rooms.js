// The list of rooms: found by words, ordered and turned over by the server, so that a thousand are as easy as one.

import { element, make } from '../common/dom.js';
import { count, percent } from './format.js';
import { Keyed } from './keyed.js';

/** How many rooms a page shows. */
const PAGE = 25;

/**
 * A room as the server lists it.
 * @typedef {object} RoomLine
 * @property {string} code
 * @property {string} game
 * @property {string} state
 * @property {boolean} private
 * @property {boolean} asleep
 * @property {number} players
 * @property {number} max_players
 * @property {number} spectators
 * @property {number} tick
 * @property {number} tick_hz
 * @property {number | null} load the part of a core that it takes
 * @property {number} shard
 */

export class Rooms {
  /**
   * @param {import('./api.js').Api} api
   * @param {() => void} refresh asks for the list at once
   */
  constructor(api, refresh) {
    this.api = api;
    this.offset = 0;
    /** Whether what comes next was asked for by somebody. */
    this.asked = true;
    this.list = new Keyed(
      /** @type {HTMLElement} */ (document.querySelector('#rooms tbody')),
      (/** @type {RoomLine} */ { code }) => code,
      () => rowOf(),
      showRow,
    );
    this.find = element('find', HTMLInputElement);
    this.state = element('state', HTMLSelectElement);
    this.sort = element('sort', HTMLSelectElement);
    const turn = (/** @type {number} */ offset) => {
      [this.offset, this.asked] = [Math.max(0, offset), true];
      refresh();
    };
    for (const input of [this.find, this.state, this.sort]) input.addEventListener('input', () => turn(0));
    element('filters', HTMLFormElement).addEventListener('submit', (event) => event.preventDefault());
    element('before', HTMLButtonElement).addEventListener('click', () => turn(this.offset - PAGE));
    element('after', HTMLButtonElement).addEventListener('click', () => turn(this.offset + PAGE));
  }

  /** Asks for the page that is shown, and shows it. */
  async update() {
    const query = { find: this.find.value.trim(), state: this.state.value, sort: this.sort.value };
    const answer = await this.api.read('rooms', { ...query, offset: this.offset, limit: PAGE });
    this.show(answer);
  }

  /** @param {{rooms: RoomLine[], matching: number, total: number}} answer */
  show({ rooms, matching, total }) {
    this.list.show(rooms, this.asked);
    this.asked = false;
    element('rooms-count', HTMLElement).textContent = matching === total ? count(total) : `${count(matching)} of ${count(total)}`;
    const none = element('rooms-none', HTMLElement);
    none.hidden = rooms.length > 0;
    none.textContent = total === 0 ? 'No room is open: the first player who comes opens one.' : 'No room is like that.';
    element('pager', HTMLElement).hidden = matching <= PAGE;
    element('before', HTMLButtonElement).disabled = this.offset === 0;
    element('after', HTMLButtonElement).disabled = this.offset + PAGE >= matching;
    const last = Math.min(this.offset + PAGE, matching);
    element('page', HTMLElement).textContent = `${this.offset + 1} to ${last} of ${count(matching)}`;
    // Rooms close, and then a page may be beyond the last one.
    if (rooms.length === 0 && this.offset > 0) this.offset = Math.max(0, Math.floor((matching - 1) / PAGE) * PAGE);
  }
}

/** @typedef {ReturnType<typeof rowOf>} Row */

function rowOf() {
  const root = document.createElement('tr');
  const link = document.createElement('a');
  const cells = ['', '', '', 'number', 'number wide', 'number wide', 'number', 'number wide'].map((name) => make('td', name));
  const state = make('span', 'state');
  const bar = document.createElement('i');
  const meter = make('span', 'meter');
  const load = make('span', '');
  meter.append(bar);
  cells[0].append(link);
  cells[2].append(state);
  cells[6].append(meter, load);
  root.append(...cells);
  return { root, link, cells, state, meter, bar, load };
}

/**
 * @param {Row} row
 * @param {RoomLine} room
 */
function showRow({ link, cells, state, meter, bar, load }, room) {
  link.textContent = room.code;
  link.href = `#/room/${encodeURIComponent(room.code)}`;
  const [, game, , players, watching, tick, , thread] = cells;
  game.textContent = room.game;
  const shown = room.asleep ? 'asleep' : room.state;
  state.className = `state ${shown}`;
  state.textContent = room.asleep && room.state !== 'open' && room.state !== 'created' ? `asleep, ${room.state}` : shown;
  if (room.private) state.textContent += ', private';
  players.textContent = `${room.players} / ${room.max_players}`;
  watching.textContent = `${room.spectators}`;
  tick.textContent = `${room.tick} @ ${room.tick_hz} Hz`;
  meter.className = `meter${(room.load ?? 0) > 0.9 ? ' over' : (room.load ?? 0) > 0.6 ? ' full' : ''}`;
  bar.style.width = `${Math.min(1, room.load ?? 0) * 100}%`;
  load.textContent = room.load === null ? '–' : percent(room.load);
  thread.textContent = `${room.shard}`;
}
