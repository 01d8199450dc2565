// What the room itself tells its players, in frames, beside the game's own messages.
//
//   0xf0 presence   player:u32 flags:u8 name:text  somebody is there, or is so now
//   0xf1 gone       player:u32 why:u8
//   0xf2 chat       player:u32 text                player 0 is the server
//   0xf3 state      state:u8                       the room's
//   0xf4 dropped    what:u8                        something of yours was too much
//
// `shared/src/room_message.rs` is the same program. Indices that are not known are passed over.

import { TickwireError } from './errors.js';

/** Why somebody has gone. @typedef {'left' | 'lost' | 'kicked' | 'banned'} Departure */
/** Whether a room lets others in. @typedef {'open' | 'locked' | 'draining'} RoomState */
/** What was too much. @typedef {'chat' | 'request'} Dropped */

/**
 * @typedef {{kind: 'presence', player: number, name: string, spectator: boolean, host: boolean, away: boolean}
 *   | {kind: 'gone', player: number, why: Departure}
 *   | {kind: 'chat', player: number, text: string}
 *   | {kind: 'state', state: RoomState}
 *   | {kind: 'dropped', what: Dropped}} RoomMessage
 */

/** @type {Departure[]} */
const DEPARTURES = ['left', 'lost', 'kicked', 'banned'];
/** @type {RoomState[]} */
const STATES = ['open', 'locked', 'draining'];
/** @type {Dropped[]} */
const DROPPED = ['chat', 'request'];

/**
 * Reads the body of a message with this index; null when that is not known.
 * @param {number} index
 * @param {Uint8Array} body
 * @returns {RoomMessage | null}
 */
export function readRoomMessage(index, body) {
  const player = () => readPlayer(index, body);
  switch (index) {
    case 0xf0: {
      if (body.length < 5) throw bad(index);
      const flags = body[4];
      const standing = { spectator: (flags & 1) !== 0, host: (flags & 2) !== 0, away: (flags & 4) !== 0 };
      return { kind: 'presence', player: player(), name: text(index, body.subarray(5)), ...standing };
    }
    case 0xf1:
      return { kind: 'gone', player: player(), why: oneOf(DEPARTURES, index, body, 4) };
    case 0xf2:
      return { kind: 'chat', player: player(), text: text(index, body.subarray(4)) };
    case 0xf3:
      return { kind: 'state', state: oneOf(STATES, index, body, 0) };
    case 0xf4:
      return { kind: 'dropped', what: oneOf(DROPPED, index, body, 0) };
    default:
      return null;
  }
}

/**
 * @param {number} index
 * @param {Uint8Array} body
 */
function readPlayer(index, body) {
  if (body.length < 4) throw bad(index);
  return new DataView(body.buffer, body.byteOffset).getUint32(0, true);
}

/**
 * The name that a body's last byte stands for.
 * @template {string} T
 * @param {T[]} names
 * @param {number} index
 * @param {Uint8Array} body
 * @param {number} at where that byte must be
 */
function oneOf(names, index, body, at) {
  if (body.length !== at + 1 || body[at] >= names.length) throw bad(index);
  return names[body[at]];
}

/**
 * @param {number} index
 * @param {Uint8Array} bytes
 */
function text(index, bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw bad(index);
  }
}

/** @param {number} index */
function bad(index) {
  return new TickwireError('frame.message', `message 0x${index.toString(16)} of the room makes no sense`);
}
