// Plays the arena in a real browser, once with keys and mouse and once with thumbs.
//
//   node tests/e2e/play.mjs --url http://127.0.0.1:2567 --out e2e [--chromium PATH]
//
// Prints one line and exits with 1 and a reason when anything is not as it should be.

import assert from 'node:assert/strict';
import { join } from 'node:path';

import { devices } from 'playwright-core';

import { SECONDS, enter, judge, look, openPage, run, values } from './browser.mjs';

/** @typedef {import('./browser.mjs').Page} Page */

/**
 * Does something over and over for a while, noting the least ammunition and the farthest way.
 * @param {Page} page
 * @param {(round: number) => Promise<void>} act
 */
async function playFor(page, act) {
  const start = await look(page, 'ship');
  let ammo = start.own.ammo;
  let way = 0;
  const until = Date.now() + SECONDS * 1000;
  for (let round = 0; Date.now() < until; round++) {
    await act(round);
    const { own } = await look(page, 'ship');
    // Being wrecked or finding a box puts rounds back, so what counts is the least.
    ammo = Math.min(ammo, own.ammo);
    way = Math.max(way, Math.hypot(own.pos.x - start.own.pos.x, own.pos.y - start.own.pos.y));
  }
  return { start, end: await look(page, 'ship'), spent: start.own.ammo - ammo, way };
}

/**
 * @param {string} name
 * @param {Awaited<ReturnType<typeof playFor>>} game
 * @param {string[]} errors
 */
function judgeGame(name, { start, end, spent, way }, errors) {
  const figures = judge(name, start, end, way, errors);
  assert.ok(spent > 0, `${name}: no round was fired`);
  return `${figures}, ${spent} rounds`;
}

/** @param {import('./browser.mjs').Browser} browser */
async function withKeys(browser) {
  const { context, page, errors } = await openPage(browser, '/', { viewport: { width: 1280, height: 720 } });
  await page.screenshot({ path: join(values.out, 'menu.png') });
  await enter(page, 'ship', 'wrecked');
  await page.keyboard.press('KeyN');
  await page.keyboard.down('KeyW');
  await page.mouse.move(900, 360);
  await page.mouse.down();
  const game = await playFor(page, async (round) => {
    const angle = round / 3;
    await page.mouse.move(640 + Math.cos(angle) * 250, 360 + Math.sin(angle) * 250);
    await page.waitForTimeout(200);
    if (round === 8) await page.screenshot({ path: join(values.out, 'play.png') });
  });
  await page.mouse.up();
  await page.keyboard.up('KeyW');
  await page.screenshot({ path: join(values.out, 'keys.png') });
  await context.close();
  return judgeGame('keys', game, errors);
}

/** @param {import('./browser.mjs').Browser} browser */
async function withThumbs(browser) {
  const phone = devices['Pixel 7 landscape'];
  const { context, page, errors } = await openPage(browser, '/', phone);
  await enter(page, 'ship', 'wrecked');
  const touch = await context.newCDPSession(page);
  const thumbs = (/** @type {'touchStart' | 'touchMove' | 'touchEnd'} */ type, /** @type {number[][]} */ points) =>
    touch.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: points.map(([x, y], id) => ({ x, y, id })),
    });
  const { width, height } = phone.viewport;
  const [left, right] = [[120, height - 110], [width - 130, height - 110]];
  await thumbs('touchStart', [left, right]);
  const game = await playFor(page, async (round) => {
    const [x, y] = [Math.cos(round / 4) * 50, Math.sin(round / 4) * 50];
    await thumbs('touchMove', [[left[0] + x, left[1] + y], [right[0] + x, right[1] + y]]);
    await page.waitForTimeout(200);
    if (round === 8) await page.screenshot({ path: join(values.out, 'phone.png') });
  });
  await thumbs('touchEnd', []);
  await context.close();
  return judgeGame('thumbs', game, errors);
}

await run([withKeys, withThumbs]);
