// The bodies of requests and answers, byte by byte.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Splitter, readAnswer, requestBody } from '../sdk/transports/batch.js';
import { pollAnswer } from './fake_server.js';
import { hex } from './golden.js';

test('a request is its header and its messages with their lengths', () => {
  const key = new Uint8Array(16).fill(5);
  const body = requestBody({ key, number: 7, received: 258, wait: true }, [Uint8Array.of(1, 2), new Uint8Array(300)]);
  assert.equal(hex(body.subarray(0, 16)), '05'.repeat(16));
  assert.equal(hex(body.subarray(16, 30)), `07000000${'02010000'}01${'020102'}${'ac02'}`);
  assert.equal(body.length, 30 + 300);
});

test('a stream is split however its pieces are cut', () => {
  const messages = [Uint8Array.of(1, 2, 3), new Uint8Array(0), new Uint8Array(400).fill(9), Uint8Array.of(4)];
  const whole = pollAnswer(1, messages).subarray(4);
  for (const size of [1, 2, 3, 7, 100, 1000]) {
    const splitter = new Splitter();
    const found = [];
    for (let at = 0; at < whole.length; at += size) found.push(...splitter.push(whole.subarray(at, at + size)));
    assert.deepEqual(found.map(hex), messages.map(hex), `pieces of ${size}`);
    assert.equal(splitter.pending, 0);
  }
});

test('an answer is a number and whole messages', () => {
  const { number, messages } = readAnswer(pollAnswer(3, [Uint8Array.of(8)]));
  assert.deepEqual([number, messages.map(hex)], [3, ['08']]);
  assert.throws(() => readAnswer(Uint8Array.of(1, 0, 0)), /ends too early/);
  assert.throws(() => readAnswer(Uint8Array.of(1, 0, 0, 0, 5, 1)), /ends too early/);
});

test('a length that is too long, or none, is refused before anything is kept', () => {
  assert.throws(() => new Splitter().push(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f)), /too long/);
  assert.throws(() => new Splitter().push(new Uint8Array(6).fill(0xff)), /no number/);
});
