// Ages over time, as one line for each transport.

import { WINDOW } from './meter.js';

/** @typedef {{colour: string, name: string, ages: {at: number, age: number}[]}} Line */

const FONT = '12px system-ui, sans-serif';
/** Lines at these ages, in milliseconds. */
const RULES = [50, 100, 200, 400, 800];
const FLOOR = 18;

export class Strip {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    /** The age at the top; it follows the greatest one slowly. */
    this.most = 100;
  }

  /**
   * @param {Line[]} lines
   * @param {number} now milliseconds
   */
  draw(lines, now) {
    const { canvas, context } = this;
    const ratio = Math.min(window.devicePixelRatio || 1, 3);
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== across || canvas.height !== down) [canvas.width, canvas.height] = [across, down];
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const greatest = Math.max(60, ...lines.flatMap(({ ages }) => ages.map(({ age }) => age)));
    this.most += (greatest * 1.15 - this.most) * 0.05;
    const y = (/** @type {number} */ age) => height - FLOOR - (Math.min(age, this.most) / this.most) * (height - FLOOR - 8);
    this.drawRules(width, y);
    for (const { ages, colour } of lines) {
      context.beginPath();
      for (const { at, age } of ages) context.lineTo(width - ((now - at) / WINDOW) * width, y(age));
      context.strokeStyle = colour;
      context.lineWidth = 1.6;
      context.lineJoin = 'round';
      context.stroke();
    }
    this.drawLegend(lines, height);
  }

  /**
   * @param {number} width
   * @param {(age: number) => number} y
   */
  drawRules(width, y) {
    const { context } = this;
    context.font = FONT;
    for (const age of [0, ...RULES.filter((rule) => rule < this.most)]) {
      context.fillStyle = 'rgb(139 156 189 / 0.18)';
      context.fillRect(0, Math.round(y(age)), width, 1);
      context.fillStyle = '#8b9cbd';
      context.fillText(`${age} ms`, 8, y(age) - 4);
    }
  }

  /**
   * @param {Line[]} lines
   * @param {number} height
   */
  drawLegend(lines, height) {
    const { context } = this;
    let x = 70;
    for (const { name, colour } of lines) {
      context.fillStyle = colour;
      context.fillRect(x, height - 9, 14, 3);
      context.fillText(name, x + 19, height - 4);
      x += 34 + context.measureText(name).width;
    }
  }
}
