// The connection of the monitor that only looks on, on a socket that is none.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Observer, subprotocols } from '../pages/monitor/observer.js';
import { FakeSocket, session, welcome } from './fake_socket.js';
import { bytes } from './golden.js';

/** An observer, its socket, and what it told. */
function looking(like = 0) {
  /** @type {any[]} */
  const told = [];
  /** @type {FakeSocket[]} */
  const opened = [];
  const open = (/** @type {string} */ path) => {
    opened.push(new FakeSocket(path));
    return /** @type {any} */ (opened[0]);
  };
  const watcher = {
    begun: (/** @type {any} */ room) => void told.push(['begun', room.tick]),
    ended: (/** @type {string} */ reason) => void told.push(['ended', reason]),
  };
  const observer = new Observer('A/B', like, watcher, open);
  opened[0].readyState = 1;
  return { observer, socket: opened[0], told };
}

test('an observer asks for one view, holds it, proves it and says what it has', () => {
  const { observer, socket, told } = looking(7);
  assert.equal(socket.url, '/monitor/rooms/A%2FB/ws?like=7');
  socket.deliver(welcome);
  assert.deepEqual(told, []);
  for (const { hex } of session.steps.slice(0, 3)) socket.deliver(bytes(hex));
  assert.equal(told.length, 1, 'it begins once');
  assert.equal(told[0][0], 'begun');
  assert.equal(observer.room?.stats.mismatches, 0);
  assert.ok(socket.sent.some(([kind]) => kind === 0x03), 'nothing is acknowledged');
  assert.ok(socket.sent.every(([kind]) => kind === 0x03 || kind === 0x02 || kind === 0x05));
  observer.end();
  assert.deepEqual([told.length, observer.room?.closed], [1, true], 'who ends it need not be told');
});

test('whose view it is may be nobody', () => {
  const { observer, socket } = looking();
  assert.equal(socket.url, '/monitor/rooms/A%2FB/ws');
  observer.end();
});

test('a token goes by the name of a subprotocol, whatever its characters are', () => {
  assert.deepEqual(subprotocols(''), []);
  for (const token of ['abc', 'ä b,c;d=?/é~~~???>>>', '0123456789abcdef0123456789abcdef']) {
    const [name, shown, ...more] = subprotocols(token);
    assert.deepEqual([name, more], ['tickwire.observe', []]);
    assert.match(shown, /^tickwire\.token\.[A-Za-z0-9_-]+$/);
    assert.equal(Buffer.from(shown.split('.')[2], 'base64url').toString(), token);
  }
});

test('an end is told once, with the words of the server', () => {
  const { socket, told } = looking();
  socket.deliver(welcome);
  socket.drop(4009, 'who was looked at has left');
  assert.deepEqual(told, [['ended', 'who was looked at has left']]);
  const other = looking();
  other.socket.drop(1006);
  assert.deepEqual(other.told, [['ended', 'The connection is lost.']]);
});

test('what makes no sense ends it, and nothing that follows is taken', () => {
  const { observer, socket, told } = looking();
  assert.throws(() => socket.deliver(bytes(session.steps[0].hex)), /no welcome/);
  assert.deepEqual(told, [['ended', 'The first message was no welcome.']]);
  socket.deliver(welcome);
  assert.deepEqual([observer.room, told.length], [null, 1]);
});
