// The four ways to a room, best first, and what they have in common.
//
// A transport carries whole messages both ways, in order, and never looks into one. It begins with a first
// message of ours, and ends when either side closes it or when it is lost.

import { LongPollTransport } from './long_poll.js';
import { PollTransport } from './poll.js';
import { StreamTransport } from './stream.js';
import { WebSocketTransport } from './websocket.js';

/** @typedef {'ws' | 'stream' | 'long-poll' | 'poll'} TransportKind */

/**
 * What a transport is opened with.
 * @typedef {object} TransportOptions
 * @property {import('../surroundings.js').Surroundings} env
 * @property {string} url of the room, such as `https://host/rooms/CODE`
 * @property {() => Uint8Array} first the first message, asked for when it can be sent
 * @property {number} pollHz how often the timed poll asks
 * @property {(bytes: Uint8Array) => void} message takes a message of the server
 * @property {(code: number, reason: string, problem?: string) => void} closed is called once, unless we closed;
 *   `problem` is the server's name for a refusal that no close code stands for
 */

/**
 * What a transport has cost: requests, and bytes without what HTTP and TCP add to them.
 * @typedef {{requests: number, up: number, down: number}} Traffic
 */

/**
 * @typedef {object} Transport
 * @property {Traffic} traffic
 * @property {(bytes: Uint8Array) => void} send
 * @property {(code: number, reason: string) => void} close with 1000 what was sent last still goes out
 */

/** All of them, best first. @type {TransportKind[]} */
export const KINDS = ['ws', 'stream', 'long-poll', 'poll'];

/** @type {Record<TransportKind, new (options: TransportOptions) => Transport>} */
const TRANSPORTS = {
  ws: WebSocketTransport,
  stream: StreamTransport,
  'long-poll': LongPollTransport,
  poll: PollTransport,
};

/**
 * @param {TransportKind} kind
 * @param {TransportOptions} options
 * @returns {Transport}
 */
export function openTransport(kind, options) {
  return new TRANSPORTS[kind](options);
}
