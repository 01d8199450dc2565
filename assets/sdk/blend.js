// Blending two states of an entity, field by field as the schema describes them.

/** @typedef {import('./schema.js').Kind} Kind */
/** @typedef {import('./entities.js').Entity} Entity */

/** A vector that moves by more than this share of its range in one tick has jumped. */
const JUMP_SHARE = 0.1;

/**
 * Writes what lies between two values into an entity's field.
 * @typedef {(out: Entity, name: string, a: any, b: any, share: number) => void} Blend
 */

/**
 * A function that blends entities of a kind.
 * @param {Kind} kind
 * @returns {(out: Entity, before: Entity, after: Entity, share: number) => void}
 */
export function blender(kind) {
  const fields = kind.fields.map(({ name, type }) => ({ name, blend: blendOf(type) }));
  return (out, before, after, share) => {
    for (const { name, blend } of fields) {
      const a = before[name];
      const b = after[name];
      // A part that is not in view has no fields.
      if (a === undefined || b === undefined) out[name] = a;
      else blend(out, name, a, b, share);
    }
  };
}

/**
 * @param {import('./schema.js').FieldType} type
 * @returns {Blend}
 */
function blendOf(type) {
  switch (type.type) {
    case 'float':
      return (out, name, a, b, share) => (out[name] = mixNumbers(a, b, share));
    case 'angle':
      return (out, name, a, b, share) => (out[name] = mixAngles(a, b, share));
    case 'vec2':
    case 'vec3':
      return vectors(JUMP_SHARE * (type.max - type.min));
    case 'quat':
      return quaternions;
    default:
      return (out, name, a) => (out[name] = a);
  }
}

/**
 * @param {number} a
 * @param {number} b
 * @param {number} share
 */
function mixNumbers(a, b, share) {
  return a + (b - a) * share;
}

/**
 * The shorter way round.
 * @param {number} a
 * @param {number} b
 * @param {number} share
 */
export function mixAngles(a, b, share) {
  const turns = (b - a) / (2 * Math.PI);
  return a + (turns - Math.round(turns)) * 2 * Math.PI * share;
}

/**
 * @param {number} farthest
 * @returns {Blend}
 */
function vectors(farthest) {
  return (out, name, a, b, share) => {
    const vector = (out[name] ??= {});
    const far = Math.hypot(b.x - a.x, b.y - a.y, (b.z ?? 0) - (a.z ?? 0)) > farthest;
    const by = far ? 0 : share;
    vector.x = mixNumbers(a.x, b.x, by);
    vector.y = mixNumbers(a.y, b.y, by);
    if (a.z !== undefined) vector.z = mixNumbers(a.z, b.z, by);
  };
}

/** @type {Blend} */
function quaternions(out, name, a, b, share) {
  // q and -q are one rotation: the nearer of the two is the shorter way.
  const sign = a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w < 0 ? -1 : 1;
  const blended = (out[name] ??= {});
  for (const part of ['x', 'y', 'z', 'w']) {
    blended[part] = mixNumbers(a[part], sign * b[part], share);
  }
  const length = Math.hypot(blended.x, blended.y, blended.z, blended.w) || 1;
  for (const part of ['x', 'y', 'z', 'w']) blended[part] /= length;
}
