// What GAMES.md shows of pages is code that runs, and says what the server would say.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { skipper } from './guide/skipper.js';

/** @param {string} path */
const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');

test('the guide quotes the code of pages', () => {
  const code = read('guide/skipper.js');
  const blocks = [...read('../../GAMES.md').matchAll(/```js\n([^]*?)```/g)].map(([, block]) => block);
  assert.ok(blocks.length >= 1);
  for (const block of blocks) assert.ok(code.includes(block), block);
});

test('the own skiff is where the next frame says, and stays on the lake', () => {
  /** @type {((news: any) => void)[]} */
  const inputs = [];
  /** @type {((news: any) => void)[]} */
  const frames = [];
  const own = { player: 3, pos: { x: 1023, y: 0.25 } };
  /** @type {any} */
  const room = {
    setup: '{"size":1024,"speed":15,"grain":0.03125}',
    tickHz: 30,
    player: 3,
    tick: 10,
    inputs: { neutral: { x: 0, y: 0 } },
    entities: () => new Map([[9, { player: 4, pos: { x: 0, y: 0 } }], [1, own]]),
    onInput: (/** @type {any} */ listener) => (inputs.push(listener), () => {}),
    onFrame: (/** @type {any} */ listener) => (frames.push(listener), () => {}),
  };
  const prediction = skipper(room);
  for (let tick = 11; tick <= 14; tick++) inputs[0]({ tick, input: { x: 1, y: -1 } });
  assert.deepEqual(prediction.state, { x: 1024, y: 0 });
  own.pos = { x: 1023.5, y: 0 };
  room.tick = 11;
  frames[0]({});
  assert.deepEqual([prediction.confirmed, prediction.corrections], [1, 0]);
  own.pos = { x: 500, y: 500 };
  room.tick = 12;
  frames[0]({});
  assert.equal(prediction.corrections, 1);
  assert.deepEqual(prediction.state, { x: 501, y: 499 });
});

test('a skiff is as fast on the page at any tick rate', () => {
  for (const tickHz of [10, 20, 30, 60, 120]) {
    /** @type {((news: any) => void)[]} */
    const inputs = [];
    /** @type {any} */
    const room = {
      setup: '{"size":1024,"speed":15,"grain":0.03125}',
      tickHz,
      player: 3,
      tick: 10,
      inputs: { neutral: { x: 0, y: 0 } },
      entities: () => new Map([[1, { player: 3, pos: { x: 100, y: 100 } }]]),
      onInput: (/** @type {any} */ listener) => (inputs.push(listener), () => {}),
      onFrame: () => () => {},
    };
    const prediction = skipper(room);
    for (let tick = 1; tick <= tickHz / 5; tick++) inputs[0]({ tick: 10 + tick, input: { x: 1, y: 0 } });
    assert.deepEqual(prediction.state, { x: 103, y: 100 }, `${tickHz} Hz`);
  }
});
