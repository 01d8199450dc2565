// What exactly differs between two states of one viewer: the report behind a wrong hash.

import { kindOf } from './rows.js';

/** @typedef {import('./replica.js').HeldSegment} HeldSegment */
/** @typedef {import('./layout.js').Layout} Layout */
/** @typedef {import('./schema.js').Schema} Schema */
/** @typedef {{id: number, values: number[], motion: number[]}} Row */

/**
 * A field in which two states differ.
 * @typedef {object} Difference
 * @property {number} id the entity
 * @property {string} kind its kind's name
 * @property {string} field the field's name; empty when one side lacks the whole row
 * @property {number[] | null} ours the columns on our side
 * @property {number[] | null} theirs the columns on the server's side
 */

/**
 * Every field in which two states differ.
 * @param {Schema} schema
 * @param {Layout[]} layouts
 * @param {HeldSegment[]} ours
 * @param {HeldSegment[]} theirs
 * @returns {Difference[]}
 */
export function differences(schema, layouts, ours, theirs) {
  return layouts.flatMap((layout) => {
    const [mine, server] = [rowsById(layout, ours), rowsById(layout, theirs)];
    const ids = [...new Set([...mine.keys(), ...server.keys()])].sort((a, b) => a - b);
    return ids.flatMap((id) => compare(schema, layout, id, mine.get(id), server.get(id)));
  });
}

/**
 * @param {Layout} layout
 * @param {HeldSegment[]} segments
 * @returns {Map<number, Row>}
 */
function rowsById(layout, segments) {
  const own = segments.filter((segment) => segment.audience === layout.audience);
  return new Map(own.flatMap(({ rows }) => rows.list(layout).map((row) => [row.id, row])));
}

/**
 * @param {Schema} schema
 * @param {Layout} layout
 * @param {number} id
 * @param {Row | undefined} our
 * @param {Row | undefined} their
 * @returns {Difference[]}
 */
function compare(schema, layout, id, our, their) {
  const kind = schema.kinds[kindOf(id)].name;
  if (!our || !their) {
    return [{ id, kind, field: '', ours: our?.values ?? null, theirs: their?.values ?? null }];
  }
  const found = [];
  for (const { field, start, len } of layout.kinds[kindOf(id)].groups) {
    const [ours, theirs] = [our, their].map((row) => row.values.slice(start, start + len));
    if (!same(ours, theirs)) found.push({ id, kind, field: field.name, ours, theirs });
  }
  if (!same(our.motion, their.motion)) {
    const [ours, theirs] = [our, their].map((row) => row.motion.map((motion) => motion >>> 0));
    found.push({ id, kind, field: '(motion)', ours, theirs });
  }
  return found;
}

/**
 * @param {number[]} a
 * @param {number[]} b
 */
function same(a, b) {
  return a.every((value, index) => value === b[index]);
}

/**
 * One difference in words.
 * @param {Difference} difference
 */
export function describe({ id, kind, field, ours, theirs }) {
  const side = (/** @type {number[] | null} */ columns) =>
    columns ? `[${columns.join(', ')}]` : 'absent';
  const name = `${kindOf(id)}/${(id >>> 8) & 0xffff}v${id & 255}`;
  const dot = field ? '.' : '';
  return `${kind} ${name}${dot}${field}: ${side(ours)} here, ${side(theirs)} on the server`;
}
