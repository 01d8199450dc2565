// A player's session: the one connection after another that it goes over, from the join to its end.
//
// What begins as a join goes on as often as need be with a resume: when the connection is lost, when a
// better transport may work by now, when the page was loaded again. The secret for that, the token, is
// another after each resume; as long as no answer came the same one is tried again, and says so by its attempt.

import { BAD_MESSAGE, LOST, TAKEN_OVER, closeSentence, isFinal } from './close_codes.js';
import { Comeback } from './comeback.js';
import { TOKEN_BYTES } from './control.js';
import { TickwireError } from './errors.js';
import { nobodyAnswers, problemSentence } from './lobby.js';
import { KIND, fitting, leaveMessage, readServerMessage, resumeMessage } from './message.js';
import { Outbox } from './outbox.js';
import { Room } from './room.js';
import { Timers } from './timers.js';
import { Upgrade } from './upgrade.js';
import { Wire } from './wire.js';

/** @typedef {import('./surroundings.js').Surroundings} Surroundings */
/** @typedef {import('./transports/transport.js').TransportKind} TransportKind */
/** @typedef {import('./transports/transport.js').Traffic} Traffic */

/** Why a connection did not come about. @typedef {{code: number, reason: string, error?: string}} Failure */

/**
 * How a session is to connect.
 * @typedef {object} Plan
 * @property {string} server such as `https://host`
 * @property {TransportKind[]} kinds the transports that may be used
 * @property {number} pollHz
 * @property {number} timeout milliseconds to wait for the first frame
 * @property {import('./transports/memory.js').TransportMemory} memory
 * @property {import('./keep.js').Keep} keep
 */

/** A seat that is reserved for whoever has its ticket. @typedef {{code: string, ticket: string}} Seat */

/** So long after a resume its answer may still come, though nobody waits for it, in milliseconds. */
const LATE_ANSWER = 5000;

export class Session {
  /**
   * @param {Surroundings} env
   * @param {Plan} plan
   */
  constructor(env, plan) {
    this.env = env;
    this.plan = plan;
    this.code = '';
    /** @type {Room | null} */
    this.room = null;
    /** What the room goes over. @type {Wire | null} */
    this.wire = null;
    /** What may come in its place: it has not answered yet. @type {Wire | null} */
    this.candidate = null;
    /** Takes how the candidate fared. @type {(failure: Failure | null) => void} */
    this.settle = () => {};
    /** @type {Uint8Array} */
    this.token = new Uint8Array(TOKEN_BYTES);
    /** Names the resume that no answer has come to yet. @type {Uint8Array | null} */
    this.attempt = null;
    /** When a resume was last asked for. */
    this.resumedAt = -Infinity;
    /** The transport that worked last. @type {TransportKind | null} */
    this.kind = null;
    this.over = false;
    this.timers = new Timers(env);
    this.comeback = new Comeback(this);
    this.better = new Upgrade(this);
    this.outbox = new Outbox((what) => this.room?.droppedListeners.tell(what));
    /** What wires cost that are gone. @type {Traffic} */
    this.spent = { requests: 0, up: 0, down: 0 };
    /** @type {(room: Room) => void} */
    this.resolve = () => {};
    /** @type {(error: TickwireError) => void} */
    this.reject = () => {};
    this.stopWaking = env.onWake(() => this.comeback.wake());
  }

  /**
   * Comes in with a seat.
   * @param {() => Promise<Seat>} reserve
   * @param {(ticket: string) => Uint8Array} join what is said then
   * @returns {Promise<Room>}
   */
  enter(reserve, join) {
    /** @type {Seat | null} */
    let seat = null;
    return this.begin(async (failed) => {
      // A ticket is good for one join, whether its answer came or not.
      if (seat === null || failed?.askedAt != null) seat = await reserve();
      this.code = seat.code;
      const first = join(seat.ticket);
      return () => first;
    }, leaveMessage());
  }

  /**
   * Goes on with a session that this tab had before its page was loaded again.
   * @param {import('./keep.js').Kept} kept
   * @returns {Promise<Room>}
   */
  restore({ code, token, attempt }) {
    [this.code, this.token, this.attempt] = [code, token, attempt];
    return this.begin(async () => () => this.resume(null), null);
  }

  /**
   * @param {(failed: Wire | null) => Promise<() => Uint8Array>} ask what gives the first message, after another
   *   wire failed
   * @param {Uint8Array | null} farewell
   * @returns {Promise<Room>}
   */
  begin(ask, farewell) {
    return new Promise((resolve, reject) => {
      [this.resolve, this.reject] = [resolve, reject];
      const late = { code: LOST, reason: 'The server did not answer in time.', error: 'timeout' };
      this.timers.set('timeout', this.plan.timeout, () => this.fail(late));
      this.tryAll(ask, farewell).catch((error) => {
        this.end(LOST, '');
        reject(error);
      });
    });
  }

