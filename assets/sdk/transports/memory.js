// Which transports did not work lately, so that the next connection does not wait for them again.

import { KINDS } from './transport.js';

/** @typedef {import('./transport.js').TransportKind} TransportKind */

/** For how long it is remembered, in milliseconds. */
const REMEMBERED = 10 * 60_000;
const STORED = 'tickwire.transports';

/**
 * How a transport failed: when that is forgotten, and whether the server was asked, so that trying again
 * takes a session away from the transport that it is on.
 * @typedef {{until: number, asked: boolean}} Failure
 */

export class TransportMemory {
  /** @param {import('../surroundings.js').Surroundings} env */
  constructor(env) {
    this.env = env;
    /** @type {Partial<Record<TransportKind, Failure>>} */
    this.failures = {};
    try {
      const stored = JSON.parse(env.storage?.getItem(STORED) ?? '{}');
      if (stored !== null && typeof stored === 'object') this.failures = stored;
    } catch {
      // What somebody else has put there is no memory of ours.
    }
  }

  /**
   * @param {TransportKind} kind
   * @param {boolean} asked whether the server was asked for something and did not answer
   */
  failed(kind, asked) {
    this.failures[kind] = { until: this.env.wall() + REMEMBERED, asked };
    this.store();
  }

  /** @param {TransportKind} kind */
  worked(kind) {
    if (this.failures[kind] === undefined) return;
    delete this.failures[kind];
    this.store();
  }

  /**
   * How a transport failed lately, if it did.
   * @param {TransportKind} kind
   * @returns {Failure | null}
   */
  failureOf(kind) {
    const failure = this.failures[kind];
    return failure && failure.until > this.env.wall() ? failure : null;
  }

  /**
   * Transports in the order in which to try them: those that failed lately come last.
   * @param {TransportKind[]} kinds
   */
  ordered(kinds) {
    const failed = kinds.filter((kind) => this.failureOf(kind));
    return [...kinds.filter((kind) => !failed.includes(kind)), ...failed];
  }

  /**
   * Those that are better than one, and whose trying does no harm.
   * @param {TransportKind[]} kinds
   * @param {TransportKind} than
   */
  better(kinds, than) {
    return kinds.filter((kind) => KINDS.indexOf(kind) < KINDS.indexOf(than) && !this.failureOf(kind)?.asked);
  }

  /**
   * When it is forgotten that one failed which is better than another, at the earliest; null if none did.
   * @param {TransportKind[]} kinds
   * @param {TransportKind} than
   */
  forgets(kinds, than) {
    const better = kinds.filter((kind) => KINDS.indexOf(kind) < KINDS.indexOf(than));
    const ends = better.flatMap((kind) => this.failureOf(kind)?.until ?? []);
    return ends.length > 0 ? Math.min(...ends) : null;
  }

  store() {
    try {
      this.env.storage?.setItem(STORED, JSON.stringify(this.failures));
    } catch {
      // Storage that is full or refused remembers nothing.
    }
  }
}
