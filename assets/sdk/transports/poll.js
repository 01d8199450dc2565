// A request now and then, which is answered at once with all that happened since.

import { Poller } from './poller.js';

export class PollTransport extends Poller {
  /** @param {import('./transport.js').TransportOptions} options */
  constructor(options) {
    const interval = 1000 / options.pollHz;
    super(options, { wait: false, beside: false, interval, idle: interval });
  }
}
