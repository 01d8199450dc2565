// A connection that only looks on: it has no seat, and what it gets is what a player gets, private state included.
//
// The frames go through the SDK's own room, which checks the server's hashes and says which frame it has.

import { Room } from '../../sdk/tickwire.js';
import { KIND, readServerMessage } from '../../sdk/message.js';

/** The state of a socket that takes messages. */
const OPEN = 1;
/** How often the server is asked for an echo, in milliseconds, for the round trip. */
const PING = 2000;

/**
 * Who is told how it goes.
 * @typedef {object} Watcher
 * @property {(room: Room) => void} begun the first frame is there
 * @property {(reason: string) => void} ended it is over, and not by us
 */

export class Observer {
  /**
   * @param {string} code
   * @param {number} like whose view it is; 0 for that of a spectator
   * @param {Watcher} watcher
   * @param {(path: string) => WebSocket} [open]
   */
  constructor(code, like, watcher, open = openSocket) {
    this.watcher = watcher;
    /** @type {Room | null} */
    this.room = null;
    this.traffic = { requests: 1, up: 0, down: 0 };
    this.over = false;
    this.socket = open(`/monitor/rooms/${encodeURIComponent(code)}/ws${like ? `?like=${like}` : ''}`);
    this.socket.binaryType = 'arraybuffer';
    this.socket.onmessage = ({ data }) => this.take(new Uint8Array(data));
    this.socket.onclose = ({ reason }) => this.fail(reason);
    this.beat = setInterval(() => this.room?.tick != null && this.room.sendPing(), PING);
  }

  /** @param {Uint8Array} bytes */
  take(bytes) {
    if (this.over) return;
    this.traffic.down += bytes.length;
    try {
      if (this.room === null) this.begin(bytes);
      else this.pass(this.room, bytes);
    } catch (error) {
      this.end();
      this.watcher.ended(error instanceof Error ? error.message : `${error}`);
      throw error;
    }
  }

  /** @param {Uint8Array} bytes */
  begin(bytes) {
    const received = readServerMessage(bytes);
    if (received.kind !== 'welcome') throw new Error('The first message was no welcome.');
    this.room = new Room(received.welcome, {
      send: (message) => this.send(message),
      leave: () => this.end(),
      now: () => performance.now(),
      after: (milliseconds, action) => {
        const timer = setTimeout(action, milliseconds);
        return () => clearTimeout(timer);
      },
      answered: 0,
      // Nobody looks on from a hidden page.
      isHidden: () => false,
      traffic: () => this.traffic,
    });
  }

  /**
   * @param {Room} room
   * @param {Uint8Array} bytes
   */
  pass(room, bytes) {
    if (bytes[0] === KIND.CLOSED) return;
    const entered = room.tick !== null;
    room.receive(bytes);
    if (!entered && room.tick !== null) this.watcher.begun(room);
  }

  /** @param {Uint8Array} message */
  send(message) {
    if (this.socket.readyState !== OPEN) return;
    this.traffic.up += message.length;
    this.socket.send(message);
  }

  /** @param {string} reason */
  fail(reason) {
    if (this.over) return;
    this.end();
    this.watcher.ended(reason || 'The connection is lost.');
  }

  /** Stops looking on. */
  end() {
    this.over = true;
    clearInterval(this.beat);
    this.socket.close();
    this.room?.end(1000, '');
  }
}

/**
 * Opens a socket that shows the token, if there is one. A page can give a handshake no header but the names
 * of subprotocols, and an address is kept in logs.
 * @param {string} path
 * @param {string} [token]
 */
export function openSocket(path, token = '') {
  return new WebSocket(location.origin.replace(/^http/, 'ws') + path, subprotocols(token));
}

/**
 * What a handshake offers: the token is in base64url, because not every character may be in a name.
 * @param {string} token
 * @returns {string[]}
 */
export function subprotocols(token) {
  if (token === '') return [];
  const coded = btoa(String.fromCharCode(...new TextEncoder().encode(token)));
  const name = coded.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return ['tickwire.observe', `tickwire.token.${name}`];
}
