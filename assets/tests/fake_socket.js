// A WebSocket without a network, for the tests of client and room.

import assert from 'node:assert/strict';

import { readServerMessage } from '../sdk/message.js';
import { Room } from '../sdk/room.js';
import { Client } from '../sdk/tickwire.js';
import { bytes, golden } from './golden.js';

/** @type {FakeSocket[]} */
export const sockets = [];

export class FakeSocket {
  /** @param {string} url */
  constructor(url) {
    this.url = url;
    this.readyState = 0;
    this.binaryType = '';
    /** @type {Uint8Array[]} */
    this.sent = [];
    /** @type {[number, string] | null} */
    this.closedWith = null;
    /** @type {any} */ this.onopen = null;
    /** @type {any} */ this.onmessage = null;
    /** @type {any} */ this.onerror = null;
    /** @type {any} */ this.onclose = null;
    sockets.push(this);
  }

  open() {
    this.readyState = 1;
    this.onopen();
  }

  /** @param {Uint8Array} data */
  send(data) {
    this.sent.push(data);
  }

  /** @param {Uint8Array} data */
  deliver(data) {
    this.onmessage({ data: data.buffer.slice(data.byteOffset, data.byteOffset + data.length) });
  }

  /**
   * The other end closes.
   * @param {number} code
   * @param {string} [reason]
   */
  drop(code, reason = '') {
    this.readyState = 3;
    this.onclose({ code, reason });
  }

  /**
   * @param {number} code
   * @param {string} reason
   */
  close(code, reason) {
    this.closedWith = [code, reason];
    this.readyState = 2;
    queueMicrotask(() => this.drop(code, reason));
  }
}

const Socket = /** @type {any} */ (FakeSocket);

/** What a server was asked, as method, path and body. @type {[string, string, any][]} */
export const asked = [];

/**
 * A server that has a seat for everybody.
 * @param {string | URL | Request} url
 * @param {RequestInit} [options]
 */
async function fetchSeat(url, options) {
  const body = typeof options?.body === 'string' ? JSON.parse(options.body) : null;
  asked.push([options?.method ?? 'GET', `${url}`.replace('http://host:2567', ''), body]);
  return Response.json({ room: { code: 'A' }, ticket: 't' });
}

/**
 * A client whose sockets and seats are fake.
 * @param {import('../sdk/client.js').ClientOptions} [options]
 */
export function fakeClient(options = {}) {
  return new Client('ws://host:2567/', { WebSocket: Socket, fetch: fetchSeat, transport: 'ws', ...options });
}

/** The socket that a client opens once it has its seat. */
export async function nextSocket() {
  for (const had = sockets.length; sockets.length === had; ) await new Promise(setImmediate);
  return lastSocket();
}

/** The socket that was made last. */
export function lastSocket() {
  return sockets[sockets.length - 1];
}

/** A session of the game "ships" whose table of priors is that of the golden welcomes. */
export const session = golden('sessions').find((it) => it.name === 'ships, skipping ticks');
/** The welcome that goes before it. */
export const welcome = bytes(golden('welcomes')[0].hex);

/**
 * Joins a fake server as far as the first frame.
 * @param {import('../sdk/client.js').ClientOptions} [options]
 */
export async function joined(options) {
  const promise = fakeClient(options).joinOrCreate('ships', { name: 'Ada' });
  const socket = await nextSocket();
  socket.open();
  socket.deliver(welcome);
  socket.deliver(bytes(session.steps[0].hex));
  return { room: await promise, socket };
}

/** A room as of its first frame, on a clock that only the test moves, and what it sent since. */
export function timed() {
  /** @type {{milliseconds: number, action: () => void} | null} */
  let timer = null;
  const line = {
    now: 0,
    /** @type {Uint8Array[]} */
    sent: [],
    /** When the room wants to be called, and does so. */
    ring() {
      assert.ok(timer !== null, 'nothing is waited for');
      const { milliseconds, action } = timer;
      line.now += milliseconds;
      timer = null;
      action();
    },
  };
  const received = readServerMessage(welcome);
  assert.ok(received.kind === 'welcome');
  const room = new Room(received.welcome, {
    send: (bytes) => line.sent.push(bytes),
    leave: () => {},
    now: () => line.now,
    after(milliseconds, action) {
      assert.equal(timer, null, 'one timer at a time');
      timer = { milliseconds, action };
      return () => (timer = null);
    },
    answered: 0,
    isHidden: () => false,
    traffic: () => ({ requests: 1, up: 0, down: 0 }),
  });
  room.receive(bytes(session.steps[0].hex));
  line.sent.length = 0;
  return { room, line };
}
