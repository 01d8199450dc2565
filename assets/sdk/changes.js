// What a frame changed, entity by entity: found by walking what was held before and after.
//
// A segment that rests may show an entity that has moved on to another, or away. What is told
// is what becomes of the row that counts: the newest.

import { NO_ROWS, kindOf } from './rows.js';

/** @typedef {import('./layout.js').Layout} Layout */
/** @typedef {import('./replica.js').HeldSegment} HeldSegment */
/** @typedef {import('./rows.js').Rows} Rows */

/** What happened to an entity's row. */
export const ADDED = 0;
export const CHANGED = 1;
export const REMOVED = 2;
/** Nothing that can be seen. */
const NOTHING = 3;

/**
 * One row's change in the last frame.
 * @typedef {object} Change
 * @property {number} id the entity
 * @property {number} audience which part of it
 * @property {number} what ADDED, CHANGED or REMOVED
 * @property {Rows} rows where the row now is; of no meaning when it was removed
 * @property {number} start where its values begin in there
 * @property {number} handle the segment that it is about
 * @property {number} tick the tick that the row is of, or was
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
    let resting = false;
    for (let i = 0; i < heldAfter; i++) {
      const segment = after[i];
      resting ||= segment.kept;
      while (old < heldBefore && before[old].handle < segment.handle) this.gone(before[old++]);
      let held = null;
      if (old < heldBefore && before[old].handle === segment.handle) {
        if (before[old].audience === segment.audience) held = before[old];
        else this.gone(before[old]);
        old += 1;
      }
      if (!segment.kept) this.compare(segment, held, segment);
    }
    while (old < heldBefore) this.gone(before[old++]);
    // Rows of different ages can only speak of one entity while some segment rests.
    this.settle(after, resting ? heldAfter : 0);
  }

  /** @param {HeldSegment} segment */
  gone(segment) {
    this.compare(segment, segment, null);
  }

  /**
   * @param {HeldSegment} segment
   * @param {HeldSegment | null} held what was held of it
   * @param {HeldSegment | null} now what is
   */
  compare(segment, held, now) {
    const { kinds } = this.layouts[segment.audience];
    const before = held?.rows ?? NO_ROWS;
    const after = now?.rows ?? NO_ROWS;
    const was = held?.tick ?? segment.tick;
    let old = 0;
    for (let row = 0; row < after.count; row++) {
      const id = after.ids[row];
      while (old < before.count && before.ids[old] < id) {
        this.push(before.ids[old++], REMOVED, segment, was, NO_ROWS, 0);
      }
      if (old === before.count || before.ids[old] !== id) {
        this.push(id, ADDED, segment, segment.tick, after, after.starts[row]);
        continue;
      }
      const width = kinds[kindOf(id)].width;
      const start = after.starts[row];
      if (!equal(before.values, before.starts[old++], after.values, start, width)) {
        this.push(id, CHANGED, segment, segment.tick, after, start);
      }
    }
    while (old < before.count) this.push(before.ids[old++], REMOVED, segment, was, NO_ROWS, 0);
  }

  /**
   * @param {number} id
   * @param {number} what
   * @param {HeldSegment} segment
   * @param {number} tick
   * @param {Rows} rows
   * @param {number} start
   */
  push(id, what, { handle, audience }, tick, rows, start) {
    const change = this.list[this.count];
    if (change === undefined) {
      this.list.push({ id, audience, what, rows, start, handle, tick });
    } else {
      change.id = id;
      change.audience = audience;
      change.what = what;
      change.rows = rows;
      change.start = start;
      change.handle = handle;
      change.tick = tick;
    }
    this.count += 1;
  }

  /**
   * Sorts the changes and makes one of all that is said of an entity and audience.
   * @param {HeldSegment[]} held
   * @param {number} count how many of them there are, if some of them rest; else zero
   */
  settle(held, count) {
    const sorted = this.list;
    if (!isSorted(sorted, this.count)) {
      sorted.length = this.count;
      sorted.sort(byId);
    }
    let kept = 0;
    for (let first = 0; first < this.count; ) {
      let end = first + 1;
      while (end < this.count && sameRow(sorted[end], sorted[first])) end += 1;
      const change = sorted[first];
      if (end > first + 1 && sorted[end - 1].what !== change.what) change.what = CHANGED;
      else if (change.what !== CHANGED && count > 0) reconsider(change, held, count);
      if (change.what !== NOTHING) {
        // Swapping keeps every object of the list in use exactly once.
        sorted[first] = sorted[kept];
        sorted[kept++] = change;
      }
      first = end;
    }
    this.count = kept;
    this.updates = countUpdates(sorted, kept);
  }
}

/**
 * Looks at what other segments say of an entity that came into one, or went from it.
 * @param {Change} change
 * @param {HeldSegment[]} held
 * @param {number} count
 */
function reconsider(change, held, count) {
  const other = newest(held, count, change);
  if (other === null) return;
  if (change.what === ADDED) {
    change.what = CHANGED;
  } else if (((other.tick - change.tick) | 0) > 0) {
    // What counted was there already.
    change.what = NOTHING;
  } else {
    change.what = CHANGED;
    change.rows = other.rows;
    change.start = other.rows.starts[find(other.rows, change.id)];
    change.handle = other.handle;
  }
}

/**
 * The newest segment but its own that shows the entity of a change.
 * @param {HeldSegment[]} held
 * @param {number} count
 * @param {Change} change
 */
function newest(held, count, { id, audience, handle }) {
  let best = null;
  for (let i = 0; i < count; i++) {
    const one = held[i];
    if (one.handle === handle || one.audience !== audience || find(one.rows, id) < 0) continue;
    if (best === null || ((best.tick - one.tick) | 0) <= 0) best = one;
  }
  return best;
}

/**
 * The row of an entity, or -1.
 * @param {Rows} rows
 * @param {number} id
 */
function find({ ids, count }, id) {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ids[middle] < id) low = middle + 1;
    else high = middle;
  }
  return low < count && ids[low] === id ? low : -1;
}

/**
 * @param {Change} a
 * @param {Change} b
 */
function sameRow(a, b) {
  return a.id === b.id && a.audience === b.audience;
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
