// Messages over HTTP: several in one body, each with its length before it. `shared/src/batch.rs` says
// what the parts are for.
//
//   request  := key:16 number:u32 received:u32 wait:u8 message*     of every POST
//   answer   := number:u32 message*                                 of a poll
//   stream   := message*                                            of a stream, without an end
//   message  := length:varint byte{length}

import { TickwireError } from '../errors.js';

/** How many bytes a connection's key has. */
export const KEY_BYTES = 16;
/** How many bytes stand before a request's messages. */
const HEADER_BYTES = KEY_BYTES + 9;
/** The largest body of a request, in bytes. */
export const MAX_REQUEST_BYTES = 16 * 1024;
/** The longest message that a server sends: a frame of a mebibyte, and what stands before it. */
const MAX_MESSAGE_BYTES = (1 << 20) + 16;

/**
 * What stands before a request's messages.
 * @typedef {object} RequestHeader
 * @property {Uint8Array} key names the connection
 * @property {number} number counts the client's batches from 1; 0 without messages
 * @property {number} received the last answer to a poll that arrived; 0 before the first
 * @property {boolean} wait whether the answer may wait until there is something to say
 */

/**
 * The body of a request.
 * @param {RequestHeader} header
 * @param {Uint8Array[]} messages
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function requestBody({ key, number, received, wait }, messages) {
  const lengths = messages.map((message) => varint(message.length));
  const bytes = messages.reduce((sum, message, i) => sum + lengths[i].length + message.length, HEADER_BYTES);
  const body = new Uint8Array(bytes);
  const view = new DataView(body.buffer);
  body.set(key);
  view.setUint32(KEY_BYTES, number, true);
  view.setUint32(KEY_BYTES + 4, received, true);
  body[KEY_BYTES + 8] = wait ? 1 : 0;
  let at = HEADER_BYTES;
  messages.forEach((message, i) => {
    body.set(lengths[i], at);
    body.set(message, at + lengths[i].length);
    at += lengths[i].length + message.length;
  });
  return body;
}

/**
 * How many bytes a message takes in a body.
 * @param {Uint8Array} message
 */
export function sizeInBatch(message) {
  return varint(message.length).length + message.length;
}

/**
 * An answer to a poll.
 * @param {Uint8Array} bytes
 * @returns {{number: number, messages: Uint8Array[]}}
 */
export function readAnswer(bytes) {
  if (bytes.length < 4) throw cut();
  const number = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const splitter = new Splitter();
  const messages = splitter.push(bytes.subarray(4));
  if (splitter.pending > 0) throw cut();
  return { number, messages };
}

/** Takes messages out of bytes that come in pieces. */
export class Splitter {
  constructor() {
    this.bytes = new Uint8Array(0);
  }

  /** How many bytes wait for what follows them. */
  get pending() {
    return this.bytes.length;
  }

  /**
   * The messages that are whole with this piece.
   * @param {Uint8Array} piece
   * @returns {Uint8Array[]}
   */
  push(piece) {
    const bytes = this.bytes.length === 0 ? piece : joined(this.bytes, piece);
    /** @type {Uint8Array[]} */
    const messages = [];
    let at = 0;
    for (let head = lengthAt(bytes, at); head !== null; head = lengthAt(bytes, at)) {
      const end = head.at + head.length;
      if (end > bytes.length) break;
      messages.push(bytes.slice(head.at, end));
      at = end;
    }
    this.bytes = bytes.slice(at);
    return messages;
  }
}

/**
 * The length of the message at `at` and where that begins; null while it is not all there.
 * @param {Uint8Array} bytes
 * @param {number} at
 */
function lengthAt(bytes, at) {
  let length = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    if (at === bytes.length) return null;
    const byte = bytes[at++];
    length += (byte & 0x7f) * 2 ** shift;
    if (byte >= 0x80) continue;
    if (length > MAX_MESSAGE_BYTES) throw new TickwireError('batch.message', `a message of ${length} bytes is too long`);
    return { length, at };
  }
  throw new TickwireError('batch.varint', 'a length is no number');
}

function cut() {
  return new TickwireError('batch.truncated', 'the body ends too early');
}

/**
 * @param {Uint8Array} first
 * @param {Uint8Array} second
 */
function joined(first, second) {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/**
 * Seven bits a byte, low bits first.
 * @param {number} value
 */
function varint(value) {
  const bytes = [];
  for (; value > 0x7f; value = Math.floor(value / 128)) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value];
}
