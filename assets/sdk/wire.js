// One transport from its opening to its end, and whether anything was heard over it.

import { LOST } from './close_codes.js';
import { openTransport } from './transports/transport.js';

/** @typedef {import('./surroundings.js').Surroundings} Surroundings */
/** @typedef {import('./transports/transport.js').TransportKind} TransportKind */

/** Within that the first message must come, in milliseconds; a proxy may take the request and keep the answer. */
export const FIRST_MESSAGE = 4000;
/** The code with which we close a connection whose session goes on elsewhere. */
const ELSEWHERE = 3001;

/**
 * Who is told of a wire.
 * @typedef {object} WireListener
 * @property {(wire: Wire, bytes: Uint8Array) => void} message
 * @property {(wire: Wire, code: number, reason: string, problem?: string) => void} closed once, unless we closed
 */

/**
 * What a wire is opened to.
 * @typedef {object} Target
 * @property {string} url of the room
 * @property {number} pollHz
 * @property {() => Uint8Array} first the first message
 * @property {Uint8Array | null} farewell what is said when we give up before anything was heard
 */

export class Wire {
  /**
   * @param {Surroundings} env
   * @param {TransportKind} kind
   * @param {Target} to
   * @param {WireListener} listener
   */
  constructor(env, kind, to, listener) {
    this.env = env;
    this.kind = kind;
    this.farewell = to.farewell;
    this.listener = listener;
    this.openedAt = env.now();
    /** When the first message was sent; null before that. @type {number | null} */
    this.askedAt = null;
    /** When something was last heard; null before that. @type {number | null} */
    this.heardAt = null;
    this.over = false;
    this.stopWaiting = env.after(FIRST_MESSAGE, () => this.giveUp());
    this.transport = this.open(to);
  }

  /** @param {Target} to */
  open({ url, pollHz, first }) {
    try {
      return openTransport(this.kind, {
        env: this.env,
        url,
        pollHz,
        first: () => {
          this.askedAt = this.env.now();
          return first();
        },
        message: (bytes) => this.receive(bytes),
        closed: (code, reason, problem) => this.end(code, reason, problem),
      });
    } catch {
      // Such as a page of https that may not open this socket; who opens is to hear of it later.
      this.env.after(0, () => this.end(LOST, ''));
      return null;
    }
  }

  /** What the wire has cost. */
  get traffic() {
    return this.transport?.traffic ?? { requests: 0, up: 0, down: 0 };
  }

  /** How long the first answer took, in milliseconds. */
  get answered() {
    return this.askedAt === null || this.heardAt === null ? 0 : this.heardAt - this.askedAt;
  }

  /** @param {Uint8Array} bytes */
  receive(bytes) {
    if (this.over) return;
    this.heardAt = this.env.now();
    this.stopWaiting();
    this.listener.message(this, bytes);
  }

  /** @param {Uint8Array} bytes */
  send(bytes) {
    if (!this.over) this.transport?.send(bytes);
  }

  /** Nothing is heard any more, though nobody said that it is over. */
  giveUp() {
    if (this.over) return;
    this.hangUp(ELSEWHERE, 'silent');
    this.end(LOST, '');
  }

  /**
   * We close it, and want to hear no more.
   * @param {number} [code] 1000 leaves for good
   * @param {string} [reason]
   */
  close(code = ELSEWHERE, reason = 'elsewhere') {
    if (this.over) return;
    this.over = true;
    this.stopWaiting();
    this.hangUp(code, reason);
  }

  /**
   * @param {number} code
   * @param {string} reason
   */
  hangUp(code, reason) {
    const unanswered = this.askedAt !== null && this.heardAt === null;
    if (unanswered && this.farewell !== null) {
      this.transport?.send(this.farewell);
      this.transport?.close(1000, 'left');
    } else this.transport?.close(code, reason);
  }

  /**
   * @param {number} code
   * @param {string} reason
   * @param {string} [problem]
   */
  end(code, reason, problem) {
    if (this.over) return;
    this.over = true;
    this.stopWaiting();
    this.listener.closed(this, code, reason, problem);
  }
}
