// A schema flattened for one audience, so that the codec never looks at names.

import { columnsOf, isIn } from './schema.js';

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
 * @property {number} motion the first motion of a linearly predicted group, or -1
 * @property {number} model the group's number among all of the layout's
 * @property {Field} field the field itself
 */

/** The part of one kind that an audience sees. */
export class KindLayout {
  /**
   * @param {Kind} kind
   * @param {number} audience
   * @param {number} firstModel
   */
  constructor(kind, audience, firstModel) {
    this.present = isIn(kind, audience);
    /** Where this part begins among all the kind's columns. */
    this.firstColumn = kind.fields
      .filter((field) => field.audience < audience)
      .reduce((sum, field) => sum + columnsOf(field.type).length, 0);
    /** @type {Group[]} */
    this.groups = [];
    this.motions = 0;
    /** @type {import('./schema.js').Column[]} */
    const columns = [];
    for (const field of kind.fields) {
      if (field.audience === audience) this.push(field, columns, firstModel + this.groups.length);
    }
    this.width = columns.length;
    /** Each column's greatest value, and whether it wraps. */
    this.max = Uint32Array.from(columns, (column) => column.max);
    this.wrap = Uint8Array.from(columns, (column) => (column.wrap ? 1 : 0));
  }

  /**
   * @param {Field} field
   * @param {import('./schema.js').Column[]} columns
   * @param {number} model
   */
  push(field, columns, model) {
    const own = columnsOf(field.type);
    const coding = field.type.type === 'quat' ? QUAT : field.type.type === 'text' ? TEXT : NUMBERS;
    const skipped = coding === QUAT ? 1 : 0;
    const linear = field.predict === 'linear' && coding !== TEXT;
    this.groups.push({
      start: columns.length,
      len: own.length,
      coding,
      firstNumber: columns.length + skipped,
      numbers: own.length - skipped,
      motion: linear ? this.motions : -1,
      model,
      field,
    });
    if (linear) this.motions += own.length - skipped;
    columns.push(...own);
  }
}

/** What one audience's segments hold, kind by kind. */
export class Layout {
  /**
   * Flattens a valid schema.
   * @param {Schema} schema
   * @param {number} audience
   */
  constructor(schema, audience) {
    this.audience = audience;
    /** How many model groups there are over all kinds. */
    this.groups = 0;
    this.kinds = schema.kinds.map((kind) => {
      const layout = new KindLayout(kind, audience, this.groups);
      this.groups += layout.groups.length;
      return layout;
    });
  }
}
