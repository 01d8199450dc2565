// A server with one room and one player, in time that only a test lets pass. It plays back a golden session,
// over any transport, and each transport can be made to fail in its own way.

import { KEY_BYTES, Splitter, requestBody } from '../sdk/transports/batch.js';
import { Client } from '../sdk/tickwire.js';
import { FakeSocket, session, welcome } from './fake_socket.js';
import { FakeTime } from './fake_time.js';
import { bytes, hex } from './golden.js';

/** @typedef {import('../sdk/transports/transport.js').TransportKind} TransportKind */
/** @typedef {'works' | 'refused' | 'silent'} Manner */

/** Where the token stands in a welcome: behind the kind, the protocol, the room, the player and the spectator. */
const TOKEN_AT = 1 + 1 + 2 + 1 + 1;

/** A connection as the server sees it. */
class Link {
  /**
   * @param {TransportKind} kind
   * @param {(message: Uint8Array) => void} push
   * @param {() => void} cut
   */
  constructor(kind, push, cut) {
    this.kind = kind;
    this.push = push;
    /** Ends without a word. */
    this.cut = cut;
    /** What was heard, as hexadecimal text. @type {string[]} */
    this.heard = [];
  }

  /**
   * @param {number} code
   * @param {string} [reason]
   */
  close(code, reason = '') {
    if (this.kind === 'ws') return;
    this.push(Uint8Array.from([0x86, code & 255, code >> 8, ...new TextEncoder().encode(reason)]));
  }
}

export class FakeServer {
  constructor() {
    this.time = new FakeTime();
    /** How each transport fares. @type {Record<string, Manner>} */
    this.manners = { ws: 'works', stream: 'works', 'long-poll': 'works', poll: 'works' };
    /** The connections that there were, the last one is that of the player. @type {Link[]} */
    this.links = [];
    /** Requests, as path and, for the lobby, body. @type {[string, any][]} */
    this.requests = [];
    /** Sockets that were asked for. @type {FakeSocket[]} */
    this.sockets = [];
    /** @type {Map<string, HttpConnection>} */
    this.keys = new Map();
    this.tickets = 0;
    /** The token that is good, and what resumed last: a token, an attempt. */
    this.token = hex(welcome.subarray(TOKEN_AT, TOKEN_AT + 16));
    this.used = { token: '', attempt: '' };
    this.step = 0;
    /** What the next resume is answered with instead; 0 when it is good. */
    this.refuse = 0;
    /** Whether requests get through at all. */
    this.online = true;
    /** What answers the requests of transports in the server's place. @type {(() => Response) | null} */
    this.intercept = null;
  }

  /** @param {import('../sdk/client.js').ClientOptions} [options] */
  client(options = {}) {
    const server = this;
    class Socket extends FakeSocket {
      /** @param {string} url */
      constructor(url) {
        super(url);
        server.sockets.push(this);
        server.socketOpened(this);
      }
    }
    return new Client('http://host', {
      ...options,
      WebSocket: /** @type {any} */ (Socket),
      fetch: (url, init) => this.fetch(`${url}`, init ?? {}),
      surroundings: { ...this.time.surroundings(), ...options.surroundings },
    });
  }

  /** The connection that is the newest. */
  get link() {
    return this.links[this.links.length - 1];
  }

  /** @param {FakeSocket} socket */
  socketOpened(socket) {
    queueMicrotask(() => {
      if (!this.online || this.manners.ws === 'refused') {
        socket.onerror({});
        return;
      }
      const push = (/** @type {Uint8Array} */ message) => socket.readyState === 1 && socket.deliver(message);
      const link = new Link('ws', push, () => socket.drop(1006));
      link.close = (code, reason) => socket.drop(code, reason);
      socket.send = (data) => this.online && this.hear(link, data, this.manners.ws === 'silent');
      socket.open();
    });
  }

  /**
   * @param {string} url
   * @param {RequestInit} init
   * @returns {Promise<Response>}
   */
  async fetch(url, { method, body, signal }) {
    const path = url.replace('http://host', '');
    const kind = /\/(stream|send|poll)$/.exec(path)?.[1];
    this.requests.push([`${method} ${path}`, typeof body === 'string' ? JSON.parse(body) : body]);
    if (!this.online) throw new TypeError('no network');
    if (kind === undefined) return this.reserve();
    if (this.intercept !== null) return this.intercept();
    // On its way it may be overtaken by the end of another one.
    if (kind === 'send') await new Promise(setImmediate);
    const request = new Uint8Array(/** @type {Uint8Array} */ (body));
    const key = hex(request.subarray(0, KEY_BYTES));
    const connection = this.keys.get(key) ?? new HttpConnection(this, kind, request[KEY_BYTES + 8] === 1);
    this.keys.set(key, connection);
    const manner = this.manners[connection.kind];
    if (manner === 'refused') throw new TypeError('refused');
    return new Promise((resolve, reject) => {
      const abort = () => reject(new DOMException('aborted', 'AbortError'));
      signal?.addEventListener('abort', abort);
      if (kind === 'stream') signal?.addEventListener('abort', () => connection.link.heard.push('cut off'));
      connection.request(kind, request, manner === 'silent', (answer) => {
        signal?.removeEventListener('abort', abort);
        resolve(answer);
      });
    });
  }

  reserve() {
    this.tickets += 1;
    return Response.json({ room: { code: 'A' }, ticket: `t${this.tickets}` });
  }

