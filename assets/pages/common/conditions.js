// Controls that make one's own connection worse, to feel what a game is like on it. The server does it,
// if it was set up to.

import { element, make } from './dom.js';

/** @typedef {import('/sdk/message.js').Net} Net */

/** @type {Net} */
const NONE = { latencyUs: 0, jitterUs: 0, lossPpm: 0, upBps: 0, downBps: 0, blackoutMs: 0, blackoutEveryMs: 0 };

/**
 * Latency and jitter in milliseconds, loss in percent, megabits a second up and down; one way. The same
 * as in `shared/src/link/profile.rs`, which a golden file holds them to.
 * @type {Record<string, [number, number, number, number, number]>}
 */
const PROFILES = {
  lan: [0.25, 0.1, 0, 1000, 1000],
  wifi: [20, 10, 0.3, 15, 30],
  '4g': [35, 15, 0.2, 12, 12],
  '3g': [150, 30, 0.5, 0.768, 1.6],
  transatlantic: [45, 3, 0.1, 5, 20],
  train: [75, 40, 1, 0.768, 1.6],
};
const TRAIN = { blackoutMs: 2000, blackoutEveryMs: 30_000 };
/** How long the button cuts the connection off. */
const BLACKOUT_MS = 1000;

/** The sliders: what each is called, how far it goes, and its unit. @type {[string, number, number, string][]} */
const SLIDERS = [
  ['latency', 300, 5, 'ms'],
  ['jitter', 100, 1, 'ms'],
  ['loss', 10, 0.1, '%'],
  ['bandwidth', 100, 1, ''],
];

const ONE_WAY = 'One way; half of a round trip.';
const UNTOUCHED = 'As the server has it so far.';
const FORBIDDEN = 'This server does not let pages worsen their connection: start it with --net-control.';

