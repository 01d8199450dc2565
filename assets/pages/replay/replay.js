// The page of a recording: a picture, and a bar to go anywhere in it.

import { element } from '../common/dom.js';
import { hasStage, openStage } from '../common/stages.js';
import { checksOf, clock, loadInfo } from './info.js';
import { Lanes } from './lanes.js';
import { Showing } from './showing.js';
import { numberOf } from './ticks.js';

/** @typedef {import('./info.js').Info} Info */

/** How often the server is asked how far verifying is, in milliseconds. */
const ASK = 700;
/** How far the arrow keys go, in seconds. */
const LEAP = 5;
/** The longest step between two pictures, for pages that were hidden, in milliseconds. */
const LONGEST_STEP = 1000;

const scrub = element('scrub', HTMLInputElement);
const hint = element('hint', HTMLOutputElement);
const button = element('play', HTMLButtonElement);
const speed = element('speed', HTMLSelectElement);
const as = element('as', HTMLSelectElement);
const trouble = element('trouble', HTMLElement);

/** @param {unknown} error */
function complain(error) {
  trouble.textContent = error instanceof Error ? error.message : `${error}`;
  trouble.hidden = false;
}

class Deck {
  /**
   * @param {Info} info
   * @param {import('../common/stages.js').Stage} stage
   */
  constructor(info, stage) {
    this.info = info;
    this.stage = stage;
    this.reel = { first: info.first, last: info.last, tickHz: info.tick_hz };
    this.lanes = new Lanes();
    /** What is on the screen. @type {Showing | null} */
    this.showing = null;
    /** What is to be, once it has loaded. @type {Showing | null} */
    this.coming = null;
    /** Where to go as soon as that is there. @type {number | null} */
    this.wanted = null;
    this.playing = false;
    this.last = 0;
    [scrub.min, scrub.max] = [`${info.first}`, `${info.last}`];
    element('length', HTMLElement).textContent = clock((info.last - info.first + 1) / info.tick_hz);
    this.listen();
  }

