// Who is here, and what the room's host may do about it.

import { element, make } from './dom.js';

/** @typedef {import('/sdk/tickwire.js').Room} Room */
/** @typedef {import('/sdk/tickwire.js').Player} Player */

export class Roster {
  /**
   * @param {Room} room
   * @param {AbortSignal} signal
   */
  constructor(room, signal) {
    this.room = room;
    this.panel = element('roster', HTMLElement);
    this.button = element('roster-toggle', HTMLButtonElement);
    this.list = element('roster-list', HTMLElement);
    this.lock = element('lock', HTMLButtonElement);
    this.button.addEventListener('click', () => this.open(this.panel.hidden), { signal });
    this.lock.addEventListener('click', () => this.act(this.lock, () => this.toggleLock()), { signal });
    const show = () => this.show();
    this.stops = [room.onPresence(show), room.onGone(show), room.onState(show)];
    this.show();
  }

  /** @param {boolean} open */
  open(open) {
    this.panel.hidden = !open;
    this.button.setAttribute('aria-expanded', `${open}`);
    // A focused button would take the space bar, which fires.
    this.button.blur();
  }

  toggleLock() {
    if (this.room.access === 'locked') this.room.unlock();
    else this.room.lock();
  }

  show() {
    const { room } = this;
    const locked = room.access === 'locked';
    const everybody = [...room.players.values()];
    element('roster-count', HTMLElement).textContent = `${Math.max(everybody.length, 1)}`;
    element('roster-word', HTMLElement).textContent = locked ? 'here, locked' : 'here';
    this.list.replaceChildren(...everybody.map((player) => this.line(player)));
    element('roster-host', HTMLElement).hidden = !room.isHost;
    element('roster-locked', HTMLElement).hidden = !locked;
    this.lock.textContent = locked ? 'Unlock the room' : 'Lock the room';
    this.lock.setAttribute('aria-pressed', `${locked}`);
  }

  /** @param {Player} player */
  line(player) {
    const { id, name, spectator, host, away } = player;
    const line = make('li', away ? 'away' : '');
    line.dataset.player = `${id}`;
    line.append(make('i', 'dot'), make('bdi', 'name', name));
    const tags = [id === this.room.player && 'you', host && 'host', spectator && 'watching', away && 'away'];
    for (const tag of tags) if (tag) line.append(make('span', `tag ${tag}`, tag));
    if (this.room.isHost && id !== this.room.player) line.append(this.acts(player));
    return line;
  }

  /** @param {Player} player */
  acts({ id, name, spectator }) {
    const acts = make('span', 'acts');
    const act = (/** @type {string} */ text, /** @type {string} */ title, /** @type {() => void} */ action) => {
      const button = make('button', '', text);
      button.title = `${title} ${name}`;
      button.addEventListener('click', () => this.act(button, action));
      acts.append(button);
    };
    if (!spectator) act('host', 'Make host:', () => this.room.appoint(id));
    act('kick', 'Throw out', () => this.room.kick(id));
    act('ban', 'Throw out for good', () => this.room.ban(id));
    return acts;
  }

  /**
   * @param {HTMLElement} button
   * @param {() => void} action
   */
  act(button, action) {
    button.blur();
    action();
  }

  /** Stops listening. */
  end() {
    for (const stop of this.stops) stop();
  }
}
