// Notices that a connection is lost, and comes back over another one, until the server has given the session up.

import { closeSentence, isFinal } from './close_codes.js';

/** @typedef {import('./session.js').Session} Session */
/** @typedef {import('./session.js').Failure} Failure */
/** @typedef {import('./transports/transport.js').TransportKind} TransportKind */

/** How often the round trip is measured and silence is looked for, in milliseconds. */
const BEAT = 1000;
/** After so long without a message a connection is lost, though nothing says so: frames come all the time. */
const SILENCE = 5000;
/** A connection that fell silent so soon may never have worked. */
const SHORT_LIFE = 10_000;
/** After so many in a row another transport is tried, and the blame is its own if that one answers. */
const MOST_SILENCES = 2;
/** When the network may have changed, an answer must come within that. */
const PROBE = 1500;
/** How long the wait before a try is at most: at first, and at last. */
const [FIRST_WAIT, LONGEST_WAIT] = [250, 5000];
/** A try that has taken longer than that begins anew when the network is back. */
const STALE_TRY = 500;

export class Comeback {
  /** @param {Session} session */
  constructor(session) {
    this.session = session;
    /** Why the connection was lost, and until when it is worth trying. @type {Failure & {until: number} | null} */
    this.lost = null;
    this.tries = 0;
    /** How often in a row the transport of the session fell silent soon, or did not answer at all. */
    this.silences = 0;
    /** A transport that may not get through here: it does not, if another one answers. @type {TransportKind | null} */
    this.suspect = null;
  }

  /**
   * The session is connected.
   * @param {TransportKind} kind
   */
  done(kind) {
    this.lost = null;
    this.tries = 0;
    const { timers, plan } = this.session;
    if (this.suspect !== null && this.suspect !== kind) {
      plan.memory.failed(this.suspect, true);
      this.silences = 0;
    }
    this.suspect = null;
    timers.cancel('retry');
    timers.set('beat', BEAT, () => this.beat());
  }

  /**
   * The connection is lost, though another one may take its place in a moment.
   * @param {Failure} failure
   */
  note({ code, reason }) {
    const { graceTicks, tickHz } = this.session.room ?? { graceTicks: 0, tickHz: 1 };
    this.lost = { code, reason, until: this.session.env.now() + (graceTicks * 1000) / tickHz };
  }

  /**
   * The connection is lost: tries to come back.
   * @param {Failure} failure
   */
  begin(failure) {
    if (this.lost === null) this.note(failure);
    const { code, reason, until } = /** @type {NonNullable<typeof this.lost>} */ (this.lost);
    this.session.room?.dropped(code, closeSentence(code, reason), until);
    this.tries = 0;
    this.later();
  }

  /** With full jitter, so that not all whom one trouble has hit come at once. */
  later() {
    const { env, timers } = this.session;
    const left = (this.lost?.until ?? 0) - env.now();
    const most = Math.min(FIRST_WAIT * 2 ** this.tries, LONGEST_WAIT);
    timers.set('retry', Math.max(Math.min(env.chance() * most, left), 0), () => this.retry());
  }

  async retry() {
    const { session } = this;
    if (session.over || session.candidate !== null || this.lost === null) return;
    const kind = this.nextKind();
    this.tries += 1;
    const { wire, failure } = await session.try(kind, () => session.resume(session.room?.tick ?? null));
    if (failure === null || session.over) return;
    if (this.silences > 0 && kind === session.kind && wire.askedAt !== null) this.fellSilent(kind);
    const { lost } = this;
    if (isFinal(failure.code)) session.fail(failure);
    else if (lost === null || session.env.now() >= lost.until) session.fail(lost ?? failure);
    else this.later();
  }

  /** Mostly the transport that worked last, and now and then another: what is lost may be the way there. */
  nextKind() {
    const { kind, plan } = this.session;
    const order = plan.memory.ordered(plan.kinds);
    const doubted = kind === null || kind === this.suspect || plan.memory.failureOf(kind) !== null;
    const last = doubted ? (order.find((it) => it !== this.suspect) ?? order[0]) : kind;
    return this.tries % 3 < 2 ? last : order[Math.floor(this.tries / 3) % order.length];
  }

  /**
   * The transport of the session brings nothing. Once that may be the network's fault, which any transport has.
   * @param {TransportKind} kind
   */
  fellSilent(kind) {
    this.silences += 1;
    if (this.silences >= MOST_SILENCES) this.suspect = kind;
  }

  /** Now and then: measures the round trip, and notices when nothing is heard any more. */
  beat() {
    const { wire, room, env, timers } = this.session;
    if (wire === null || room === null) return;
    const settled = env.now() - wire.openedAt >= SHORT_LIFE;
    if (settled) this.silences = 0;
    if (env.now() - (wire.heardAt ?? 0) >= SILENCE) {
      if (!settled) this.fellSilent(wire.kind);
      wire.giveUp();
      return;
    }
    room.sendPing();
    timers.set('beat', BEAT, () => this.beat());
  }

  /** The network may be back, or another one than before. */
  wake() {
    const { wire, candidate, env, timers, room } = this.session;
    if (this.lost !== null) {
      this.tries = 0;
      if (candidate === null) {
        timers.cancel('retry');
        this.retry();
      } else if (env.now() - candidate.openedAt > STALE_TRY) candidate.giveUp();
      return;
    }
    if (wire === null || room === null) return;
    const asked = env.now();
    room.sendPing();
    timers.set('probe', PROBE, () => {
      if ((wire.heardAt ?? 0) < asked) wire.giveUp();
    });
  }
}
