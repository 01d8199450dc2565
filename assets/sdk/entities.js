// Entities as plain objects, kept up to date from what each frame changed.
//
// An entity's public, team and owner parts come in segments of their own; here
// they are fields of one object. An entity is in view while any part of it is.

import { ADDED, CHANGED, REMOVED } from './changes.js';
import { restore } from './field.js';
import { Listeners } from './listeners.js';
import { kindOf } from './rows.js';
import { PUBLIC } from './schema.js';
import { TickwireError } from './errors.js';

/** @typedef {import('./changes.js').Change} Change */
/** @typedef {import('./changes.js').Changes} Changes */
/** @typedef {import('./layout.js').KindLayout} KindLayout */
/** @typedef {import('./schema.js').Schema} Schema */
/** @typedef {Record<string, any>} Entity */

/** One entity, its columns as they are, and which of its parts are in view. */
class Known {
  /**
   * @param {number} id
   * @param {number} columns
   */
  constructor(id, columns) {
    this.id = id;
    /** @type {Entity} */
    this.entity = {};
    this.columns = new Uint32Array(columns);
    /** One bit for each audience. */
    this.parts = 0;
    /** The segment that says where it is: of its public part, if that is in view. */
    this.handle = 0;
    /** What the frame before showed, kept only while somebody wants to compare. @type {Entity | undefined} */
    this.previous = undefined;
  }

  /**
   * Restores the fields of one part whose columns are new or differ.
   * @param {KindLayout} layout
   * @param {Change} change
   */
  show(layout, { audience, rows, start, handle }) {
    const fresh = (this.parts & (1 << audience)) === 0;
    if (audience === PUBLIC || (this.parts & (1 << PUBLIC)) === 0) this.handle = handle;
    this.parts |= 1 << audience;
    const { columns } = this;
    for (const group of layout.groups) {
      const first = layout.firstColumn + group.start;
      let differs = fresh;
      for (let i = 0; i < group.len; i++) {
        const value = rows.values[start + group.start + i];
        if (columns[first + i] === value) continue;
        columns[first + i] = value;
        differs = true;
      }
      if (differs) this.entity[group.field.name] = restore(group.field.type, columns, first);
    }
  }

  /**
   * Takes away the fields of one part.
   * @param {KindLayout} layout
   * @param {number} audience
   */
  hide(layout, audience) {
    this.parts &= ~(1 << audience);
    for (const group of layout.groups) delete this.entity[group.field.name];
  }
}

/** All entities in view, and who wants to hear about them. */
export class Entities {
  /**
   * @param {Schema} schema
   * @param {import('./layout.js').Layout[]} layouts
   */
  constructor(schema, layouts) {
    this.schema = schema;
    this.layouts = layouts;
    /** @type {Map<number, Known>} */
    this.known = new Map();
    this.kinds = schema.kinds.map(({ name }, index) => ({
      name,
      columns: Math.max(...layouts.map(({ kinds }) => kinds[index].firstColumn + kinds[index].width)),
      /** @type {Map<number, Entity>} */
      entities: new Map(),
      /** @type {Listeners<[Entity, number]>} */
      added: new Listeners(),
      /** @type {Listeners<[Entity, number, Entity]>} */
      changed: new Listeners(),
      /** @type {Listeners<[Entity, number]>} */
      removed: new Listeners(),
    }));
    /** What to tell once all entities stand as the frame says. @type {{what: number, known: Known}[]} */
    this.news = [];
  }

  /**
   * @param {string} name
   */
  kind(name) {
    const kind = this.kinds.find((it) => it.name === name);
    if (kind) return kind;
    const names = this.kinds.map((it) => it.name).join(', ');
    throw new TickwireError('schema.unknown_kind', `there is no kind ${JSON.stringify(name)}, only ${names}`);
  }

  /**
   * Takes over what a frame changed, then tells the listeners.
   * @param {Changes} changes
   */
  update({ list, count }) {
    this.news.length = 0;
    for (let first = 0; first < count; ) {
      let end = first + 1;
      while (end < count && list[end].id === list[first].id) end += 1;
      this.updateOne(list, first, end);
      first = end;
    }
    for (const { what, known } of this.news) this.tell(what, known);
  }

  /**
   * Takes over the changes of one entity.
   * @param {Change[]} list
   * @param {number} first
   * @param {number} end
   */
  updateOne(list, first, end) {
    const { id } = list[first];
    const kind = this.kinds[kindOf(id)];
    const held = this.known.get(id);
    const known = held ?? new Known(id, kind.columns);
    known.previous = held && kind.changed.any() ? { ...known.entity } : undefined;
    if (partsAfter(known.parts, list, first, end) === 0) {
      // Its fields stay as they were, for whoever wants to know what has gone.
      this.known.delete(id);
      kind.entities.delete(id);
      if (held) this.news.push({ what: REMOVED, known });
      return;
    }
    for (let i = first; i < end; i++) {
      const change = list[i];
      const layout = this.layouts[change.audience].kinds[kindOf(id)];
      if (change.what === REMOVED) known.hide(layout, change.audience);
      else known.show(layout, change);
    }
    if (!held) {
      this.known.set(id, known);
      kind.entities.set(id, known.entity);
    }
    this.news.push({ what: held ? CHANGED : ADDED, known });
  }

  /**
   * @param {number} what
   * @param {Known} known
   */
  tell(what, { id, entity, previous }) {
    const kind = this.kinds[kindOf(id)];
    if (what === ADDED) kind.added.tell(entity, id);
    else if (what === REMOVED) kind.removed.tell(entity, id);
    else kind.changed.tell(entity, id, previous ?? entity);
  }
}

/**
 * Which parts of an entity are in view after some changes.
 * @param {number} parts
 * @param {Change[]} list
 * @param {number} first
 * @param {number} end
 */
function partsAfter(parts, list, first, end) {
  for (let i = first; i < end; i++) {
    const bit = 1 << list[i].audience;
    parts = list[i].what === REMOVED ? parts & ~bit : parts | bit;
  }
  return parts;
}
