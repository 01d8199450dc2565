// Who else is in a room, what they say, and what its host may do.

import { TickwireError } from './errors.js';
import { Listeners } from './listeners.js';
import * as message from './message.js';
import { RecordLayout, neutralColumns } from './record.js';
import { readRoomMessage } from './room_message.js';

/** @typedef {import('./room_message.js').RoomState} RoomState */
/** @typedef {import('./room_message.js').Departure} Departure */
/** @typedef {import('./outbox.js').Unsaid} Unsaid */
/** @typedef {import('./control.js').Welcome} Welcome */

/**
 * Somebody in the room.
 * @typedef {object} Player
 * @property {number} id
 * @property {string} name for people to read: it may be anything, so it belongs in text and never in markup
 * @property {boolean} spectator whether it only watches
 * @property {boolean} host whether it may throw others out
 * @property {boolean} away whether its connection is lost, and its place kept
 */

/**
 * What somebody said.
 * @typedef {object} Chat
 * @property {number} id of the player; 0 is the server
 * @property {string} name as it was then
 * @property {string} text the same holds as for names
 */

/** Actions of a host, as they are sent. */
const [KICK, BAN, LOCK, UNLOCK, APPOINT] = [0, 1, 2, 3, 4];

export class Company {
  /**
   * @param {Welcome} welcome
   * @param {(bytes: Uint8Array) => void} say sends a message
   */
  constructor(welcome, say) {
    /** Your number in this room. */
    this.player = welcome.player;
    /** Whether you only watch. */
    this.spectator = welcome.spectator;
    this.schema = welcome.schema;
    this.say = say;
    /** Whether the room lets others in. @type {RoomState} */
    this.access = 'open';
    /** Everybody who is there, you as well, by number. @type {Map<number, Player>} */
    this.company = new Map();
    /** Who was there before the last welcome, and was not told of since. @type {Set<number> | null} */
    this.unconfirmed = null;
    this.requests = this.schema.requests.map((kind) => ({ kind, layout: new RecordLayout(kind) }));
    /** @type {Listeners<[Player, Player | null]>} */
    this.presenceListeners = new Listeners();
    /** @type {Listeners<[Player, Departure]>} */
    this.goneListeners = new Listeners();
    /** @type {Listeners<[Chat]>} */
    this.chatListeners = new Listeners();
    /** @type {Listeners<[RoomState]>} */
    this.stateListeners = new Listeners();
    /** @type {Listeners<[Unsaid]>} */
    this.droppedListeners = new Listeners();
  }

  /** Everybody who is in the room, you as well, by number. @returns {ReadonlyMap<number, Player>} */
  get players() {
    return this.company;
  }

  /** Whether you may throw others out, and lock the room. */
  get isHost() {
    return this.company.get(this.player)?.host ?? false;
  }

  /**
   * Calls back when somebody comes in, and when what is known of somebody changes; `before` is what it
   * was, or null for who is new. At first that is everybody.
   * @param {(player: Player, before: Player | null) => void} listener
   * @returns {() => void} stops it
   */
  onPresence(listener) {
    return this.presenceListeners.add(listener);
  }

  /**
   * Calls back when somebody has gone, for good.
   * @param {(player: Player, why: Departure) => void} listener
   * @returns {() => void} stops it
   */
  onGone(listener) {
    return this.goneListeners.add(listener);
  }

  /**
   * Calls back when somebody says something, you as well.
   * @param {(chat: Chat) => void} listener
   * @returns {() => void} stops it
   */
  onChat(listener) {
    return this.chatListeners.add(listener);
  }

  /**
   * Calls back when the room lets others in, or does not any more.
   * @param {(state: RoomState) => void} listener
   * @returns {() => void} stops it
   */
  onState(listener) {
    return this.stateListeners.add(listener);
  }

  /**
   * Calls back when something of yours was dropped because it was too much: by the server, or here, where
   * at most 32 messages wait for a connection.
   * @param {(what: Unsaid) => void} listener
   * @returns {() => void} stops it
   */
  onDropped(listener) {
    return this.droppedListeners.add(listener);
  }

