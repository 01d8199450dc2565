// What a frame changed, entity by entity: found by walking what was held before and after.

import { NO_ROWS, kindOf } from './rows.js';

/** @typedef {import('./layout.js').Layout} Layout */
/** @typedef {import('./replica.js').HeldSegment} HeldSegment */
/** @typedef {import('./rows.js').Rows} Rows */

/** What happened to an entity's row. */
export const ADDED = 0;
export const CHANGED = 1;
export const REMOVED = 2;

/**
 * One row's change in the last frame.
 * @typedef {object} Change
 * @property {number} id the entity
 * @property {number} audience which part of it
 * @property {number} what ADDED, CHANGED or REMOVED
 * @property {Rows} rows where the row now is; of no meaning when it was removed
 * @property {number} start where its values begin in there
 */

export class Changes {
  /** @param {Layout[]} layouts */
  constructor(layouts) {
    this.layouts = layouts;
    /** By id, then by audience; only the first `count` are of the last frame. @type {Change[]} */
    this.list = [];
    this.count = 0;
    /** Entities that changed or came into view, each counted once. */
    this.updates = 0;
  }

  /**
   * Notes how two states differ.
   * @param {HeldSegment[]} before
   * @param {number} heldBefore
   * @param {HeldSegment[]} after
   * @param {number} heldAfter
   */
  note(before, heldBefore, after, heldAfter) {
    this.count = 0;
    let old = 0;
    for (let i = 0; i < heldAfter; i++) {
      const segment = after[i];
      while (old < heldBefore && before[old].handle < segment.handle) this.gone(before[old++]);
      let rows = NO_ROWS;
      if (old < heldBefore && before[old].handle === segment.handle) {
        const same = before[old].audience === segment.audience;
        if (same) rows = before[old].rows;
        else this.gone(before[old]);
        old += 1;
      }
      this.compare(segment.audience, rows, segment.rows);
    }
    while (old < heldBefore) this.gone(before[old++]);
    this.settle();
  }

  /** @param {HeldSegment} segment */
  gone(segment) {
    this.compare(segment.audience, segment.rows, NO_ROWS);
  }

  /**
   * @param {number} audience
   * @param {Rows} before
   * @param {Rows} after
   */
  compare(audience, before, after) {
    const { kinds } = this.layouts[audience];
    let old = 0;
    for (let row = 0; row < after.count; row++) {
      const id = after.ids[row];
      while (old < before.count && before.ids[old] < id) {
        this.push(before.ids[old++], audience, REMOVED, NO_ROWS, 0);
      }
      if (old === before.count || before.ids[old] !== id) {
        this.push(id, audience, ADDED, after, after.starts[row]);
        continue;
      }
      const width = kinds[kindOf(id)].width;
      const start = after.starts[row];
      if (!equal(before.values, before.starts[old++], after.values, start, width)) {
        this.push(id, audience, CHANGED, after, start);
      }
    }
    while (old < before.count) this.push(before.ids[old++], audience, REMOVED, NO_ROWS, 0);
  }

  /**
   * @param {number} id
   * @param {number} audience
   * @param {number} what
   * @param {Rows} rows
   * @param {number} start
   */
  push(id, audience, what, rows, start) {
    const change = this.list[this.count];
    if (change === undefined) {
      this.list.push({ id, audience, what, rows, start });
    } else {
      change.id = id;
      change.audience = audience;
      change.what = what;
      change.rows = rows;
      change.start = start;
    }
    this.count += 1;
  }

  /** Sorts the changes; one that left a segment for another of its audience has only changed. */
  settle() {
    const sorted = this.list;
    if (!isSorted(sorted, this.count)) {
      sorted.length = this.count;
      sorted.sort(byId);
    }
    let kept = 0;
    for (let i = 0; i < this.count; i++) {
      const last = kept > 0 ? sorted[kept - 1] : null;
      const next = sorted[i];
      if (last && last.id === next.id && last.audience === next.audience) {
        last.what = CHANGED;
      } else {
        // Swapping keeps every object of the list in use exactly once.
        sorted[i] = sorted[kept];
        sorted[kept++] = next;
      }
    }
    this.count = kept;
    this.updates = countUpdates(sorted, kept);
  }
}

/**
 * @param {Uint32Array} a
 * @param {number} aStart
 * @param {Uint32Array} b
 * @param {number} bStart
 * @param {number} count
 */
function equal(a, aStart, b, bStart, count) {
  for (let i = 0; i < count; i++) if (a[aStart + i] !== b[bStart + i]) return false;
  return true;
}

/**
 * @param {Change} a
 * @param {Change} b
 */
function byId(a, b) {
  return a.id - b.id || a.audience - b.audience || a.what - b.what;
}

/**
 * @param {Change[]} changes
 * @param {number} count
 */
function isSorted(changes, count) {
  for (let i = 1; i < count; i++) if (byId(changes[i - 1], changes[i]) > 0) return false;
  return true;
}

/**
 * @param {Change[]} changes
 * @param {number} count
 */
function countUpdates(changes, count) {
  let updates = 0;
  let last = -1;
  for (let i = 0; i < count; i++) {
    if (changes[i].what === REMOVED || changes[i].id === last) continue;
    last = changes[i].id;
    updates += 1;
  }
  return updates;
}
