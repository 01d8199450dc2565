// One chart of a report: curves, the phases behind them, and the lines that must not be crossed.

import { clock, withUnit } from './words.js';

/** @typedef {import('uplot')} Plot */
/** @typedef {{ name: string, label: string, limit?: number }} Curve */
/** @typedef {{ id: string, title: string, unit: string, from_zero: boolean, curves: Curve[], since?: number }} Chart */
/** @typedef {{ name: string, from: number, to: number }} Phase */
/** @typedef {{ series: { name: string, points: [number, number][] }[], phases: Phase[], seconds: number }} Figures */

export const HEIGHT = 236;

/**
 * A colour of the style sheet, as it is now.
 * @param {string} name
 */
function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/**
 * The curves of a chart over common times; what one has no value at is left open.
 * @param {Chart} chart
 * @param {Figures} figures
 * @returns {import('uplot').AlignedData}
 */
export function aligned(chart, figures) {
  const columns = chart.curves.map(({ name }) => new Map(figures.series.find((it) => it.name === name)?.points ?? []));
  const times = [...new Set(columns.flatMap((column) => [...column.keys()]))].sort((a, b) => a - b);
  return /** @type {any} */ ([times, ...columns.map((column) => times.map((time) => column.get(time) ?? null))]);
}

/**
 * As much of a text as there is room for.
 * @param {CanvasRenderingContext2D} ctx
 * @param {string} text
 * @param {number} room
 */
function shortened(ctx, text, room) {
  if (ctx.measureText(text).width <= room) return text;
  const letters = [...text].slice(0, 40);
  while (letters.length > 0 && ctx.measureText(`${letters.join('')}…`).width > room) letters.pop();
  return letters.length > 1 ? `${letters.join('')}…` : '';
}

/**
 * Phases as bands, every other one, with their names as far as there is room.
 * @param {Plot} plot
 * @param {Phase[]} phases
 */
function drawPhases({ ctx, bbox, valToPos }, phases) {
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, 0, bbox.width, bbox.top + bbox.height);
  ctx.clip();
  ctx.font = `${10.5 * ratio}px system-ui, sans-serif`;
  ctx.textBaseline = 'top';
  phases.forEach((phase, index) => {
    const from = Math.max(bbox.left, valToPos(phase.from, 'x', true));
    const to = Math.min(bbox.left + bbox.width, valToPos(phase.to, 'x', true));
    if (to <= from) return;
    ctx.fillStyle = colour('band');
    if (index % 2 === 0) ctx.fillRect(from, bbox.top, to - from, bbox.height);
    ctx.fillStyle = colour('dim');
    const name = shortened(ctx, phase.name, to - from - 6 * ratio);
    if (phases.length > 1) ctx.fillText(name, from + 4 * ratio, bbox.top - 14 * ratio);
  });
  ctx.restore();
}

/**
 * A dashed line over the whole chart, with a word at its end.
 * @param {Plot} plot
 * @param {number} at in the axis' own measure
 * @param {'x' | 'y'} axis that it cuts
 * @param {string} word
 */
function drawLine({ ctx, bbox, valToPos }, at, axis, word) {
  const ratio = devicePixelRatio;
  const place = Math.round(valToPos(at, axis, true));
  const [start, length] = axis === 'x' ? [bbox.left, bbox.width] : [bbox.top, bbox.height];
  if (place < start - 1 || place > start + length + 1) return;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour('bad');
  ctx.lineWidth = ratio;
  ctx.setLineDash([5 * ratio, 4 * ratio]);
  ctx.beginPath();
  if (axis === 'x') {
    ctx.moveTo(place, bbox.top);
    ctx.lineTo(place, bbox.top + bbox.height);
  } else {
    ctx.moveTo(bbox.left, place);
    ctx.lineTo(bbox.left + bbox.width, place);
  }
  ctx.stroke();
  ctx.font = `600 ${10.5 * ratio}px system-ui, sans-serif`;
  const isRight = axis === 'y' || place > bbox.left + bbox.width * 0.8;
  ctx.textAlign = isRight ? 'right' : 'left';
  ctx.textBaseline = 'bottom';
  const end = axis === 'y' ? bbox.left + bbox.width : place;
  ctx.fillText(word, end + (isRight ? -4 : 4) * ratio, axis === 'y' ? place - 2 * ratio : bbox.top + bbox.height - 4 * ratio);
  ctx.restore();
}

/**
 * From where to where the values go. A limit is in it when the curve comes near.
 * @param {Chart} chart
 * @param {number | null} low
 * @param {number | null} high
 * @returns {[number, number]}
 */
export function reach(chart, low, high) {
  if (low === null || high === null) return [0, 1];
  const near = chart.curves.map(({ limit }) => limit ?? 0).filter((limit) => high > limit * 0.35);
  const top = Math.max(high, ...near);
  const bottom = chart.from_zero ? Math.min(0, low) : low;
  // What hardly changes is not blown up until it looks as if it did.
  const room = Math.max(top - bottom, Math.abs(top) * (chart.from_zero ? 0 : 0.1)) || 1;
  return [chart.from_zero && low >= 0 ? 0 : bottom - room * 0.08, top + room * 0.14];
}

/**
 * How uPlot is to draw a chart.
 * @param {Chart} chart
 * @param {Figures} figures
 * @param {number} width
 * @returns {import('uplot').Options}
 */
export function options(chart, figures, width) {
  const axis = { stroke: () => colour('dim'), font: '11px system-ui, sans-serif', ticks: { show: false } };
  const grid = { stroke: () => colour('grid'), width: 1 };
  const curve = (/** @type {Curve} */ { label }, /** @type {number} */ index) => ({
    label,
    stroke: () => colour(`line-${(index % 4) + 1}`),
    fill: () => (chart.curves.length === 1 && chart.from_zero ? `color-mix(in srgb, ${colour('line-1')} 12%, transparent)` : ''),
    width: 1.5,
    spanGaps: true,
    points: { show: false },
    value: (/** @type {Plot} */ _, /** @type {number | null} */ value) => withUnit(value, chart.unit),
  });
  return {
    width,
    height: HEIGHT,
    padding: [20, 24, 0, 0],
    cursor: { sync: { key: 'soak' }, drag: { x: true, y: false }, y: false, points: { size: 7 } },
    scales: { x: { time: false }, y: { range: (_, low, high) => reach(chart, low, high) } },
    series: [{ label: 'at', value: (_, time) => clock(time) }, ...chart.curves.map(curve)],
    axes: [
      { ...axis, grid: { show: false }, size: 30, space: 64, incrs: STEPS, values: (_, times) => times.map(clock) },
      { ...axis, grid, size: 70, ...(chart.unit === 'bytes' ? { incrs: BINARY_STEPS } : {}), values: (_, values) => values.map((it) => withUnit(it, chart.unit, Math.max(...values.map(Math.abs)))) },
    ],
    hooks: {
      drawClear: [(plot) => drawPhases(plot, figures.phases)],
      draw: [
        (plot) => {
          for (const { limit } of chart.curves) if (limit !== undefined) drawLine(plot, limit, 'y', `limit ${withUnit(limit, chart.unit)}`);
          if (chart.since !== undefined) drawLine(plot, chart.since, 'x', `since ${clock(chart.since)}`);
        },
      ],
    },
  };
}

/** Steps of an axis of time that people count in. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];

/** Steps of an axis of bytes. */
const BINARY_STEPS = Array.from({ length: 50 }, (_, power) => 2 ** power);
