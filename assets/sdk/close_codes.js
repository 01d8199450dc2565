// Why a connection ended, in words for players.

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
};

/**
 * A sentence for a WebSocket close code; the server's own reason is added when it says more.
 * @param {number} code
 * @param {string} [reason]
 * @returns {string}
 */
export function closeSentence(code, reason = '') {
  const sentence = SENTENCES[code] ?? `The connection was closed (${code}).`;
  return reason && code !== 1000 ? `${sentence} (${reason})` : sentence;
}
