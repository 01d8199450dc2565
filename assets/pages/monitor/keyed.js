// A list of elements that is brought up to date in place. While it is pointed at or has the focus nothing in it
// moves, or a click would hit what has come up in the place of what was meant.

/**
 * @template Item
 * @template {{root: HTMLElement}} Row
 */
export class Keyed {
  /**
   * @param {HTMLElement} list
   * @param {(item: Item) => string} keyOf
   * @param {(item: Item) => Row} make
   * @param {(row: Row, item: Item) => void} update
   */
  constructor(list, keyOf, make, update) {
    this.list = list;
    this.keyOf = keyOf;
    this.make = make;
    this.update = update;
    /** @type {Map<string, Row>} */
    this.rows = new Map();
  }

  /** Whether nothing may move. */
  isHeld() {
    return this.list.matches(':hover') || this.list.contains(document.activeElement);
  }

  /**
   * @param {Item[]} items
   * @param {boolean} [anew] whether somebody asked for others, so that they may move
   */
  show(items, anew = false) {
    const held = !anew && this.isHeld();
    const keys = new Set(items.map(this.keyOf));
    for (const [key, row] of this.rows) {
      if (keys.has(key)) continue;
      row.root.inert = true;
      row.root.classList.add('gone');
      if (held) continue;
      row.root.remove();
      this.rows.delete(key);
    }
    let next = held ? null : this.list.firstElementChild;
    for (const item of items) {
      const key = this.keyOf(item);
      const known = this.rows.get(key);
      const row = known ?? this.make(item);
      this.rows.set(key, row);
      row.root.inert = false;
      row.root.classList.remove('gone');
      this.update(row, item);
      if (row.root === next) next = next.nextElementSibling;
      else if (!held || !known) this.list.insertBefore(row.root, next);
    }
  }
}
