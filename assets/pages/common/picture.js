// A canvas that fills the window.

/** @typedef {import('./camera.js').Camera} Camera */

export class Picture {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { alpha: false }));
    /** Device pixels a CSS pixel. */
    this.ratio = 1;
  }

  /**
   * Fits the canvas to the window, device pixel by device pixel.
   * @param {Camera} camera
   */
  fit(camera) {
    const [width, height] = [window.innerWidth, window.innerHeight];
    this.ratio = Math.min(window.devicePixelRatio || 1, 3);
    const [across, down] = [Math.round(width * this.ratio), Math.round(height * this.ratio)];
    if (this.canvas.width !== across || this.canvas.height !== down) {
      this.canvas.width = across;
      this.canvas.height = down;
    }
    camera.resize(width, height);
  }
}

/**
 * What is left of a value, never below zero.
 * @param {number} value
 * @param {number} size
 */
export function modulo(value, size) {
  return ((value % size) + size) % size;
}
