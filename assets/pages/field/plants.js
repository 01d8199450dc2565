// What grows: five stages in a handful of colours, each drawn once.

import { blob, glow, hash, sprite, stamp } from './sprites.js';

/** @typedef {Record<string, any>} Entity */

/** Petals, and what they glow like. */
const SPECIES = [
  ['#ff8fb8', 'hsl(338 100% 75%'],
  ['#c0a2ff', 'hsl(260 100% 80%'],
  ['#fff4dc', 'hsl(45 100% 85%'],
  ['#8fd8ff', 'hsl(200 100% 78%'],
  ['#ff9d70', 'hsl(18 100% 70%'],
];
const GOLD = ['#ffd34d', 'hsl(45 100% 65%'];
/** Plants in squares of this side are mostly of one colour. */
const PATCH = 520;
/** How large plants are drawn. */
const SCALE = 1.3;

export class Plants {
  constructor() {
    this.sprout = sprite(24, 20, 16, (context) => leaves(context, 2, 8));
    this.leaf = sprite(36, 28, 22, (context) => leaves(context, 5, 13));
    this.kinds = [...SPECIES, GOLD].map(([petals, light], index) => ({
      bud: sprite(36, 40, 34, (context) => bud(context, petals)),
      blossom: sprite(44, 48, 40, (context) => blossom(context, petals, 5 + (index % 3), index === 5)),
      glow: glow(light, 30),
    }));
  }

  /**
   * @param {Entity} plant
   */
  kindOf({ pos, stage }) {
    if (stage === 'gold') return this.kinds[5];
    const bits = hash(pos.x, pos.y);
    const patch = hash(Math.floor(pos.x / PATCH), Math.floor(pos.y / PATCH));
    return this.kinds[(bits % 4 === 0 ? bits >>> 3 : patch) % SPECIES.length];
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Entity} plant
   * @param {number} time
   */
  draw(context, plant, time) {
    const { pos, stage } = plant;
    const kind = this.kindOf(plant);
    const sway = Math.sin(time * 1.4 + pos.x / 90 + pos.y / 120) * 0.07;
    const picture =
      stage === 'sprout' ? this.sprout : stage === 'leaf' ? this.leaf : stage === 'bud' ? kind.bud : kind.blossom;
    const wide = (stage === 'sprout' ? 5 : 10) * SCALE;
    blob(context, 'rgb(20 40 25 / .24)', pos.x + 2, pos.y + 1, wide, wide * 0.42);
    context.save();
    context.transform(1, 0, sway, 1, pos.x, pos.y);
    stamp(context, picture, 0, 0, stage === 'gold' ? 1.25 * SCALE : SCALE);
    context.restore();
  }

  /**
   * What a ripe plant shines like; drawn where light adds up.
   * @param {CanvasRenderingContext2D} context
   * @param {Entity} plant
   * @param {number} time
   * @param {number} night 0 to 1
   */
  shine(context, plant, time, night) {
    const { pos, stage } = plant;
    if (stage !== 'blossom' && stage !== 'gold') return;
    const gold = stage === 'gold';
    const pulse = 0.5 + 0.5 * Math.sin(time * (gold ? 3 : 1.8) + pos.x);
    context.globalAlpha = (gold ? 0.5 : 0.16) + pulse * (gold ? 0.25 : 0.1) + night * 0.25;
    stamp(context, this.kindOf(plant).glow, pos.x, pos.y - 24 * SCALE, (gold ? 1.6 : 0.9 + pulse * 0.15) * SCALE);
    context.globalAlpha = 1;
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} count
 * @param {number} length
 */
function leaves(context, count, length) {
  for (let i = 0; i < count; i++) {
    const turn = -Math.PI / 2 + (count === 1 ? 0 : (i / (count - 1) - 0.5) * 2.3);
    const [x, y] = [Math.cos(turn) * length * 0.55, Math.sin(turn) * length * 0.55];
    blob(context, i % 2 ? '#4f9140' : '#3f7d38', x, y, length * 0.55, length * 0.2, turn);
    blob(context, 'rgb(190 226 130 / .5)', x - 0.6, y - 0.8, length * 0.35, length * 0.07, turn);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} tall
 */
function stem(context, tall) {
  context.strokeStyle = '#3d7a38';
  context.lineWidth = 2.2;
  context.lineCap = 'round';
  context.beginPath();
  context.moveTo(0, 0);
  context.quadraticCurveTo(1.5, -tall / 2, 0, -tall);
  context.stroke();
  leaves(context, 4, 12);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} petals
 */
function bud(context, petals) {
  stem(context, 20);
  blob(context, petals, 0, -23, 3.6, 5.5);
  blob(context, '#4c8a41', 0, -20, 4, 3.4);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} petals
 * @param {number} count
 * @param {boolean} double
 */
function blossom(context, petals, count, double) {
  stem(context, 22);
  const ring = (/** @type {number} */ from, /** @type {number} */ reach, /** @type {number} */ size) => {
    for (let i = 0; i < count; i++) {
      const turn = from + (i * Math.PI * 2) / count;
      const [x, y] = [Math.cos(turn) * reach, -24 + Math.sin(turn) * reach * 0.85];
      blob(context, 'rgb(60 30 60 / .18)', x, y + 0.8, size, size * 0.72, turn);
      blob(context, petals, x, y, size, size * 0.7, turn);
      blob(context, 'rgb(255 255 255 / .35)', x - 0.5, y - 0.8, size * 0.5, size * 0.28, turn);
    }
  };
  ring(0.3, 6.4, 4.8);
  if (double) ring(0.8, 4, 3.6);
  blob(context, '#f7c948', 0, -24, 3.3);
  blob(context, '#fff1b8', -0.8, -24.8, 1.4);
}
