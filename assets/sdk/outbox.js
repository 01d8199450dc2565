// What is said once: chat, requests and what hosts do. It waits while the connection is lost, or while
// another one is about to take over; inputs do not, because another one follows.

/** More than that does not wait: the oldest is dropped. */
const MOST_WAITING = 32;
/** Those that wait, by their first byte. @type {Record<number, Unsaid>} */
const KEPT = { 0x09: 'chat', 0x0a: 'request', 0x0b: 'action' };

/** What did not get through. @typedef {'chat' | 'request' | 'action'} Unsaid */

export class Outbox {
  /** @param {(what: Unsaid) => void} dropped is told of each message that is too much */
  constructor(dropped) {
    this.dropped = dropped;
    /** @type {Uint8Array[]} */
    this.waiting = [];
  }

  /**
   * Keeps a message, if it is one of those that are kept; whether it is.
   * @param {Uint8Array} message
   */
  put(message) {
    if (KEPT[message[0]] === undefined) return false;
    this.waiting.push(message);
    if (this.waiting.length > MOST_WAITING) {
      const [oldest] = this.waiting.splice(0, 1);
      this.dropped(KEPT[oldest[0]]);
    }
    return true;
  }

  /** All that waits, which is to be sent now. */
  take() {
    return this.waiting.splice(0);
  }
}
