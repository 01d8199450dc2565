// What part of the world is on the screen.

/** How many units the wider view shows at least, across and down. */
const VIEW_WIDTH = 1180;
const VIEW_HEIGHT = 700;
/** How many units the narrower side shows at least. */
const VIEW_LEAST = 460;
/** How far beyond the map's edge is shown, in units. */
const MARGIN = 110;
/** How far the camera looks ahead to where the player aims, in units. */
const LOOK_AHEAD = 70;

export class Camera {
  constructor() {
    this.x = 0;
    this.y = 0;
    this.width = 1;
    this.height = 1;
    /** Screen pixels a unit. */
    this.scale = 1;
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
    const wide = Math.max(width / VIEW_WIDTH, height / VIEW_HEIGHT);
    this.scale = Math.min(wide, Math.min(width, height) / VIEW_LEAST);
  }

  /**
   * Follows a place, looking ahead to where the player aims.
   * @param {{x: number, y: number}} place
   * @param {number} aim in radians
   * @param {{width: number, height: number}} map
   * @param {number} seconds since the last time
   */
  follow(place, aim, map, seconds) {
    const x = within(place.x + Math.cos(aim) * LOOK_AHEAD, this.width / this.scale, map.width);
    const y = within(place.y + Math.sin(aim) * LOOK_AHEAD, this.height / this.scale, map.height);
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
 */
function within(middle, view, map) {
  const [least, most] = [view / 2 - MARGIN, map - view / 2 + MARGIN];
  return least > most ? map / 2 : Math.min(Math.max(middle, least), most);
}
