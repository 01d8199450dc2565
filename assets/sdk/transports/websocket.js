// Messages over a WebSocket: one binary message each.

import { BAD_MESSAGE, LOST } from '../close_codes.js';

/** @typedef {import('./transport.js').TransportOptions} TransportOptions */

export class WebSocketTransport {
  /** @param {TransportOptions} options */
  constructor({ env, url, first, message, closed }) {
    this.traffic = { requests: 1, up: 0, down: 0 };
    this.closed = closed;
    this.over = false;
    const Socket = /** @type {NonNullable<typeof env.WebSocket>} */ (env.WebSocket);
    this.socket = new Socket(`${url.replace(/^http/, 'ws')}/ws`);
    this.socket.binaryType = 'arraybuffer';
    this.socket.onopen = () => this.send(first());
    this.socket.onmessage = ({ data }) => this.receive(data, message);
    // An error of an open socket is followed by its close; without a connection that may take long.
    this.socket.onerror = () => this.socket.readyState === 0 && this.end(LOST, '');
    this.socket.onclose = ({ code, reason }) => this.end(code, reason);
  }

  /** @param {Uint8Array} bytes */
  send(bytes) {
    if (this.socket.readyState !== 1) return;
    this.traffic.up += bytes.length;
    this.socket.send(/** @type {Uint8Array<ArrayBuffer>} */ (bytes));
  }

  /**
   * @param {unknown} data
   * @param {(bytes: Uint8Array) => void} message
   */
  receive(data, message) {
    if (this.over) return;
    if (!(data instanceof ArrayBuffer)) {
      this.socket.close(BAD_MESSAGE, 'text');
      this.end(BAD_MESSAGE, 'a text message arrived');
      return;
    }
    this.traffic.down += data.byteLength;
    message(new Uint8Array(data));
  }

  /**
   * @param {number} code
   * @param {string} reason
   */
  end(code, reason) {
    if (this.over) return;
    this.over = true;
    this.closed(code, reason);
  }

  /**
   * @param {number} code
   * @param {string} reason
   */
  close(code, reason) {
    this.over = true;
    this.socket.close(code, reason);
  }
}
