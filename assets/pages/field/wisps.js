// Players: small lights with eyes, and a tail of where they were.

import { hueColour } from '../common/colours.js';
import { blob, glow, stamp } from './sprites.js';

/** @typedef {Record<string, any>} Entity */
/** @typedef {import('./poses.js').Pose} Pose */

const HUES = 16;
/** How high above the ground a wisp floats, in units. */
const HOVER = 12;

export class Wisps {
  /** @param {import('./session.js').Setup} setup */
  constructor(setup) {
    this.setup = setup;
    this.glows = Array.from({ length: HUES }, (_, hue) => glow(`hsl(${(hue * 360) / HUES} 90% 66%`, 60));
  }

  /** @param {Entity} wisp */
  radius({ size }) {
    return this.setup.wisp_radius + size * this.setup.radius_a_size;
  }

  /**
   * The light around a wisp and its tail; drawn where light adds up.
   * @param {CanvasRenderingContext2D} context
   * @param {Entity} wisp
   * @param {Pose} pose
   * @param {number} night 0 to 1
   */
  shine(context, wisp, pose, night) {
    const radius = this.radius(wisp);
    context.globalAlpha = 0.5 + night * 0.3;
    stamp(context, this.glows[wisp.hue], pose.x, pose.y - HOVER, (radius / 60) * (3.6 + night));
    context.globalAlpha = 1;
    if (pose.tail.length < 3) return;
    for (const [width, alpha] of /** @type {const} */ ([
      [0.8, 0.24],
      [0.4, 0.4],
    ])) {
      this.tail(context, wisp, pose, radius * width, wisp.dashing ? alpha * 1.6 : alpha);
    }
  }

  /**
   * A ribbon along where the wisp was, as one shape, so that it has no seams.
   * @param {CanvasRenderingContext2D} context
   * @param {Entity} wisp
   * @param {Pose} pose
   * @param {number} width
   * @param {number} alpha
   */
  tail(context, wisp, { x, y, gait, tail }, width, alpha) {
    const points = [{ x, y }, ...tail];
    const end = points[points.length - 1];
    const fade = context.createLinearGradient(x, y, end.x, end.y);
    fade.addColorStop(0, hueColour(wisp.hue, 70, alpha));
    fade.addColorStop(1, hueColour(wisp.hue, 60, 0));
    context.fillStyle = fade;
    context.beginPath();
    const edge = (/** @type {number} */ index, /** @type {number} */ side) => {
      const [before, after] = [points[Math.max(0, index - 1)], points[Math.min(points.length - 1, index + 1)]];
      const across = Math.atan2(after.y - before.y, after.x - before.x) + Math.PI / 2;
      const left = 1 - index / (points.length - 1);
      const wave = Math.sin(gait / 18 + index * 0.8) * (1 - left) * 5;
      const reach = side * width * left + wave;
      context.lineTo(points[index].x + Math.cos(across) * reach, points[index].y - HOVER + Math.sin(across) * reach);
    };
    for (let i = 0; i < points.length; i++) edge(i, 1);
    for (let i = points.length - 1; i >= 0; i--) edge(i, -1);
    context.fill();
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Entity} wisp
   * @param {Pose} pose
   * @param {number} time
   * @param {{own: boolean, heading: number, leads: boolean}} looks
   */
  draw(context, wisp, pose, time, { own, heading, leads }) {
    const radius = this.radius(wisp);
    const bob = Math.sin(time * 2.6 + wisp.player) * 2.2;
    context.save();
    context.translate(pose.x, pose.y - HOVER + bob);
    if (wisp.life === 'fresh') context.globalAlpha = 0.55 + 0.3 * Math.sin(time * 14);
    this.body(context, wisp, heading, radius, time, pose);
    this.eyes(context, heading, radius, time, wisp.player);
    if (own) this.sparks(context, wisp.light ?? 0, radius, time);
    if (leads) crown(context, radius);
    context.restore();
  }

