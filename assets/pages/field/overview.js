// The whole world, coarsely: regions as soft colours, for the corner and for the ground.

import { hueColour } from '../common/colours.js';
import { Minimap } from '../common/minimap.js';
import { hash } from './sprites.js';

/** @typedef {Record<string, any>} Entity */

/** The highest level of a region. */
const LEVEL_MAX = 7;

export class Overview extends Minimap {
  /** @param {import('./session.js').Setup} setup */
  constructor({ size, regions }) {
    super({ width: size, height: size });
    /** How green the ground is, one pixel a region. */
    this.lushness = canvasOf(regions);
    /** The same for the map in the corner. */
    this.ground = canvasOf(regions);
    /** The side of a region. */
    this.side = size / regions;
  }

  /**
   * @param {number} now milliseconds
   * @param {ReadonlyMap<number, Entity>} regions
   * @param {ReadonlyMap<number, Entity>} beacons
   * @param {Entity | undefined} own
   * @param {import('../common/camera.js').Camera} camera
   */
  update(now, regions, beacons, own, camera) {
    if (!this.begin(now)) return;
    lushnessOf(this.lushness, regions);
    paint(this.ground, regions, ({ growth }) => [42 + growth * 10, 78 + growth * 15, 48 + growth * 4, 235]);
    const { width } = this.map;
    this.context.imageSmoothingQuality = 'high';
    this.context.drawImage(this.ground, 0, 0, width, width);
    for (const region of regions.values()) this.creatures(region);
    for (const { pos, hue } of beacons.values()) this.dot(pos, 190, hueColour(hue, 72), 0.9);
    if (own) {
      this.dot(own.pos, 330, '#ffffff', 1);
      this.dot(own.pos, 220, hueColour(own.hue), 1);
    }
    this.frame(camera.box());
  }

  /**
   * Dots for the creatures of a region: not each where it is, but as many as it is full.
   * @param {Entity} region
   */
  creatures({ column, row, foragers, predators }) {
    const count = Math.round(foragers / 2);
    for (let i = 0; i < count + Math.floor(predators / 3); i++) {
      const bits = hash(column * 31 + i, row * 17 - i);
      const x = (column + (bits & 255) / 256) * this.side;
      const y = (row + ((bits >>> 8) & 255) / 256) * this.side;
      this.dot({ x, y }, 88, i < count ? '#fff6dc' : '#ff5b4d', i < count ? 0.7 : 0.85);
    }
  }

  /** @param {{left: number, top: number, width: number, height: number}} box */
  frame({ left, top, width, height }) {
    this.context.lineWidth = 110;
    this.context.strokeStyle = 'rgb(255 255 255 / 0.85)';
    this.context.strokeRect(left, top, width, height);
  }
}

/**
 * Paints how green the ground is, one pixel a region.
 * @param {HTMLCanvasElement} canvas
 * @param {ReadonlyMap<number, Entity>} regions
 */
export function lushnessOf(canvas, regions) {
  paint(canvas, regions, ({ growth }) => {
    const lush = growth / LEVEL_MAX;
    return lush > 0.3 ? [70, 150, 60, (lush - 0.3) * 130] : [176, 158, 92, (0.3 - lush) * 170];
  });
}

/**
 * A canvas of so many pixels, for what is coarse.
 * @param {number} side
 */
export function canvasOf(side) {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = side;
  return canvas;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {ReadonlyMap<number, Entity>} regions
 * @param {(region: Entity) => number[]} colour
 */
function paint(canvas, regions, colour) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const pixels = context.createImageData(canvas.width, canvas.height);
  for (const region of regions.values()) {
    pixels.data.set(colour(region), (region.row * canvas.width + region.column) * 4);
  }
  context.putImageData(pixels, 0, 0);
}
