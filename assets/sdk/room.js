// A room that this client is in: its state, its messages, and what the player does.

import { Company } from './company.js';
import { differences } from './differences.js';
import { Entities } from './entities.js';
import { TickwireError } from './errors.js';
import { TICK_PARTS } from './input_clock.js';
import { Inputs } from './inputs.js';
import { Listeners } from './listeners.js';
import * as message from './message.js';
import { Replica } from './replica.js';
import { Stats } from './stats.js';

/** @typedef {import('./control.js').Welcome} Welcome */
/** @typedef {import('./differences.js').Difference} Difference */
/** @typedef {import('./entities.js').Entity} Entity */
/** @typedef {import('./inputs.js').InputNews} InputNews */
/** @typedef {import('./replica.js').HeldSegment} HeldSegment */

/**
 * What a room needs of its connection and surroundings.
 * @typedef {object} Link
 * @property {(bytes: Uint8Array) => void} send
 * @property {() => void} leave
 * @property {() => number} now milliseconds
 * @property {(milliseconds: number, action: () => void) => () => void} after does something later; returns
 *   what prevents it
 * @property {number} answered how long the server took to answer, in milliseconds
 * @property {() => boolean} isHidden whether nobody looks, so that no input is meant
 * @property {() => import('./transports/transport.js').Traffic} traffic what the connection has cost so far
 */

/**
 * What listeners are told when the connection is lost, while the room tries to come back.
 * @typedef {object} Drop
 * @property {number} code the WebSocket close code
 * @property {string} reason a sentence for people
 * @property {number} until when the server gives the player's place up, as `performance.now()` tells the time
 */

/**
 * What listeners of frames are told.
 * @typedef {object} FrameNews
 * @property {number} tick
 * @property {boolean} full
 * @property {number} bytes
 * @property {number} updates entities that changed or came into view
 * @property {boolean | null} hash whether it held, when the frame carried one
 * @property {number} gap how many ticks it is after the frame before; 0 if it stands alone
 * @property {number | null} slack how early inputs were, in ticks, if there were any
 * @property {number} age for how many ticks before this one the input used was meant
 */

/** How many ticks whose hash differed are kept until the server answers. */
const MOST_DISPUTES = 16;
/** After so many frames that no input told of, one is acknowledged by itself. */
const MOST_UNTOLD = 3;

