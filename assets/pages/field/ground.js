// The meadow itself: soft colours, tufts that sway, and the hedge at the end of the world.

import { blob, hash, sprite, stamp } from './sprites.js';

/** @typedef {import('../common/camera.js').Camera} Camera */
/** @typedef {import('./sprites.js').Sprite} Sprite */

/** The side of the noise's tile, in its own pixels. */
const TILE = 256;
/** Each square of this side has at most one tuft, in units. */
const TUFT_CELL = 62;
const HEDGE_STEP = 44;

/** Light and shade of the grass: one tile fine, one coarse, so that no repetition shows. */
const LAYERS = /** @type {const} */ ([
  [5.3, 1],
  [19, 0.55],
]);

/**
 * Noise that repeats without a seam, between 0 and 1.
 * @param {number} x of a tile's pixel
 * @param {number} y
 */
function noise(x, y) {
  let [sum, weight] = [0, 0];
  for (const [cells, share] of [[4, 1], [9, 0.6], [23, 0.35], [61, 0.16]]) {
    const [u, v] = [(x / TILE) * cells, (y / TILE) * cells];
    const [left, top] = [Math.floor(u), Math.floor(v)];
    const [a, b] = [smooth(u - left), smooth(v - top)];
    const at = (/** @type {number} */ i, /** @type {number} */ j) =>
      hash(((left + i) % cells) + cells * 1000, (top + j) % cells) / 2 ** 32;
    const upper = at(0, 0) * (1 - a) + at(1, 0) * a;
    const lower = at(0, 1) * (1 - a) + at(1, 1) * a;
    sum += (upper * (1 - b) + lower * b) * share;
    weight += share;
  }
  return sum / weight;
}

/** @param {number} t */
function smooth(t) {
  return t * t * (3 - 2 * t);
}

/**
 * A tile of noise in colours.
 * @param {(value: number) => [number, number, number, number]} colour
 */
