// The menu: a name, and the ways into a room.

import { TickwireError } from '/sdk/tickwire.js';

import { element, make } from './dom.js';

/** @typedef {import('/sdk/tickwire.js').Client} Client */
/** @typedef {import('/sdk/tickwire.js').Room} Room */
/** @typedef {import('/sdk/tickwire.js').RoomInfo} RoomInfo */

const NAME_KEY = 'tickwire.name';
/** How often the list of rooms is brought up to date while it is seen, in milliseconds. */
const LIST_INTERVAL = 3000;
const MOST_LISTED = 6;
/** Refusals that another room would not have. */
const OF_THE_ROOM = ['no_such_room', 'room_full', 'room_locked', 'banned'];

export class Menu {
  /**
   * @param {Client} client
   * @param {string} game as the server knows it; nothing for the one that it is for
   * @param {(room: Room) => void} begin
   */
  constructor(client, game, begin) {
    this.client = client;
    this.game = game;
    this.begin = begin;
    this.box = element('menu', HTMLElement);
    this.form = element('join', HTMLFormElement);
    this.name = element('name', HTMLInputElement);
    this.code = element('code', HTMLInputElement);
    this.play = element('play', HTMLButtonElement);
    this.trouble = element('trouble', HTMLElement);
    this.busy = false;
    this.name.placeholder = this.form.dataset.name ?? 'Player';
    this.name.value = remembered();
    this.listen();
    this.setCode(codeInAddress());
    this.list();
    setInterval(() => this.list(), LIST_INTERVAL);
  }

  listen() {
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.enter(() => this.joining(false));
    });
    this.code.addEventListener('input', () => this.label());
    on('watch', () => this.enter(() => this.joining(true)));
    on('create', () => this.enter(() => this.creating()));
    window.addEventListener('hashchange', () => !this.box.hidden && this.setCode(codeInAddress()));
  }

  /** @param {string} code */
  setCode(code) {
    this.code.value = code;
    this.label();
  }

  get wanted() {
    return this.code.value.trim().toUpperCase();
  }

  label() {
    if (this.busy) return;
    this.play.textContent = this.wanted ? `Join ${this.wanted}` : 'Play';
  }

  /** @param {boolean} spectate */
  joining(spectate) {
    const [name, room] = [this.name.value.trim(), this.wanted || undefined];
    return this.client.joinOrCreate(this.game, { name, room, spectate });
  }

  creating() {
    const number = (/** @type {HTMLInputElement | HTMLSelectElement} */ { value }) => (value ? Number(value) : undefined);
    return this.client.create(this.game, {
      name: this.name.value.trim(),
      maxPlayers: number(element('make-players', HTMLInputElement)),
      tickHz: number(element('make-rate', HTMLSelectElement)),
      private: element('make-private', HTMLInputElement).checked,
    });
  }

  /**
   * Goes into a room, or says why not.
   * @param {() => Promise<Room | null>} way
   */
  async enter(way) {
    // Who is impatient would else come in twice.
    if (this.busy) return;
    remember(this.name.value.trim());
    this.setBusy(true);
    this.complain('');
    try {
      const room = await way();
      if (room) this.begin(room);
    } catch (error) {
      if (!(error instanceof TickwireError)) throw error;
      this.complain(explain(error, this.wanted !== ''));
    } finally {
      this.setBusy(false);
    }
  }

  /** @param {boolean} busy */
  setBusy(busy) {
    this.busy = busy;
    this.play.textContent = 'Joining…';
    for (const button of this.form.querySelectorAll('button')) button.disabled = busy;
    this.label();
  }

  /** @param {string} text */
  complain(text) {
    this.trouble.textContent = text;
    this.trouble.hidden = text === '';
  }

  /** Shows the rooms that there are. */
  async list() {
    if (this.box.hidden || document.hidden || this.busy) return;
    const rooms = await this.client.rooms({ game: this.game || undefined }).catch(() => null);
    if (this.busy || this.box.hidden) return;
    const shown = (rooms ?? []).filter(({ state }) => state !== 'closed').slice(0, MOST_LISTED);
    const none = rooms === null ? 'The server does not answer.' : 'None yet. Press Play to open one.';
    const lines = shown.map((room) => this.line(room));
    this.show(lines.length > 0 ? lines : [make('li', 'hint', none)]);
  }

  /** @param {HTMLElement[]} lines */
  show(lines) {
    const list = element('rooms', HTMLElement);
    const html = (/** @type {Iterable<Element>} */ of) => [...of].map((line) => line.outerHTML).join('');
    if (html(lines) === html(list.children)) return;
    // A list that is pointed at, or has the focus, is not pulled away; it comes with a later look.
    const used = list.querySelector('button') !== null && list.matches(':hover, :focus-within');
    if (!used) list.replaceChildren(...lines);
  }

  /** @param {RoomInfo} room */
  line({ code, state, players, max_players, spectators, tick_hz }) {
    const line = make('li', '');
    const full = players >= max_players;
    const watching = spectators > 0 ? `, ${spectators} watching` : '';
    const count = make('span', 'hint', `${players} of ${max_players}${watching}, ${tick_hz} Hz`);
    const join = make('button', '', state === 'locked' ? 'locked' : full ? 'full' : 'Join');
    const watch = make('button', '', 'Watch');
    if (join instanceof HTMLButtonElement) join.disabled = full || state !== 'open' && state !== 'created';
    const go = (/** @type {boolean} */ spectate) => () => {
      this.setCode(code);
      this.enter(() => this.joining(spectate));
    };
    for (const [button, spectate] of /** @type {const} */ ([[join, false], [watch, true]])) {
      button.setAttribute('type', 'button');
      button.addEventListener('click', go(spectate));
    }
    line.append(make('b', '', code), count, join, watch);
    return line;
  }
}

/**
 * @param {string} id
 * @param {() => void} action
 */
function on(id, action) {
  element(id, HTMLButtonElement).addEventListener('click', action);
}

/**
 * @param {TickwireError} error
 * @param {boolean} named whether a code was given
 */
function explain({ code, closeCode, message }, named) {
  const ofTheRoom = OF_THE_ROOM.includes(code) || closeCode === 4005 || closeCode === 4008;
  return named && ofTheRoom ? `${message} Empty the code to play in any room.` : message;
}

/** The join code that the address names, as `?room=CODE` or `#CODE`. */
export function codeInAddress() {
  const query = new URLSearchParams(location.search).get('room');
  return (query ?? location.hash.slice(1)).trim().toUpperCase();
}

/**
 * Makes the address an invitation: whoever opens it comes into this room.
 * @param {string} code
 */
export function nameInAddress(code) {
  const query = new URLSearchParams(location.search);
  query.delete('room');
  const search = query.size > 0 ? `?${query}` : '';
  history.replaceState(null, '', `${location.pathname}${search}#${code}`);
}

/** @param {string} name */
function remember(name) {
  // Storage is refused in some private windows, and then a name is just not remembered.
  try {
    localStorage.setItem(NAME_KEY, name);
  } catch {}
}

/** @returns {string} */
function remembered() {
  try {
    return localStorage.getItem(NAME_KEY) ?? '';
  } catch {
    return '';
  }
}
