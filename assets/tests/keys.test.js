// Keys that are held down, whatever has the focus.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Keys } from '../pages/common/keys.js';

class Field extends EventTarget {}

/** @param {import('node:test').TestContext} context */
function setUp(context) {
  const window = new EventTarget();
  const had = { window: globalThis.window, HTMLInputElement: globalThis.HTMLInputElement };
  Object.assign(globalThis, { window, HTMLInputElement: Field });
  context.after(() => Object.assign(globalThis, had));
  const keys = new Keys(/** @type {any} */ (new EventTarget()), { KeyW: 'forward' }, ['fire', 'boost']);
  /**
   * @param {'keydown' | 'keyup'} type
   * @param {{target?: EventTarget, ctrlKey?: boolean}} [how]
   */
  const key = (type, how = {}) => {
    const event = new Event(type, { cancelable: true });
    Object.defineProperties(event, { target: { value: how.target ?? window } });
    window.dispatchEvent(Object.assign(event, { code: 'KeyW', ctrlKey: how.ctrlKey ?? false }));
    return event.defaultPrevented;
  };
  return { keys, key };
}

test('a key is held from when it goes down until it goes up', (context) => {
  const { keys, key } = setUp(context);
  assert.equal(key('keydown'), true);
  keys.sent();
  assert.equal(keys.has('forward'), true);
  key('keyup');
  assert.equal(keys.has('forward'), false);
});

test('what is typed into a field, or with a modifier, means nothing', (context) => {
  const { keys, key } = setUp(context);
  assert.equal(key('keydown', { target: new Field() }), false);
  assert.equal(key('keydown', { ctrlKey: true }), false);
  assert.equal(keys.has('forward'), false);
});

test('a key that goes up while a field has the focus, or with a modifier, does not stick', (context) => {
  for (const how of [{ target: new Field() }, { ctrlKey: true }]) {
    const { keys, key } = setUp(context);
    key('keydown');
    keys.sent();
    assert.equal(key('keyup', how), false, 'it is left to the field');
    assert.equal(keys.has('forward'), false);
  }
});
