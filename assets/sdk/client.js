// Finds a room and connects to it.

import { closeSentence } from './close_codes.js';
import { TickwireError } from './errors.js';
import { joinMessage, readServerMessage } from './message.js';
import { Room } from './room.js';

/**
 * @typedef {object} JoinOptions
 * @property {string} [name] the name to show
 * @property {string} [room] a join code, to come into that room
 * @property {number} [schemaHash] refuses a game whose schema is another
 */

/**
 * @typedef {object} ClientOptions
 * @property {new (url: string) => WebSocket} [WebSocket] another implementation, outside browsers
 * @property {() => boolean} [isHidden] whether nobody looks at the game
 * @property {number} [timeout] milliseconds to wait for the first frame
 */

const TIMEOUT = 10_000;
const PING_INTERVAL = 1000;
/** The code with which we close when the server's bytes make no sense. */
const BAD_MESSAGE = 4000;
/** The code of a connection that nobody closed. */
const LOST = 1006;

/** A server to play on. */
export class Client {
  /**
   * @param {string} [url] such as `ws://localhost:2567`; by default where the page came from
   * @param {ClientOptions} [options]
   */
  constructor(url = pageOrigin(), options = {}) {
    this.url = url.replace(/^http/, 'ws').replace(/\/+$/, '');
    this.options = options;
  }

  /**
   * Comes into a room of a game, or makes one if there is none with a place.
   * @param {string} game
   * @param {JoinOptions} [options]
   * @returns {Promise<Room>}
   */
  joinOrCreate(game, options = {}) {
    if (options.room) return this.join(options.room, options);
    return this.connect(`game=${encodeURIComponent(game)}`, options);
  }

  /**
   * Comes into the room with this join code.
   * @param {string} code
   * @param {JoinOptions} [options]
   * @returns {Promise<Room>}
   */
  join(code, options = {}) {
    return this.connect(`room=${encodeURIComponent(code)}`, options);
  }

  /**
   * Makes a room.
   * @param {string} game
   * @param {JoinOptions} [options]
   * @returns {Promise<Room>}
   */
  create(game, options = {}) {
    return this.connect(`game=${encodeURIComponent(game)}&create=1`, options);
  }

  /**
   * @param {string} query
   * @param {JoinOptions} options
   * @returns {Promise<Room>}
   */
  async connect(query, options) {
    const Socket = this.options.WebSocket ?? globalThis.WebSocket;
    if (Socket === undefined) {
      const message =
        'there is no WebSocket here: use Node 22 or newer, or new Client(url, { WebSocket })';
      throw new TickwireError('websocket', message);
    }
    const socket = new Socket(`${this.url}/ws?${query}`);
    return new Promise((resolve, reject) => {
      new Connection(socket, this.url, options, this.options, resolve, reject);
    });
  }
}

/** A socket on its way from the join to a room, and then that room's. */
class Connection {
  /**
   * @param {WebSocket} socket
   * @param {string} url of the server
   * @param {JoinOptions} join
   * @param {ClientOptions} options
   * @param {(room: Room) => void} resolve
   * @param {(error: TickwireError) => void} reject
   */
  constructor(socket, url, join, options, resolve, reject) {
    this.socket = socket;
    this.url = url;
    this.options = options;
    this.resolve = resolve;
    this.reject = reject;
    /** @type {Room | null} */
    this.room = null;
    /** Why we closed, if we did. @type {TickwireError | null} */
    this.failure = null;
    this.timer = setTimeout(() => this.timeOut(), options.timeout ?? TIMEOUT);
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.pinger = undefined;
    socket.binaryType = 'arraybuffer';
    this.opened = false;
    /** When the join was sent. */
    this.joinedAt = 0;
    socket.onopen = () => this.open(join);
    socket.onmessage = (event) => this.receive(event.data);
    socket.onerror = () => this.failed();
    socket.onclose = (event) => this.closed(event.code, event.reason);
  }

  /** @param {JoinOptions} join */
  open(join) {
    this.opened = true;
    this.joinedAt = performance.now();
    this.send(joinMessage(join.name ?? '', join.schemaHash ?? null, null));
  }

  /** @param {Uint8Array<ArrayBuffer>} bytes */
  send(bytes) {
    if (this.socket.readyState === 1) this.socket.send(bytes);
  }

  /** @param {unknown} data */
  receive(data) {
    // After we gave up, what is still under way means nothing.
    if (this.failure) return;
    try {
      if (!(data instanceof ArrayBuffer)) {
        throw new TickwireError('message.text', 'a text message arrived');
      }
      this.dispatch(new Uint8Array(data));
    } catch (error) {
      if (!(error instanceof TickwireError)) throw error;
      this.fail(error);
    }
  }

  /** @param {Uint8Array} bytes */
  dispatch(bytes) {
    if (this.room === null) {
      this.welcome(bytes);
      return;
    }
    this.room.receive(bytes);
    if (this.room.tick !== null && this.pinger === undefined) this.ready(this.room);
  }

  /** @param {Uint8Array} bytes */
  welcome(bytes) {
    const received = readServerMessage(bytes);
    if (received.kind !== 'welcome') {
      throw new TickwireError('message.unexpected', 'the first message was not a welcome');
    }
    this.room = new Room(received.welcome, {
      send: (message) => this.send(/** @type {Uint8Array<ArrayBuffer>} */ (message)),
      close: (code, reason) => this.socket.close(code, reason),
      now: () => performance.now(),
      after,
      answered: performance.now() - this.joinedAt,
      isHidden: this.options.isHidden ?? (() => globalThis.document?.hidden ?? false),
    });
  }

  /** @param {Room} room */
  ready(room) {
    clearTimeout(this.timer);
    this.pinger = setInterval(() => room.sendPing(), PING_INTERVAL);
    room.sendPing();
    this.resolve(room);
  }

  /** After an open socket's error comes its close; without a connection that may take long. */
  failed() {
    if (this.opened || this.failure) return;
    const hint = 'Is the server running? Pages of other hosts need its --allow-origin.';
    const message = `Nobody answers at ${this.url}. ${hint}`;
    this.failure = new TickwireError('unreachable', message, LOST);
    this.ended(LOST, message);
  }

  timeOut() {
    this.fail(new TickwireError('timeout', 'The server did not answer in time.'));
  }

  /** @param {TickwireError} error */
  fail(error) {
    this.failure = error;
    this.socket.close(BAD_MESSAGE, error.code);
    // A socket whose server is out of reach takes long to close.
    this.ended(BAD_MESSAGE, error.message);
  }

  /**
   * @param {number} code
   * @param {string} reason
   */
  closed(code, reason) {
    if (this.failure === null) this.ended(code, closeSentence(code, reason));
  }

  /**
   * @param {number} code
   * @param {string} sentence
   */
  ended(code, sentence) {
    clearTimeout(this.timer);
    clearInterval(this.pinger);
    this.reject(new TickwireError(this.failure?.code ?? 'closed', sentence, code));
    this.room?.end(code, sentence);
  }
}

/**
 * Does something later; returns what prevents it.
 * @param {number} milliseconds
 * @param {() => void} action
 */
function after(milliseconds, action) {
  // Rounded up, because what comes too early would have to wait for the least that timers wait.
  const timer = setTimeout(action, Math.ceil(milliseconds));
  return () => clearTimeout(timer);
}

/** The origin of the page, where its server is. */
function pageOrigin() {
  if (globalThis.location) return globalThis.location.origin;
  throw new TickwireError('url', 'outside a browser the server must be named');
}
