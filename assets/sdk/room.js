// A room that this client is in: its state, its messages, and what the player does.

import { differences } from './differences.js';
import { Entities } from './entities.js';
import { TickwireError } from './errors.js';
import { Listeners } from './listeners.js';
import * as message from './message.js';
import { Pacing } from './pacing.js';
import { RecordLayout, neutralColumns } from './record.js';
import { Replica } from './replica.js';
import { Stats } from './stats.js';

/** @typedef {import('./control.js').Welcome} Welcome */
/** @typedef {import('./differences.js').Difference} Difference */
/** @typedef {import('./entities.js').Entity} Entity */
/** @typedef {import('./replica.js').HeldSegment} HeldSegment */

/**
 * What a room needs of its connection and surroundings.
 * @typedef {object} Link
 * @property {(bytes: Uint8Array) => void} send
 * @property {(code: number, reason: string) => void} close
 * @property {() => number} now milliseconds
 * @property {() => boolean} isHidden whether nobody looks, so that no input is meant
 */

/**
 * What listeners of frames are told.
 * @typedef {object} FrameNews
 * @property {number} tick
 * @property {boolean} full
 * @property {number} bytes
 * @property {number} updates entities that changed or came into view
 * @property {boolean | null} hash whether it held, when the frame carried one
 */

/** How many ticks whose hash differed are kept until the server answers. */
const MOST_DISPUTES = 16;

export class Room {
  /**
   * @param {Welcome} welcome
   * @param {Link} link
   */
  constructor(welcome, link) {
    /** The join code, to share. */
    this.code = welcome.room;
    /** Your number in this room. */
    this.player = welcome.player;
    this.tickHz = welcome.tickHz;
    this.schema = welcome.schema;
    this.schemaHash = welcome.schemaHash;
    /** What the game told once, such as its map. */
    this.setup = welcome.setup;
    this.stats = new Stats();
    /** Whether the connection has ended. */
    this.closed = false;

    this.link = link;
    this.replica = new Replica(welcome.schema, welcome.priors, welcome.tickHz);
    this.state = new Entities(this.schema, this.replica.layouts);
    this.pacing = new Pacing();
    this.inputRecord = new RecordLayout(this.schema.input);
    /** @type {number[] | null} */
    this.input = null;
    /** @type {{token: number, at: number} | null} */
    this.ping = null;
    this.pings = 0;
    /** Our side of the ticks whose hash differed. @type {Map<number, HeldSegment[]>} */
    this.disputes = new Map();
    /** @type {Listeners<[FrameNews]>} */
    this.frameListeners = new Listeners();
    /** @type {Listeners<[number, string]>} */
    this.leaveListeners = new Listeners();
    /** @type {Listeners<[Difference[], number]>} */
    this.mismatchListeners = new Listeners();
    this.messageKinds = this.schema.messages.map(({ name }) => ({
      name,
      /** @type {Listeners<[Record<string, any>]>} */
      listeners: new Listeners(),
    }));
  }

  /** The tick that is held, or null before the first frame. */
  get tick() {
    return this.replica.tick;
  }

  /**
   * The entities of a kind in view, by id; the objects are kept up to date.
   * @param {string} kind
   * @returns {ReadonlyMap<number, Entity>}
   */
  entities(kind) {
    return this.state.kind(kind).entities;
  }

  /**
   * The tick at which an entity was as it is here: the newest, unless it is far away and sent less
   * often.
   * @param {number} id
   * @returns {number | null} null when it is not in view
   */
  tickOf(id) {
    const known = this.state.known.get(id);
    return known === undefined ? null : this.replica.tickOf(known.handle);
  }

  /**
   * Calls back for each entity of a kind that is in view or comes into view.
   * @param {string} kind
   * @param {(entity: Entity, id: number) => void} listener
   * @returns {() => void} stops it
   */
  onAdd(kind, listener) {
    this.entities(kind).forEach(listener);
    return this.state.kind(kind).added.add(listener);
  }

  /**
   * Calls back when an entity of a kind changes; `previous` is a copy of what it was.
   * @param {string} kind
   * @param {(entity: Entity, id: number, previous: Entity) => void} listener
   * @returns {() => void} stops it
   */
  onChange(kind, listener) {
    return this.state.kind(kind).changed.add(listener);
  }

  /**
   * Calls back when an entity of a kind goes out of view.
   * @param {string} kind
   * @param {(entity: Entity, id: number) => void} listener
   * @returns {() => void} stops it
   */
  onRemove(kind, listener) {
    return this.state.kind(kind).removed.add(listener);
  }

  /**
   * Calls back after each frame.
   * @param {(news: FrameNews) => void} listener
   * @returns {() => void} stops it
   */
  onFrame(listener) {
    return this.frameListeners.add(listener);
  }

  /**
   * Calls back when the game sends a message of this name.
   * @param {string} name
   * @param {(message: Record<string, any>) => void} listener
   * @returns {() => void} stops it
   */
  onMessage(name, listener) {
    const kind = this.messageKinds.find((it) => it.name === name);
    if (kind) return kind.listeners.add(listener);
    const names = this.messageKinds.map((it) => it.name).join(', ');
    const text = `there is no message ${JSON.stringify(name)}, only ${names}`;
    throw new TickwireError('schema.unknown_message', text);
  }

