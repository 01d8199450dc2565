// What lies along the scrub bar: keyframes, what was verified, what differed, what took long.

import { element } from '../common/dom.js';

/** @typedef {import('./info.js').Info} Info */

const COLOURS = {
  well: '#0a101d',
  edge: '#22304f',
  keyframe: 'rgb(139 156 189 / .35)',
  verified: '#6ef2a4',
  wrong: '#ff5d73',
  time: 'rgb(94 231 255 / .55)',
  over: '#ffd166',
  loaded: 'rgb(94 231 255 / .16)',
  played: 'rgb(94 231 255 / .38)',
};
/** Keyframes nearer than this to each other, in pixels, are not told apart. */
const NEAREST = 5;

export class Lanes {
  constructor() {
    this.canvas = element('lanes', HTMLCanvasElement);
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext('2d'));
    /** What was drawn last, so that nothing is drawn twice. */
    this.drawn = '';
  }

  /**
   * @param {Info} info
   * @param {number} tick that is shown
   * @param {number} loaded the last tick that is there
   */
  draw(info, tick, loaded) {
    const { canvas, context } = this;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    const { verified } = info;
    const what = [width, height, ratio, tick, loaded, verified.ticks, verified.differ.length, verified.done].join();
    if (what === this.drawn) return;
    this.drawn = what;
    [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const x = (/** @type {number} */ at) => ((at - info.first) / Math.max(1, info.last - info.first)) * width;
    this.bar(0, width, COLOURS.well, height);
    this.bar(x(tick), Math.max(0, x(loaded) - x(tick)), COLOURS.loaded, height);
    this.bar(0, x(tick), COLOURS.played, height);
    this.keyframes(info, x, height);
    this.times(info, x, height);
    this.checks(info, x, width, height);
  }

  /**
   * @param {number} left
   * @param {number} width
   * @param {string} colour
   * @param {number} height
   */
  bar(left, width, colour, height) {
    this.context.fillStyle = colour;
    this.context.fillRect(left, 0, width, height);
  }

  /**
   * @param {Info} info
   * @param {(at: number) => number} x
   * @param {number} height
   */
  keyframes({ chunks }, x, height) {
    this.context.fillStyle = COLOURS.keyframe;
    let last = -Infinity;
    for (const [first] of chunks) {
      const at = Math.round(x(first));
      if (at - last < NEAREST) continue;
      last = at;
      this.context.fillRect(at, height - 12, 1, 7);
    }
  }

  /**
   * How long ticks took, of a flight: as high as a tick lasts when it took all of that.
   * @param {Info} info
   * @param {(at: number) => number} x
   * @param {number} height
   */
  times({ timings, tick_hz }, x, height) {
    if (timings === null) return;
    const most = 1_000_000 / tick_hz;
    timings.micros.forEach(([, receive, step, send], index) => {
      const share = (receive + step + send) / most;
      const at = x(timings.first + index);
      const tall = Math.max(1, Math.min(1, share) * (height - 8));
      this.context.fillStyle = share > 1 ? COLOURS.over : COLOURS.time;
      this.context.fillRect(at - 1, height - 5 - tall, Math.max(1, x(timings.first + 1) - x(timings.first) - 0.5), tall);
    });
  }

  /**
   * @param {Info} info
   * @param {(at: number) => number} x
   * @param {number} width
   * @param {number} height
   */
  checks({ verified, flight, first }, x, width, height) {
    const { context } = this;
    context.fillStyle = COLOURS.verified;
    context.fillRect(0, height - 3, verified.done ? width : x(first + verified.ticks), 3);
    context.fillStyle = COLOURS.wrong;
    const wrong = [...verified.differ, ...(verified.panic ? [verified.panic.tick] : [])];
    for (const at of wrong) context.fillRect(Math.min(width - 3, x(at) - 1.5), 0, 3, height);
    if (flight === null) return;
    context.fillStyle = COLOURS.over;
    const at = Math.min(width - 5, Math.max(5, x(flight.tick)));
    context.beginPath();
    context.moveTo(at - 5, 0);
    context.lineTo(at + 5, 0);
    context.lineTo(at, 9);
    context.fill();
  }
}
