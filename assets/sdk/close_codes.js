// Why a connection ended, in words for players, and whether its session did.

/** @type {Record<number, string>} */
const SENTENCES = {
  1000: 'You left the room.',
  1001: 'The server is shutting down.',
  1002: 'The connection broke the WebSocket protocol.',
  1003: 'The server understands binary messages only.',
  1005: 'The server closed the connection without saying why.',
  1006: 'The connection was lost.',
  1008: 'The server received too many messages.',
  1009: 'The server received a message that is too large.',
  4000: 'Client and server did not understand each other.',
  4001: 'The server waited too long for this client to join.',
  4002: 'The server speaks another version of the protocol. Reload the page.',
  4003: 'The game has changed since this page was loaded. Reload the page.',
  4004: 'The room is full.',
  4005: 'There is no room with this code.',
  4006: 'Nothing was heard from you for too long.',
  4007: 'This connection is too slow for the game.',
  4008: 'The room has ended.',
  4009: 'This session is over.',
  4010: 'The game goes on in another window.',
  4011: 'The host has thrown you out.',
  4012: 'The host has thrown you out for good.',
  4013: 'The ticket for this seat is no longer good.',
  4014: 'The room lets nobody in any more.',
  4015: 'The server wants to know who you are.',
};

/** The code of a connection that nobody closed. */
export const LOST = 1006;
/** The code with which we close when the server's bytes make no sense. */
export const BAD_MESSAGE = 4000;
/** The code with which the server closes a connection whose session goes on over another one. */
export const TAKEN_OVER = 4010;

/** After these the session may still be there: only its connection was lost, or the server comes back. */
const RESUMABLE = [1001, 1005, LOST, 1011, 1012, 1013, 1014, 1015, 4006, 4007];

/**
 * Whether a close code ends the session, and not only the connection.
 * @param {number} code
 */
export function isFinal(code) {
  return !RESUMABLE.includes(code);
}

/** Codes that tell of a mistake in a client: what the server says more is for its author. */
const MISTAKES = [1002, 1003, 1008, 1009, 4000, 4001];

/** Codes that stand for several things: the server's own words tell which. */
const SAID_BY_SERVER = [4004, 4005, 4008];

/**
 * A sentence for a WebSocket close code.
 * @param {number} code
 * @param {string} [reason] the server's own words
 * @returns {string}
 */
export function closeSentence(code, reason = '') {
  const sentence = SENTENCES[code];
  if (sentence === undefined) return reason || `The connection was closed (${code}).`;
  if (reason && SAID_BY_SERVER.includes(code)) return `${reason[0].toUpperCase()}${reason.slice(1)}.`;
  return reason && MISTAKES.includes(code) ? `${sentence} (${reason})` : sentence;
}
