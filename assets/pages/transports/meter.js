// What a connection brings and costs, by the second, and how old what it brings is.

/** @typedef {import('/sdk/tickwire.js').Room} Room */

/** Over how long figures are taken, in milliseconds. */
export const WINDOW = 10_000;
/** What HTTP adds to each request on its way up, and what a WebSocket adds to each message. Estimates. */
export const REQUEST_HEADERS = 480;
const SOCKET_HEADERS = 4;

/**
 * What the connection has come to so far.
 * @typedef {{at: number, frames: number, updates: number, bytes: number, requests: number}} Reading
 */

/** The time at which the first of all clients had a tick, as far as it is known. */
export class Reference {
  constructor() {
    /** @type {{at: number, lead: number}[]} */
    this.arrivals = [];
  }

  /**
   * A frame came.
   * @param {number} tick
   * @param {number} tickMs
   * @param {number} now milliseconds
   */
  arrived(tick, tickMs, now) {
    const lead = tick * tickMs - now;
    // Only those count that no later one has overtaken.
    while ((this.arrivals.at(-1)?.lead ?? Infinity) <= lead) this.arrivals.pop();
    this.arrivals.push({ at: now, lead });
    while (this.arrivals[0].at < now - WINDOW) this.arrivals.shift();
  }

  /**
   * How old a tick is now: how long ago one could have had it.
   * @param {number} tick
   * @param {number} tickMs
   * @param {number} now milliseconds
   */
  ageOf(tick, tickMs, now) {
    const [best] = this.arrivals;
    return best ? Math.max(0, now + best.lead - tick * tickMs) : 0;
  }
}

export class Meter {
  /**
   * @param {Room} room
   * @param {Reference} reference
   */
  constructor(room, reference) {
    this.room = room;
    this.reference = reference;
    this.tickMs = 1000 / room.tickHz;
    this.frames = 0;
    this.updates = 0;
    /** @type {Reading[]} */
    this.readings = [];
    /** Ages at pictures. @type {{at: number, age: number}[]} */
    this.ages = [];
    this.stop = room.onFrame(({ tick, updates }) => {
      this.frames += 1;
      this.updates += updates;
      reference.arrived(tick, this.tickMs, performance.now());
    });
  }

  /**
   * Takes the age of what is held.
   * @param {number} now milliseconds
   */
  look(now) {
    const age = this.reference.ageOf(this.room.tick ?? 0, this.tickMs, now);
    this.ages.push({ at: now, age });
    while (this.ages[0].at < now - WINDOW) this.ages.shift();
  }

  /**
   * The figures of the last seconds, each by the second.
   * @param {number} now milliseconds
   */
  read(now) {
    const { traffic } = this.room;
    const bytes = traffic.up + traffic.down;
    this.readings.push({ at: now, frames: this.frames, updates: this.updates, bytes, requests: traffic.requests });
    while (this.readings[0].at < now - WINDOW) this.readings.shift();
    const [first, last] = [this.readings[0], this.readings[this.readings.length - 1]];
    const seconds = Math.max((last.at - first.at) / 1000, 0.001);
    const rate = (/** @type {keyof Reading} */ name) => (last[name] - first[name]) / seconds;
    const sorted = this.ages.map(({ age }) => age).sort((a, b) => a - b);
    const at = (/** @type {number} */ share) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
    return {
      frames: rate('frames'),
      updates: rate('updates'),
      bytes: rate('bytes'),
      requests: rate('requests'),
      p50: at(0.5),
      p99: at(0.99),
    };
  }

  /**
   * What it comes to with what HTTP, or the WebSocket, adds.
   * @param {ReturnType<Meter['read']>} figures
   * @param {number} answerHeaders bytes
   */
  withHeaders({ bytes, requests, frames }, answerHeaders) {
    if (this.room.transport === 'ws') return bytes + frames * 2 * SOCKET_HEADERS;
    return bytes + requests * (REQUEST_HEADERS + answerHeaders);
  }
}
