// The page of a recording, as far as it needs no picture: its times, its words, and the frames that it fetches.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

import { checksOf, clock, countedOn } from '../pages/replay/info.js';
import { Source } from '../pages/replay/source.js';
import { counted, numberOf } from '../pages/replay/ticks.js';
import { pollAnswer } from './fake_server.js';

const { fetch } = globalThis;

afterEach(() => {
  globalThis.fetch = fetch;
});

/** A frame that says nothing: whole at a tick, or a tick after the one before. @param {number | null} tick */
function frame(tick) {
  if (tick === null) return Uint8Array.of(2, 0, 1);
  return Uint8Array.of(2, 1, ...new Uint8Array(Uint32Array.of(tick).buffer));
}

/**
 * A server with the ticks up to `last`; what it was asked for is returned.
 * @param {number} last
 */
function serve(last) {
  /** @type {string[]} */
  const asked = [];
  globalThis.fetch = async (path) => {
    asked.push(`${path}`);
    const query = new URL(`${path}`, 'http://host').searchParams;
    const [from, ticks] = [Number(query.get('from')), Number(query.get('ticks'))];
    const count = Math.max(0, Math.min(ticks, ((last - from) | 0) + 1));
    const frames = Array.from({ length: count }, (_, index) => frame(index === 0 && !query.get('on') ? from : null));
    return new Response(pollAnswer(1, frames).subarray(4));
  };
  return asked;
}

test('times are minutes and seconds, and never ahead of what they tell', () => {
  assert.equal(clock(0), '0:00');
  assert.equal(clock(59.99), '0:59');
  assert.equal(clock(61.26, 1), '1:01.2');
  assert.equal(clock(3599.96, 1), '59:59.9');
  assert.equal(clock(0.3, 1), '0:00.3');
});

test('what verifying found is said in a line, the worst of it first', () => {
  const good = { ticks: 9, hashes: 1234, differ: [], problems: [], panic: null, done: true };
  assert.deepEqual(checksOf(good), ['all 1,234 hashes verified', 'good']);
  assert.equal(checksOf({ ...good, done: false })[1], '');
  assert.deepEqual(checksOf({ ...good, problems: ['damaged'] }), ['damaged', 'bad']);
  assert.match(checksOf({ ...good, differ: [77], problems: ['damaged'] })[0], /tick 77/);
  assert.match(checksOf({ ...good, panic: { tick: 5, what: 'index out of bounds' } })[0], /tick 5: index/);
});

test('frames are fetched ahead, each with its tick, and go on from one another', async () => {
  const asked = serve(1000);
  const source = new Source(101, 1000, '7', 30, []);
  await source.keepAhead(1);
  assert.deepEqual(source.frames.map(({ tick }) => tick), Array.from({ length: 30 }, (_, index) => 101 + index));
  assert.equal(source.loaded, 130);
  await source.keepAhead(1);
  assert.equal(source.loaded, 250);
  assert.equal(source.keepAhead(1), null, 'that is enough for now');
  assert.deepEqual(asked, ['/replay/frames?from=101&ticks=30&as=7', '/replay/frames?from=131&ticks=120&as=7&on=1']);
  assert.deepEqual(source.take(103).map(({ tick }) => tick), [101, 102, 103]);
  assert.equal(source.take(103).length, 0);
  assert.equal(source.take(250).length, 147);
});

test('at its end nothing more is asked for', async () => {
  const asked = serve(40);
  const source = new Source(20, 40, '', 30, []);
  await source.keepAhead(1);
  assert.equal(source.ended, true);
  assert.equal(source.keepAhead(8), null);
  assert.equal(asked.length, 1);
  assert.equal(new Source(41, 40, '', 30, []).ended, true);
});

test('what is fetched for a place that is not wanted any more is dropped', async () => {
  serve(1000);
  const source = new Source(1, 1000, '', 30, []);
  const loading = source.keepAhead(1);
  source.dropped = true;
  await loading;
  assert.equal(source.frames.length, 0);
  assert.equal(source.keepAhead(1), null);
});

/** The last number that a tick has; the next one's is 0. */
const LAST = 2 ** 32 - 1;

test('ticks are counted on where their numbers begin again, and told by their numbers', () => {
  assert.equal(counted(0, LAST), LAST + 1);
  assert.equal(counted(LAST, LAST + 5), LAST);
  assert.equal(counted(7, 9), 7);
  assert.equal(counted(20, counted(10, LAST)), LAST + 21);
  assert.deepEqual([LAST, LAST + 1, LAST + 21].map(numberOf), [LAST, 0, 20]);
});

test('all that is known of a recording is in order along the bar, whatever its ticks are called', () => {
  const told = {
    game: 'arena', room: 'R', tick_hz: 30, started: 0, server: '0',
    first: LAST - 9,
    last: 20,
    chunks: /** @type {[number, number][]} */ ([[LAST - 10, LAST - 1], [LAST - 1, 8], [8, 20]]),
    flight: { reason: 'panic', tick: 20, detail: '' },
    timings: { first: 3, micros: [] },
    players: [{ id: 1, name: '', spectator: false, from: LAST - 10, to: 8 }],
    verified: { ticks: 3, hashes: 1, differ: [LAST, 4], problems: [], panic: { tick: 6, what: 'it' }, done: false },
  };
  const info = countedOn(told);
  assert.deepEqual([info.first, info.last], [LAST - 9, LAST + 21]);
  assert.deepEqual(info.chunks, [[LAST - 10, LAST - 1], [LAST - 1, LAST + 9], [LAST + 9, LAST + 21]]);
  assert.deepEqual([info.flight?.tick, info.timings?.first, info.players[0].to], [LAST + 21, LAST + 4, LAST + 9]);
  assert.deepEqual([info.verified.differ, info.verified.panic?.tick], [[LAST, LAST + 5], LAST + 7]);
  assert.match(checksOf({ ...info.verified, differ: [] })[0], /tick 6: it/);
  assert.match(checksOf({ ...info.verified, differ: info.verified.differ.slice(1) })[0], /tick 4 differs/);
  const plain = { ...told, first: 1, chunks: [], players: [], flight: null, timings: null };
  assert.deepEqual(countedOn({ ...plain, verified: { ...told.verified, differ: [], panic: null } }).last, 20);
});

test('frames are fetched across the tick whose number is nothing', async () => {
  const asked = serve(50);
  const source = new Source(LAST - 9, LAST + 51, '', 30, []);
  await source.keepAhead(1);
  assert.equal(source.loaded, LAST + 20);
  await source.keepAhead(1);
  assert.deepEqual(asked, [`/replay/frames?from=${LAST - 9}&ticks=30`, '/replay/frames?from=20&ticks=120&on=1']);
  assert.deepEqual([source.ended, source.loaded], [true, LAST + 51]);
  assert.deepEqual(source.take(LAST).map(({ tick }) => tick), Array.from({ length: 10 }, (_, index) => LAST - 9 + index));
  assert.deepEqual(source.take(LAST + 3).map(({ tick }) => tick), [LAST + 1, LAST + 2, LAST + 3]);
});

test('what is sought behind that tick is counted like what leads there', async () => {
  serve(50);
  const source = new Source(LAST + 11, LAST + 51, '', 30, []);
  await source.keepAhead(1);
  assert.deepEqual([source.frames[0].tick, source.loaded, source.ended], [LAST + 11, LAST + 40, false]);
});
