// What floats above every game in progress: an invitation, who is here, what they say, and whether the
// connection is there.

import { Banner } from './banner.js';
import { Chat } from './chat.js';
import { element } from './dom.js';
import { Invitation } from './invitation.js';
import { Roster } from './roster.js';
import { Toasts } from './toasts.js';

/** @typedef {import('/sdk/tickwire.js').Room} Room */
/** @typedef {import('/sdk/tickwire.js').Client} Client */
/** @typedef {import('/sdk/tickwire.js').Player} Player */

/** Whoever is told of sooner than that has been here before, in milliseconds. */
const SETTLED = 1000;
/** @type {Record<string, string>} */
const DEPARTURES = {
  left: 'has left',
  lost: 'did not come back',
  kicked: 'was thrown out',
  banned: 'was thrown out for good',
};
/** @type {Record<string, string>} */
const STATES = {
  open: 'The room is open again',
  locked: 'The host has locked the room',
  draining: 'The server is about to shut down',
};

export class Social {
  /**
   * @param {Room} room
   * @param {Client} client
   */
  constructor(room, client) {
    this.room = room;
    this.begun = performance.now();
    this.abort = new AbortController();
    const { signal } = this.abort;
    this.toasts = new Toasts();
    this.banner = new Banner(room);
    this.chat = new Chat(room, signal);
    this.roster = new Roster(room, signal);
    this.invitation = new Invitation(room, client, signal);
    // They take the same place.
    this.roster.button.addEventListener('click', () => this.invitation.show(false), { signal });
    this.invitation.button.addEventListener('click', () => this.roster.open(false), { signal });
    element('room-code', HTMLElement).textContent = room.code;
    element('leave', HTMLButtonElement).addEventListener('click', () => room.leave(), { signal });
    this.stops = [
      room.onPresence((player, before) => this.present(player, before)),
      room.onGone(({ name }, why) => this.toasts.show(name, DEPARTURES[why])),
      room.onState((state) => this.toasts.show('', STATES[state])),
      room.onDropped((what) => this.toasts.show('', what === 'chat' ? 'Not so fast: that was not said' : 'Not so fast')),
    ];
  }

  /**
   * @param {Player} player
   * @param {Player | null} before
   */
  present({ id, name, away, host, spectator }, before) {
    const isNew = before === null && performance.now() - this.begun > SETTLED && id !== this.room.player;
    if (isNew) {
      this.toasts.show(name, spectator ? 'is watching' : 'has joined');
      this.invitation.giveWay();
    } else if (before && id !== this.room.player && away !== before.away) {
      this.toasts.show(name, away ? 'has lost the connection' : 'is back');
    }
    if (!before || !host || before.host) return;
    if (id === this.room.player) this.toasts.show('', 'You are the host now');
    else this.toasts.show(name, 'is the host now');
  }

  /** Stops listening. */
  end() {
    this.abort.abort();
    this.banner.end();
    this.roster.end();
    this.chat.end();
    for (const stop of this.stops) stop();
  }
}
