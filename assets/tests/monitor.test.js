// The monitor's page, as far as it can be tested without one: figures, filters, the token, and who is followed.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { followed } from '../pages/common/follow.js';
import { Api, Refusal } from '../pages/monitor/api.js';
import { Figures, bars, between, percentile, total } from '../pages/monitor/figures.js';
import { bytes, count, percent, span, time } from '../pages/monitor/format.js';
import { columns, placeOf } from '../pages/monitor/histogram.js';
import { nameOf, ordered, totalsOf } from '../pages/monitor/ledger.js';
import { isWanted } from '../pages/monitor/log.js';
import { healthOf, lookOf } from '../pages/monitor/overview.js';
import { keepsUp } from '../pages/monitor/players.js';
import { curve } from '../pages/monitor/svg.js';
import { takeToken } from '../pages/monitor/token.js';

/** @typedef {import('../pages/monitor/figures.js').Buckets} Buckets */

test('figures are short and keep what matters', () => {
  assert.deepEqual([0, 7, 9999, 12_345, 4_560_000].map(count), ['0', '7', '9999', '12.3k', '4.56M']);
  assert.deepEqual([0, 999, 1536, 999_999, 83e6].map(bytes), ['0 B', '999 B', '1.5 KiB', '977 KiB', '79.2 MiB']);
  assert.deepEqual([3, 999, 1400, 33_333, 2.1e6].map(time), ['3 µs', '999 µs', '1.4 ms', '33.3 ms', '2.1 s']);
  assert.deepEqual([0, 59, 60, 3725, 90_000, 86_400].map(span), ['0 s', '59 s', '1 min', '1 h 2 min', '1 d 1 h', '1 d']);
  assert.deepEqual([0, 0.0004, 0.034, 0.5, 1].map(percent), ['0 %', '<0.1 %', '3.4 %', '50 %', '100 %']);
});

/**
 * @param {number} at
 * @param {number} sent
 * @param {Buckets} ticks
 * @param {number} [uptime]
 */
function look(at, sent, ticks, uptime = at / 1000) {
  return { at, values: { uptime, sent }, times: { ticks } };
}

test('what happened lately lies between two looks', () => {
  const figures = new Figures(10_000);
  figures.add(look(0, 100, [[4, 10]]));
  assert.deepEqual(figures.times('ticks', 5000), [[4, 10]], 'of all time, while there is nothing else');
  assert.equal(figures.rate('sent', 5000), 0);
  figures.add(look(1000, 300, [[4, 10], [8, 2]]));
  figures.add(look(3000, 300, [[2, 1], [4, 11], [8, 2]]));
  assert.deepEqual(figures.rates('sent'), [200, 0]);
  assert.equal(figures.rate('sent', 5000), 200 / 3);
  assert.equal(figures.growth('sent', 5000), 200);
  assert.deepEqual(figures.times('ticks', 5000), [[2, 1], [4, 1], [8, 2]]);
  assert.deepEqual(figures.times('ticks', 2000), [[2, 1], [4, 1]]);
  assert.deepEqual(figures.percentiles('ticks', 0.99), [8, 4]);
});

test('looks are kept for a while, and forgotten when the server was started anew', () => {
  const figures = new Figures(10_000);
  for (let at = 0; at <= 30_000; at += 1000) figures.add(look(at, at, []));
  assert.equal(figures.looks.length, 11);
  figures.add(look(31_000, 5, [], 0.5));
  assert.equal(figures.looks.length, 1);
  assert.equal(figures.growth('sent', 5000), 0);
});

test('a histogram has its percentiles, and columns without gaps', () => {
  /** @type {Buckets} */
  const buckets = [[100, 90], [200, 9], [3000, 1]];
  assert.deepEqual([0.5, 0.9, 0.99, 1].map((share) => percentile(buckets, share)), [100, 100, 200, 3000]);
  assert.equal(percentile([], 0.5), 0);
  const made = bars(buckets);
  assert.equal(made.reduce((sum, { count }) => sum + count, 0), total(buckets));
  made.slice(1).forEach(({ from }, index) => assert.equal(from, made[index].to));
  for (const [most] of buckets) assert.ok(made.some(({ from, to, count }) => from <= most && most < to && count > 0), `${most}`);
  assert.deepEqual(between([[4, 3]], [[4, 3], [5, 1]]), [[5, 1]]);
});

test('few columns get room to both sides, and a limit stands where it belongs', () => {
  const shown = columns([[1000, 5]]);
  assert.equal(shown.length, 12);
  assert.equal(placeOf(shown, shown[0].from), 0);
  assert.equal(placeOf(shown, shown[11].to), 1);
  assert.ok(placeOf(shown, 1000) > 0.3 && placeOf(shown, 1000) < 0.7);
  assert.deepEqual(columns([]), []);
});

test('a curve touches both edges and is nothing of one value', () => {
  assert.equal(curve([0, 5, 10], { width: 10, height: 12 }), 'M0 11L5 6L10 1');
  assert.equal(curve([1], { width: 10, height: 12 }), '');
  assert.equal(curve([0, 0], { width: 10, height: 12 }), 'M0 11L10 11');
});

test('the token is taken out of the address and stays with the tab', () => {
  /** @type {Map<string, string>} */
  const kept = new Map();
  const storage = {
    getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => void kept.set(key, value),
  };
  /** @type {string[]} */
  const shown = [];
  const history = { replaceState: (/** @type {any} */ _, /** @type {string} */ __, /** @type {any} */ url) => void shown.push(url) };
  const at = (/** @type {string} */ hash) => ({ hash, pathname: '/monitor/', search: '?x=1' });
  assert.equal(takeToken(at(''), history, storage), '');
  assert.equal(takeToken(at('#token=a-b_c'), history, storage), 'a-b_c');
  assert.deepEqual(shown, ['/monitor/?x=1']);
  assert.equal(takeToken(at('#/room/BCDFG'), history, storage), 'a-b_c');
  assert.equal(takeToken(at('#/room/BCDFG'), history, null), '');
});

