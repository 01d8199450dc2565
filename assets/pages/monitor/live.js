// The live view of a room: what a player of one's choice gets, drawn as its game draws it.

import { element, make } from '../common/dom.js';
import { openStage } from '../common/stages.js';
import { bytes, count } from './format.js';
import { Observer, openSocket } from './observer.js';

/** @typedef {import('/sdk/tickwire.js').Room} Room */
/** @typedef {{id: number, name: string, spectator: boolean}} Listed */

/** How often figures are shown, in milliseconds. */
const INTERVAL = 500;
/** After so long a lost view is tried again, in milliseconds. */
const AGAIN = 3000;

export class Live {
  /** @param {string} token empty to look on without one */
  constructor(token) {
    this.token = token;
    this.code = '';
    this.game = '';
    this.asleep = false;
    this.paused = false;
    /** @type {Observer | null} */
    this.observer = null;
    /** @type {Room | null} */
    this.room = null;
    /** @type {import('../common/stages.js').Play | null} */
    this.play = null;
    this.shown = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.again = undefined;
    this.note = element('live-note', HTMLElement);
    this.like = element('live-like', HTMLSelectElement);
    this.like.append(new Option('a spectator', '0'));
    this.like.addEventListener('change', () => this.restart());
    this.pause = element('live-pause', HTMLButtonElement);
    this.pause.addEventListener('click', () => {
      this.paused = !this.paused;
      this.pause.classList.toggle('paused', this.paused);
      this.pause.textContent = this.paused ? 'go on' : 'pause';
      this.restart();
    });
    // Who does not look needs no frames.
    document.addEventListener('visibilitychange', () => this.restart());
    const frame = (/** @type {number} */ now) => {
      requestAnimationFrame(frame);
      try {
        this.draw(now);
      } catch (error) {
        this.lost(`The room cannot be drawn: ${error}.`);
      }
    };
    requestAnimationFrame(frame);
  }

  /**
   * Shows a room, or nothing.
   * @param {string} code
   * @param {string} game
   * @param {boolean} [asleep] whether there is nothing to be seen
   */
  open(code, game, asleep = false) {
    if (code === this.code && game === this.game && asleep === this.asleep) return;
    if (code !== this.code) this.like.replaceChildren(new Option('a spectator', '0'));
    [this.code, this.game, this.asleep] = [code, game, asleep];
    this.restart();
  }

  /** @param {Listed[]} players */
  list(players) {
    const wanted = [{ id: 0, name: 'a spectator', spectator: true }, ...players.filter(({ spectator }) => !spectator)];
    const known = [...this.like.options].map(({ value, text }) => `${value} ${text}`).join('\n');
    const names = wanted.map(({ id, name }) => ({ value: `${id}`, text: id === 0 ? name : `${name} (${id})` }));
    if (names.map(({ value, text }) => `${value} ${text}`).join('\n') === known) return;
    const chosen = this.like.value;
    this.like.replaceChildren(...names.map(({ value, text }) => new Option(text, value)));
    const stays = names.some(({ value }) => value === chosen);
    this.like.value = stays ? chosen : '0';
    if (!stays) this.restart();
  }

  restart() {
    clearTimeout(this.again);
    this.stop();
    if (this.code === '' || this.paused || this.asleep || document.hidden) {
      this.say(this.paused ? 'The view is paused.' : this.asleep ? 'Nobody is in the room, and it sleeps.' : '');
      return;
    }
    this.say('connecting…');
    const canvas = this.freshCanvas();
    const like = Number(this.like.value);
    const observer = new Observer(this.code, like, {
      begun: (room) => void this.begin(observer, room, canvas, like).catch((error) => {
        if (this.observer === observer) this.lost(`The room cannot be drawn: ${error}.`);
      }),
      ended: (reason) => this.lost(reason),
    }, (path) => openSocket(path, this.token));
    this.observer = observer;
  }

  /**
   * A canvas that nobody has drawn on: what kind of drawing a canvas takes is settled by who draws first.
   */
  freshCanvas() {
    const old = element('live', HTMLCanvasElement);
    const canvas = /** @type {HTMLCanvasElement} */ (old.cloneNode(false));
    old.replaceWith(canvas);
    return canvas;
  }

  /**
   * @param {Observer} observer
   * @param {Room} room
   * @param {HTMLCanvasElement} canvas
   * @param {number} like
   */
  async begin(observer, room, canvas, like) {
    const stage = await openStage(this.game, canvas);
    // Somebody may have chosen another one meanwhile.
    if (this.observer !== observer || observer.over) return;
    [this.room, this.play] = [room, stage(room, { like, now: performance.now() })];
    this.say('');
  }

  /** @param {string} reason */
  lost(reason) {
    this.stop();
    this.say(`${reason} Another try follows.`);
    this.again = setTimeout(() => this.restart(), AGAIN);
  }

  stop() {
    this.play?.end();
    this.observer?.end();
    this.play = this.observer = this.room = null;
    element('live-figures', HTMLElement).replaceChildren();
  }

  /** @param {number} now milliseconds */
  draw(now) {
    if (this.play === null) return;
    this.play.draw(now);
    if (now - this.shown < INTERVAL) return;
    this.shown = now;
    this.figures();
  }

  figures() {
    const { room } = this;
    if (room === null) return;
    const { stats, tick } = room;
    /** @type {[string, string, string][]} */
    const pairs = [
      ['tick', `${tick}`, ''],
      ['a frame', bytes(stats.bytesPerFrame), ''],
      ['hashes right', count(stats.hashesVerified), stats.hashesVerified > 0 ? 'good' : ''],
      ['wrong', count(stats.mismatches), stats.mismatches > 0 ? 'bad' : ''],
    ];
    element('live-figures', HTMLElement).replaceChildren(
      ...pairs.map(([name, value, look]) => {
        const pair = document.createElement('div');
        pair.append(make('dt', '', name), make('dd', look, value));
        return pair;
      }),
    );
  }

  /** @param {string} text */
  say(text) {
    this.note.hidden = text === '';
    this.note.textContent = text;
  }
}
