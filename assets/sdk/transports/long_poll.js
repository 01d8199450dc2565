// A request that is answered when there is something to say, and then the next one.

import { Poller } from './poller.js';

/** A server that does not wait is not asked more often than this, in milliseconds. */
const IDLE = 50;

export class LongPollTransport extends Poller {
  /** @param {import('./transport.js').TransportOptions} options */
  constructor(options) {
    super(options, { wait: true, beside: true, interval: 0, idle: IDLE });
  }
}
