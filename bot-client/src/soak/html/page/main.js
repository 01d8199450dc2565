// Puts the charts into a report, ties their cursors and zoom together, and answers its buttons.

import { HEIGHT, aligned, options } from './chart.js';

/** @typedef {import('./chart.js').Plot} Plot */
/** @typedef {import('./chart.js').Chart} Chart */
/** @typedef {import('./chart.js').Figures} Figures */

/** What the page holds, as JSON that no browser runs. */
function held(/** @type {string} */ id) {
  return JSON.parse(document.getElementById(id)?.textContent || 'null');
}

/** @type {Map<HTMLElement, Plot>} */
const plots = new Map();
let isZooming = false;

/**
 * Shows the same times in all charts.
 * @param {number} min
 * @param {number} max
 */
function zoomAll(min, max) {
  if (isZooming) return;
  isZooming = true;
  for (const plot of plots.values()) plot.setScale('x', { min, max });
  isZooming = false;
  /** @type {HTMLElement} */ (document.getElementById('whole')).hidden = false;
}

/**
 * @param {HTMLElement} place
 * @param {Chart} chart
 * @param {Figures} figures
 */
function put(place, chart, figures) {
  const how = options(chart, figures, place.clientWidth);
  how.hooks = {
    ...how.hooks,
    setSelect: [(plot) => plot.select.width > 0 && zoomAll(plot.posToVal(plot.select.left, 'x'), plot.posToVal(plot.select.left + plot.select.width, 'x'))],
  };
  // One's own double click would show the whole of one chart only.
  how.cursor = { ...how.cursor, bind: { dblclick: () => () => (zoomAll(0, figures.seconds), null) } };
  how.scales = { ...how.scales, x: { time: false, min: 0, max: figures.seconds } };
  const Draw = /** @type {any} */ (globalThis).uPlot;
  const plot = /** @type {Plot} */ (new Draw(how, aligned(chart, figures), place));
  plots.set(place, plot);
  place.addEventListener('keydown', (event) => onKey(event, plot, figures));
}

/**
 * The arrows move the cursor, + and - zoom about it, 0 shows all.
 * @param {KeyboardEvent} event
 * @param {Plot} plot
 * @param {Figures} figures
 */
function onKey(event, plot, figures) {
  const times = /** @type {number[]} */ (plot.data[0]);
  const { min = 0, max = figures.seconds } = /** @type {{ min?: number, max?: number }} */ (plot.scales.x);
  const at = plot.cursor.idx ?? 0;
  const step = event.shiftKey ? 10 : 1;
  const moves = { ArrowLeft: at - step, ArrowRight: at + step, Home: 0, End: times.length - 1 };
  const to = moves[/** @type {keyof typeof moves} */ (event.key)];
  const zoom = { '+': 0.25, '=': 0.25, '-': 1 }[event.key];
  if (to !== undefined) {
    const time = times[Math.max(0, Math.min(times.length - 1, to))];
    /** @type {any} */ (plot).setCursor({ left: plot.valToPos(time, 'x'), top: HEIGHT / 3 }, true, true);
  } else if (zoom !== undefined) {
    const half = (max - min) * zoom;
    zoomAll(Math.max(0, times[at] - half), Math.min(figures.seconds, times[at] + half));
  } else if (event.key === '0') {
    showWhole(figures);
  } else return;
  event.preventDefault();
}

/** @param {Figures} figures */
function showWhole(figures) {
  zoomAll(0, figures.seconds);
  /** @type {HTMLElement} */ (document.getElementById('whole')).hidden = true;
}

/**
 * Shows when something began, in the chart that tells of it.
 * @param {HTMLElement} button
 * @param {Figures} figures
 */
function showSince(button, figures) {
  const since = Number(button.dataset.since);
  const half = figures.seconds / 6;
  zoomAll(Math.max(0, since - half), Math.min(figures.seconds, since + half));
  const chart = document.getElementById(button.dataset.chart ?? '') ?? document.getElementById('curves');
  chart?.scrollIntoView({ block: 'center' });
  /** @type {HTMLElement | null | undefined} */ (chart?.querySelector('.plot'))?.focus({ preventScroll: true });
}

/** @param {HTMLElement} button */
async function copy(button) {
  const text = document.getElementById(button.dataset.copy ?? '')?.textContent ?? '';
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = 'copied';
  } catch {
    // Where a page may not write there, people still can: the text is chosen for them.
    getSelection()?.selectAllChildren(/** @type {Node} */ (document.getElementById(button.dataset.copy ?? '')));
    button.textContent = 'chosen: press Ctrl C';
  }
}

/** Saves the report's own JSON. */
function save() {
  const link = document.createElement('a');
  const text = document.getElementById('report')?.textContent ?? '';
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = `${document.title.replace(/[^\p{L}\p{N}]+/gu, '-')}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}

function main() {
  /** @type {Figures} */
  const figures = held('figures') ?? held('report');
  /** @type {Chart[]} */
  const charts = held('charts') ?? [];
  for (const chart of charts) {
    const place = document.getElementById(chart.id)?.querySelector('.plot');
    if (place instanceof HTMLElement) put(place, chart, figures);
  }
  const redraw = () => plots.forEach((plot) => plot.redraw(false));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  const paper = (/** @type {boolean} */ isPaper) => {
    document.documentElement.classList.toggle('printing', isPaper);
    redraw();
  };
  addEventListener('beforeprint', () => paper(true));
  addEventListener('afterprint', () => paper(false));
  new ResizeObserver(() => {
    plots.forEach((plot, place) => place.clientWidth > 0 && plot.setSize({ width: place.clientWidth, height: HEIGHT }));
  }).observe(document.body);
  document.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('button') : null;
    if (button?.dataset.since !== undefined) showSince(button, figures);
    else if (button?.dataset.copy !== undefined) copy(button);
    else if (button?.id === 'save') save();
    else if (button?.id === 'whole') showWhole(figures);
  });
}

main();
