// Where every bit of a layout's models starts: tables trained on recordings, in a file.
//
//   file   := "TWPR" version:u8 schema_hash:u32 kind_tables:u8 group_tables:u8
//             once:part kinds:part{kind_tables} groups:part{group_tables} mapping
//   part   := parent:u8 ( skip:count take:count entry:u16{take} )... until the part is full
//   entry  := probability of zero in 4096ths (12 bits), evidence (4 bits)
//   count  := u8, or 255 and u16
//
// What a part skips is as in its parent, an earlier part of the same sort, or even odds.

import { TickwireError } from './errors.js';
import { CLASSES } from './layout.js';
import { GROUP, KIND, ONCE } from './model.js';

/** @typedef {import('./layout.js').Layout} Layout */

/** The largest file that is accepted. */
const MAX_PRIORS_BYTES = 40 * 1024;
const EVEN = 0x8000;
const NO_PARENT = 255;
/** The evidence that a prior can start with. */
const EVIDENCE = [0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 160, 250];

/**
 * A file of priors, taken apart.
 * @typedef {object} Tables
 * @property {number} schemaHash the schema that it is for, or 0 for any
 * @property {Uint16Array} once
 * @property {Uint16Array[]} kinds
 * @property {Uint16Array[]} groups
 * @property {Uint8Array} mapping which table is for which kind and which field
 */

/**
 * Takes a file of priors apart.
 * @param {Uint8Array} bytes
 * @returns {Tables}
 */
export function readTables(bytes) {
  if (bytes.length > MAX_PRIORS_BYTES) {
    throw refused(`priors of ${bytes.length} bytes; at most ${MAX_PRIORS_BYTES} are accepted`);
  }
  const magic = [0x54, 0x57, 0x50, 0x52];
  if (!magic.every((byte, index) => bytes[index] === byte)) {
    throw refused('not a file of priors: it does not begin with TWPR');
  }
  const reader = new Reader(bytes, magic.length);
  const version = reader.byte();
  if (version !== 1) throw refused(`priors of version ${version}; this program reads version 1`);
  const schemaHash = (reader.word() | (reader.word() << 16)) >>> 0;
  const kindTables = reader.byte();
  const groupTables = reader.byte();
  const once = reader.part(ONCE.BITS, []);
  const kinds = reader.parts(kindTables, KIND.BITS);
  const groups = reader.parts(groupTables, GROUP.BITS);
  const fitsAny = kinds.length === 1 && groups.length === CLASSES;
  if (kinds.length === 0 || (schemaHash === 0 && !fitsAny)) throw reader.broken();
  const mapping = bytes.slice(reader.at);
  if (schemaHash === 0 && mapping.length > 0) throw reader.broken();
  return { schemaHash, once, kinds, groups, mapping };
}

class Reader {
  /**
   * @param {Uint8Array} bytes
   * @param {number} at
   */
  constructor(bytes, at) {
    this.bytes = bytes;
    this.at = at;
  }

  broken() {
    return refused(`a file of priors that breaks its format at byte ${this.at}`);
  }

  byte() {
    if (this.at >= this.bytes.length) throw this.broken();
    return this.bytes[this.at++];
  }

  word() {
    const low = this.byte();
    return low | (this.byte() << 8);
  }

  count() {
    const count = this.byte();
    return count === 255 ? this.word() : count;
  }

  /**
   * @param {number} length
   * @param {Uint16Array[]} earlier
   */
  part(length, earlier) {
    const parent = this.byte();
    if (parent !== NO_PARENT && parent >= earlier.length) throw this.broken();
    const table = parent === NO_PARENT ? new Uint16Array(length).fill(EVEN) : earlier[parent].slice();
    let at = 0;
    while (at < length) {
      const skip = this.count();
      const take = this.count();
      if (skip + take === 0 || at + skip + take > length) throw this.broken();
      at += skip;
      for (const end = at + take; at < end; at++) table[at] = this.word();
    }
    return table;
  }

  /**
   * @param {number} count
   * @param {number} length
   */
  parts(count, length) {
    /** @type {Uint16Array[]} */
    const parts = [];
    while (parts.length < count) parts.push(this.part(length, parts));
    return parts;
  }
}

/** Where every bit of a layout's models starts. */
export class Priors {
  /**
   * Spreads a file of priors over a layout.
   * @param {Layout} layout
   * @param {Uint8Array} file
   */
  constructor(layout, file) {
    const tables = readTables(file);
    checkMapping(layout, tables, file.length);
    const { mapping } = tables;
    this.kinds = layout.kinds.length;
    const bits = this.groupBase(layout.groups);
    /** Each bit's probability of being zero, of 2^15. */
    this.p0 = new Uint16Array(bits);
    /** How much evidence stands behind it. */
    this.seen = new Uint8Array(bits);
    this.spread(tables.once, 0);
    layout.kinds.forEach((kind, index) => {
      this.spread(tables.kinds[mapping[index] ?? 0], this.kindBase(index));
      for (const group of kind.groups) {
        const table = mapping[this.kinds + group.index] ?? group.class;
        this.spread(tables.groups[table], this.groupBase(group.model));
      }
    });
  }

  /**
   * @param {Uint16Array} table
   * @param {number} to
   */
  spread(table, to) {
    table.forEach((entry, at) => {
      this.p0[to + at] = (entry >> 4) * 8 + 4;
      this.seen[to + at] = EVIDENCE[entry & 15];
    });
  }

  /** @param {number} kind */
  kindBase(kind) {
    return ONCE.BITS + kind * KIND.BITS;
  }

  /** @param {number} group */
  groupBase(group) {
    return ONCE.BITS + this.kinds * KIND.BITS + group * GROUP.BITS;
  }
}

/**
 * Checks that the tables are for the layout's schema, and all that are named exist.
 * @param {Layout} layout
 * @param {Tables} tables
 * @param {number} length
 */
function checkMapping(layout, { schemaHash, kinds, groups, mapping }, length) {
  if (schemaHash === 0) return;
  if (layout.schemaHash !== undefined && layout.schemaHash !== schemaHash) {
    const [found, expected] = [schemaHash, layout.schemaHash].map(hexOf);
    throw refused(`these priors are for the schema ${found}, not for ${expected}`);
  }
  const whole = mapping.length === layout.kinds.length + layout.fields;
  const exists = mapping.every(
    (table, index) => table < (index < layout.kinds.length ? kinds : groups).length,
  );
  if (!whole || !exists) {
    throw refused(`a file of priors that breaks its format at byte ${length}`);
  }
}

/** @param {number} hash */
function hexOf(hash) {
  return hash.toString(16).padStart(8, '0');
}

/** @param {string} message */
function refused(message) {
  return new TickwireError('replica.priors', message);
}
