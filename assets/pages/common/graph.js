// The network in the last seconds, as an engineer wants to see it: a few lanes over the same time.

import { SECONDS } from './history.js';

/** @typedef {import('./history.js').History} History */
/** @typedef {import('./history.js').Arrival} Arrival */

/** @type {Record<Arrival['sort'], string>} */
const SORTS = { even: '#5ee7ff', late: '#ff5d73', merged: '#ffd166', full: '#c58bff' };
const [LINE, DIM, TEXT, GOOD, BAD, AIM] = ['#22304f', '#8b9cbd', '#e6edf7', '#6ef2a4', '#ff5d73', '#ffd166'];
/** What kinds of entities are drawn in, then messages and the rest. */
const KINDS = ['#5ee7ff', '#ff9d5c', '#6ef2a4', '#c58bff', '#f27ab8', '#9fb4ff'];
const MESSAGES = '#ffd166';
const REST = '#54658a';
/** How tall a lane is, also where there is little room, and the line of text above it, in CSS pixels. */
const LANE = 30;
const LOW_LANE = 17;
/** Windows that are less tall have little room. The same as in base.css. */
const LOW_WINDOW = 690;
const TITLE = 15;
/** The server judges a shot by what was seen at most so long ago, in milliseconds. */
const MOST_BEHIND = 250;
const FONT = '10.5px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace';

/** What each lane shows. @typedef {[string, string]} Legend a word and its colour */

