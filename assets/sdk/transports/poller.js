// Messages down as answers to one request after the other. What goes up rides on them, or goes beside them.

import { BAD_MESSAGE } from '../close_codes.js';
import { TickwireError } from '../errors.js';
import { readAnswer } from './batch.js';
import { HttpLink } from './http_link.js';

/** @typedef {import('./transport.js').TransportOptions} TransportOptions */

/**
 * How a poller asks.
 * @typedef {object} Manner
 * @property {boolean} wait whether the answer may wait until there is something to say
 * @property {boolean} beside whether what goes up does not wait for the next request
 * @property {number} interval how long after a request the next one is made, at least, in milliseconds
 * @property {number} idle the same after an answer that brought nothing
 */

export class Poller {
  /**
   * @param {TransportOptions} options
   * @param {Manner} manner
   */
  constructor(options, manner) {
    this.link = new HttpLink(options);
    this.traffic = this.link.traffic;
    this.message = options.message;
    this.manner = manner;
    this.link.enqueue(options.first());
    this.ask();
  }

  async ask() {
    const { link, manner } = this;
    const { env } = link;
    let due = env.now();
    while (!link.over) {
      // Beside a batch that is on its way no other one is to overtake it.
      const { number, messages } = link.sending ? { number: 0, messages: [] } : link.nextBatch();
      const answer = await link.insist('poll', link.body(number, messages, manner.wait));
      if (answer === null) return;
      const came = await this.take(answer);
      link.ready = true;
      // By the clock, so that what is late once does not make all that follows late, but never in a rush.
      const now = env.now();
      const interval = came ? manner.interval : manner.idle;
      due = Math.max(due + interval, now - interval);
      if (due > now) await link.pause(due - now);
    }
  }

  /**
   * Takes an answer's messages; whether there were any that had not come before.
   * @param {Response} answer
   */
  async take(answer) {
    if (answer.status === 204) return false;
    const bytes = await answer.arrayBuffer().catch(() => null);
    // Cut off on its way: the next request says that it did not arrive.
    if (bytes === null) return false;
    this.traffic.down += bytes.byteLength;
    try {
      return this.deliver(new Uint8Array(bytes));
    } catch (error) {
      if (!(error instanceof TickwireError)) throw error;
      this.link.end(BAD_MESSAGE, error.message);
      return false;
    }
  }

  /** @param {Uint8Array} bytes */
  deliver(bytes) {
    const { link } = this;
    const { number, messages } = readAnswer(bytes);
    // One that was made again because it seemed lost has been acted upon.
    if (number === link.received) return false;
    if (number !== link.received + 1) {
      throw new TickwireError('batch.number', `answer ${number} follows ${link.received}`);
    }
    link.received = number;
    for (const message of messages) if (!link.over) this.message(message);
    return messages.length > 0;
  }

  /** @param {Uint8Array} bytes */
  send(bytes) {
    this.link.enqueue(bytes);
    if (this.manner.beside) this.link.pump();
  }

  /** @param {number} code */
  close(code) {
    this.link.close(code);
  }
}
