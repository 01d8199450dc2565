// Every message. The first byte of each says what it is.
//
//   client -> server                               server -> client
//   0x01 join      control bytes                   0x81 welcome   control bytes
//   0x02 input     applied:u32 ahead:u8            0x82 frame     see frame.js
//                  behind:u16 record
//   0x03 ack       applied:u32                     0x83 pong      token:u32
//   0x04 leave                                     0x84 evidence  tick:u32 segment*
//   0x05 ping      token:u32
//   0x06 mismatch  tick:u32
//   0x07 net       seven u32                       0x85 resumed   token:16 bytes
//   0x08 resume    control bytes                   0x86 closed    code:u16 reason:text
//   0x09 chat      text
//   0x0a request   index:u8 record
//   0x0b moderate  action:u8 player:u32

import { readWelcome, TOKEN_BYTES, writeJoin, writeResume } from './control.js';
import { TickwireError } from './errors.js';

/** The version of everything that goes over the wire. */
export const PROTOCOL = 1;
/** The longest message that a server takes. */
export const MAX_CLIENT_MESSAGE_BYTES = 1024;
/** The longest chat line that a server takes, in bytes of UTF-8. */
const MAX_CHAT_BYTES = 800;

/** The first bytes of the server's messages. */
export const KIND = Object.freeze({
  WELCOME: 0x81,
  FRAME: 0x82,
  PONG: 0x83,
  EVIDENCE: 0x84,
  RESUMED: 0x85,
  CLOSED: 0x86,
});

/**
 * A message from the server; a frame is whole, with its first byte.
 * @typedef {{kind: 'welcome', welcome: import('./control.js').Welcome}
 *   | {kind: 'frame', bytes: Uint8Array}
 *   | {kind: 'pong', token: number}
 *   | {kind: 'evidence', tick: number, segments: Uint8Array}
 *   | {kind: 'resumed', token: Uint8Array}
 *   | {kind: 'closed', code: number, reason: string}} ServerMessage
 */

/**
 * Reads a message as far as its kind and fixed fields.
 * @param {Uint8Array} bytes
 * @returns {ServerMessage}
 */
export function readServerMessage(bytes) {
  if (bytes.length === 0) throw new TickwireError('message.empty', 'the message is empty');
  switch (bytes[0]) {
    case KIND.WELCOME:
      return { kind: 'welcome', welcome: readWelcome(bytes.subarray(1)) };
    case KIND.FRAME:
      return { kind: 'frame', bytes };
    case KIND.PONG:
      if (bytes.length !== 5) throw wrongLength(bytes[0]);
      return { kind: 'pong', token: readU32(bytes) };
    case KIND.EVIDENCE:
      if (bytes.length < 5) throw wrongLength(bytes[0]);
      return { kind: 'evidence', tick: readU32(bytes), segments: bytes.subarray(5) };
    case KIND.RESUMED:
      if (bytes.length !== 1 + TOKEN_BYTES) throw wrongLength(bytes[0]);
      return { kind: 'resumed', token: bytes.slice(1) };
    case KIND.CLOSED:
      if (bytes.length < 3) throw wrongLength(bytes[0]);
      return { kind: 'closed', code: bytes[1] | (bytes[2] << 8), reason: textFrom(bytes, 3) };
    default:
      throw new TickwireError('message.kind', `unknown message kind ${hex(bytes[0])}`);
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 */
function textFrom(bytes, at) {
  return new TextDecoder().decode(bytes.subarray(at));
}

/** @param {Uint8Array} bytes */
function readU32(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(1, true);
}

/** @param {number} kind */
function wrongLength(kind) {
  const message = `a message of kind ${hex(kind)} has the wrong length`;
  return new TickwireError('message.length', message);
}

/** @param {number} byte */
function hex(byte) {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}

/**
 * @param {string} name
 * @param {number | null} schemaHash insists on one schema
 * @param {string | null} ticket of a reserved seat
 */
export function joinMessage(name, schemaHash, ticket) {
  return fitting(Uint8Array.from([0x01, ...writeJoin(PROTOCOL, name, schemaHash, ticket)]));
}

/**
 * A message that is not too long for a server, which would end the connection.
 * @param {Uint8Array} bytes
 */
export function fitting(bytes) {
  if (bytes.length <= MAX_CLIENT_MESSAGE_BYTES) return bytes;
  const message = `a message of ${bytes.length} bytes; at most ${MAX_CLIENT_MESSAGE_BYTES} are accepted`;
  throw new TickwireError('message.too_long', message);
}

/**
 * What the player does in the tick `ahead` ticks after the one applied last.
 * @param {number} applied
 * @param {number} ahead 0 to 255
 * @param {number} behind how far behind that tick the world was that the player saw, in 1/256 ticks;
 *   0 when that is not to matter
 * @param {number[]} record
 */
export function inputMessage(applied, ahead, behind, record) {
  return Uint8Array.from([0x02, ...u32(applied), ahead, behind & 255, behind >>> 8, ...record]);
}

/** @param {number} applied */
export function ackMessage(applied) {
  return Uint8Array.from([0x03, ...u32(applied)]);
}

export function leaveMessage() {
  return Uint8Array.of(0x04);
}

/** @param {number} token */
export function pingMessage(token) {
  return Uint8Array.from([0x05, ...u32(token)]);
}

/** @param {number} tick */
export function mismatchMessage(tick) {
  return Uint8Array.from([0x06, ...u32(tick)]);
}

/**
 * How bad a connection is to be made; whole numbers, all 0 for as good as it is. PROTOCOL.md has the ranges.
 * @typedef {{latencyUs: number, jitterUs: number, lossPpm: number, upBps: number, downBps: number,
 *   blackoutMs: number, blackoutEveryMs: number}} Net
 */

/** @param {Net} net */
export function netMessage(net) {
  const { latencyUs, jitterUs, lossPpm, upBps, downBps, blackoutMs, blackoutEveryMs } = net;
  const fields = [latencyUs, jitterUs, lossPpm, upBps, downBps, blackoutMs, blackoutEveryMs];
  return Uint8Array.from([0x07, ...fields.flatMap(u32)]);
}

/**
 * Goes on with a session.
 * @param {Uint8Array} token what the server gave last
 * @param {Uint8Array} attempt random, and the same as long as no answer came
 * @param {number | null} applied the tick that is held
 */
export function resumeMessage(token, attempt, applied) {
  return Uint8Array.from([0x08, ...writeResume(PROTOCOL, token, attempt, applied)]);
}

/**
 * What is too long is cut, between characters.
 * @param {string} text
 */
export function chatMessage(text) {
  const bytes = new Uint8Array(1 + MAX_CHAT_BYTES);
  bytes[0] = 0x09;
  const { written } = new TextEncoder().encodeInto(text, bytes.subarray(1));
  return bytes.slice(0, 1 + written);
}

/**
 * @param {number} index
 * @param {number[]} record
 */
export function requestMessage(index, record) {
  return Uint8Array.from([0x0a, index, ...record]);
}

/**
 * @param {number} action 0 kick, 1 ban, 2 lock, 3 unlock, 4 appoint
 * @param {number} player 0 for what is about the room
 */
export function moderateMessage(action, player) {
  return Uint8Array.from([0x0b, action, ...u32(player)]);
}

/** @param {number} value */
function u32(value) {
  return [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];
}
