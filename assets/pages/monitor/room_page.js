// One room: its picture, its players, its ticks and its bytes.

import { element, make } from '../common/dom.js';
import { Refusal } from './api.js';
import { Bans } from './bans.js';
import { actButton, rename } from './buttons.js';
import { count, percent } from './format.js';
import { Histogram } from './histogram.js';
import { LedgerView } from './ledger.js';
import { Live } from './live.js';
import { Players } from './players.js';

/** Counters that should stay at nothing. */
const BAD = ['hash_mismatches', 'stalled_viewers', 'overflowed_viewers', 'dropped_messages'];

export class RoomPage {
  /**
   * @param {import('./api.js').Api} api
   * @param {import('./buttons.js').Notices} notices
   */
  constructor(api, notices) {
    this.api = api;
    this.code = '';
    this.locked = false;
    this.live = new Live(api.token);
    this.players = new Players(api, notices);
    this.bans = new Bans(api, notices);
    this.ticks = new Histogram(element('room-ticks', HTMLElement));
    this.ledger = new LedgerView(api, notices);
    if (api.token === '') return;
    const change = (/** @type {string} */ what) => api.change(`rooms/${encodeURIComponent(this.code)}/${what}`);
    this.lock = actButton('lock', { title: 'Let nobody else in' }, notices, async () => {
      const [what, done] = this.locked ? ['unlock', 'Others may come in again.'] : ['lock', 'Nobody else gets in.'];
      await change(what);
      return done;
    });
    const title = 'Let nobody else in for good; who is there plays on';
    const drain = actButton('drain', { asks: true, className: 'danger', title }, notices, async () => {
      await change('drain');
      return 'The room is draining: it closes when the last one has left.';
    });
    element('room-acts', HTMLElement).append(this.lock, drain);
  }

  /** @param {string} code */
  open(code) {
    if (code === this.code) return;
    this.code = code;
    element('room-code', HTMLElement).textContent = code;
    element('room-chips', HTMLElement).replaceChildren();
    this.live.open('', '');
  }

  close() {
    this.code = '';
    this.live.open('', '');
  }

  /** Asks how the room is, and shows it. */
  async update() {
    const { code } = this;
    try {
      const answer = await this.api.read(`rooms/${encodeURIComponent(code)}`);
      if (code === this.code) this.show(answer);
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 404 || code !== this.code) throw error;
      this.live.open('', '');
      element('room-chips', HTMLElement).replaceChildren(chip('closed', 'state closed'));
      this.players.show(code, []);
      this.bans.show(code, []);
    }
  }

  /** @param {any} answer */
  show({ room, players, bans, observers, ticks, counters, ledger = null }) {
    this.live.open(room.code, room.game, room.asleep);
    this.locked = room.state === 'locked';
    if (this.lock) rename(this.lock, this.locked ? 'unlock' : 'lock');
    const shown = room.asleep ? 'asleep' : room.state;
    const words = [
      chip(room.game, ''),
      chip(room.asleep && room.state !== 'open' ? `asleep, ${room.state}` : shown, `state ${room.asleep ? 'asleep' : room.state}`),
      chip(`${room.players} / ${room.max_players} players`, ''),
      chip(`${room.tick_hz} Hz, tick ${room.tick}`, ''),
      chip(`thread ${room.shard}, ${room.load === null ? 'load not known yet' : percent(room.load)}`, ''),
    ];
    if (room.private) words.push(chip('private', ''));
    if (observers > 0) words.push(chip(`${observers} monitoring`, ''));
    element('room-chips', HTMLElement).replaceChildren(...words);
    this.players.show(room.code, players);
    this.bans.show(room.code, bans);
    this.live.list(players);
    this.ticks.show(ticks.buckets, ticks.max, 1e6 / room.tick_hz);
    element('room-ticks-hint', HTMLElement).textContent = 'while this page looks';
    this.ledger.show(room.code, room.tick_hz, ledger);
    showCounters(counters);
  }
}

/**
 * Those that are nothing are not worth a line each.
 * @param {Record<string, number>} counters
 */
function showCounters(counters) {
  const some = Object.entries(counters).filter(([, value]) => value > 0);
  const pairs = some.flatMap(([name, value]) => {
    const look = BAD.includes(name) ? 'bad' : '';
    return [make('dt', '', name.replaceAll('_', ' ')), make('dd', look, count(value))];
  });
  const others = make('dt', 'hint', 'everything else');
  element('counters', HTMLElement).replaceChildren(...pairs, others, make('dd', 'hint', '0'));
}

/**
 * @param {string} text
 * @param {string} inner
 */
function chip(text, inner) {
  const made = make('span', 'chip');
  made.append(make('span', inner, text));
  return made;
}