  /**
   * A message of the client.
   * @param {Link} link
   * @param {Uint8Array} message
   * @param {boolean} silent whether no answer gets through
   */
  hear(link, message, silent) {
    link.heard.push(hex(message));
    if (message[0] === 0x05 && !silent) link.push(Uint8Array.from([0x83, ...message.subarray(1)]));
    if (message[0] !== 0x01 && message[0] !== 0x08) return;
    this.links.push(link);
    if (message[0] === 0x01) {
      if (!silent) link.push(this.welcome());
      if (!silent) this.frame(0);
    } else this.resume(link, message, silent);
  }

  welcome() {
    const whole = welcome.slice();
    whole.set(bytes(this.token), TOKEN_AT);
    return whole;
  }

  /**
   * @param {Link} link
   * @param {Uint8Array} message
   * @param {boolean} silent
   */
  resume(link, message, silent) {
    const [token, attempt] = [hex(message.subarray(2, 18)), hex(message.subarray(18, 34))];
    const again = token === this.used.token && attempt === this.used.attempt;
    if (this.refuse !== 0 || (token !== this.token && !again)) {
      link.close(this.refuse || 4009);
      return;
    }
    const old = this.links.at(-2);
    if (!again) {
      this.used = { token, attempt };
      this.token = (BigInt(`0x${token}`) + 1n).toString(16).padStart(32, '0');
    }
    if (old && old !== link) old.close(4010);
    if (silent) return;
    if (message[34] === 0) {
      link.push(this.welcome());
      this.frame(0);
    } else link.push(Uint8Array.from([0x85, ...bytes(this.token)]));
  }

  /**
   * Sends a frame of the golden session.
   * @param {number} [step] by default the one after the last
   */
  frame(step = this.step + 1) {
    this.step = step;
    this.link.push(bytes(session.steps[step].hex));
  }

  /** Joins, as far as the first frame. @param {import('../sdk/client.js').ClientOptions} [options] */
  async joined(options) {
    const room = this.client(options).joinOrCreate('ships', { name: 'Ada' });
    await this.time.pass(0);
    return room;
  }
}

/** What the requests of one key come to. */
class HttpConnection {
  /**
   * @param {FakeServer} server
   * @param {string} path
   * @param {boolean} wait
   */
  constructor(server, path, wait) {
    this.server = server;
    /** @type {TransportKind} */
    this.kind = path === 'stream' ? 'stream' : wait ? 'long-poll' : 'poll';
    /** @type {Uint8Array[]} */
    this.out = [];
    this.number = 0;
    /** The answer that may have to be repeated. @type {Uint8Array<ArrayBuffer> | null} */
    this.last = null;
    /** The last batch that was acted upon. */
    this.batch = 0;
    /** Answers what is held. @type {((answer: Response) => void) | null} */
    this.held = null;
    /** @type {ReadableStreamDefaultController | null} */
    this.stream = null;
    this.link = new Link(this.kind, (message) => this.push(message), () => this.cut());
  }

  /**
   * @param {string} path
   * @param {Uint8Array} request
   * @param {boolean} silent
   * @param {(answer: Response) => void} answer
   */
  request(path, request, silent, answer) {
    const view = new DataView(request.buffer);
    const [number, received] = [view.getUint32(KEY_BYTES, true), view.getUint32(KEY_BYTES + 4, true)];
    if (path === 'stream') {
      const body = new ReadableStream({ start: (controller) => void (this.stream = controller) });
      if (!silent) answer(octets(body));
    }
    if (number > this.batch) {
      this.batch = number;
      const messages = new Splitter().push(request.subarray(KEY_BYTES + 9));
      for (const message of messages) this.server.hear(this.link, message, silent);
    }
    if (path === 'send') answer(new Response(null, { status: 204 }));
    if (path !== 'poll' || silent) return;
    if (received < this.number) answer(octets(this.last));
    else if (this.out.length > 0 || request[KEY_BYTES + 8] === 0) answer(this.answer());
    else this.held = answer;
  }

  answer() {
    if (this.out.length === 0) return new Response(null, { status: 204 });
    this.number += 1;
    this.last = pollAnswer(this.number, this.out);
    this.out = [];
    return octets(this.last);
  }

  cut() {
    this.stream?.error(new Error('cut'));
    // What is said from then on goes nowhere.
    this.stream = null;
  }

  /** @param {Uint8Array} message */
  push(message) {
    if (this.stream !== null) {
      this.stream.enqueue(withLength(message));
      return;
    }
    this.out.push(message);
    if (this.held === null) return;
    this.held(this.answer());
    this.held = null;
  }
}

/** @param {BodyInit | null} body */
function octets(body) {
  return new Response(body, { headers: { 'content-type': 'application/octet-stream' } });
}

/** @param {Uint8Array} message */
export function withLength(message) {
  return requestBody(NO_HEADER, [message]).slice(KEY_BYTES + 9);
}

const NO_HEADER = { key: new Uint8Array(KEY_BYTES), number: 0, received: 0, wait: false };

/**
 * @param {number} number
 * @param {Uint8Array[]} messages
 */
export function pollAnswer(number, messages) {
  const bodies = messages.flatMap((message) => [...withLength(message)]);
  return Uint8Array.from([number & 255, number >> 8, 0, 0, ...bodies]);
}
