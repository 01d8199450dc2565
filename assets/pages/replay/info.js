// What the server knows of a recording.

import { counted, numberOf } from './ticks.js';

/**
 * All ticks of it are counted on from the first one (see ticks.js).
 * @typedef {object} Info
 * @property {string} game
 * @property {string} room
 * @property {number} tick_hz
 * @property {number} started seconds since 1970
 * @property {string} server its version
 * @property {number} first the first tick that can be shown
 * @property {number} last
 * @property {[number, number][]} chunks the tick of each keyframe, and the last one that follows from it
 * @property {{reason: string, tick: number, detail: string} | null} flight why it was kept
 * @property {{first: number, micros: [number, number, number, number][]} | null} timings how late each tick began,
 *   and how long it took to receive, to step and to send
 * @property {{id: number, name: string, spectator: boolean, from: number, to: number}[]} players
 * @property {Verified} verified
 */

/**
 * @typedef {object} Verified
 * @property {number} ticks
 * @property {number} hashes
 * @property {number[]} differ the first ticks that did not become what they were
 * @property {string[]} problems
 * @property {{tick: number, what: string} | null} panic
 * @property {boolean} done
 */

/** @returns {Promise<Info>} */
export async function loadInfo() {
  const answer = await fetch('/replay/info');
  if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
  return countedOn(await answer.json());
}

/**
 * The same with all ticks counted on from the first one.
 * @param {Info} info as the server tells it
 * @returns {Info}
 */
export function countedOn(info) {
  const { first, last, chunks, flight, timings, players, verified } = info;
  const tick = (/** @type {number} */ number) => counted(number, first);
  const { differ, panic } = verified;
  return {
    ...info,
    last: tick(last),
    chunks: chunks.map(([from, to]) => [tick(from), tick(to)]),
    flight: flight && { ...flight, tick: tick(flight.tick) },
    timings: timings && { ...timings, first: tick(timings.first) },
    players: players.map((player) => ({ ...player, from: tick(player.from), to: tick(player.to) })),
    verified: { ...verified, differ: differ.map(tick), panic: panic && { ...panic, tick: tick(panic.tick) } },
  };
}

/**
 * A time as minutes and seconds.
 * @param {number} seconds
 * @param {number} [digits] of parts of a second
 */
export function clock(seconds, digits = 0) {
  const unit = 10 ** digits;
  const parts = Math.floor(seconds * unit + 1e-6);
  const minutes = Math.floor(parts / (60 * unit));
  const rest = ((parts % (60 * unit)) / unit).toFixed(digits);
  return `${minutes}:${rest.padStart(digits ? 3 + digits : 2, '0')}`;
}

/**
 * How verifying went so far, in words, and how good that is.
 * @param {Verified} verified
 * @returns {[string, string]}
 */
export function checksOf({ hashes, differ, problems, panic, done }) {
  const count = hashes.toLocaleString('en');
  if (differ.length > 0) return [`tick ${numberOf(differ[0])} differs from the recording`, 'bad'];
  if (problems.length > 0) return [problems[0], 'bad'];
  if (panic) return [`the game panics at tick ${numberOf(panic.tick)}: ${panic.what}`, 'bad'];
  return done ? [`all ${count} hashes verified`, 'good'] : [`${count} hashes verified so far…`, ''];
}
