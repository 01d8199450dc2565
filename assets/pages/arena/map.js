// The map as paths that are drawn whole: walls, and the lines where wall meets floor.

/**
 * What the arena tells once; lengths in units, times in seconds.
 * @typedef {object} Setup
 * @property {string[]} rows the map: `#` is wall, everything else floor
 * @property {number} tile
 * @property {number} width
 * @property {number} height
 * @property {number} ship_radius
 * @property {number} bullet_radius
 * @property {number} pickup_radius
 * @property {number} hp_max
 * @property {number} ammo_max
 * @property {number} energy_max
 * @property {number} turn_rate
 * @property {number} bullet_speed
 * @property {number} respawn_seconds
 * @property {import('./rates.js').Handling} handling
 */

export class GameMap {
  /** @param {Setup} setup */
  constructor(setup) {
    this.rows = setup.rows;
    this.tile = setup.tile;
    this.width = setup.width;
    this.height = setup.height;
    this.walls = this.wallPath();
    this.edges = this.edgePath();
  }

  /**
   * Whether a tile is a wall; all that lies outside is.
   * @param {number} column
   * @param {number} row
   */
  isWall(column, row) {
    return (this.rows[row]?.[column] ?? '#') === '#';
  }

  /** Runs of wall tiles as rectangles. */
  wallPath() {
    const path = new Path2D();
    this.rows.forEach((text, row) => {
      for (const run of text.matchAll(/#+/g)) {
        const [x, y] = [run.index * this.tile, row * this.tile];
        // A hair more than the run, so that no seam shows between rows.
        path.rect(x, y, run[0].length * this.tile, this.tile + 0.5);
      }
    });
    return path;
  }

  /** The lines between wall and floor, each as long as it goes. */
  edgePath() {
    const path = new Path2D();
    const columns = this.rows[0].length;
    for (let row = 0; row <= this.rows.length; row++) {
      const isEdge = (/** @type {number} */ column) =>
        this.isWall(column, row - 1) !== this.isWall(column, row);
      this.runs(path, columns, true, row, isEdge);
    }
    for (let column = 0; column <= columns; column++) {
      const isEdge = (/** @type {number} */ row) =>
        this.isWall(column - 1, row) !== this.isWall(column, row);
      this.runs(path, this.rows.length, false, column, isEdge);
    }
    return path;
  }

  /**
   * Adds one line for each run of places where `isEdge`.
   * @param {Path2D} path
   * @param {number} count
   * @param {boolean} across
   * @param {number} line
   * @param {(place: number) => boolean} isEdge
   */
  runs(path, count, across, line, isEdge) {
    for (let place = 0; place < count; place++) {
      if (!isEdge(place)) continue;
      const start = place;
      while (place < count && isEdge(place)) place += 1;
      const [from, to, at] = [start, place, line].map((tiles) => tiles * this.tile);
      path.moveTo(across ? from : at, across ? at : from);
      path.lineTo(across ? to : at, across ? at : to);
    }
  }
}

/**
 * A wrecked ship comes in somewhere else.
 * @param {string} kind
 * @param {Record<string, any>} before
 * @param {Record<string, any>} after
 */
export function isJump(kind, before, after) {
  return kind === 'ship' && (before.life === 'wrecked') !== (after.life === 'wrecked');
}
