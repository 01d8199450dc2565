// Plays the field in a real browser, once with keys and once with a thumb.
//
//   node tests/e2e/field.mjs --url http://127.0.0.1:2567 --out e2e [--chromium PATH]
//
// Prints one line and exits with 1 and a reason when anything is not as it should be.

import assert from 'node:assert/strict';
import { join } from 'node:path';

import { devices } from 'playwright-core';

import { SECONDS, enter, judge, look, openPage, run, values } from './browser.mjs';

/** @typedef {import('./browser.mjs').Page} Page */

/** Keys for the eight directions, from the right and downwards. */
const WAYS = [['KeyD'], ['KeyD', 'KeyS'], ['KeyS'], ['KeyS', 'KeyA'], ['KeyA'], ['KeyA', 'KeyW'], ['KeyW'], ['KeyW', 'KeyD']];

/**
 * What is around the own wisp: how much of each kind the client holds, and the way to the
 * nearest ripe plant, in radians.
 * @param {Page} page
 */
function around(page) {
  return page.evaluate(() => {
    const { room } = /** @type {any} */ (window).tickwire;
    const own = [...room.entities('wisp').values()].find((it) => it.player === room.player);
    const ripe = [...room.entities('growth').values()].filter(({ stage }) => stage === 'blossom' || stage === 'gold');
    const far = (/** @type {any} */ { pos }) => Math.hypot(pos.x - own.pos.x, pos.y - own.pos.y);
    const [nearest] = ripe.sort((a, b) => far(a) - far(b));
    const count = (/** @type {string} */ kind) => room.entities(kind).size;
    return {
      way: nearest ? Math.atan2(nearest.pos.y - own.pos.y, nearest.pos.x - own.pos.x) : 0,
      foragers: count('forager'),
      predators: count('predator'),
      regions: count('region'),
      beacons: count('beacon'),
    };
  });
}

/**
 * How many different colours a canvas shows.
 * @param {Page} page
 * @param {string} selector
 */
function colours(page, selector) {
  return page.evaluate((selector) => {
    const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector(selector));
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  }, selector);
}

/**
 * Goes from one ripe plant to the next for a while.
 * @param {Page} page
 * @param {(way: number, round: number) => Promise<void>} steer
 * @param {string} picture
 */
async function playFor(page, steer, picture) {
  const start = await look(page, 'wisp');
  let [way, score] = [0, start.own.score];
  const until = Date.now() + SECONDS * 1000;
  for (let round = 0; Date.now() < until || round < 10; round++) {
    await steer((await around(page)).way, round);
    await page.waitForTimeout(150);
    const { own } = await look(page, 'wisp');
    score = Math.max(score, own.score);
    way = Math.max(way, Math.hypot(own.pos.x - start.own.pos.x, own.pos.y - start.own.pos.y));
    if (round === 9) await page.screenshot({ path: join(values.out, picture) });
  }
  return { start, end: await look(page, 'wisp'), way, gained: score - start.own.score };
}

/**
 * @param {string} name
 * @param {Page} page
 * @param {Awaited<ReturnType<typeof playFor>>} game
 * @param {string[]} errors
 */
async function judgeGame(name, page, { start, end, way, gained }, errors) {
  const seen = await around(page);
  const shades = await colours(page, '#minimap');
  const figures = judge(name, start, end, way, errors);
  assert.ok(gained > 0, `${name}: nothing was gathered`);
  assert.ok(seen.foragers > 0 && seen.predators > 0, `${name}: no creatures in view`);
  assert.deepEqual([seen.regions, seen.beacons > 0], [256, true], `${name}: no overview`);
  assert.ok(shades > 20, `${name}: the map shows only ${shades} colours`);
  assert.ok((await colours(page, '#scene')) > 500, `${name}: the meadow is bare`);
  return `${figures}, score +${gained}, ${seen.foragers} foragers`;
}

/** @param {import('./browser.mjs').Browser} browser */
async function withKeys(browser) {
  const { context, page, errors } = await openPage(browser, '/field/', { viewport: { width: 1280, height: 720 } });
  await page.screenshot({ path: join(values.out, 'field-menu.png') });
  await enter(page, 'wisp', 'faded');
  /** @type {string[]} */
  let held = [];
  const steer = async (/** @type {number} */ way, /** @type {number} */ round) => {
    const wanted = WAYS[(Math.round((way / Math.PI) * 4) + 8) % 8];
    for (const key of held.filter((it) => !wanted.includes(it))) await page.keyboard.up(key);
    for (const key of wanted.filter((it) => !held.includes(it))) await page.keyboard.down(key);
    held = wanted;
    if (round === 5) await page.keyboard.press('Space', { delay: 150 });
  };
  const game = await playFor(page, steer, 'field-play.png');
  await page.screenshot({ path: join(values.out, 'field.png') });
  const said = await judgeGame('keys', page, game, errors);
  await context.close();
  return said;
}

/** @param {import('./browser.mjs').Browser} browser */
async function withThumb(browser) {
  const phone = devices['Pixel 7'];
  const { context, page, errors } = await openPage(browser, '/field/', phone);
  await enter(page, 'wisp', 'faded');
  const touch = await context.newCDPSession(page);
  const thumb = (/** @type {'touchStart' | 'touchMove' | 'touchEnd'} */ type, /** @type {number[][]} */ points) =>
    touch.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y]) => ({ x, y })) });
  const [x, y] = [110, phone.viewport.height - 240];
  await thumb('touchStart', [[x, y]]);
  const steer = async (/** @type {number} */ way) => {
    await thumb('touchMove', [[x + Math.cos(way) * 50, y + Math.sin(way) * 50]]);
  };
  const game = await playFor(page, steer, 'field-phone.png');
  await thumb('touchEnd', []);
  const said = await judgeGame('thumb', page, game, errors);
  await context.close();
  return said;
}

await run([withKeys, withThumb]);