  /**
   * Calls back once, when the connection has ended.
   * @param {(code: number, reason: string) => void} listener
   * @returns {() => void} stops it
   */
  onLeave(listener) {
    return this.leaveListeners.add(listener);
  }

  /**
   * Calls back when our state was not the server's, with the fields that differed at a tick.
   *
   * The list is empty when the server no longer remembered the tick.
   * @param {(differences: Difference[], tick: number) => void} listener
   * @returns {() => void} stops it
   */
  onMismatch(listener) {
    return this.mismatchListeners.add(listener);
  }

  /**
   * Sets what the player does from the next tick on, until it is set again.
   *
   * Fields that are left out are nothing: zero, false, or what is nearest to it. Numbers out
   * of range are clamped. What is no number where one belongs (`'1'`, `true`, `NaN`) throws a
   * `TickwireError`, and the input stays as it was.
   * @param {Record<string, any>} input
   */
  send(input) {
    const columns = neutralColumns(this.schema.input);
    this.inputRecord.fromObject(input, columns);
    /** @type {number[]} */
    const record = [];
    this.inputRecord.pack(columns, record);
    this.input = record;
  }

  /** Leaves the room. */
  leave() {
    if (this.closed) return;
    this.link.send(message.leaveMessage());
    this.link.close(1000, 'left');
  }

  /**
   * Takes a message of the server.
   * @param {Uint8Array} bytes
   */
  receive(bytes) {
    const received = message.readServerMessage(bytes);
    switch (received.kind) {
      case 'frame':
        this.receiveFrame(bytes);
        return;
      case 'pong':
        this.receivePong(received.token);
        return;
      case 'evidence':
        this.receiveEvidence(received.tick, received.segments);
        return;
      default:
        throw new TickwireError('message.unexpected', 'a second welcome arrived');
    }
  }

  /** @param {Uint8Array} bytes */
  receiveFrame(bytes) {
    const applied = this.replica.apply(bytes);
    const holds = applied.hash ? applied.hash.expected === applied.hash.actual : null;
    this.stats.frame(bytes.length);
    this.stats.updates = applied.updates;
    if (holds === true) this.stats.hashesVerified += 1;
    if (holds === false) this.reportMismatch(applied.tick);
    this.answer(applied.tick);
    this.state.update(this.replica.changes);
    for (const { index, columns } of this.replica.messages) {
      const { listeners } = this.messageKinds[index];
      if (listeners.any()) listeners.tell(this.replica.records[index].toObject(columns));
    }
    const { tick, full, updates } = applied;
    this.frameListeners.tell({ tick, full, bytes: bytes.length, updates, hash: holds });
  }

  /**
   * Sends the input for the tick to come, or at least says which tick was applied.
   * @param {number} applied
   */
  answer(applied) {
    if (this.input === null || this.link.isHidden()) {
      this.pacing.pause();
      this.link.send(message.ackMessage(applied));
      return;
    }
    const { rtt } = this.stats;
    const roundTrip = Number.isNaN(rtt) ? 0 : (rtt / 1000) * this.tickHz;
    this.pacing.update(this.replica.input, roundTrip);
    this.stats.lead = this.pacing.lead;
    this.stats.slack = this.replica.input.slack;
    this.stats.age = this.replica.input.age;
    this.link.send(message.inputMessage(applied, this.pacing.lead, this.input));
  }

  /** @param {number} tick */
  reportMismatch(tick) {
    this.stats.mismatches += 1;
    // The server answers at most once a second, so it may pass over some.
    if (this.disputes.size === MOST_DISPUTES) this.disputes.clear();
    this.disputes.set(tick, this.replica.snapshot());
    this.link.send(message.mismatchMessage(tick));
  }

  /**
   * @param {number} tick
   * @param {Uint8Array} bytes
   */
  receiveEvidence(tick, bytes) {
    const theirs = this.replica.readEvidence(bytes);
    const ours = this.disputes.get(tick);
    if (ours === undefined) return;
    this.disputes.clear();
    const { layouts } = this.replica;
    const found = theirs.length === 0 ? [] : differences(this.schema, layouts, ours, theirs);
    this.mismatchListeners.tell(found, tick);
  }

  /** Asks the server for an echo, to measure the round trip and to be heard. */
  sendPing() {
    this.pings += 1;
    this.ping = { token: this.pings >>> 0, at: this.link.now() };
    this.link.send(message.pingMessage(this.ping.token));
  }

  /** @param {number} token */
  receivePong(token) {
    if (this.ping?.token !== token) return;
    this.stats.roundTrip(this.link.now() - this.ping.at);
    this.ping = null;
  }

  /**
   * The connection has ended.
   * @param {number} code
   * @param {string} reason
   */
  end(code, reason) {
    if (this.closed) return;
    this.closed = true;
    this.leaveListeners.tell(code, reason);
  }
}
