// What part of the world is on the screen.

/** However small a picture is, this many pixels a unit are shown, or nothing of it could be made out. */
const LEAST_SCALE = 0.5;

/**
 * @typedef {object} CameraOptions
 * @property {number} width how many units a wide view shows across, at most
 * @property {number} height and down
 * @property {number} least how many units the narrower side shows at least
 * @property {number} margin how far beyond the map's edge is shown, in units
 * @property {number} lookAhead how far it looks ahead to where the player aims, in units
 */

export class Camera {
  /** @param {CameraOptions} options */
  constructor(options) {
    this.options = options;
    this.x = 0;
    this.y = 0;
    this.width = 1;
    this.height = 1;
    /** Screen pixels a unit. */
    this.scale = 1;
    /** How much closer than usual the player wants to look. */
    this.zoom = 1;
    this.shake = 0;
    this.placed = false;
  }

  /**
   * @param {number} width in CSS pixels
   * @param {number} height
   */
  resize(width, height) {
    this.width = width;
    this.height = height;
    const wide = Math.max(width / this.options.width, height / this.options.height);
    const narrow = Math.min(width, height) / this.options.least;
    this.scale = Math.max(LEAST_SCALE, Math.min(wide, narrow)) * this.zoom;
  }

  /**
   * Follows a place, looking ahead to where the player aims.
   * @param {{x: number, y: number}} place
   * @param {number} aim in radians
   * @param {{width: number, height: number}} map
   * @param {number} seconds since the last time
   */
  follow(place, aim, map, seconds) {
    const { lookAhead, margin } = this.options;
    const [across, down] = [this.width / this.scale, this.height / this.scale];
    const x = within(place.x + Math.cos(aim) * lookAhead, across, map.width, margin);
    const y = within(place.y + Math.sin(aim) * lookAhead, down, map.height, margin);
    const far = Math.hypot(x - this.x, y - this.y) > 900;
    const share = this.placed && !far ? 1 - Math.exp(-seconds * 7) : 1;
    this.x += (x - this.x) * share;
    this.y += (y - this.y) * share;
    this.shake *= Math.exp(-seconds * 6);
    this.placed = true;
  }

  /**
   * Something heavy happened at a place.
   * @param {{x: number, y: number}} place
   * @param {number} strength in units
   */
  rattle(place, strength) {
    const distance = Math.hypot(place.x - this.x, place.y - this.y);
    this.shake = Math.max(this.shake, strength * Math.max(0, 1 - distance / 700));
  }

  /**
   * Makes a context draw in units.
   * @param {CanvasRenderingContext2D} context
   * @param {number} ratio device pixels a CSS pixel
   * @param {number} time in seconds
   */
  apply(context, ratio, time) {
    const zoom = this.scale * ratio;
    const x = this.x + Math.sin(time * 71) * this.shake;
    const y = this.y + Math.sin(time * 83) * this.shake;
    const left = (this.width / 2) * ratio - x * zoom;
    const top = (this.height / 2) * ratio - y * zoom;
    context.setTransform(zoom, 0, 0, zoom, left, top);
  }

  /**
   * Whether a circle may be on the screen.
   * @param {{x: number, y: number}} place
   * @param {number} radius
   */
  sees(place, radius) {
    const across = this.width / this.scale / 2 + radius;
    const down = this.height / this.scale / 2 + radius;
    return Math.abs(place.x - this.x) < across && Math.abs(place.y - this.y) < down;
  }

  /** What is on the screen, in units. */
  box() {
    const [width, height] = [this.width / this.scale, this.height / this.scale];
    return { left: this.x - width / 2, top: this.y - height / 2, width, height };
  }

  /**
   * Where a place of the world is on the screen, in CSS pixels.
   * @param {{x: number, y: number}} place
   */
  toScreen(place) {
    return {
      x: (place.x - this.x) * this.scale + this.width / 2,
      y: (place.y - this.y) * this.scale + this.height / 2,
    };
  }
}

/**
 * The middle of a view that shows little more than the map.
 * @param {number} middle
 * @param {number} view its extent, in units
 * @param {number} map the map's
 * @param {number} margin
 */
function within(middle, view, map, margin) {
  const [least, most] = [view / 2 - margin, map - view / 2 + margin];
  return least > most ? map / 2 : Math.min(Math.max(middle, least), most);
}
