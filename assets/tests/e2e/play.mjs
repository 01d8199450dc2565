// Plays the arena in a real browser, once with keys and mouse and once with thumbs.
//
//   node tests/e2e/play.mjs --url http://127.0.0.1:2567 --out e2e [--chromium PATH]
//
// Prints one line and exits with 1 and a reason when anything is not as it should be.

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { chromium, devices } from 'playwright-core';

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:2567' },
    out: { type: 'string', default: 'e2e' },
    chromium: { type: 'string', default: process.env.CHROMIUM ?? '/usr/bin/chromium' },
    seconds: { type: 'string', default: '10' },
  },
});
const SECONDS = Number(values.seconds);
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @typedef {import('playwright-core').Page} Page */

/**
 * A page that counts what goes wrong on it.
 * @param {import('playwright-core').Browser} browser
 * @param {import('playwright-core').BrowserContextOptions} options
 */
async function openPage(browser, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  /** @type {string[]} */
  const errors = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(`${error}`));
  page.on('requestfailed', (request) => errors.push(`failed: ${request.url()}`));
  await page.goto(values.url);
  await page.fill('#name', 'Playwright');
  return { context, page, errors };
}

/**
 * From the menu into the game, as far as a flying ship.
 * @param {Page} page
 */
async function enter(page) {
  await page.click('#play');
  await page.waitForFunction(() => {
    const { room } = /** @type {any} */ (window).tickwire ?? {};
    const ships = room ? [...room.entities('ship').values()] : [];
    return ships.some((ship) => ship.player === room.player && ship.life !== 'wrecked');
  }, null, { timeout: 10_000 });
}

/**
 * What the own client holds and how its connection fares.
 * @param {Page} page
 */
function look(page) {
  return page.evaluate(() => {
    const { room } = /** @type {any} */ (window).tickwire;
    const own = [...room.entities('ship').values()].find((ship) => ship.player === room.player);
    return { own: structuredClone(own), tick: room.tick, stats: { ...room.stats }, closed: room.closed };
  });
}

/**
 * Does something over and over for a while, noting the least ammunition and the farthest way.
 * @param {Page} page
 * @param {(round: number) => Promise<void>} act
 */
async function playFor(page, act) {
  const start = await look(page);
  let ammo = start.own.ammo;
  let way = 0;
  const until = Date.now() + SECONDS * 1000;
  for (let round = 0; Date.now() < until; round++) {
    await act(round);
    const { own } = await look(page);
    // Being wrecked or finding a box puts rounds back, so what counts is the least.
    ammo = Math.min(ammo, own.ammo);
    way = Math.max(way, Math.hypot(own.pos.x - start.own.pos.x, own.pos.y - start.own.pos.y));
  }
  return { start, end: await look(page), spent: start.own.ammo - ammo, way };
}

/**
 * @param {string} name
 * @param {Awaited<ReturnType<typeof playFor>>} game
 * @param {string[]} errors
 */
function judge(name, { start, end, spent, way }, errors) {
  const frames = end.stats.frames - start.stats.frames;
  const ticks = (end.tick - start.tick) | 0;
  assert.deepEqual(errors, [], `${name}: errors on the console`);
  assert.equal(end.closed, false, `${name}: the connection ended`);
  assert.ok(way > 50, `${name}: the ship moved only ${way.toFixed(1)} units`);
  assert.ok(spent > 0, `${name}: no round was fired`);
  assert.ok(frames > ticks * 0.8, `${name}: ${frames} frames in ${ticks} ticks`);
  assert.ok(end.stats.hashesVerified > start.stats.hashesVerified, `${name}: no hash was verified`);
  assert.equal(end.stats.mismatches, 0, `${name}: the state differed from the server's`);
  const bytes = end.stats.bytesPerFrame.toFixed(1);
  const hashes = end.stats.hashesVerified;
  return `${name}: ${frames} frames of ${bytes} B, ${hashes} hashes, ${way.toFixed(0)} units, ${spent} rounds`;
}

/** @param {import('playwright-core').Browser} browser */
async function withKeys(browser) {
  const { context, page, errors } = await openPage(browser, { viewport: { width: 1280, height: 720 } });
  await page.screenshot({ path: join(values.out, 'menu.png') });
  await enter(page);
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
  return judge('keys', game, errors);
}

/** @param {import('playwright-core').Browser} browser */
async function withThumbs(browser) {
  const phone = devices['Pixel 7 landscape'];
  const { context, page, errors } = await openPage(browser, phone);
  await enter(page);
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
  return judge('thumbs', game, errors);
}

await mkdir(values.out, { recursive: true });
const browser = await chromium.launch({ executablePath: values.chromium, args: ARGS });
try {
  console.log(`ok: ${await withKeys(browser)}; ${await withThumbs(browser)}`);
} catch (error) {
  console.error(`failed: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  await browser.close();
}
