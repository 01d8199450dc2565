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
    /** The box on the page, in CSS pixels. To ask for it in each picture would have the browser lay out the page each time. */
    this.box = { width: 0, height: 0 };
    this.measure();
    new ResizeObserver(() => this.measure()).observe(canvas);
  }

  measure() {
    this.box = { width: this.canvas.clientWidth, height: this.canvas.clientHeight };
  }

  /**
   * Fits the canvas to its box on the page, device pixel by device pixel.
   * @param {Camera} camera
   */
  fit(camera) {
    const { canvas, box: { width, height } } = this;
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