  /**
   * Tries one transport after the other, until one answers.
   * @param {(failed: Wire | null) => Promise<() => Uint8Array>} ask
   * @param {Uint8Array | null} farewell
   */
  async tryAll(ask, farewell) {
    const { kinds, memory } = this.plan;
    /** @type {Wire[]} */
    const failed = [];
    /** What the server said last. @type {Failure | null} */
    let refusal = null;
    for (const kind of memory.ordered(kinds)) {
      const first = await ask(failed.at(-1) ?? null);
      if (this.over) return;
      const { wire, failure } = await this.try(kind, first, farewell);
      if (this.over) return;
      if (failure === null) {
        // Only now is it known that it was their fault, and not the network's.
        for (const { kind, askedAt } of failed) memory.failed(kind, askedAt !== null);
        return;
      }
      if (isFinal(failure.code)) {
        this.fail(failure);
        return;
      }
      failed.push(wire);
      if (failure.error) refusal = { ...failure, reason: problemSentence(failure.error, failure.reason) };
    }
    this.fail(refusal ?? { code: LOST, reason: nobodyAnswers(this.plan.server), error: 'unreachable' });
  }

  /**
   * Opens a candidate, and tells how it fared: without a failure it is what the room goes over now.
   * @param {TransportKind} kind
   * @param {() => Uint8Array} first
   * @param {Uint8Array | null} [farewell] what is said when no answer came and none is waited for any more
   * @returns {Promise<{wire: Wire, failure: Failure | null}>}
   */
  async try(kind, first, farewell = null) {
    const wire = this.open(kind, first, farewell, this);
    this.candidate = wire;
    const failure = await new Promise((settle) => (this.settle = settle));
    return { wire, failure };
  }

  /**
   * @param {TransportKind} kind
   * @param {() => Uint8Array} first
   * @param {Uint8Array | null} farewell
   * @param {import('./wire.js').WireListener} listener
   */
  open(kind, first, farewell, listener) {
    const { env, plan, code } = this;
    const url = `${plan.server}/rooms/${encodeURIComponent(code)}`;
    return new Wire(env, kind, { url, pollHz: plan.pollHz, first, farewell }, listener);
  }

  /**
   * A message came over a wire.
   * @param {Wire} wire
   * @param {Uint8Array} bytes
   */
  message(wire, bytes) {
    if (wire !== this.wire && wire !== this.candidate) return;
    try {
      this.dispatch(wire, bytes);
    } catch (error) {
      if (!(error instanceof TickwireError)) throw error;
      wire.close(BAD_MESSAGE, error.code);
      this.fail({ code: BAD_MESSAGE, reason: error.message, error: error.code });
    }
  }

  /**
   * @param {Wire} wire
   * @param {Uint8Array} bytes
   */
  dispatch(wire, bytes) {
    if (bytes[0] === KIND.CLOSED) {
      const received = readServerMessage(bytes);
      if (received.kind !== 'closed') return;
      wire.close();
      this.closed(wire, received.code, received.reason);
    } else if (wire === this.candidate) this.adopt(wire, readServerMessage(bytes));
    else if (bytes[0] === KIND.FRAME && this.better.held) this.better.held.push(bytes);
    else this.pass(bytes);
  }

  /**
   * The candidate has answered: it takes over.
   * @param {Wire} wire
   * @param {import('./message.js').ServerMessage} received
   */
  adopt(wire, received) {
    if (received.kind === 'welcome') this.welcome(wire, received.welcome);
    else if (received.kind !== 'resumed' || this.room === null) {
      throw new TickwireError('message.unexpected', 'the first message was neither a welcome nor of a session');
    } else this.token = received.token;
    const old = this.wire;
    if (old) this.count(old);
    old?.close();
    this.attempt = this.candidate = null;
    [this.wire, this.kind] = [wire, wire.kind];
    this.plan.memory.worked(wire.kind);
    this.save();
    this.flush();
    this.room?.connected(wire.kind, wire.answered);
    this.comeback.done(wire.kind);
    this.better.done();
    this.better.plan();
    this.settle(null);
  }

  /**
   * @param {Wire} wire
   * @param {import('./control.js').Welcome} welcome
   */
  welcome(wire, welcome) {
    if (this.room !== null && this.room.schemaHash !== welcome.schemaHash) {
      throw new TickwireError('message.unexpected', 'the game is another than before');
    }
    [this.code, this.token] = [welcome.room, welcome.token];
    this.room?.welcomedAnew();
    this.room ??= new Room(welcome, {
      send: (bytes) => this.send(bytes),
      leave: () => this.leave(),
      now: this.env.now,
      after: this.env.after,
      answered: wire.answered,
      isHidden: this.env.isHidden,
      traffic: () => this.traffic(),
    });
  }

