// What a soak's report writes on its axes, and how its charts are made of its figures.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { aligned, reach } from '../../bot-client/src/soak/html/page/chart.js';
import { clock, withUnit } from '../../bot-client/src/soak/html/page/words.js';

test('values have the prefix that suits them', () => {
  /** @type {[number, string, string][]} */
  const told = [
    [9_540_000, 'bytes', '9.098 MiB'],
    [12, 'bytes', '12 B'],
    [5.738, 'ms', '5.74 ms'],
    [486_488, 'bytes/s', '486.5 kB/s'],
    [0.5, '1/s', '0.5/s'],
    [3031.7, '1/s', '3.032k/s'],
    [102, '', '102'],
    [0, 'ms', '0 ms'],
    [NaN, 'ms', '–'],
  ];
  for (const [value, unit, text] of told) assert.equal(withUnit(value, unit), text);
  assert.equal(withUnit(500, 'bytes/s', 20_000), '0.5 kB/s', 'the values of an axis have one prefix');
});

test('times are clocks', () => {
  assert.deepEqual([0, 61.4, 3725].map(clock), ['0:00', '1:01', '1:02:05']);
  assert.equal(clock(null), '–');
});

test('curves with times of their own share an axis and leave open what they do not have', () => {
  const series = [
    { name: 'a', points: /** @type {[number, number][]} */ ([[0, 1], [2, 3]]) },
    { name: 'b', points: /** @type {[number, number][]} */ ([[1, 5], [2, 6]]) },
  ];
  const curves = [{ name: 'b', label: 'B' }, { name: 'a', label: 'A' }, { name: 'gone', label: 'G' }];
  const chart = { id: 'c', title: '', unit: '', from_zero: true, curves };
  const data = aligned(chart, { series, phases: [], seconds: 2 });
  assert.deepEqual(data, [[0, 1, 2], [null, 5, 6], [1, null, 3], [null, null, null]]);
});

test('a limit is in a chart when its curve comes near', () => {
  const chart = { id: 'c', title: '', unit: 'ms', from_zero: true, curves: [{ name: 'a', label: 'A', limit: 20 }] };
  assert.ok(reach(chart, 0, 10)[1] > 20);
  assert.ok(reach(chart, 0, 5)[1] < 20);
  assert.deepEqual(reach(chart, null, null), [0, 1]);
  assert.equal(reach({ ...chart, from_zero: false }, 100, 101)[0] < 100, true);
});