export class Room extends Company {
  /**
   * @param {Welcome} welcome
   * @param {Link} link
   */
  constructor(welcome, link) {
    super(welcome, (bytes) => link.send(bytes));
    /** The join code, to share. */
    this.code = welcome.room;
    this.tickHz = welcome.tickHz;
    /** For how many ticks your place is kept when the connection is lost. */
    this.graceTicks = welcome.graceTicks;
    this.schemaHash = welcome.schemaHash;
    /** What the game told once, such as its map. */
    this.setup = welcome.setup;
    this.stats = new Stats();
    /** How the connection fares. @type {'connected' | 'reconnecting' | 'closed'} */
    this.connection = 'connected';
    /** What the room goes over. @type {import('./transports/transport.js').TransportKind} */
    this.transport = 'ws';

    this.link = link;
    this.replica = new Replica(welcome.schema, welcome.priors, welcome.tickHz);
    this.state = new Entities(this.schema, this.replica.layouts);
    this.inputs = new Inputs(this.schema, this.tickHz);
    /** Frames since the last message that told which one was applied. */
    this.untold = 0;
    /** Prevents the next look at the clock of inputs. @type {(() => void) | null} */
    this.waiting = null;
    /** @type {{token: number, at: number} | null} */
    this.ping = null;
    this.pings = 0;
    /** Our side of the ticks whose hash differed. @type {Map<number, HeldSegment[]>} */
    this.disputes = new Map();
    /** @type {Listeners<[FrameNews]>} */
    this.frameListeners = new Listeners();
    /** @type {Listeners<[number, string]>} */
    this.leaveListeners = new Listeners();
    /** @type {Listeners<[Drop]>} */
    this.dropListeners = new Listeners();
    /** @type {Listeners<[]>} */
    this.resumeListeners = new Listeners();
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

  /** Whether it is all over. */
  get closed() {
    return this.connection === 'closed';
  }

  /** What the connection has cost so far: requests, and bytes both ways without what HTTP and TCP add. */
  get traffic() {
    return this.link.traffic();
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
   * Calls back when the connection is lost. The room comes back by itself if it can: all stays as it was
   * meanwhile, and then `onResume` or `onLeave` is next.
   * @param {(drop: Drop) => void} listener
   * @returns {() => void} stops it
   */
  onDrop(listener) {
    return this.dropListeners.add(listener);
  }

  /**
   * Calls back when the connection is back.
   * @param {() => void} listener
   * @returns {() => void} stops it
   */
  onResume(listener) {
    return this.resumeListeners.add(listener);
  }

  /**
   * Calls back once, when it is all over.
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
   * Sets what the player does from the next tick on, until it is set again. A function is asked
   * right before each tick's input is sent, which is as fresh as it gets. Whoever predicts asks it
   * too, with every picture and more often than that, so how often it is asked must make no difference:
   * what ends once it has been sent belongs into a listener of `onInput`.
   *
   * Fields that are left out are nothing: zero, false, or what is nearest to it. Numbers out
   * of range are clamped. What is no number where one belongs (`'1'`, `true`, `NaN`) throws a
   * `TickwireError`, and the input stays as it was. If a function gives that, or throws, its error
   * is reported as any uncaught one, and nothing is sent for that tick.
   * @param {import('./inputs.js').InputSource} input
   */
  send(input) {
    this.inputs.set(input);
  }

  /**
   * Calls back when the input of a tick is sent.
   * @param {(news: InputNews) => void} listener
   * @returns {() => void} stops it
   */
  onInput(listener) {
    return this.inputs.listeners.add(listener);
  }

  /**
   * Says which tick of others the player sees. Inputs carry how far that is behind them, so that a
   * game can judge a shot by what its shooter saw.
   * @param {() => number} drawn the tick, with a fraction
   * @returns {() => void} says that nothing is seen any more, unless somebody else has said what is
   */
  showing(drawn) {
    this.inputs.drawn = drawn;
    return () => {
      if (this.inputs.drawn === drawn) this.inputs.drawn = null;
    };
  }

  /**
   * Sends what is due. The room does so by itself, by a timer; called with every picture it is more
   * punctual, because timers wait for pictures that take long.
   * @param {number} [now] milliseconds
   */
  update(now = this.link.now()) {
    // Who only watches does nothing.
    if (this.closed || this.tick === null || this.spectator) return;
    this.waiting?.();
    for (const bytes of this.inputs.due(now, this.tick, this.link.isHidden())) {
      this.link.send(bytes);
      this.untold = 0;
    }
    const next = this.inputs.clock.nextDue() ?? now;
    // The time of a picture is a little ago.
    this.waiting = this.link.after(Math.max(next - this.link.now(), 0), () => this.update());
  }

  /**
   * Asks the server to make this connection as bad as that, to try out how a game feels. A server
   * that was not set up to obey ignores it.
   * @param {message.Net} net
   */
  impair(net) {
    this.link.send(message.netMessage(net));
  }

  /** Leaves the room. */
  leave() {
    if (!this.closed) this.link.leave();
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
    const before = this.tick;
    const applied = this.replica.apply(bytes);
    const holds = applied.hash ? applied.hash.expected === applied.hash.actual : null;
    this.stats.frame(bytes.length);
    this.stats.updates = applied.updates;
    if (holds === true) this.stats.hashesVerified += 1;
    if (holds === false) this.reportMismatch(applied.tick);
    this.answer(applied.tick);
    this.state.update(this.replica.changes);
    this.takeRoomMessages(this.replica.roomMessages);
    for (const { index, columns } of this.replica.messages) {
      const { listeners } = this.messageKinds[index];
      if (listeners.any()) listeners.tell(this.replica.records[index].toObject(columns));
    }
    const { tick, full, updates } = applied;
    const gap = full || before === null ? 0 : (tick - before) | 0;
    const { slack, age } = this.replica.input;
    const early = slack === null ? null : slack / TICK_PARTS;
    this.frameListeners.tell({ tick, full, bytes: bytes.length, updates, hash: holds, gap, slack: early, age });
    // Last, because it asks the game, which is to know of this frame by then.
    this.update();
  }

  /**
   * Takes what a frame says of our inputs, and says that it was applied if no input will.
   * @param {number} applied
   */
  answer(applied) {
    const { clock, source } = this.inputs;
    const { slack, age } = this.replica.input;
    const { rtt } = this.stats;
    const now = this.link.now();
    clock.advance(now);
    clock.start(applied, now, Number.isNaN(rtt) ? this.link.answered : rtt);
    clock.observe(applied, slack);
    this.stats.inputs(slack === null ? null : slack / TICK_PARTS, age);
    this.stats.lead = ((clock.tick - applied) | 0) + clock.share;
    this.untold += 1;
    const tells = source !== null && !this.spectator && !this.link.isHidden();
    if (tells && this.untold < MOST_UNTOLD) return;
    this.untold = 0;
    this.link.send(message.ackMessage(applied));
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
    // A segment that the server remembers for fewer ticks than that is nobody's fault.
    const told = ours.filter(({ handle }) => theirs.some((their) => their.handle === handle));
    const found = differences(this.schema, layouts, told, theirs);
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
   * There is a connection: the first one, another one of which nobody needs to know, or one after a loss.
   * @param {import('./transports/transport.js').TransportKind} transport
   * @param {number} answered how long the server took to answer, in milliseconds
   */
  connected(transport, answered) {
    const was = this.connection;
    this.connection = 'connected';
    this.transport = transport;
    this.link.answered = answered;
    this.untold = 0;
    this.ping = null;
    // The server remembers no connection's mismatches but this one's.
    this.disputes.clear();
    if (was === 'reconnecting') this.resumeListeners.tell();
  }

  /**
   * The connection is lost.
   * @param {number} code
   * @param {string} reason
   * @param {number} until when the server gives up
   */
  dropped(code, reason, until) {
    if (this.connection !== 'connected') return;
    this.connection = 'reconnecting';
    this.dropListeners.tell({ code, reason, until });
  }

  /**
   * It is all over.
   * @param {number} code
   * @param {string} reason
   */
  end(code, reason) {
    if (this.closed) return;
    this.connection = 'closed';
    this.waiting?.();
    this.leaveListeners.tell(code, reason);
  }
}
