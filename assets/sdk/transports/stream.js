// Messages down as one answer that never ends, and up as requests, one at a time.

import { BAD_MESSAGE, LOST } from '../close_codes.js';
import { TickwireError } from '../errors.js';
import { Splitter } from './batch.js';
import { HttpLink } from './http_link.js';

/** @typedef {import('./transport.js').TransportOptions} TransportOptions */

export class StreamTransport {
  /** @param {TransportOptions} options */
  constructor(options) {
    this.link = new HttpLink(options);
    this.traffic = this.link.traffic;
    this.read(options);
  }

  /** @param {TransportOptions} options */
  async read({ first, message }) {
    const { link } = this;
    link.enqueue(first());
    const { number, messages } = link.nextBatch();
    const answer = await link.insist('stream', link.body(number, messages, false), 1);
    if (!answer?.body) return;
    link.ready = true;
    link.pump();
    try {
      await this.readBody(answer.body.getReader(), message);
      // A stream that ends without having said so was cut off.
      link.end(LOST, '');
    } catch (error) {
      if (!(error instanceof TickwireError)) throw error;
      link.end(BAD_MESSAGE, error.message);
    }
  }

  /**
   * @param {ReadableStreamDefaultReader<Uint8Array>} reader
   * @param {(bytes: Uint8Array) => void} message
   */
  async readBody(reader, message) {
    const splitter = new Splitter();
    while (!this.link.over) {
      const piece = await reader.read().catch(() => null);
      if (piece === null || piece.done) return;
      this.traffic.down += piece.value.length;
      for (const bytes of splitter.push(piece.value)) if (!this.link.over) message(bytes);
    }
  }

  /** @param {Uint8Array} bytes */
  send(bytes) {
    this.link.enqueue(bytes);
    this.link.pump();
  }

  /** @param {number} code */
  close(code) {
    this.link.close(code);
  }
}