  listen() {
    scrub.addEventListener('input', () => this.seek(Number(scrub.value)));
    scrub.addEventListener('pointermove', (event) => this.point(event));
    scrub.addEventListener('pointerleave', () => {
      hint.hidden = true;
    });
    button.addEventListener('click', () => this.toggle());
    element('back', HTMLButtonElement).addEventListener('click', () => this.step(-1));
    element('on', HTMLButtonElement).addEventListener('click', () => this.step(1));
    as.addEventListener('change', () => this.seek(this.tick));
    element('knobs', HTMLElement).addEventListener('click', ({ target, detail }) => {
      // A button that was clicked would keep the space bar, which plays and pauses.
      if (detail > 0 && target instanceof HTMLButtonElement) target.blur();
    });
    // Before the game's own keys, which it has no use for here.
    window.addEventListener('keydown', (event) => this.key(event), { capture: true });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.target instanceof HTMLSelectElement || event.ctrlKey || event.metaKey || event.altKey) return;
    // Who came to a button by keyboard presses that one.
    if (event.code === 'Space' && event.target instanceof HTMLButtonElement) return;
    const leap = LEAP * this.reel.tickHz;
    /** @type {Record<string, () => void>} */
    const keys = {
      Space: () => this.toggle(),
      Comma: () => this.step(-1),
      Period: () => this.step(1),
      ArrowLeft: () => this.seek(this.tick - leap),
      ArrowRight: () => this.seek(this.tick + leap),
      Home: () => this.seek(this.reel.first),
      End: () => this.seek(this.reel.last),
    };
    if (!Object.hasOwn(keys, event.code)) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.code]();
  }

  /** Says what is under the pointer. @param {PointerEvent} event */
  point(event) {
    const box = scrub.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    const tick = Math.round(this.reel.first + share * (this.reel.last - this.reel.first));
    hint.textContent = `${clock((tick - this.reel.first) / this.reel.tickHz, 1)} · tick ${numberOf(tick)}`;
    hint.style.left = `${share * 100}%`;
    hint.hidden = false;
  }

  /** The tick that is shown, or will be in a moment. */
  get tick() {
    return this.wanted ?? this.showing?.tick ?? this.reel.first;
  }

  toggle() {
    if (!this.playing && this.tick >= this.reel.last) this.seek(this.reel.first);
    this.setPlaying(!this.playing);
  }

  /** @param {boolean} playing */
  setPlaying(playing) {
    this.playing = playing;
    button.classList.toggle('plays', playing);
    button.setAttribute('aria-label', playing ? 'Pause' : 'Play');
  }

  /** @param {number} ticks */
  step(ticks) {
    this.setPlaying(false);
    const { showing } = this;
    const next = this.tick + ticks;
    if (ticks > 0 && this.wanted === null && showing?.has(next)) showing.go(showing.timeOf(next) - showing.now, 1);
    else this.seek(next);
  }

  /**
   * Goes to a tick; while one is being loaded, only the last that was wanted is next.
   * @param {number} tick
   */
  seek(tick) {
    this.wanted = Math.round(Math.min(this.reel.last, Math.max(this.reel.first, tick)));
    if (this.coming === null) void this.load();
  }

  async load() {
    while (this.wanted !== null) {
      const tick = this.wanted;
      const coming = new Showing(this.reel, this.stage, as.value);
      coming.onTrouble = complain;
      this.coming = coming;
      try {
        await coming.load(tick);
        // Two of them would listen to the same page.
        this.showing?.end();
        this.showing = coming;
        coming.begin(tick);
        trouble.hidden = true;
      } catch (error) {
        coming.end();
        complain(error);
      }
      if (this.wanted === tick) this.wanted = null;
    }
    this.coming = null;
  }

  /** @param {number} now milliseconds of the page */
  draw(now) {
    const passed = Math.min(now - this.last, LONGEST_STEP);
    this.last = now;
    const rate = Number(speed.value);
    const over = this.showing?.go(this.playing && this.wanted === null ? passed * rate : 0, rate) ?? false;
    if (over && this.playing) this.setPlaying(false);
    this.show();
  }

  show() {
    const { tick, reel } = this;
    scrub.value = `${tick}`;
    const at = clock((tick - reel.first) / reel.tickHz, 1);
    scrub.setAttribute('aria-valuetext', `${at}, tick ${numberOf(tick)}`);
    element('at', HTMLElement).textContent = at;
    element('tick', HTMLElement).textContent = `${numberOf(tick)}`;
    this.lanes.draw(this.info, tick, Math.min(reel.last, this.showing?.source?.loaded ?? tick));
  }

  /** Shows what the server knows by now. */
  tell() {
    const { verified, players } = this.info;
    const [words, mood] = checksOf(verified);
    const line = element('about-checks', HTMLElement);
    // How far it is need not be read out again and again, only what came of it.
    line.ariaLive = verified.done ? 'polite' : 'off';
    if (line.textContent !== words) line.textContent = words;
    line.className = mood;
    if (as.options.length - 1 === players.filter(({ spectator }) => !spectator).length) return;
    const chosen = as.value;
    const options = players.filter(({ spectator }) => !spectator).map(({ id, name }) => new Option(`${name} (${id})`, `${id}`));
    as.replaceChildren(new Option('a spectator', ''), ...options);
    as.value = chosen;
  }

  /** Asks how far verifying is, until it is done. */
  async ask() {
    while (!this.info.verified.done) {
      await new Promise((resolve) => setTimeout(resolve, ASK));
      try {
        this.info = await loadInfo();
      } catch {
        // The next time it may be there again.
        continue;
      }
      this.tell();
    }
  }
}

/** @param {Info} info */
function introduce({ game, room, started, tick_hz, server, flight }) {
  document.title = `${game} ${room} · Replay`;
  element('about-game', HTMLElement).textContent = game;
  element('about-room', HTMLElement).textContent = room;
  const when = new Date(started * 1000).toLocaleString();
  element('about-when', HTMLElement).textContent = `${when} · ${tick_hz} Hz · version ${server}`;
  const line = element('about-flight', HTMLElement);
  line.hidden = flight === null;
  if (flight) line.textContent = `${flight.reason} at tick ${numberOf(flight.tick)}: ${flight.detail}`;
}

async function open() {
  const info = await loadInfo();
  introduce(info);
  const drawn = hasStage(info.game);
  document.body.classList.add(drawn ? info.game : 'dots');
  element('hud', HTMLElement).hidden = !drawn;
  const deck = new Deck(info, await openStage(info.game, element('scene', HTMLCanvasElement), true));
  deck.tell();
  deck.seek(info.flight ? Math.max(info.first, info.flight.tick - 2 * info.tick_hz) : info.first);
  const draw = (/** @type {number} */ now) => {
    deck.draw(now);
    requestAnimationFrame(draw);
  };
  requestAnimationFrame(draw);
  // For tests, and for the curious.
  Object.assign(window, { replay: deck });
  await deck.ask();
}

open().catch(complain);
