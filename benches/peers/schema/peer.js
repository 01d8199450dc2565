// The same world in @colyseus/schema, as its documentation advises: a map by id for each kind,
// flat fields of the smallest type that holds them, one shared patch a tick.

import { Decoder, Encoder, MapSchema, schema, t } from '@colyseus/schema';

// Above the largest full state here, so that the encoder never has to grow its buffer.
Encoder.BUFFER_SIZE = 1 << 20;

/**
 * How an entity's field becomes fields of the peer's schema.
 * @typedef {{types: string[], write: (value: any, columns: ArrayLike<number>) => any[]}} Mapping
 */

/** Whole numbers by their range, unsigned where they can be. */
export function smallest(min, max) {
  const fits = (bits) =>
    min >= 0 ? max < 2 ** bits : min >= -(2 ** (bits - 1)) && max < 2 ** (bits - 1);
  const bits = [8, 16, 32].find(fits);
  return bits ? `${min >= 0 ? 'uint' : 'int'}${bits}` : 'number';
}

/**
 * Numbers as 32-bit floats, each part a field of its own: what the peer's users do by default.
 * @returns {Mapping}
 */
export function plain({ type }) {
  switch (type.type) {
    case 'bool':
      return { types: ['boolean'], write: (value) => [value] };
    case 'int':
      return {
        types: [smallest(type.min, type.max)],
        write: (value) => [Math.min(Math.max(value, type.min), type.max)],
      };
    case 'enum':
      return { types: ['uint8'], write: (_, columns) => [columns[0]] };
    case 'text':
      return { types: ['string'], write: (value) => [value] };
    case 'float':
    case 'angle':
      return { types: ['float32'], write: (value) => [value] };
    default: {
      const parts = [...{ vec2: 'xy', vec3: 'xyz', quat: 'xyzw' }[type.type]];
      return {
        types: parts.map(() => 'float32'),
        write: (value) => parts.map((part) => value[part]),
      };
    }
  }
}

/**
 * Numbers as Tickwire's quantised integers, in the smallest type that holds them.
 * @returns {Mapping}
 */
export function quantised(field) {
  const { type, columns } = field;
  switch (type.type) {
    case 'bool':
    case 'enum':
    case 'text':
      return plain(field);
    case 'int':
      return whole(type.max - type.min);
    case 'angle':
      return whole(2 ** type.bits - 1);
    case 'quat':
      return quat(type.bits);
    default: {
      const most = Math.round((type.max - type.min) / type.step);
      const types = Array(columns).fill(smallest(0, most));
      return { types, write: (_, values) => Array.from(values) };
    }
  }
}

function whole(most) {
  return { types: [smallest(0, most)], write: (_, columns) => [columns[0]] };
}

/** Its smallest three share one integer if they fit, which saves the peer a field's header each. */
function quat(bits) {
  if (3 * bits + 2 > 32) {
    const types = ['uint8', 'uint16', 'uint16', 'uint16'];
    return { types, write: (_, columns) => Array.from(columns) };
  }
  const pack = ([largest, a, b, c]) => ((largest * 2 ** bits + a) * 2 ** bits + b) * 2 ** bits + c;
  return { types: [smallest(0, 2 ** (3 * bits + 2) - 1)], write: (_, columns) => [pack(columns)] };
}

/** A state, the encoder of one end and the decoder of the other. */
export class Peer {
  /**
   * @param {Map<string, import('./trace.js').Kind>} kinds
   * @param {(field: import('./trace.js').Field) => Mapping} map
   */
  constructor(kinds, map) {
    this.kinds = new Map([...kinds.values()].map((kind, index) => [kind, define(kind, index, map)]));
    const maps = [...this.kinds.values()].map(({ Class, key }) => [key, t.map(Class)]);
    const State = schema(Object.fromEntries(maps), 'State');
    this.state = new State();
    for (const [key] of maps) this.state[key] ??= new MapSchema();
    this.encoder = new Encoder(this.state);
    this.decoder = new Decoder(new State());
  }

  /** Makes the state what the world is. Fields that are assigned what they hold cost nothing. */
  update(world, gone) {
    for (const [id, { kind }] of gone) this.state[this.kinds.get(kind).key].delete(String(id));
    for (const [id, entity] of world.entities) {
      const { key, Class, mappings, names } = this.kinds.get(entity.kind);
      const map = this.state[key];
      const held = map.get(String(id));
      const target = held ?? new Class();
      const values = flatten(entity, mappings);
      for (let at = 0; at < names.length; at++) target[names[at]] = values[at];
      if (!held) map.set(String(id), target);
    }
  }

  /** The whole state, as for a client that joins. */
  full() {
    const bytes = Uint8Array.from(this.encoder.encodeAll());
    this.encoder.discardChanges();
    return bytes;
  }

  /** What changed since the last call: one patch, for all clients. */
  patch() {
    const bytes = Uint8Array.from(this.encoder.encode());
    this.encoder.discardChanges();
    return bytes;
  }

  /** Decodes bytes into the other end's state, and throws unless that is then the world. */
  verify(bytes, world) {
    this.decoder.decode(bytes);
    const state = this.decoder.state;
    let count = 0;
    for (const { key } of this.kinds.values()) count += state[key]?.size ?? 0;
    if (count !== world.entities.size) {
      throw new Error(`${count} entities decoded, not ${world.entities.size}`);
    }
    for (const [id, entity] of world.entities) {
      const kind = this.kinds.get(entity.kind);
      compare(`entity ${id}`, state[kind.key].get(String(id)), entity, kind);
    }
  }
}

function compare(who, held, entity, { mappings, names, types }) {
  flatten(entity, mappings).forEach((value, at) => {
    const wanted = types[at] === 'float32' ? Math.fround(value) : value;
    const found = held?.[names[at]];
    if (found !== wanted) throw new Error(`${who}, ${names[at]}: ${found} decoded, not ${wanted}`);
  });
}

function flatten({ values, columns, kind }, mappings) {
  const flat = [];
  let at = 0;
  for (let index = 0; index < mappings.length; index++) {
    const end = at + kind.fields[index].columns;
    flat.push(...mappings[index].write(values[index], columns.subarray(at, end)));
    at = end;
  }
  return flat;
}

/** Names are not sent in patches, so plain ones are as good and cannot clash with the peer's own. */
function define(kind, index, map) {
  const mappings = kind.fields.map(map);
  const types = mappings.flatMap((mapping) => mapping.types);
  const names = types.map((_, at) => `f${at}`);
  const fields = types.map((type, at) => [names[at], t[type]()]);
  const Class = schema(Object.fromEntries(fields), `Kind${index}`);
  return { key: `k${index}`, Class, mappings, names, types };
}