export class Graph {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    this.width = 0;
    this.now = 0;
    this.tall = LANE;
    /** Where the lane that is drawn begins. */
    this.top = 0;
  }

  /** @param {History} history */
  draw(history) {
    this.now = performance.now();
    const predicted = history.predicted() !== null;
    this.fit(predicted ? 5 : 4);
    this.frames(history);
    this.buffer(history);
    this.slack(history);
    if (predicted) this.prediction(history);
    this.bytes(history);
  }

  /** @param {number} lanes */
  fit(lanes) {
    const { canvas, context } = this;
    this.tall = window.innerHeight < LOW_WINDOW ? LOW_LANE : LANE;
    const ratio = Math.min(window.devicePixelRatio || 1, 3);
    const height = lanes * (this.tall + TITLE + 6);
    canvas.style.height = `${height}px`;
    this.width = canvas.clientWidth;
    const [across, down] = [Math.round(this.width * ratio), Math.round(height * ratio)];
    if (canvas.width !== across || canvas.height !== down) [canvas.width, canvas.height] = [across, down];
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.width, height);
    context.font = FONT;
    context.textBaseline = 'alphabetic';
    this.top = 0;
  }

  /** @param {number} at milliseconds */
  x(at) {
    return this.width - ((this.now - at) / (SECONDS * 1000)) * this.width;
  }

  /**
   * Begins a lane: its name, its legend and the figure that it stands at.
   * @param {string} name
   * @param {Legend[]} legend
   * @param {string} figure
   * @param {string} [mood] the colour of that
   * @returns {number} where its floor is
   */
  lane(name, legend, figure, mood = TEXT) {
    const { context, width } = this;
    const floor = this.top + TITLE + this.tall;
    const room = width - context.measureText(figure).width - 8;
    let x = 0;
    for (const [word, colour] of [[name, TEXT], ...legend]) {
      const wide = context.measureText(word).width;
      if (x + wide > room) break;
      context.fillStyle = colour;
      context.fillText(word, x, this.top + 11);
      x += wide + (x === 0 ? 10 : 8);
    }
    context.textAlign = 'right';
    context.fillStyle = mood;
    context.fillText(figure, width, this.top + 11);
    context.textAlign = 'left';
    context.fillStyle = 'rgb(10 16 29 / 0.7)';
    context.fillRect(0, this.top + TITLE, width, this.tall);
    context.fillStyle = LINE;
    for (let second = 0; second < SECONDS; second++) {
      const at = Math.floor(this.now / 1000 - second) * 1000;
      context.fillRect(Math.round(this.x(at)), this.top + TITLE, 1, this.tall);
    }
    this.top = floor + 6;
    return floor;
  }

  /**
   * A line across the lane.
   * @param {number} y
   * @param {string} colour
   */
  rule(y, colour) {
    this.context.fillStyle = colour;
    this.context.globalAlpha = 0.55;
    this.context.fillRect(0, Math.round(y), this.width, 1);
    this.context.globalAlpha = 1;
  }

  /**
   * @param {Arrival} arrival
   * @param {number} from
   * @param {number} to
   * @param {string} colour
   */
  bar({ at }, from, to, colour) {
    this.context.fillStyle = colour;
    this.context.fillRect(this.x(at), Math.min(from, to), 1.4, Math.max(Math.abs(to - from), 0.8));
  }

  /**
   * @template {{at: number}} Sample
   * @param {Sample[]} samples
   * @param {(sample: Sample) => number} height
   * @param {string} colour
   */
  curve(samples, height, colour) {
    const { context } = this;
    context.beginPath();
    for (const sample of samples) context.lineTo(this.x(sample.at), height(sample));
    context.strokeStyle = colour;
    context.lineWidth = 1.2;
    context.stroke();
  }

  /** @param {History} history */
  frames({ arrivals, room }) {
    const rate = arrivals.filter(({ at }) => at > this.now - 1000).length;
    const worst = Math.max(0, ...arrivals.map(({ interval }) => interval));
    const legend = /** @type {Legend[]} */ (Object.entries(SORTS));
    const floor = this.lane('frames', legend, `${rate}/s  longest ${worst.toFixed(0)} ms`);
    const scale = this.tall / Math.max(4000 / room.tickHz, Math.min(worst, 500));
    this.rule(floor - (1000 / room.tickHz) * scale, DIM);
    for (const arrival of arrivals) {
      this.bar(arrival, floor, floor - Math.min(arrival.interval * scale, this.tall), SORTS[arrival.sort]);
    }
  }

  /** @param {History} history */
  buffer({ pictures, room }) {
    const last = pictures.at(-1);
    const ms = 1000 / room.tickHz;
    const [had, aimed] = [(last?.buffered ?? 0) * ms, (last?.delay ?? 0) * ms];
    const figure = `${had.toFixed(0)} of ${aimed.toFixed(0)} ms`;
    const floor = this.lane('buffer', [['in hand', GOOD], ['delay', AIM], ['dry', BAD]], figure);
    const most = Math.max(5, ...pictures.map(({ buffered, delay }) => Math.max(buffered, delay)));
    const zero = floor - this.tall * 0.2;
    const scale = (this.tall * 0.8) / most;
    const height = (/** @type {number} */ ticks) => zero - Math.max(ticks * scale, -this.tall * 0.2);
    this.rule(zero, DIM);
    this.curve(pictures, ({ delay }) => height(delay), AIM);
    this.curve(pictures, ({ buffered }) => height(buffered), GOOD);
    this.context.fillStyle = BAD;
    for (const { at, buffered } of pictures) {
      if (buffered < 0) this.context.fillRect(this.x(at), zero, 1.4, this.tall * 0.2);
    }
  }

  /** @param {History} history */
  slack({ arrivals, room }) {
    const ms = 1000 / room.tickHz;
    const told = arrivals.filter(({ slack }) => slack !== null);
    const least = Math.min(...told.map(({ slack }) => slack ?? 0));
    const starved = arrivals.filter((it) => it.starved).length;
    const behind = (room.inputs.behind * ms).toFixed(0);
    const isFar = Number(behind) > MOST_BEHIND;
    const usual = told.length > 0 ? `least ${(least * ms).toFixed(0)} ms  behind ${behind} ms` : '–';
    const figure = isFar ? `behind ${behind} ms, ${MOST_BEHIND} count` : usual;
    /** @type {Legend[]} */
    const legend = [['early', GOOD], ['late', BAD], [`starved ${starved}`, AIM]];
    const floor = this.lane('input slack', legend, figure, isFar ? BAD : TEXT);
    const zero = floor - this.tall * 0.4;
    const scale = (this.tall * 0.6) / Math.min(Math.max(2, ...told.map(({ slack }) => slack ?? 0)), 6);
    this.rule(zero, DIM);
    for (const arrival of told) {
      const by = Math.min(Math.max((arrival.slack ?? 0) * scale, -this.tall * 0.4), this.tall * 0.6);
      this.bar(arrival, zero, zero - by, by < 0 ? BAD : GOOD);
    }
    for (const arrival of arrivals) if (arrival.starved) this.bar(arrival, floor - 4, floor, AIM);
  }

  /** @param {History} history */
  prediction({ arrivals, pictures, predicted }) {
    const now = predicted();
    const corrected = arrivals.filter((it) => it.corrected).length;
    const count = `${corrected} in ${SECONDS} s, ${now?.corrections ?? 0} in all`;
    const figure = `${(now?.offBy ?? 0).toFixed(1)} units  ${count}`;
    const floor = this.lane('prediction', [['off by', SORTS.even], ['corrected', AIM]], figure);
    const scale = this.tall / Math.max(10, ...pictures.map(({ off }) => off));
    for (const arrival of arrivals) if (arrival.corrected) this.bar(arrival, floor - this.tall, floor, AIM);
    this.curve(pictures, ({ off }) => floor - off * scale, SORTS.even);
  }

  /** @param {History} history */
  bytes({ arrivals, room }) {
    const names = [...room.schema.kinds.map(({ name }) => name), 'messages', 'rest'];
    const colourOf = (/** @type {number} */ index) =>
      index < names.length - 2 ? KINDS[index % KINDS.length] : index === names.length - 2 ? MESSAGES : REST;
    const sums = names.map((_, index) => arrivals.reduce((sum, { spent }) => sum + spent[index], 0));
    const frames = Math.max(arrivals.length, 1);
    /** @type {Legend[]} */
    const legend = names
      .map((name, index) => ({ name, mean: Math.max(sums[index] / frames, 0), colour: colourOf(index) }))
      .sort((a, b) => b.mean - a.mean)
      .map(({ name, mean, colour }) => [`${name} ${mean.toFixed(1)}`, colour]);
    const all = sums.reduce((a, b) => a + b, 0) / frames;
    const floor = this.lane('bytes', legend, `${all.toFixed(1)} B`);
    const sizes = arrivals.map(({ spent }) => spent.reduce((a, b) => a + b, 0)).sort((a, b) => a - b);
    // A keyframe goes beyond the top rather than make all others small.
    const scale = this.tall / Math.max(16, 1.5 * (sizes[Math.floor(sizes.length * 0.95)] ?? 0));
    for (const arrival of arrivals) {
      let y = floor;
      arrival.spent.forEach((bytes, index) => {
        const next = Math.max(y - Math.max(bytes, 0) * scale, floor - this.tall);
        if (next < y) this.bar(arrival, y, next, colourOf(index));
        y = next;
      });
    }
  }
}
