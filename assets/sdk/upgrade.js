// From a lesser transport to a better one, while the game goes on.
//
// The better one asks for the session with a resume, and its first frame builds upon what was held when it
// asked. So what the old connection brings from then on waits a moment: it is not needed if the new
// one answers, and applied if it does not.

/** @typedef {import('./session.js').Session} Session */
/** @typedef {import('./transports/transport.js').TransportKind} TransportKind */

/** After so long a better transport is tried, and then again, each time after thrice as long. */
const [FIRST, LAST] = [10_000, 270_000];
/** How long frames wait for the better transport's answer. */
const MOST_HELD = 1500;

export class Upgrade {
  /** @param {Session} session */
  constructor(session) {
    this.session = session;
    this.wait = FIRST;
    /** Frames of the old connection, while the new one may go on from before them. @type {Uint8Array[] | null} */
    this.held = null;
  }

  /** Sees to it that a better transport is tried, if there is one. */
  plan() {
    const { kind, plan, timers, env } = this.session;
    if (kind === null) return;
    const better = plan.memory.better(plan.kinds, kind);
    if (better.length > 0) {
      timers.set('upgrade', this.wait, () => this.run(better));
      this.wait = Math.min(this.wait * 3, LAST);
      return;
    }
    // Those that failed get another chance when that is forgotten.
    const until = plan.memory.forgets(plan.kinds, kind);
    if (until !== null) timers.set('upgrade', Math.max(until - env.wall(), FIRST), () => this.plan());
  }

  /** @param {TransportKind[]} kinds */
  async run(kinds) {
    const { session } = this;
    const { memory } = session.plan;
    for (const kind of kinds) {
      // What failed on the way to where the session is now was not known yet when this was planned.
      if (session.kind === null || !memory.better([kind], session.kind).includes(kind)) continue;
      if (session.wire === null || session.candidate !== null || session.over) return;
      const { wire, failure } = await session.try(kind, () => this.ask());
      if (failure === null || session.over) return;
      this.release();
      if (wire.askedAt !== null) this.blame(kind, wire.askedAt);
      if (session.wire !== null) continue;
      session.comeback.begin(session.comeback.lost ?? failure);
      return;
    }
    this.plan();
  }

  /**
   * A transport did not answer: that is its fault only if something else was heard meanwhile, and not
   * the network's.
   * @param {TransportKind} kind
   * @param {number} askedAt
   */
  blame(kind, askedAt) {
    const { wire, comeback, plan } = this.session;
    // The server has taken the session over to it, and has not been heard since.
    if (wire === null) comeback.suspect = kind;
    else if ((wire.heardAt ?? 0) > askedAt) plan.memory.failed(kind, true);
  }

  /** What is held now must stay as it is for a moment: the new connection will go on from there. */
  ask() {
    const { session } = this;
    const { timers, room } = session;
    this.held = [];
    // A transport over HTTP asks while it is opened, before it is known as the candidate.
    timers.set('held', MOST_HELD, () => session.candidate?.giveUp());
    return session.resume(room?.tick ?? null);
  }

  /** The better transport has answered. */
  done() {
    this.held = null;
    this.session.timers.cancel('held');
  }

  /** Nothing comes of the better transport: applies what was held, and says what waited. */
  release() {
    const { session } = this;
    const held = this.held;
    this.done();
    for (const bytes of held ?? []) if (session.wire !== null) session.message(session.wire, bytes);
    session.flush();
  }
}
