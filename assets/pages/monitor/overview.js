// The server as a whole.

import { element, make } from '../common/dom.js';
import { Figures, percentile } from './figures.js';
import { count, percent, span, time } from './format.js';
import { Histogram } from './histogram.js';
import { Tiles, tilesOf } from './tiles.js';

/** For how long figures are kept, in milliseconds. */
const WINDOW = 5 * 60_000;
const MINUTE = 60_000;
/** The parts of a tick, in order. */
const PHASES = /** @type {const} */ ([
  ['receive', 'reading sockets'],
  ['step', 'the game and what changed'],
  ['send', 'frames and writing'],
]);

/** @typedef {{load: number, busy_ms: number, stuck: boolean, rooms: number}} Shard */

/**
 * How the server is, in a word, and how good that is.
 * @param {any} status
 * @returns {[string, string]}
 */
export function healthOf(status) {
  if (status.threads.some((/** @type {Shard} */ { stuck }) => stuck)) return ['stuck', 'bad'];
  if (status.draining) return ['draining', 'warn'];
  return ['ready', 'good'];
}

/**
 * What is kept of a status.
 * @param {any} status
 * @param {number} at milliseconds
 * @returns {import('./figures.js').Look}
 */
export function lookOf(status, at) {
  return {
    at,
    values: {
      uptime: status.uptime_seconds,
      players: status.players,
      rooms: status.rooms,
      overruns: status.tick_overruns,
      mismatches: status.hash_mismatches,
      sent: status.wire_bytes,
      frames: status.frames,
      cpu: status.process?.cpu_seconds ?? 0,
      memory: status.process?.resident_bytes ?? 0,
    },
    times: {
      ticks: status.tick_duration_us.buckets,
      late: status.tick_lateness_us.buckets,
      receive: status.tick_receive_us.buckets,
      step: status.tick_step_us.buckets,
      send: status.tick_send_us.buckets,
    },
  };
}

export class Overview {
  constructor() {
    this.figures = new Figures(WINDOW);
    this.tiles = new Tiles(element('tiles', HTMLElement));
    this.ticks = new Histogram(element('ticks', HTMLElement));
  }

  /** @param {any} status */
  show(status) {
    this.figures.add(lookOf(status, performance.now()));
    const [word, look] = healthOf(status);
    element('health', HTMLElement).className = `chip health ${look}`;
    say('health-text', word);
    say('uptime', span(status.uptime_seconds));
    say('version', status.version);
    this.tiles.show(tilesOf(status, this.figures));
    this.ticks.show(this.figures.times('ticks', MINUTE), status.tick_duration_us.max, null);
    showPhases(this.figures);
    showThreads(status.threads);
    showRefusals(status.refusals);
  }

  /** Nobody answers. */
  lost() {
    element('health', HTMLElement).className = 'chip health bad';
    say('health-text', 'no answer');
  }

  /** It answers, but not to who has no token. */
  locked() {
    element('health', HTMLElement).className = 'chip health warn';
    say('health-text', 'locked');
  }
}

/**
 * Text that is the same as before is left alone, or it would be read out again.
 * @param {string} id
 * @param {string} text
 */
function say(id, text) {
  const place = element(id, HTMLElement);
  if (place.textContent !== text) place.textContent = text;
}

/** What a tick's time goes to, lately. @param {Figures} figures */
function showPhases(figures) {
  const rows = PHASES.map(([name, words]) => {
    const buckets = figures.times(name, MINUTE);
    const row = document.createElement('tr');
    const at = (/** @type {number} */ share) => make('td', 'number', time(percentile(buckets, share)));
    row.append(make('td', '', words), at(0.5), at(0.99));
    return row;
  });
  document.querySelector('#phases tbody')?.replaceChildren(...rows);
}

/** @param {Shard[]} shards */
function showThreads(shards) {
  const lines = shards.map(({ load, busy_ms, stuck, rooms }, index) => {
    const [line, meter, bar] = [make('li', ''), make('span', 'meter'), document.createElement('i')];
    bar.style.width = `${Math.min(1, load) * 100}%`;
    meter.className = `meter${load > 0.9 ? ' over' : load > 0.6 ? ' full' : ''}`;
    meter.append(bar);
    const words = stuck ? `stuck for ${span(busy_ms / 1000)}` : `${percent(load)}, ${count(rooms)} ${rooms === 1 ? 'room' : 'rooms'}`;
    line.append(make('span', '', `thread ${index}`), meter, make('span', stuck ? 'stuck' : '', words));
    return line;
  });
  element('threads', HTMLElement).replaceChildren(...lines);
}

/** @param {Record<string, number>} refusals */
function showRefusals(refusals) {
  const some = Object.entries(refusals).filter(([, value]) => value > 0).sort(([, a], [, b]) => b - a);
  const pairs = some.flatMap(([name, value]) => [make('dt', '', name.replaceAll('_', ' ')), make('dd', '', count(value))]);
  element('refused', HTMLElement).replaceChildren(...pairs);
}
