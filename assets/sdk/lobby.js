// What a server is asked before there is a connection: its games, its rooms, and a seat in one.

import { TickwireError } from './errors.js';

/**
 * A game that a server has.
 * @typedef {object} GameInfo
 * @property {string} name
 * @property {number} tick_hz
 * @property {number} max_players
 * @property {number} max_spectators
 */

/**
 * A room as a list shows it.
 * @typedef {object} RoomInfo
 * @property {string} code the join code
 * @property {string} game
 * @property {'created' | 'open' | 'locked' | 'draining' | 'closed'} state
 * @property {number} players
 * @property {number} max_players
 * @property {number} spectators
 * @property {number} tick_hz
 * @property {number} tick
 * @property {boolean} private
 * @property {string[]} [links] which lead into the room, when it was asked for by itself
 */

/** A seat that is kept for whoever brings its ticket. @typedef {{room: RoomInfo, ticket: string}} Reservation */

/** What stands in the way of a player, in words for players; `detail` is the server's own. @type {Record<string, string>} */
const SENTENCES = {
  room_full: 'The room is full.',
  room_locked: 'The room lets nobody in any more.',
  no_such_room: 'There is no room with this code.',
  no_such_game: 'This server does not have that game.',
  shutting_down: 'The server is shutting down.',
  banned: 'The host has thrown you out for good.',
  unidentified: 'The server wants to know who you are.',
  too_many_requests: 'The server was asked too often. Try again in a moment.',
  server_full: 'The server is full. Try again later.',
  too_many_connections: 'There are too many connections from your network. Close one first.',
  wrong_origin: 'The server does not allow this page to play on it.',
};

/** No answer takes longer than that, in milliseconds. */
const LONGEST_ANSWER = 10_000;

export class Lobby {
  /**
   * @param {import('./surroundings.js').Surroundings} env
   * @param {string} server such as `https://host`
   */
  constructor(env, server) {
    this.env = env;
    this.server = server;
  }

  /** @returns {Promise<GameInfo[]>} */
  games() {
    return this.ask('GET', '/games');
  }

  /**
   * The rooms that anybody may come into.
   * @param {string} [game]
   * @returns {Promise<RoomInfo[]>}
   */
  rooms(game) {
    return this.ask('GET', game ? `/rooms?game=${encodeURIComponent(game)}` : '/rooms');
  }

  /**
   * @param {string} code
   * @returns {Promise<RoomInfo>}
   */
  room(code) {
    return this.ask('GET', `/rooms/${encodeURIComponent(code)}`);
  }

  /**
   * A seat in some room of a game.
   * @param {Record<string, unknown>} wish
   * @param {string} [identity] says who the player is
   * @returns {Promise<Reservation>}
   */
  match(wish, identity) {
    return this.ask('POST', '/match', wish, identity);
  }

  /**
   * A seat in a new room.
   * @param {Record<string, unknown>} wish
   * @param {string} [identity]
   * @returns {Promise<Reservation>}
   */
  create(wish, identity) {
    return this.ask('POST', '/rooms', wish, identity);
  }

  /**
   * A seat in the room with this code.
   * @param {string} code
   * @param {boolean} spectate
   * @param {string} [identity]
   * @returns {Promise<Reservation>}
   */
  seat(code, spectate, identity) {
    return this.ask('POST', `/rooms/${encodeURIComponent(code)}/seats`, { spectate }, identity);
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {Record<string, unknown>} [body]
   * @param {string} [identity]
   * @returns {Promise<any>}
   */
  async ask(method, path, body, identity) {
    const { ok, status, text } = await this.fetch(method, path, body, identity);
    const answer = parsed(text);
    if (ok && answer !== null) return answer;
    throw refusal(status, answer);
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {Record<string, unknown>} [body]
   * @param {string} [identity]
   */
  async fetch(method, path, body, identity) {
    const { fetch } = this.env;
    if (fetch === undefined) {
      throw new TickwireError('fetch', 'there is no fetch here: use Node 20 or newer, or new Client(url, { fetch })');
    }
    /** @type {Record<string, string>} */
    const headers = body ? { 'content-type': 'application/json' } : {};
    if (identity) headers.authorization = `Bearer ${identity}`;
    const aborter = new AbortController();
    const stop = this.env.after(LONGEST_ANSWER, () => aborter.abort());
    const options = { method, headers, signal: aborter.signal, cache: /** @type {const} */ ('no-store') };
    try {
      const response = await fetch(`${this.server}${path}`, { ...options, body: body && JSON.stringify(body) });
      return { ok: response.ok, status: response.status, text: await response.text() };
    } catch {
      throw new TickwireError('unreachable', nobodyAnswers(this.server), 1006);
    } finally {
      stop();
    }
  }
}

/**
 * @param {string} text
 * @returns {any} null when it is no JSON
 */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * @param {number} status
 * @param {any} problem what the server answered, which need not have been ours
 */
function refusal(status, problem) {
  const code = typeof problem?.code === 'string' ? problem.code : `http.${status}`;
  const detail = typeof problem?.detail === 'string' ? problem.detail : '';
  return new TickwireError(code, problemSentence(code, detail) || `The server refused (${status}).`);
}

/**
 * What stands in the way, for players.
 * @param {string} code the server's name for it
 * @param {string} detail the server's own words
 */
export function problemSentence(code, detail) {
  return SENTENCES[code] ?? sentence(detail);
}

/** @param {string} server */
export function nobodyAnswers(server) {
  return `Nobody answers at ${server}. Is the server running? Pages of other hosts need its --allow-origin.`;
}

/** @param {string} text */
function sentence(text) {
  return text && `${text[0].toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