  /**
   * Says something to everybody in the room. While the connection is lost it waits, as do requests and
   * what a host does. What is longer than 200 letters, or 800 bytes, is cut.
   * @param {string} text
   */
  chat(text) {
    const said = text.trim();
    if (said !== '') this.say(message.chatMessage(said));
  }

  /**
   * Asks the game for something once, as opposed to the input that each tick has.
   * @param {string} name of a request in the schema
   * @param {Record<string, any>} [fields] those left out are nothing, as with inputs
   */
  request(name, fields = {}) {
    const index = this.requests.findIndex(({ kind }) => kind.name === name);
    if (index < 0) {
      const names = this.requests.map(({ kind }) => kind.name).join(', ') || 'none';
      throw new TickwireError('schema.unknown_request', `there is no request ${JSON.stringify(name)}, only ${names}`);
    }
    const { kind, layout } = this.requests[index];
    const columns = neutralColumns(kind);
    layout.fromObject(fields, columns);
    /** @type {number[]} */
    const record = [];
    layout.pack(columns, record);
    this.say(message.requestMessage(index, record));
  }

  /**
   * Throws a player out, who may come again. This and what follows works for the host only.
   * @param {number} player
   */
  kick(player) {
    this.say(message.moderateMessage(KICK, player));
  }

  /**
   * Throws a player out for as long as the room lasts.
   * @param {number} player
   */
  ban(player) {
    this.say(message.moderateMessage(BAN, player));
  }

  /** Lets nobody in any more. */
  lock() {
    this.say(message.moderateMessage(LOCK, 0));
  }

  /** Lets others in again. */
  unlock() {
    this.say(message.moderateMessage(UNLOCK, 0));
  }

  /**
   * Makes another player the host.
   * @param {number} player
   */
  appoint(player) {
    this.say(message.moderateMessage(APPOINT, player));
  }

  /** Who is welcomed anew is told of everybody anew, but not of those who have gone meanwhile. */
  welcomedAnew() {
    this.unconfirmed = new Set(this.company.keys());
  }

  /**
   * Takes what the room said in a frame.
   * @param {{index: number, body: Uint8Array}[]} messages
   */
  takeRoomMessages(messages) {
    let presences = 0;
    for (const { index, body } of messages) {
      const received = readOrNull(index, body);
      if (received?.kind === 'presence') presences += 1;
      // What makes no sense, or is not known yet, spoils nothing else.
      if (received !== null) this.takeRoomMessage(received);
    }
    if (presences === 0) this.confirm();
  }

  /** Everybody has been told of, which takes several frames where there are many. */
  confirm() {
    const missing = this.unconfirmed ?? [];
    this.unconfirmed = null;
    // How they went is not known.
    for (const id of missing) this.gone(id, 'left');
  }

  /** @param {import('./room_message.js').RoomMessage} received */
  takeRoomMessage(received) {
    if (received.kind === 'presence') {
      const { player: id, name, spectator, host, away } = received;
      this.present({ id, name, spectator, host, away });
    } else if (received.kind === 'gone') this.gone(received.player, received.why);
    else if (received.kind === 'chat') {
      const name = this.company.get(received.player)?.name ?? '';
      this.chatListeners.tell({ id: received.player, name, text: received.text });
    } else if (received.kind === 'state') {
      this.access = received.state;
      this.stateListeners.tell(received.state);
    } else this.droppedListeners.tell(received.what);
  }

  /** @param {Player} player */
  present(player) {
    const before = this.company.get(player.id) ?? null;
    this.company.set(player.id, player);
    this.unconfirmed?.delete(player.id);
    if (JSON.stringify(before) !== JSON.stringify(player)) this.presenceListeners.tell(player, before);
  }

  /**
   * @param {number} id
   * @param {Departure} why
   */
  gone(id, why) {
    const player = this.company.get(id);
    if (player === undefined) return;
    this.company.delete(id);
    this.goneListeners.tell(player, why);
  }
}

/**
 * @param {number} index
 * @param {Uint8Array} body
 */
function readOrNull(index, body) {
  try {
    return readRoomMessage(index, body);
  } catch (error) {
    if (error instanceof TickwireError) return null;
    throw error;
  }
}
