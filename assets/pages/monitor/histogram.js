// How long ticks take, as columns of which each is half a doubling wide.

import { make } from '../common/dom.js';
import { bars, percentile, total } from './figures.js';
import { count, time } from './format.js';
import { shape } from './svg.js';

/** @typedef {import('./figures.js').Buckets} Buckets */

const SIZE = { width: 400, height: 118, floor: 98, top: 14 };
/** The fewest columns, so that one alone does not fill the picture. */
const LEAST = 12;
/** Every so many columns one is named. */
const NAMED = 4;

/**
 * The columns of a picture, with empty ones at both ends where there are few.
 * @param {Buckets} buckets
 */
export function columns(buckets) {
  const made = bars(buckets);
  while (made.length > 0 && made.length < LEAST) {
    const last = made[made.length - 1];
    made.push({ from: last.to, to: last.to * Math.SQRT2, count: 0 });
    if (made.length < LEAST && made[0].from > 2) made.unshift({ from: made[0].from / Math.SQRT2, to: made[0].from, count: 0 });
  }
  return made;
}

/**
 * Where a time stands among columns, as a part of the picture's width.
 * @param {{from: number, to: number}[]} shown
 * @param {number} micros
 */
export function placeOf(shown, micros) {
  const [low, high] = [Math.log2(shown[0].from), Math.log2(shown[shown.length - 1].to)];
  return (Math.log2(micros) - low) / (high - low);
}

export class Histogram {
  /** @param {HTMLElement} place */
  constructor(place) {
    this.place = place;
    place.className = 'histogram';
    this.picture = shape('svg', { viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, role: 'img' });
    this.words = make('dl', 'pairs');
    place.append(this.picture, this.words);
  }

  /**
   * @param {Buckets} buckets in rising order
   * @param {number} max the longest ever, in microseconds
   * @param {number | null} limit how long a tick may take, in microseconds
   */
  show(buckets, max, limit) {
    const all = total(buckets);
    const shown = columns(buckets);
    const pieces = [shape('line', { class: 'rule', x1: 0, x2: SIZE.width, y1: SIZE.floor, y2: SIZE.floor })];
    if (all === 0) pieces.push(text(SIZE.width / 2, 60, 'no ticks', 'middle'));
    else pieces.push(...this.columns(shown, limit));
    this.picture.replaceChildren(...pieces);
    const words = ['median', 'p99', 'longest ever', 'ticks'];
    // A bucket ends beyond what is in it.
    const at = (/** @type {number} */ share) => time(Math.min(percentile(buckets, share), max));
    const values = [at(0.5), at(0.99), time(max), count(all)];
    this.picture.setAttribute('aria-label', words.map((word, index) => `${word}: ${values[index]}`).join(', '));
    this.words.replaceChildren(
      ...words.map((word, index) => {
        const pair = document.createElement('div');
        pair.append(make('dt', '', word), make('dd', '', values[index]));
        return pair;
      }),
    );
  }

  /**
   * @param {{from: number, to: number, count: number}[]} shown
   * @param {number | null} limit
   */
  columns(shown, limit) {
    const most = Math.max(...shown.map(({ count }) => count));
    const width = SIZE.width / shown.length;
    const made = shown.flatMap(({ from, to, count }, index) => {
      // A root shows the rare ones, which are the ones that matter, beside the many.
      const height = Math.sqrt(count / most) * (SIZE.floor - SIZE.top);
      const look = limit !== null && from >= limit ? 'column late' : 'column';
      const name = shape('title');
      name.textContent = `${time(from)} to ${time(to)}: ${count}`;
      const place = { x: index * width + 1, y: SIZE.floor - height, width: width - 2, height, rx: 1.5 };
      const column = shape('rect', { class: look, ...place }, [name]);
      const isNamed = index % NAMED === 0 && index <= shown.length - 2;
      return isNamed ? [column, text(index * width + 1, SIZE.height - 5, time(from))] : [column];
    });
    const at = limit === null ? -1 : placeOf(shown, limit) * SIZE.width;
    if (at > 0 && at < SIZE.width) {
      made.push(shape('line', { class: 'limit', x1: at, x2: at, y1: 12, y2: SIZE.floor }));
      const end = at > SIZE.width / 2 ? 'end' : 'start';
      made.push(text(at + (end === 'end' ? -4 : 4), 20, `a tick may take ${time(limit ?? 0)}`, end, 'limit-text'));
    }
    return made;
  }
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} words
 * @param {string} [anchor]
 * @param {string} [className]
 */
function text(x, y, words, anchor = 'start', className = '') {
  const made = shape('text', { x, y, 'text-anchor': anchor, class: className });
  made.textContent = words;
  return made;
}