function noiseTile(colour) {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = TILE;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const pixels = context.createImageData(TILE, TILE);
  for (let i = 0; i < TILE * TILE; i++) {
    pixels.data.set(colour(noise(i % TILE, Math.floor(i / TILE))), i * 4);
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}

export class Ground {
  /** @param {CanvasRenderingContext2D} context */
  constructor(context) {
    this.context = context;
    const grass = noiseTile((value) => {
      const light = (value - 0.5) * 2.6;
      return [98 + light * 46, 150 + light * 34, 76 + light * 14, 255];
    });
    const shade = noiseTile((value) => {
      const dark = Math.max(0, value - 0.52) * 4;
      return [24, 52, 44, Math.min(1, dark) * 110];
    });
    this.grass = /** @type {CanvasPattern} */ (context.createPattern(grass, 'repeat'));
    this.shade = /** @type {CanvasPattern} */ (context.createPattern(shade, 'repeat'));
    this.tufts = [tuft(0), tuft(1), tuft(2), daisies('#fff6e4', '#f4c542'), daisies('#e6dcff', '#f4c542'), pebbles()];
  }

  /**
   * @param {Camera} camera
   * @param {number} time in seconds
   * @param {{size: number, lushness: HTMLCanvasElement} | null} world
   */
  draw(camera, time, world) {
    const { context } = this;
    const box = camera.box();
    for (const [scale, alpha] of LAYERS) {
      this.grass.setTransform(new DOMMatrix().scale(scale));
      context.globalAlpha = alpha;
      context.fillStyle = this.grass;
      context.fillRect(box.left, box.top, box.width, box.height);
    }
    context.globalAlpha = 1;
    if (world) context.drawImage(world.lushness, 0, 0, world.size, world.size);
    this.drawTufts(box, time);
    // Clouds drift by a little faster than what they darken.
    const drift = new DOMMatrix().translate(camera.x * -0.12 + time * 22, camera.y * -0.12 + time * 9);
    this.shade.setTransform(drift.scale(9));
    context.fillStyle = this.shade;
    context.fillRect(box.left, box.top, box.width, box.height);
    if (world) this.drawHedge(box, world.size);
  }

  /**
   * @param {{left: number, top: number, width: number, height: number}} box
   * @param {number} time
   */
  drawTufts({ left, top, width, height }, time) {
    const { context } = this;
    const [first, last] = [Math.floor(left / TUFT_CELL), Math.floor((left + width) / TUFT_CELL) + 1];
    const [upper, lower] = [Math.floor(top / TUFT_CELL), Math.floor((top + height) / TUFT_CELL) + 1];
    for (let row = upper; row <= lower; row++) {
      for (let column = first; column <= last; column++) {
        const bits = hash(column, row);
        const kind = bits % 11;
        if (kind >= 9) continue;
        const x = (column + ((bits >>> 8) & 255) / 256) * TUFT_CELL;
        const y = (row + ((bits >>> 16) & 255) / 256) * TUFT_CELL;
        const tuft = this.tufts[kind < 6 ? kind % 3 : kind - 3];
        const sway = kind === 8 ? 0 : Math.sin(time * 1.6 + x / 130 + y / 170) * 0.16;
        context.save();
        context.transform(1, 0, sway, 1, x, y);
        stamp(context, tuft, 0, 0, 0.8 + ((bits >>> 24) & 63) / 120);
        context.restore();
      }
    }
  }

  /**
   * What grows where the world ends.
   * @param {{left: number, top: number, width: number, height: number}} box
   * @param {number} size
   */
  drawHedge({ left, top, width, height }, size) {
    const [right, bottom] = [left + width, top + height];
    if (left > 60 && top > 60 && right < size - 60 && bottom < size - 60) return;
    const { context } = this;
    context.fillStyle = '#20402c';
    context.fillRect(left, top, width, -top);
    context.fillRect(left, size, width, bottom - size);
    context.fillRect(left, top, -left, height);
    context.fillRect(size, top, right - size, height);
    for (let from = -HEDGE_STEP; from < size + HEDGE_STEP; from += HEDGE_STEP) {
      if (from > left - 80 && from < right + 80) {
        this.bush(from, 0, box(top, bottom, 0));
        this.bush(from, size, box(top, bottom, size));
      }
      if (from > top - 80 && from < bottom + 80) {
        this.bush(0, from, box(left, right, 0));
        this.bush(size, from, box(left, right, size));
      }
    }
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {boolean} shown
   */
  bush(x, y, shown) {
    if (!shown) return;
    const radius = 34 + (hash(x, y) % 16);
    blob(this.context, '#27502f', x, y + 8, radius);
    blob(this.context, '#3a6b3a', x - 5, y - 4, radius * 0.8);
    blob(this.context, '#4d8244', x - 9, y - 12, radius * 0.5);
  }
}

/**
 * @param {number} from
 * @param {number} to
 * @param {number} place
 */
function box(from, to, place) {
  return place > from - 80 && place < to + 80;
}

/** @param {number} variant */
function tuft(variant) {
  const blades = 5 + variant * 2;
  return sprite(44, 34, 30, (context) => {
    context.lineCap = 'round';
    for (let i = 0; i < blades; i++) {
      const bits = hash(i + 7, variant + 3);
      const lean = (i / (blades - 1) - 0.5) * 22 + (bits % 5) - 2;
      const tall = 10 + ((bits >>> 6) % 11);
      context.strokeStyle = i % 3 === 0 ? 'rgb(160 196 98 / .75)' : 'rgb(62 106 54 / .7)';
      context.lineWidth = 1.7;
      context.beginPath();
      context.moveTo(lean * 0.3, 0);
      context.quadraticCurveTo(lean * 0.4, -tall * 0.6, lean, -tall);
      context.stroke();
    }
  });
}

/**
 * @param {string} petals
 * @param {string} middle
 */
function daisies(petals, middle) {
  return sprite(44, 34, 24, (context) => {
    for (const [x, y] of [[-9, 2], [6, -5], [10, 5], [-3, -10]]) {
      for (let i = 0; i < 6; i++) {
        const turn = (i * Math.PI) / 3 + x;
        blob(context, petals, x + Math.cos(turn) * 2, y + Math.sin(turn) * 2, 1.5);
      }
      blob(context, middle, x, y, 1.2);
    }
  });
}

function pebbles() {
  return sprite(44, 34, 20, (context) => {
    for (const [x, y, radius] of [[-6, 0, 6], [5, 3, 4], [3, -4, 3]]) {
      blob(context, 'rgb(30 50 35 / .3)', x + 1, y + 2, radius, radius * 0.6);
      blob(context, '#9a9f8c', x, y, radius, radius * 0.7);
      blob(context, '#b9bda9', x - 1, y - 1, radius * 0.6, radius * 0.4);
    }
  });
}
