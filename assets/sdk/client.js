// Finds a room and connects to it.

import { TickwireError } from './errors.js';
import { Keep } from './keep.js';
import { Lobby } from './lobby.js';
import { joinMessage } from './message.js';
import { Session } from './session.js';
import { surroundings } from './surroundings.js';
import { TransportMemory } from './transports/memory.js';
import { KINDS } from './transports/transport.js';

/** @typedef {import('./lobby.js').GameInfo} GameInfo */
/** @typedef {import('./lobby.js').RoomInfo} RoomInfo */
/** @typedef {import('./lobby.js').Reservation} Reservation */
/** @typedef {import('./room.js').Room} Room */
/** @typedef {import('./transports/transport.js').TransportKind} TransportKind */

/**
 * Which rooms will do.
 * @typedef {object} Filters
 * @property {number} [tick_hz] the rate they run at
 * @property {number} [max_players] how many they are for
 * @property {number} [min_players] how many must be there already
 */

/**
 * @typedef {object} JoinOptions
 * @property {string} [name] the name to show
 * @property {string} [room] a join code, to come into that room
 * @property {boolean} [spectate] only watches
 * @property {string} [identity] a signed token (JWT) that says who the player is, for servers that want to know
 * @property {number} [schemaHash] refuses a game whose schema is another
 * @property {Filters} [filters] for `joinOrCreate`
 */

/**
 * What a new room is to be like; what is left out is as the server has it.
 * @typedef {object} RoomOptions
 * @property {number} [maxPlayers]
 * @property {number} [tickHz]
 * @property {boolean} [private] whether it is in no list, and found by its code only
 */

/**
 * @typedef {object} ClientOptions
 * @property {TransportKind | 'auto'} [transport] insists on one; by default the best that works
 * @property {number} [pollHz] how often the server is asked, where that is the only way
 * @property {new (url: string) => WebSocket} [WebSocket] another implementation, outside browsers
 * @property {typeof globalThis.fetch} [fetch] another implementation, outside browsers
 * @property {() => boolean} [isHidden] whether nobody looks at the game
 * @property {number} [timeout] milliseconds to wait for the first frame, with all that goes before it
 * @property {boolean} [keep] whether the tab remembers the session, so that it goes on after a reload; true by
 *   default
 * @property {Partial<import('./surroundings.js').Surroundings>} [surroundings] other clocks and networks, for tests
 */

const TIMEOUT = 20_000;
const POLL_HZ = 20;

/** A server to play on. */
export class Client {
  /**
   * @param {string} [url] such as `https://localhost:2567`; by default where the page came from
   * @param {ClientOptions} [options]
   */
  constructor(url = pageOrigin(), options = {}) {
    this.url = url.replace(/^ws/, 'http').replace(/\/+$/, '');
    this.options = options;
    const { WebSocket, fetch, isHidden } = options;
    this.env = surroundings({ WebSocket, fetch, isHidden, ...options.surroundings });
    this.lobby = new Lobby(this.env, this.url);
    this.memory = new TransportMemory(this.env);
    this.keep = new Keep(options.keep === false ? null : this.env.storage);
  }

  /**
   * The games of this server.
   * @returns {Promise<GameInfo[]>}
   */
  games() {
    return this.lobby.games();
  }

  /**
   * The rooms that anybody may come into.
   * @param {{game?: string}} [of]
   * @returns {Promise<RoomInfo[]>}
   */
  rooms({ game } = {}) {
    return this.lobby.rooms(game);
  }

  /**
   * What is known of a room, and the links that lead into it.
   * @param {string} code
   * @returns {Promise<RoomInfo>}
   */
  roomInfo(code) {
    return this.lobby.room(code);
  }

  /**
   * Comes into a room of a game, or makes one if there is none with a place. A spectator comes into the
   * one with most players.
   * @param {string} game
   * @param {JoinOptions} [options]
   * @returns {Promise<Room>}
   */
  joinOrCreate(game, options = {}) {
    if (options.room) return this.join(options.room, options);
    const { filters, spectate, identity } = options;
    if (spectate) return this.enter(() => this.seatToWatch(game, identity), options);
    return this.enter(() => this.lobby.match({ game: game || undefined, filters }, identity), options);
  }

