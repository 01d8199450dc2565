// PROTOCOL.md shows a session byte by byte: its bytes must be the real ones.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { bytes, golden, hex } from './golden.js';
import { readServerMessage } from '../sdk/message.js';
import { Replica } from '../sdk/replica.js';

const text = readFileSync(new URL('../../PROTOCOL.md', import.meta.url), 'utf8');
const cases = golden('document');

/** The bytes of each block, without what is said about them. */
function blocks() {
  return [...text.matchAll(/```hex\n([^]*?)```/g)].map(([, block]) => {
    // What is said about bytes stands at least two spaces after them.
    const lines = block.split('\n').map((line) => line.trim().split(/ {2,}/)[0]);
    return lines.join('').replaceAll(' ', '');
  });
}

test('the session in the document is the one that the server writes', () => {
  const expected = cases.map((it) => it.client ?? it.server ?? it.hex);
  const shown = blocks();
  assert.equal(shown.length, expected.length);
  shown.forEach((block, index) => {
    const [head, tail] = block.split('...');
    assert.ok(expected[index].startsWith(head), `${cases[index].name}: ${head}`);
    if (tail === undefined) assert.equal(block, expected[index]);
    else assert.ok(expected[index].endsWith(tail), cases[index].name);
  });
});

test('the session in the document leads where the document says', () => {
  const received = readServerMessage(bytes(cases[1].server));
  assert.ok(received.kind === 'welcome');
  const { schema, priors, tickHz } = received.welcome;
  const replica = new Replica(schema, priors, tickHz);
  const places = cases.filter((it) => it.hex).map((it) => {
    const { hash } = replica.apply(bytes(it.hex));
    if (hash) assert.equal(hash.actual, hash.expected);
    const [{ id, values }] = replica.segments[0].rows.list(replica.layouts[0]);
    assert.equal(hex([id >>> 24, (id >>> 16) & 255, (id >>> 8) & 255, id & 255]), '00000301');
    return values;
  });
  assert.deepEqual(places, [[80, 100, 255], [82, 100, 255], [84, 100, 255], [86, 100, 247], [88, 100, 247]]);
});