test('what is asked for carries the token, and what is refused says why', async () => {
  /** @type {[string, any][]} */
  const asked = [];
  let answer = new Response('{"done":true}');
  const fetch = async (/** @type {any} */ url, /** @type {any} */ request) => {
    asked.push([url, request]);
    return answer.clone();
  };
  const api = new Api('secret', fetch);
  await api.read('rooms', { find: 'a&b', state: '', offset: 0 });
  assert.equal(asked[0][0], '/monitor/api/rooms?find=a%26b&offset=0');
  assert.equal(asked[0][1].headers.authorization, 'Bearer secret');
  await api.change('rooms/X/kick', { player: 3 });
  const [url, { method, headers, body }] = asked[1];
  assert.deepEqual([url, method, headers['content-type'], body], ['/monitor/api/rooms/X/kick', 'POST', 'application/json', '{"player":3}']);
  answer = Response.json({ code: 'stuck', detail: 'it hangs' }, { status: 503 });
  await assert.rejects(api.read('x'), (error) => error instanceof Refusal && error.code === 'stuck' && error.message === 'it hangs');
  const nobody = new Api('', () => Promise.reject(new TypeError('no')));
  assert.deepEqual(nobody.headers(), {});
  await assert.rejects(nobody.read('x'), (error) => error instanceof Refusal && error.status === 0);
});

test('a picture follows the player that was chosen, and for spectators who leads', () => {
  const ships = new Map([
    [1, { player: 3, score: 2 }],
    [2, { player: 4, score: 9 }],
  ]);
  assert.equal(followed(ships, 3)?.id, 1);
  assert.equal(followed(ships, 0)?.id, 2);
  assert.equal(followed(ships, 0, 1)?.id, 1, 'a picture does not jump whenever another one leads');
  assert.equal(followed(ships, 0, 7)?.id, 2, 'who has gone is followed no longer');
  assert.equal(followed(ships, 4, 1)?.id, 2, 'the chosen one goes before');
  assert.equal(followed(ships, 5)?.id, 2, 'without the chosen one there is still something to be seen');
  assert.equal(followed(new Map(), 0), null);
});

test('log lines are found by words of any case and by how bad they are', () => {
  const line = { number: 1, time: 0, level: 'warn', text: 'Slow tick room="BCDFG"' };
  assert.ok(isWanted(line, 'bcdfg', 2) && isWanted(line, '', 1));
  assert.ok(!isWanted(line, 'KLMNP', 2) && !isWanted(line, '', 0));
});

test('bytes are summed by cause, and what is nothing is left out', () => {
  const line = { audience: 'public', part: 'field', kind: 'ship', field: 'pos', keyframe: 1, delta: 8, enter: 1, resync: 0 };
  const nothing = { ...line, keyframe: 0, delta: 0, enter: 0 };
  const ledger = { ticks: 30, wanted: 30, frames: 30, header: 5, messages: 5, lines: [nothing, line, { ...line, delta: 80 }] };
  const { parts, all } = totalsOf(ledger);
  assert.equal(all, 102);
  assert.deepEqual(parts.map(({ name, sum }) => [name, sum]), [['delta', 88], ['enter', 2], ['keyframe', 2], ['resync', 0], ['messages', 5], ['header', 5]]);
  assert.deepEqual(ordered(ledger.lines).map(({ delta }) => delta), [80, 8]);
  assert.deepEqual(nameOf(line), ['ship', '.pos']);
  assert.equal(nameOf({ ...line, part: 'heads', kind: '', field: '' })[0], 'segments');
});

test('how somebody keeps up is said in words', () => {
  const player = { id: 1, name: '', spectator: false, host: false, away_ms: null, address: null, period: 1, under_way: 2, round_trip_ms: 30, age_ms: 33 };
  assert.deepEqual(keepsUp(player), ['every tick', '']);
  assert.deepEqual(keepsUp({ ...player, period: 4 }), ['1 frame in 4 ticks', 'slow']);
  assert.deepEqual(keepsUp({ ...player, age_ms: 2500 }), ['nothing for 2 s', 'worse']);
  assert.deepEqual(keepsUp({ ...player, age_ms: null }), ['has got nothing yet', 'slow']);
  assert.deepEqual(keepsUp({ ...player, away_ms: 4000 }), ['not connected for 4 s', 'worse']);
});

const TIMES = ['tick_duration_us', 'tick_lateness_us', 'tick_receive_us', 'tick_step_us', 'tick_send_us'];

test('a server is ready, draining or stuck', () => {
  const thread = { load: 0, busy_ms: 0, stuck: false, rooms: 0 };
  const status = { draining: false, threads: [thread] };
  assert.deepEqual(healthOf(status), ['ready', 'good']);
  assert.deepEqual(healthOf({ ...status, draining: true }), ['draining', 'warn']);
  assert.deepEqual(healthOf({ ...status, draining: true, threads: [{ ...thread, stuck: true }] }), ['stuck', 'bad']);
  const times = { buckets: [[4, 1]] };
  const { values } = lookOf({ uptime_seconds: 7, ...Object.fromEntries(TIMES.map((name) => [name, times])) }, 1);
  assert.deepEqual([values.uptime, values.memory], [7, 0], 'a process that tells nothing of itself');
});
