// The figures of the whole server, each with how it went lately.

import { make } from '../common/dom.js';
import { bytes, count, percent, time } from './format.js';
import { percentile } from './figures.js';
import { Sparkline } from './svg.js';

/** @typedef {import('./figures.js').Figures} Figures */

/** Over how long a figure by the second is taken, in milliseconds. */
const LATELY = 5000;
const MINUTE = 60_000;

/**
 * A tile: what it is called, its value, what else there is to say, its curve, and whether it is as it should not be.
 * @typedef {{name: string, value: string, more: string, curve: number[], bad?: boolean}} Tile
 */

/**
 * @param {any} status
 * @param {Figures} figures
 * @returns {Tile[]}
 */
export function tilesOf(status, figures) {
  const late = figures.times('late', MINUTE);
  const ticks = figures.times('ticks', MINUTE);
  const overruns = figures.growth('overruns', MINUTE);
  const wrong = figures.growth('mismatches', MINUTE);
  return [
    {
      name: 'Players',
      value: count(status.players),
      more: `${count(status.spectators)} watching, ${count(status.connections)} sockets`,
      curve: figures.series('players'),
    },
    {
      name: 'Rooms',
      value: count(status.rooms),
      more: `${count(status.sleeping_rooms)} of them asleep`,
      curve: figures.series('rooms'),
    },
    {
      name: 'A tick takes',
      value: time(percentile(ticks, 0.99)),
      more: `p99, median ${time(percentile(ticks, 0.5))}`,
      curve: figures.percentiles('ticks', 0.99),
    },
    {
      name: 'A tick is late by',
      value: time(percentile(late, 0.99)),
      more: `p99, median ${time(percentile(late, 0.5))}`,
      curve: figures.percentiles('late', 0.99),
    },
    {
      name: 'Slow ticks',
      value: count(overruns),
      more: `last minute, ${count(status.tick_overruns)} in all`,
      curve: figures.rates('overruns'),
      bad: overruns > 0,
    },
    {
      name: 'Sent',
      value: `${bytes(figures.rate('sent', LATELY))}/s`,
      more: `${count(Math.round(figures.rate('frames', LATELY)))} frames/s`,
      curve: figures.rates('sent'),
    },
    {
      name: 'Hashes that differed',
      value: count(wrong),
      more: `last minute, ${count(status.hash_mismatches)} in all`,
      curve: figures.rates('mismatches'),
      bad: wrong > 0,
    },
    {
      name: 'Memory',
      value: bytes(status.process?.resident_bytes ?? 0),
      more: `${percent(figures.rate('cpu', LATELY))} of a core`,
      curve: figures.series('memory'),
    },
  ];
}

export class Tiles {
  /** @param {HTMLElement} list */
  constructor(list) {
    this.list = list;
    /** @type {{root: HTMLElement, name: HTMLElement, value: HTMLElement, more: HTMLElement, spark: Sparkline}[]} */
    this.tiles = [];
  }

  add() {
    const [root, name, value, more] = [make('li', ''), make('span', 'what'), make('b', 'value'), make('span', 'more')];
    const spark = new Sparkline();
    root.append(name, value, more, spark.root);
    this.list.append(root);
    const tile = { root, name, value, more, spark };
    this.tiles.push(tile);
    return tile;
  }

  /** @param {Tile[]} shown */
  show(shown) {
    shown.forEach(({ name, value, more, curve, bad }, index) => {
      const tile = this.tiles[index] ?? this.add();
      tile.root.className = bad ? 'bad' : '';
      tile.name.textContent = name;
      tile.value.textContent = value;
      tile.more.textContent = more;
      tile.spark.show(curve);
    });
  }
}