  /**
   * What the room has to say.
   * @param {Uint8Array} bytes
   */
  send(bytes) {
    const message = fitting(bytes);
    if (!this.isBetween() || !this.outbox.put(message)) this.wire?.send(message);
  }

  /** Whether there is no connection, or one that a candidate may have ended already: what goes over it may be lost. */
  isBetween() {
    return this.wire === null || (this.candidate !== null && this.candidate.askedAt !== null);
  }

  /** Sends what waited for a connection. */
  flush() {
    if (this.wire !== null) for (const bytes of this.outbox.take()) this.wire.send(bytes);
  }

  /** @param {Uint8Array} bytes */
  pass(bytes) {
    const { room } = this;
    if (room === null) return;
    const entered = room.tick !== null;
    room.receive(bytes);
    if (entered || room.tick === null) return;
    this.timers.cancel('timeout');
    room.sendPing();
    this.resolve(room);
  }

  /**
   * A wire was closed, and not by us.
   * @param {Wire} wire
   * @param {number} code
   * @param {string} reason
   * @param {string} [problem] the server's name for a refusal that no close code stands for
   */
  closed(wire, code, reason, problem) {
    this.count(wire);
    if (wire === this.candidate) {
      this.candidate = null;
      this.settle({ code, reason, error: problem });
    }
    if (wire !== this.wire) return;
    this.wire = null;
    this.timers.cancel('beat', 'probe', 'upgrade');
    // The server may have taken our own resume over another transport, and its answer is still on its way.
    const asked = this.candidate !== null || this.env.now() - this.resumedAt < LATE_ANSWER;
    const ours = code === TAKEN_OVER && this.attempt !== null && asked;
    if (isFinal(code) && !ours) this.fail({ code, reason });
    else if (this.candidate === null) this.comeback.begin({ code, reason });
    else this.comeback.note({ code, reason });
  }

  /**
   * The message that asks for the session.
   * @param {number | null} applied the tick that is held
   */
  resume(applied) {
    if (this.attempt === null) {
      this.attempt = this.env.secret(TOKEN_BYTES);
      this.save();
    }
    this.resumedAt = this.env.now();
    return resumeMessage(this.token, this.attempt, applied);
  }

  /** The player leaves, for good. */
  leave() {
    const { room } = this;
    if (this.isBetween() && room !== null) this.farewell(this.comeback.nextKind(), this.resume(room.tick));
    this.wire?.send(leaveMessage());
    this.wire?.close(1000, 'left');
    this.end(1000, closeSentence(1000));
  }

  /**
   * Comes back once more, only to leave: else the place would be kept for somebody who wants it no more.
   * @param {TransportKind} kind
   * @param {Uint8Array} resume
   */
  farewell(kind, resume) {
    this.open(kind, () => resume, null, {
      message: (wire, [first]) => {
        if (first === KIND.WELCOME || first === KIND.RESUMED) wire.send(leaveMessage());
        wire.close(1000, 'left');
      },
      closed: () => {},
    });
  }

  /** @param {Failure} failure */
  fail({ code, reason, error }) {
    const sentence = error ? reason : closeSentence(code, reason);
    this.end(code, sentence);
    this.reject(new TickwireError(error ?? 'closed', sentence, code));
  }

  /**
   * It is all over.
   * @param {number} code
   * @param {string} sentence
   */
  end(code, sentence) {
    if (this.over) return;
    this.over = true;
    // Whoever never saw the room does not want its place kept.
    if (this.room?.tick === null) this.wire?.send(leaveMessage());
    for (const wire of [this.wire, this.candidate]) wire?.close(this.room?.tick === null ? 1000 : undefined);
    this.settle({ code, reason: sentence });
    this.timers.end();
    this.stopWaking();
    if (this.room !== null) this.plan.keep.clear(this.plan.server, this.code);
    this.room?.end(code, sentence);
  }

  save() {
    const { code, token, attempt, plan } = this;
    plan.keep.save({ code, server: plan.server, token, attempt });
  }

  /** @param {Wire} wire */
  count({ traffic }) {
    for (const name of /** @type {const} */ (['requests', 'up', 'down'])) this.spent[name] += traffic[name];
  }

  /** What all wires of this session have cost. @returns {Traffic} */
  traffic() {
    const { requests, up, down } = this.wire?.traffic ?? { requests: 0, up: 0, down: 0 };
    const { spent } = this;
    return { requests: spent.requests + requests, up: spent.up + up, down: spent.down + down };
  }
}
