// The time of day: a tint over everything that does not shine, and what drifts in the air.

import { modulo } from '../common/picture.js';
import { glow, stamp } from './sprites.js';

/** How long a day is, in seconds. */
const DAY = 300;
const MOTES = 46;

/**
 * Times of a day with what the light is then multiplied by, and how much night it is.
 * @type {[number, number[], number][]}
 */
const HOURS = [
  [0, [255, 236, 208], 0.1],
  [0.2, [255, 252, 240], 0],
  [0.45, [255, 250, 232], 0],
  [0.6, [255, 222, 176], 0.15],
  [0.7, [226, 158, 150], 0.5],
  [0.78, [118, 124, 190], 1],
  [0.9, [128, 132, 196], 1],
  [0.96, [222, 186, 196], 0.5],
  [1, [255, 236, 208], 0.1],
];

/**
 * The light at a time of the room, the same for all its players.
 * @param {number} seconds
 */
export function daylight(seconds) {
  const time = modulo(seconds / DAY + 0.5, 1);
  const next = HOURS.findIndex(([at]) => at > time);
  const [[from, first, dark], [to, second, darker]] = [HOURS[next - 1], HOURS[next]];
  const share = (time - from) / (to - from);
  const mix = (/** @type {number} */ a, /** @type {number} */ b) => a + (b - a) * share;
  const [red, green, blue] = first.map((value, index) => Math.round(mix(value, second[index])));
  return { tint: `rgb(${red} ${green} ${blue})`, night: mix(dark, darker) };
}

export class Light {
  /** @param {CanvasRenderingContext2D} context */
  constructor(context) {
    this.context = context;
    this.vignette = vignette();
    this.pollen = glow('hsl(46 100% 88%', 8);
    this.firefly = glow('hsl(72 100% 78%', 12);
    this.motes = Array.from({ length: MOTES }, () => ({
      x: Math.random(),
      y: Math.random(),
      depth: 0.9 + Math.random() * 0.6,
      phase: Math.random() * 9,
    }));
  }

  /**
   * Darkens or warms all that has been drawn so far.
   * @param {{left: number, top: number, width: number, height: number}} box
   * @param {string} tint
   */
  tint({ left, top, width, height }, tint) {
    const { context } = this;
    context.globalCompositeOperation = 'multiply';
    context.fillStyle = tint;
    context.fillRect(left, top, width, height);
    context.globalCompositeOperation = 'source-over';
  }

  /**
   * Pollen by day and fireflies by night, nearer to the eye than the ground.
   * @param {import('../common/camera.js').Camera} camera
   * @param {number} ratio
   * @param {number} time
   * @param {number} night 0 to 1
   */
  air(camera, ratio, time, night) {
    const { context } = this;
    const [width, height] = [camera.width * ratio, camera.height * ratio];
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalCompositeOperation = 'lighter';
    for (const { x, y, depth, phase } of this.motes) {
      const shift = depth * camera.scale * ratio;
      const left = modulo(x * width + Math.sin(time * 0.4 + phase) * 50 - camera.x * shift, width);
      const top = modulo(y * height + Math.cos(time * 0.3 + phase) * 40 - camera.y * shift, height);
      const blink = 0.5 + 0.5 * Math.sin(time * (1 + night * 2) + phase * 3);
      context.globalAlpha = blink * (0.4 + night * 0.6);
      stamp(context, night > 0.4 ? this.firefly : this.pollen, left, top, (0.3 + depth * 0.35 + night * 0.3) * ratio);
    }
    context.globalCompositeOperation = 'source-over';
    context.globalAlpha = 1;
    context.drawImage(this.vignette, 0, 0, width, height);
  }
}

/** A frame of shade, small because it is soft. */
function vignette() {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [160, 90];
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const shade = context.createRadialGradient(80, 45, 36, 80, 45, 100);
  shade.addColorStop(0, 'rgb(20 24 40 / 0)');
  shade.addColorStop(0.6, 'rgb(20 24 40 / 0.12)');
  shade.addColorStop(1, 'rgb(14 16 34 / 0.5)');
  context.fillStyle = shade;
  context.fillRect(0, 0, 160, 90);
  return canvas;
}