export class Conditions {
  /** @param {import('/sdk/tickwire.js').Room} room */
  constructor(room) {
    this.room = room;
    this.box = element('net-conditions', HTMLFieldSetElement);
    this.hint = make('p', 'hint', UNTOUCHED);
    /** What was asked for; null while the network is as the server has it. @type {Net | null} */
    this.net = null;
    /** The profile that was chosen, if one was. */
    this.name = '';
    /** The end of a black-out. @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.chips = ['none', ...Object.keys(PROFILES)].map((name) => this.chip(name));
    this.sliders = SLIDERS.map((slider) => this.slider(slider));
    const blackout = button('black-out', () => this.blackOut());
    blackout.title = `Nothing gets through for ${BLACKOUT_MS / 1000} s`;
    const [chips, foot] = [make('div', 'chips'), make('div', 'foot')];
    chips.append(...this.chips);
    foot.append(this.hint, blackout);
    this.box.replaceChildren(chips, ...this.sliders.map(({ label }) => label), foot);
    this.show();
    this.ask();
  }

  /** Asks the server whether it obeys. */
  async ask() {
    const status = await fetch('/status').then((answer) => answer.json()).catch(() => ({}));
    this.box.disabled = status.net_control !== true;
    if (this.box.disabled) this.hint.textContent = FORBIDDEN;
    else this.show();
  }

  /** Asks for nothing any more. */
  end() {
    clearTimeout(this.timer);
  }

  /** @param {string} name */
  chip(name) {
    const chip = button(name, () => this.choose(name));
    chip.dataset.name = name;
    return chip;
  }

  /** @param {[string, number, number, string]} slider */
  slider([name, max, step, unit]) {
    const label = make('label', '', name);
    const range = { type: 'range', min: '0', max: `${max}`, step: `${step}` };
    const input = Object.assign(document.createElement('input'), range);
    const output = make('output', '');
    input.addEventListener('input', () => this.slide());
    input.addEventListener('change', () => {
      // A slider that keeps the focus would take the arrow keys, which fly.
      input.blur();
      // What was asked for may be less than where it was let go of.
      this.show();
    });
    label.append(input, output);
    return { label, input, output, unit };
  }

  /** @param {string} name */
  choose(name) {
    this.set(profile(name), name);
  }

  slide() {
    const [latency, jitter, loss, width] = this.sliders.map(({ input }) => Number(input.value));
    const bps = rateOf(width);
    this.set(netOf(latency, Math.min(jitter, latency), loss, bps, bps), '');
  }

  /**
   * @param {Net} net
   * @param {string} name of the profile
   */
  set(net, name) {
    clearTimeout(this.timer);
    [this.net, this.name] = [net, name];
    this.room.impair(net);
    this.show();
  }

  blackOut() {
    // A request is for all of the network, so what the server itself had set gives way to this.
    if (this.net === null) this.set(NONE, 'none');
    const net = this.net ?? NONE;
    // Without a time from one to the next there is one, now; what else is set stays.
    this.room.impair({ ...net, blackoutMs: BLACKOUT_MS, blackoutEveryMs: 0 });
    clearTimeout(this.timer);
    // And those that come by themselves come again afterwards.
    if (net.blackoutEveryMs > 0) this.timer = setTimeout(() => this.room.impair(net), BLACKOUT_MS);
  }

  /** Shows what is set. */
  show() {
    const { net, name } = this;
    const { latencyUs, jitterUs, lossPpm, downBps } = net ?? NONE;
    const values = [latencyUs / 1000, jitterUs / 1000, lossPpm / 10_000, widthOf(downBps)];
    this.sliders.forEach(({ input, output, unit }, index) => {
      if (document.activeElement !== input) input.value = `${values[index]}`;
      const text = index === 3 ? rateText(downBps) : `${Number(values[index].toFixed(1))} ${unit}`;
      output.textContent = net === null ? '–' : text;
    });
    if (!this.box.disabled) this.hint.textContent = net === null ? UNTOUCHED : ONE_WAY;
    for (const chip of this.chips) chip.setAttribute('aria-pressed', `${chip.dataset.name === name}`);
  }
}

/**
 * The network of a name; one that does nothing, if there is none of it.
 * @param {string} name
 * @returns {Net}
 */
export function profile(name) {
  const [latency, jitter, loss, up, down] = PROFILES[name] ?? [0, 0, 0, 0, 0];
  const train = name === 'train' ? TRAIN : {};
  return { ...netOf(latency, jitter, loss, up * 1e6, down * 1e6), ...train };
}

/**
 * @param {number} latency milliseconds
 * @param {number} jitter milliseconds
 * @param {number} loss percent
 * @param {number} upBps
 * @param {number} downBps
 * @returns {Net}
 */
function netOf(latency, jitter, loss, upBps, downBps) {
  return {
    ...NONE,
    latencyUs: Math.round(latency * 1000),
    jitterUs: Math.round(jitter * 1000),
    lossPpm: Math.round(loss * 10_000),
    upBps: Math.round(upBps),
    downBps: Math.round(downBps),
  };
}

/**
 * The slider's place as bits a second: by powers, from no limit at its end down to 16 kbit.
 * @param {number} width
 */
function rateOf(width) {
  return width >= 100 ? 0 : Math.round(16_000 * 10 ** (width / 25));
}

/** @param {number} bps */
function widthOf(bps) {
  return bps === 0 ? 100 : Math.min(99, Math.max(0, 25 * Math.log10(bps / 16_000)));
}

/** @param {number} bps */
function rateText(bps) {
  if (bps === 0) return 'no limit';
  return bps < 1e6 ? `${(bps / 1e3).toFixed(0)} kbit/s` : `${(bps / 1e6).toFixed(1)} Mbit/s`;
}

/**
 * @param {string} text
 * @param {() => void} action
 */
function button(text, action) {
  const made = make('button', '', text);
  if (made instanceof HTMLButtonElement) made.type = 'button';
  made.addEventListener('click', () => {
    action();
    // A focused button would take the space bar, which fires.
    made.blur();
  });
  return made;
}
