// Blending states of an entity, as the schema describes its fields.
//
// What moves of an entity (numbers with a fraction, vectors, angles, rotations) is a list of
// numbers, so that all that is done to it is the same sum over the list. Everything else is held.

/** @typedef {import('./schema.js').Kind} Kind */
/** @typedef {import('./entities.js').Entity} Entity */

/** A vector that moves by more than this share of its range in one tick has jumped. */
const JUMP_SHARE = 0.1;
/** For at most this many ticks a vector may come as far before it counts as a jump. */
const JUMP_TICKS = 4;
/** How many times its average speed over a stretch a curve may have at its ends; with more it overshoots. */
const STEEPEST = 3;

/**
 * One number of what moves.
 * @typedef {object} Part
 * @property {string} name the field
 * @property {string | null} axis the component, of a vector or a rotation
 * @property {boolean} turns whether it is an angle
 * @property {boolean} curves whether its speed means anything by itself, which a rotation's has not
 * @property {number} min
 * @property {number} max
 */

/**
 * Vectors and rotations: numbers that belong together.
 * @typedef {{start: number, count: number, farthest: number}} Group
 */

export class Blender {
  /** @param {Kind} kind */
  constructor(kind) {
    /** @type {Part[]} */
    this.parts = [];
    /** @type {Group[]} */
    this.vectors = [];
    /** @type {Group[]} */
    this.rotations = [];
    /** The fields that do not move. @type {string[]} */
    this.held = [];
    for (const { name, type } of kind.fields) this.add(name, type);
    this.count = this.parts.length;
  }

  /**
   * @param {string} name
   * @param {import('./schema.js').FieldType} type
   */
  add(name, type) {
    const start = this.parts.length;
    const [turns, curves] = [type.type === 'angle', type.type !== 'quat'];
    const { min, max } = 'step' in type ? type : { min: -Infinity, max: Infinity };
    const axes = AXES[type.type];
    if (axes === undefined) {
      this.held.push(name);
      return;
    }
    for (const axis of axes) this.parts.push({ name, axis, turns, curves, min, max });
    const group = { start, count: axes.length, farthest: JUMP_SHARE * (max - min) };
    if (type.type === 'quat') this.rotations.push(group);
    else if (axes.length > 1) this.vectors.push(group);
  }

  /**
   * What moves of an entity; NaN where a part of it is not in view.
   * @param {Entity} entity
   * @returns {Float64Array}
   */
  read(entity) {
    const values = new Float64Array(this.count);
    for (let i = 0; i < this.count; i++) {
      const { name, axis } = this.parts[i];
      const value = axis === null ? entity[name] : entity[name]?.[axis];
      values[i] = value ?? NaN;
    }
    return values;
  }

  /**
   * Makes `out` the entity whose moving parts are `values`.
   * @param {Float64Array} values
   * @param {Entity} entity what everything else is
   * @param {Entity} out
   */
  write(values, entity, out) {
    for (const name of this.held) out[name] = entity[name];
    for (let i = 0; i < this.count; i++) {
      const { name, axis, min, max } = this.parts[i];
      const value = Math.min(Math.max(values[i], min), max);
      if (entity[name] === undefined) out[name] = undefined;
      else if (axis === null) out[name] = value;
      else (out[name] ??= {})[axis] = value;
    }
    for (const { start } of this.rotations) normalise(out[this.parts[start].name]);
  }

  /**
   * By how much a number differs, an angle the shorter way round; nothing, where either is not in view.
   * @param {number} i
   * @param {number} from
   * @param {number} to
   */
  difference(i, from, to) {
    const by = to - from;
    if (Number.isNaN(by)) return 0;
    return this.parts[i].turns ? shorterWay(by) : by;
  }

  /**
   * The way from one state to another.
   * @param {Float64Array} from
   * @param {Float64Array} to
   * @param {Float64Array} out
   */
  way(from, to, out) {
    for (let i = 0; i < this.count; i++) out[i] = this.difference(i, from[i], to[i]);
    for (const { start, count } of this.rotations) {
      let dot = 0;
      for (let i = start; i < start + count; i++) dot += from[i] * to[i];
      // q and -q are one rotation: the nearer of the two is the shorter way.
      if (dot < 0) for (let i = start; i < start + count; i++) out[i] = -to[i] - from[i];
    }
  }

  /**
   * Whether a vector went too far along a way to have moved.
   * @param {Float64Array} way
   * @param {number} ticks how long it took
   */
  isJump(way, ticks) {
    const longer = Math.min(Math.max(ticks, 1), JUMP_TICKS);
    for (const { start, count, farthest } of this.vectors) {
      let squared = 0;
      for (let i = start; i < start + count; i++) squared += way[i] * way[i];
      if (squared > (farthest * longer) ** 2) return true;
    }
    return false;
  }

  /**
   * Straight on: `out = from + way * share`.
   * @param {Float64Array} from
   * @param {Float64Array} way
   * @param {number} share
   * @param {Float64Array} out
   */
  line(from, way, share, out) {
    for (let i = 0; i < this.count; i++) out[i] = from[i] + way[i] * share;
  }

  /**
   * A curve that leaves and comes in with given speeds, and never overshoots its ends.
   * @param {Float64Array} from
   * @param {Float64Array} way
   * @param {number} ticks that the way takes
   * @param {Float64Array} first the speed at its beginning, a tick
   * @param {Float64Array} last and at its end
   * @param {number} share
   * @param {Float64Array} out
   */
  curve(from, way, ticks, first, last, share, out) {
    const rest = 1 - share;
    const onward = share * share * (3 - 2 * share);
    const [leaving, coming] = [share * rest * rest, -share * share * rest];
    for (let i = 0; i < this.count; i++) {
      const by = way[i];
      const straight = !this.parts[i].curves;
      const [m0, m1] = straight ? [by, by] : [bounded(first[i] * ticks, by), bounded(last[i] * ticks, by)];
      out[i] = from[i] + by * onward + m0 * leaving + m1 * coming;
    }
  }
}

/**
 * What each type of field that moves is made of.
 * @type {Partial<Record<import('./schema.js').FieldType['type'], (string | null)[]>>}
 */
const AXES = {
  float: [null],
  angle: [null],
  vec2: ['x', 'y'],
  vec3: ['x', 'y', 'z'],
  quat: ['x', 'y', 'z', 'w'],
};

/**
 * A speed at one end of a way that does not make the curve overshoot.
 * @param {number} speed for the whole way
 * @param {number} way
 */
function bounded(speed, way) {
  if (speed * way <= 0) return 0;
  const most = STEEPEST * Math.abs(way);
  return Math.min(Math.max(speed, -most), most);
}

/**
 * The same turn, by at most half a turn.
 * @param {number} angle
 */
export function shorterWay(angle) {
  const turns = angle / (2 * Math.PI);
  return (turns - Math.round(turns)) * 2 * Math.PI;
}

/** @param {Record<string, number> | undefined} quat */
function normalise(quat) {
  if (quat === undefined) return;
  const length = Math.hypot(quat.x, quat.y, quat.z, quat.w) || 1;
  for (const axis of ['x', 'y', 'z', 'w']) quat[axis] /= length;
}