  /**
   * A seat to watch from, where there is most to see.
   * @param {string} game
   * @param {string} [identity]
   */
  async seatToWatch(game, identity) {
    const rooms = await this.lobby.rooms(game);
    const [best] = rooms.filter(({ state }) => state !== 'closed').sort((a, b) => b.players - a.players);
    if (best === undefined) throw new TickwireError('no_such_room', 'There is no room to watch yet.');
    return this.lobby.seat(best.code, true, identity);
  }

  /**
   * Comes into the room with this join code.
   * @param {string} code
   * @param {JoinOptions} [options]
   * @returns {Promise<Room>}
   */
  join(code, options = {}) {
    return this.enter(() => this.lobby.seat(code, options.spectate ?? false, options.identity), options);
  }

  /**
   * Watches the room with this join code.
   * @param {string} code
   * @param {JoinOptions} [options]
   * @returns {Promise<Room>}
   */
  spectate(code, options = {}) {
    return this.join(code, { ...options, spectate: true });
  }

  /**
   * Makes a room, and is its host.
   * @param {string} game
   * @param {JoinOptions & RoomOptions} [options]
   * @returns {Promise<Room>}
   */
  create(game, options = {}) {
    const { maxPlayers, tickHz, identity } = options;
    const wish = { game: game || undefined, max_players: maxPlayers, tick_hz: tickHz, private: options.private };
    return this.enter(() => this.lobby.create(wish, identity), options);
  }

  /**
   * The join code of the room that this tab was in before its page was loaded again, or null.
   * @param {string} [code] only this one will do
   */
  resumable(code) {
    return this.keep.load(this.url, code)?.code ?? null;
  }

  /**
   * Goes on with what this tab played before its page was loaded again.
   * @param {string} [code] only in this room
   * @returns {Promise<Room | null>} null when there is nothing to go on with
   */
  async reconnect(code) {
    const kept = this.keep.load(this.url, code);
    if (kept === null) return null;
    try {
      return await this.session().restore(kept);
    } catch (error) {
      // What the server would not go on with need not be tried again.
      if (error instanceof TickwireError && error.code === 'closed') this.keep.clear(this.url, kept.code);
      throw error;
    }
  }

  /**
   * @param {() => Promise<Reservation>} reserve
   * @param {JoinOptions} options
   * @returns {Promise<Room>}
   */
  async enter(reserve, { name = '', schemaHash, spectate = false, identity }) {
    /** @type {string | null} */
    let code = null;
    const seat = async () => {
      // Another transport needs another ticket, but in the same room.
      const { room, ticket } = await (code === null ? reserve() : this.lobby.seat(code, spectate, identity));
      code = room.code;
      return { code, ticket };
    };
    return this.session().enter(seat, (ticket) => joinMessage(name, schemaHash ?? null, ticket));
  }

  session() {
    const { pollHz = POLL_HZ, timeout = TIMEOUT } = this.options;
    const { url: server, memory, keep } = this;
    return new Session(this.env, { server, kinds: this.kinds(), pollHz, timeout, memory, keep });
  }

  /** The transports that may be used here. */
  kinds() {
    const { transport = 'auto' } = this.options;
    const kinds = transport === 'auto' ? KINDS : [transport];
    if (kinds.some((kind) => !KINDS.includes(kind))) {
      throw new TickwireError('transport', `there is no transport ${JSON.stringify(transport)}, only ${KINDS.join(', ')}`);
    }
    const usable = kinds.filter((kind) => kind !== 'ws' || this.env.WebSocket !== undefined);
    if (usable.length > 0) return usable;
    const hint = 'there is no WebSocket here: use Node 22 or newer, or new Client(url, { WebSocket })';
    throw new TickwireError('websocket', hint);
  }
}

/** The origin of the page, where its server is. */
function pageOrigin() {
  if (globalThis.location) return globalThis.location.origin;
  throw new TickwireError('url', 'outside a browser the server must be named');
}
