// Who is here, and what the room's host may do about it.

import { element, make } from './dom.js';

/** @typedef {import('/sdk/tickwire.js').Room} Room */
/** @typedef {import('/sdk/tickwire.js').Player} Player */

/** For how long a button that asks whether somebody is sure takes that for an answer, in milliseconds. */
const SURE = 4000;

/** What a player's row is made of. @typedef {{line: HTMLElement, name: HTMLElement, tags: HTMLElement, acts: HTMLElement}} Row */

export class Roster {
  /**
   * @param {Room} room
   * @param {AbortSignal} signal
   */
  constructor(room, signal) {
    this.room = room;
    /** By the numbers of their players. @type {Map<number, Row>} */
    this.rows = new Map();
    /** Whether the mouse is on the list, so that no row may move beneath it. */
    this.pointed = false;
    this.panel = element('roster', HTMLElement);
    this.button = element('roster-toggle', HTMLButtonElement);
    this.list = element('roster-list', HTMLElement);
    this.list.replaceChildren();
    this.lock = element('lock', HTMLButtonElement);
    this.button.addEventListener('click', (event) => this.act(event, () => this.open(this.panel.hidden)), { signal });
    this.lock.addEventListener('click', (event) => this.act(event, () => this.toggleLock()), { signal });
    this.list.addEventListener('pointerenter', ({ pointerType }) => this.point(pointerType === 'mouse'), { signal });
    this.list.addEventListener('pointerleave', () => this.point(false), { signal });
    const show = () => this.show();
    this.stops = [room.onPresence(show), room.onGone(show), room.onState(show)];
    this.show();
  }

  /** @param {boolean} open */
  open(open) {
    this.panel.hidden = !open;
    if (!open) this.point(false);
    this.button.setAttribute('aria-expanded', `${open}`);
  }

  /** @param {boolean} pointed */
  point(pointed) {
    this.pointed = pointed;
    this.show();
  }

  toggleLock() {
    if (this.room.access === 'locked') this.room.unlock();
    else this.room.lock();
  }

  show() {
    const { room } = this;
    const locked = room.access === 'locked';
    element('roster-count', HTMLElement).textContent = `${Math.max(room.players.size, 1)}`;
    element('roster-word', HTMLElement).textContent = locked ? 'here, locked' : 'here';
    for (const [id, { line }] of this.rows) if (!room.players.has(id)) this.remove(id, line);
    for (const player of room.players.values()) this.update(player);
    element('roster-host', HTMLElement).hidden = !room.isHost;
    element('roster-locked', HTMLElement).hidden = !locked;
    this.lock.textContent = locked ? 'Unlock the room' : 'Lock the room';
    this.lock.setAttribute('aria-pressed', `${locked}`);
  }

  /**
   * @param {number} id
   * @param {HTMLElement} line
   */
  remove(id, line) {
    // Else a click would hit the row below, which comes up in its place.
    line.inert = true;
    line.className = 'away';
    if (this.pointed) return;
    line.remove();
    this.rows.delete(id);
  }

  /** @param {Player} player */
  update(player) {
    const { id, name, spectator, host, away } = player;
    const row = this.rows.get(id) ?? this.add(id);
    row.line.className = away ? 'away' : '';
    row.line.inert = false;
    row.name.textContent = name;
    const tags = [id === this.room.player && 'you', host && 'host', spectator && 'watching', away && 'away'];
    row.tags.replaceChildren(...tags.flatMap((tag) => (tag ? make('span', `tag ${tag}`, tag) : [])));
    row.acts.hidden = !this.room.isHost || id === this.room.player;
    const [appoint] = row.acts.querySelectorAll('button');
    appoint.hidden = spectator;
    for (const button of row.acts.querySelectorAll('button')) button.title = `${button.dataset.does} ${name}`;
  }

  /** @param {number} id */
  add(id) {
    const [line, name, tags] = [make('li', ''), make('bdi', 'name'), make('span', 'tags')];
    const row = { line, name, tags, acts: this.acts(id) };
    line.dataset.player = `${id}`;
    line.append(make('i', 'dot'), name, tags, row.acts);
    this.list.append(line);
    this.rows.set(id, row);
    return row;
  }

  /** @param {number} id */
  acts(id) {
    const acts = make('span', 'acts');
    const add = (/** @type {string} */ text, /** @type {string} */ does, /** @type {(button: HTMLElement) => void} */ action) => {
      const button = make('button', '', text);
      button.dataset.does = does;
      button.addEventListener('click', (event) => this.act(event, () => action(button)));
      acts.append(button);
    };
    add('host', 'Make host:', () => this.room.appoint(id));
    add('kick', 'Throw out', () => this.room.kick(id));
    add('ban', 'Throw out for good', (button) => this.ban(button, id));
    return acts;
  }

  /**
   * Throws somebody out for good at the second click: that cannot be taken back.
   * @param {HTMLElement} button
   * @param {number} id
   */
  ban(button, id) {
    if (button.textContent === 'sure?') {
      this.room.ban(id);
      return;
    }
    button.textContent = 'sure?';
    setTimeout(() => (button.textContent = 'ban'), SURE);
  }

  /**
   * @param {MouseEvent} event
   * @param {() => void} action
   */
  act(event, action) {
    // A focused button would take the space bar, which fires; who came by the keyboard wants it there.
    const pointer = event.detail > 0;
    if (pointer && event.currentTarget instanceof HTMLElement) event.currentTarget.blur();
    action();
  }

  /** Stops listening. */
  end() {
    for (const stop of this.stops) stop();
  }
}
