// A schema flattened for one audience, so that the codec never looks at names.

import { bitLength } from './model.js';
import { fieldColumns, isIn } from './schema.js';

/** @typedef {import('./schema.js').Schema} Schema */
/** @typedef {import('./schema.js').Kind} Kind */
/** @typedef {import('./schema.js').Field} Field */

/** How a group's columns are coded. */
export const NUMBERS = 0;
export const QUAT = 1;
export const TEXT = 2;

/**
 * A field, as a run of columns that are coded together.
 * @typedef {object} Group
 * @property {number} start the first column
 * @property {number} len how many columns
 * @property {number} coding NUMBERS, QUAT or TEXT
 * @property {number} firstNumber the first column that carries a number
 * @property {number} numbers how many columns carry numbers
 * @property {number} motion the first motion of a group that moves, or -1
 * @property {number} by the first column of the group that says how this one changes, or -1
 * @property {{step: number, least: number}} rate what a step of that, and its least value, do
 * @property {boolean} raw whether its columns may be sent as they are
 * @property {number} model the group's number among all of the layout's
 * @property {number} index the field's number among all of the schema's
 * @property {number} class which of the built-in tables of priors fits it
 * @property {Field} field the field itself
 */

/** How many built-in tables of priors there are. */
export const CLASSES = 9;
/** A group with fewer bits is never sent as it is. */
const LEAST_RAW = 5;

/** The part of one kind that an audience sees. */
export class KindLayout {
  /**
   * @param {Kind} kind
   * @param {number} audience
   * @param {number} tickHz
   * @param {number} firstModel
   * @param {number} firstField
   */
  constructor(kind, audience, tickHz, firstModel, firstField) {
    this.present = isIn(kind, audience);
    /** Where this part begins among all the kind's columns. */
    this.firstColumn = kind.fields
      .filter((field) => field.audience < audience)
      .reduce((sum, field) => sum + fieldColumns(field).length, 0);
    /** The fields in order, but those that another field predicts come last. @type {Group[]} */
    this.groups = [];
    /** How many columns move: each has a motion, then, in the same order, a jolt. */
    this.movers = 0;
    /** @type {import('./schema.js').Column[]} */
    const columns = [];
    kind.fields.forEach((field, index) => {
      if (field.audience !== audience) return;
      this.push(field, columns, firstModel + this.groups.length, firstField + index);
    });
    /** How many motions and jolts a row has. */
    this.motions = this.movers * 2;
    this.width = columns.length;
    /** Each column's greatest value, and whether it wraps. */
    this.max = Uint32Array.from(columns, (column) => column.max);
    this.wrap = Uint8Array.from(columns, (column) => (column.wrap ? 1 : 0));
    /** Each column's greatest residual, as a class. */
    this.mostClass = Uint8Array.from(columns, ({ max, wrap }) =>
      bitLength(wrap ? Math.floor((max + 1) / 2) : max),
    );
    this.link(tickHz);
    /** How many groups are expected to change. */
    this.predicted = this.groups.filter((group) => group.motion >= 0 || group.by >= 0).length;
  }

  /**
   * @param {Field} field
   * @param {import('./schema.js').Column[]} columns
   * @param {number} model
   * @param {number} index
   */
  push(field, columns, model, index) {
    const own = fieldColumns(field);
    const coding = field.type.type === 'quat' ? QUAT : field.type.type === 'text' ? TEXT : NUMBERS;
    const skipped = coding === QUAT ? 1 : 0;
    const moves = (field.predict === 'linear' || field.predict === 'wrap') && coding !== TEXT;
    const bits = own.reduce((sum, { max }) => sum + bitLength(max), 0);
    this.groups.push({
      start: columns.length,
      len: own.length,
      coding,
      firstNumber: columns.length + skipped,
      numbers: own.length - skipped,
      motion: moves ? this.movers : -1,
      by: -1,
      rate: { step: 0, least: 0 },
      raw: coding !== TEXT && bits >= LEAST_RAW,
      model,
      index,
      class: classOf(coding, field, moves, own),
      field,
    });
    if (moves) this.movers += own.length - skipped;
    columns.push(...own);
  }

  /**
   * Tells the fields that others predict where those are, and has them coded last.
   * @param {number} tickHz
   */
  link(tickHz) {
    for (const group of this.groups) {
      const velocity = this.groups.find(({ field }) => field.name === group.field.by);
      if (group.field.predict !== 'by' || !velocity) continue;
      group.by = velocity.start;
      group.rate = rateOf(velocity.field.type, this.max[velocity.start], group.field.type, tickHz);
    }
    this.groups.sort((a, b) => Number(a.by >= 0) - Number(b.by >= 0));
  }
}

/**
 * What a velocity does to a place in a tick, in 1/65536ths of a step of the place.
 * @param {import('./schema.js').FieldType} velocity
 * @param {number} most the greatest value of its columns
 * @param {import('./schema.js').FieldType} place
 * @param {number} tickHz
 */
export function rateOf(velocity, most, place, tickHz) {
  const [least, step] = unitOf(velocity);
  const grain = unitOf(place)[1] * Math.max(tickHz, 1);
  // The product with any column, and then with any gap, stays below 2^53.
  const limit = 2 ** 44;
  return {
    step: Math.min(rounded((step / grain) * 65536), Math.floor(limit / Math.max(most, 1))),
    least: Math.max(-limit, Math.min(rounded((least / grain) * 65536), limit)),
  };
}

/**
 * Rounds halves away from zero.
 * @param {number} value
 */
function rounded(value) {
  return value < 0 ? -Math.round(-value) : Math.round(value);
}

/**
 * A number's least value and its step.
 * @param {import('./schema.js').FieldType} type
 */
function unitOf(type) {
  if (type.type === 'int') return [Number(type.min), 1];
  if (type.type === 'angle') return [0, (2 * Math.PI) / 2 ** type.bits];
  return 'step' in type ? [type.min, type.step] : [0, 1];
}

/**
 * Which of the built-in tables of priors fits a field.
 * @param {number} coding
 * @param {Field} field
 * @param {boolean} moves
 * @param {import('./schema.js').Column[]} columns
 */
function classOf(coding, field, moves, columns) {
  if (coding === TEXT) return 0;
  if (coding === QUAT) return 1;
  if (field.predict === 'by') return 2;
  if (moves) return columns.length > 1 ? 5 : columns[0].wrap ? 3 : 4;
  if (columns.length > 1) return 6;
  return columns[0].max < 16 ? 7 : 8;
}

/** What one audience's segments hold, kind by kind. */
export class Layout {
  /**
   * Flattens a valid schema.
   * @param {Schema} schema
   * @param {number} audience
   * @param {number} tickHz
   */
  constructor(schema, audience, tickHz) {
    this.audience = audience;
    /** How many model groups there are over all kinds. */
    this.groups = 0;
    /** How many fields the schema's kinds have, whoever may see them. */
    this.fields = 0;
    this.schemaHash = schema.hash;
    this.kinds = schema.kinds.map((kind) => {
      const layout = new KindLayout(kind, audience, tickHz, this.groups, this.fields);
      this.groups += layout.groups.length;
      this.fields += kind.fields.length;
      return layout;
    });
  }
}