  /**
   * A drop whose point trails behind.
   * @param {CanvasRenderingContext2D} context
   * @param {Entity} wisp
   * @param {number} heading
   * @param {number} radius
   * @param {number} time
   * @param {Pose} pose
   */
  body(context, wisp, heading, radius, time, pose) {
    const speed = Math.min(1, pose.speed / 300);
    // At rest its point is above, like a flame's.
    const [x, y] = [-Math.cos(heading) * speed, -Math.sin(heading) * speed - (1 - speed)];
    const back = Math.atan2(y, x) + Math.sin(time * 7 + wisp.player) * 0.12;
    const length = radius * (1.5 + speed * 0.5);
    context.beginPath();
    context.arc(0, 0, radius, back + 0.9, back - 0.9 + Math.PI * 2);
    const tip = { x: Math.cos(back) * length, y: Math.sin(back) * length };
    const side = (/** @type {number} */ turn) => [Math.cos(back + turn) * radius, Math.sin(back + turn) * radius];
    const [left, right] = [side(-0.45), side(0.45)];
    context.quadraticCurveTo(left[0], left[1], tip.x, tip.y);
    context.quadraticCurveTo(right[0], right[1], Math.cos(back + 0.9) * radius, Math.sin(back + 0.9) * radius);
    const light = context.createRadialGradient(-radius * 0.25, -radius * 0.3, radius * 0.1, 0, 0, radius * 1.25);
    light.addColorStop(0, '#ffffff');
    light.addColorStop(0.45, hueColour(wisp.hue, 86));
    light.addColorStop(1, hueColour(wisp.hue, 62));
    context.fillStyle = light;
    context.fill();
    context.lineWidth = 1.5;
    context.strokeStyle = hueColour(wisp.hue, 92, 0.8);
    context.stroke();
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} heading
   * @param {number} radius
   * @param {number} time
   * @param {number} player
   */
  eyes(context, heading, radius, time, player) {
    const [x, y] = [Math.cos(heading) * radius * 0.32, Math.sin(heading) * radius * 0.24];
    const open = (time + player * 1.37) % 3.7 < 0.13 ? 0.15 : 1;
    for (const side of [-1, 1]) {
      const left = x + side * radius * 0.3;
      blob(context, '#33203d', left, y, radius * 0.13, radius * 0.2 * open);
      blob(context, '#ffffff', left + radius * 0.04, y - radius * 0.07, radius * 0.05 * open);
      blob(context, 'rgb(255 130 140 / .35)', left + side * radius * 0.16, y + radius * 0.26, radius * 0.13, radius * 0.08);
    }
  }

  /**
   * As many sparks as bites it stands.
   * @param {CanvasRenderingContext2D} context
   * @param {number} light
   * @param {number} radius
   * @param {number} time
   */
  sparks(context, light, radius, time) {
    for (let i = 0; i < light; i++) {
      const turn = time * 1.5 + (i * Math.PI * 2) / Math.max(1, light);
      const [x, y] = [Math.cos(turn) * (radius + 10), Math.sin(turn) * (radius + 10) * 0.6];
      blob(context, 'rgb(255 233 168 / .35)', x, y, 5.5);
      blob(context, '#fffbe6', x, y, 2.6);
    }
  }
}

/**
 * A wisp's name, below it.
 * @param {CanvasRenderingContext2D} context
 * @param {Entity} wisp
 * @param {number} radius
 */
export function drawName(context, { pos, name, hue }, radius) {
  context.font = '600 13px system-ui, sans-serif';
  context.textAlign = 'center';
  context.lineWidth = 3.5;
  context.lineJoin = 'round';
  context.strokeStyle = 'rgb(16 30 22 / .7)';
  context.strokeText(name, pos.x, pos.y + radius + 14);
  context.fillStyle = hueColour(hue, 86);
  context.fillText(name, pos.x, pos.y + radius + 14);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} radius
 */
function crown(context, radius) {
  context.save();
  context.translate(0, -radius * 1.25);
  context.scale(radius / 20, radius / 20);
  context.fillStyle = '#ffd34d';
  context.strokeStyle = '#8a5a12';
  context.lineWidth = 1.2;
  context.beginPath();
  context.moveTo(-10, 3);
  for (const [x, y] of [[-11, -7], [-5, -2], [0, -10], [5, -2], [11, -7], [10, 3]]) context.lineTo(x, y);
  context.closePath();
  context.fill();
  context.stroke();
  context.restore();
}
