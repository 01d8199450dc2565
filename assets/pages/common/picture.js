// A canvas that is drawn on as finely as the screen shows it.

/** @typedef {import('./camera.js').Camera} Camera */

export class Picture {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { alpha: false }));
    /** Device pixels a CSS pixel. */
    this.ratio = 1;
    /** And how many at most; where several pictures share the time, a page asks for fewer. */
    this.finest = 3;
  }

  /**
   * Fits the canvas to its box on the page, device pixel by device pixel.
   * @param {Camera} camera
   */
  fit(camera) {
    const { canvas } = this;
    const { clientWidth: width, clientHeight: height } = canvas;
    this.ratio = Math.min(window.devicePixelRatio || 1, this.finest);
    const [across, down] = [Math.round(width * this.ratio), Math.round(height * this.ratio)];
    if (canvas.width !== across || canvas.height !== down) [canvas.width, canvas.height] = [across, down];
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
