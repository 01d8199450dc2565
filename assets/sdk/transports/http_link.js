// What the transports over HTTP share: their key, numbered batches of what goes up, and requests that are
// made again until one arrives. A batch that comes twice is acted upon once, so that does no harm.

import { BAD_MESSAGE, LOST } from '../close_codes.js';
import { MAX_REQUEST_BYTES, KEY_BYTES, requestBody, sizeInBatch } from './batch.js';

/** @typedef {import('./transport.js').TransportOptions} TransportOptions */

/** More than that does not wait to be sent: nothing gets through. */
const MOST_WAITING = MAX_REQUEST_BYTES - 1024;
/** How often a request is made, and how long is waited before the next time, in milliseconds. */
const TRIES = 4;
const PAUSE = 250;
/** How long what is said last may take, in milliseconds. */
const LONGEST_FAREWELL = 4000;
/** Answers after which the same request may well succeed: batches out of order, too many, a server that is not there. */
const PASSING = [409, 425, 429, 502, 503, 504];
/** What is no better in a moment, though its status may say so. */
const FIRM = ['server_full', 'too_many_connections', 'shutting_down'];
/** What a refusal by the room is on a WebSocket. @type {Record<string, number>} */
const CODES = { bad_request: BAD_MESSAGE, no_such_room: 4005, no_such_link: LOST, shutting_down: 1001, body_too_large: 1009 };

export class HttpLink {
  /** @param {TransportOptions} options */
  constructor({ env, url, closed }) {
    this.env = env;
    this.url = url;
    this.closed = closed;
    this.traffic = { requests: 0, up: 0, down: 0 };
    this.key = env.secret(KEY_BYTES);
    /** The number of the batch that was made last. */
    this.number = 0;
    /** The number of the last answer to a poll that arrived. */
    this.received = 0;
    /** What waits to be sent. @type {Uint8Array[]} */
    this.queue = [];
    this.waiting = 0;
    /** Whether the server knows the key, so that requests may overtake each other. */
    this.ready = false;
    this.sending = false;
    /** The request that takes something up, while there is one. @type {Promise<unknown> | null} */
    this.underWay = null;
    this.over = false;
    this.aborter = new AbortController();
  }

  /**
   * Takes what is to be sent next.
   * @param {Uint8Array} message
   */
  enqueue(message) {
    if (this.over) return;
    this.queue.push(message);
    this.waiting += sizeInBatch(message);
    if (this.waiting > MOST_WAITING) this.end(LOST, 'nothing gets through');
  }

  /** All that waits, as the next batch; its number is 0 when nothing does. */
  nextBatch() {
    const messages = this.queue;
    this.queue = [];
    this.waiting = 0;
    if (messages.length > 0) this.number += 1;
    return { number: messages.length > 0 ? this.number : 0, messages };
  }

  /** Sends what waits, one request after the other, until nothing does. */
  async pump() {
    if (this.sending || !this.ready) return;
    this.sending = true;
    while (this.queue.length > 0 && !this.over) {
      const { number, messages } = this.nextBatch();
      this.underWay = this.insist('send', this.body(number, messages, false));
      await this.underWay;
    }
    this.underWay = null;
    this.sending = false;
  }

  /**
   * @param {number} number
   * @param {Uint8Array[]} messages
   * @param {boolean} wait
   */
  body(number, messages, wait) {
    return requestBody({ key: this.key, number, received: this.received, wait }, messages);
  }

  /**
   * Makes a request until it is answered; when it is not, or refused, the link is over.
   * @param {'send' | 'stream' | 'poll'} path
   * @param {Uint8Array<ArrayBuffer>} body
   * @param {number} [tries]
   * @returns {Promise<Response | null>} null when the link is over
   */
  async insist(path, body, tries = TRIES) {
    for (let left = tries; left > 0 && !this.over; left--) {
      const response = await this.post(path, body);
      if (this.over) return null;
      if (response?.ok) return this.own(response);
      if (response !== null) {
        const problem = await problemOf(response);
        if (!PASSING.includes(response.status) || FIRM.includes(problem.code)) {
          this.refused(problem);
          return null;
        }
      }
      if (left > 1) await this.pause(PAUSE);
    }
    this.end(LOST, '');
    return null;
  }

  /**
   * @param {string} path
   * @param {Uint8Array<ArrayBuffer>} body
   * @returns {Promise<Response | null>} null when there was no answer
   */
  async post(path, body) {
    this.traffic.requests += 1;
    this.traffic.up += body.length;
    // What goes up may be a leave, which is to outlive its page.
    const keepalive = path === 'send';
    const { signal } = this.aborter;
    const fetch = /** @type {typeof globalThis.fetch} */ (this.env.fetch);
    try {
      return await fetch(`${this.url}/${path}`, { method: 'POST', body, cache: 'no-store', keepalive, signal });
    } catch {
      return null;
    }
  }

  /**
   * An answer of our server. A network that wants its users to log in first answers in its place, and then
   * nothing has arrived.
   * @param {Response} response
   */
  own(response) {
    const type = response.headers.get('content-type') ?? '';
    if (response.status === 204 || type.startsWith('application/octet-stream')) return response;
    this.end(LOST, '');
    return null;
  }

  /** @param {{code: string, detail: string}} problem */
  refused({ code, detail }) {
    const known = CODES[code];
    this.end(known ?? LOST, detail, known === undefined && code ? code : undefined);
  }

  /** @param {number} milliseconds */
  pause(milliseconds) {
    return new Promise((resolve) => void this.env.after(milliseconds, () => resolve(undefined)));
  }

  /**
   * The link is over, and not because we closed it.
   * @param {number} code
   * @param {string} reason
   * @param {string} [problem] the server's name for a refusal that no close code stands for
   */
  end(code, reason, problem) {
    if (this.over) return;
    this.over = true;
    this.aborter.abort();
    this.closed(code, reason, problem);
  }

  /** @param {number} code with 1000 what waits is sent first */
  close(code) {
    if (this.over) return;
    this.over = true;
    if (code === 1000) this.finish();
    else this.aborter.abort();
  }

  /** Sends what waits, and only then lets go: a link that is cut off before is lost, and not left. */
  async finish() {
    const stop = this.env.after(LONGEST_FAREWELL, () => this.aborter.abort());
    await (this.queue.length > 0 ? Promise.race([this.underWay, this.pause(PAUSE)]) : this.underWay);
    if (this.queue.length > 0) {
      const { number, messages } = this.nextBatch();
      await this.post('send', this.body(number, messages, false));
    }
    stop();
    this.aborter.abort();
  }
}

/**
 * What is wrong, as our server says it; a refusal of anybody else says nothing.
 * @param {Response} response
 * @returns {Promise<{code: string, detail: string}>}
 */
async function problemOf(response) {
  const { code, detail } = (await response.json().catch(() => null)) ?? {};
  const text = (/** @type {unknown} */ it) => (typeof it === 'string' ? it : '');
  return { code: text(code), detail: text(detail) };
}
