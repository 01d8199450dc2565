// What the tests in a real browser share: its launch, pages that count what goes wrong, and the verdict.

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { chromium } from 'playwright-core';

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
/** @typedef {import('playwright-core').Browser} Browser */

/** What the command line says. */
export const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:2567' },
    out: { type: 'string', default: 'e2e' },
    chromium: { type: 'string', default: process.env.CHROMIUM ?? '/usr/bin/chromium' },
    seconds: { type: 'string', default: '10' },
    admin: { type: 'string', default: 'http://127.0.0.1:2568/' },
    kind: { type: 'string', default: 'ship' },
    name: { type: 'string', default: 'replay' },
    file: { type: 'string', default: '' },
  },
});

export const SECONDS = Number(values.seconds);

/**
 * The page of a game, with a name in its menu.
 * @param {Browser} browser
 * @param {string} path
 * @param {import('playwright-core').BrowserContextOptions} options
 */
export async function openPage(browser, path, options) {
  const opened = await openBare(browser, path, options);
  await opened.page.fill('#name', 'Playwright');
  return opened;
}

/**
 * A page that counts what goes wrong on it.
 * @param {Browser} browser
 * @param {string} path
 * @param {import('playwright-core').BrowserContextOptions} options
 */
export async function openBare(browser, path, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  /** @type {string[]} */
  const errors = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(`${error}`));
  page.on('requestfailed', (request) => errors.push(`failed: ${request.url()}`));
  await page.goto(new URL(path, values.url).href);
  return { context, page, errors };
}

/**
 * From the menu into the game, as far as a living entity of one's own.
 * @param {Page} page
 * @param {string} kind of the player's entity
 * @param {string} gone its life while it is not there
 */
export async function enter(page, kind, gone) {
  await page.click('#play');
  await page.waitForFunction(
    ([kind, gone]) => {
      const { room } = /** @type {any} */ (window).tickwire ?? {};
      const entities = room ? [...room.entities(kind).values()] : [];
      return entities.some((it) => it.player === room.player && it.life !== gone);
    },
    [kind, gone],
    { timeout: 30_000 },
  );
}

/**
 * What the own client holds and how its connection fares.
 * @param {Page} page
 * @param {string} kind of the player's entity
 */
export function look(page, kind) {
  return page.evaluate((kind) => {
    const { room } = /** @type {any} */ (window).tickwire;
    const own = [...room.entities(kind).values()].find((it) => it.player === room.player);
    return { own: structuredClone(own), tick: room.tick, stats: { ...room.stats }, closed: room.closed };
  }, kind);
}

/** @typedef {Awaited<ReturnType<typeof look>>} Look */

/**
 * Complains unless a game went as it should; returns its figures.
 * @param {string} name
 * @param {Look} start
 * @param {Look} end
 * @param {number} way the farthest that the player came, in units
 * @param {string[]} errors
 */
export function judge(name, start, end, way, errors) {
  const frames = end.stats.frames - start.stats.frames;
  const ticks = (end.tick - start.tick) | 0;
  assert.deepEqual(errors, [], `${name}: errors on the console`);
  assert.equal(end.closed, false, `${name}: the connection ended`);
  assert.ok(way > 50, `${name}: the player moved only ${way.toFixed(1)} units`);
  assert.ok(frames > ticks * 0.4, `${name}: ${frames} frames in ${ticks} ticks`);
  assert.ok(end.stats.hashesVerified > start.stats.hashesVerified, `${name}: no hash was verified`);
  assert.equal(end.stats.mismatches, 0, `${name}: the state differed from the server's`);
  const bytes = end.stats.bytesPerFrame.toFixed(1);
  return `${name}: ${frames} frames of ${bytes} B, ${end.stats.hashesVerified} hashes, ${way.toFixed(0)} units`;
}

/**
 * Complains of whatever sticks out of the window at the width of a phone, but for what scrolls in a box of its own.
 * @param {Page} page
 */
export async function fitsPhones(page) {
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 780 });
    const out = await page.evaluate(() =>
      [...document.querySelectorAll('body *:not(svg *)')]
        .filter((it) => it.getBoundingClientRect().width > 0 && it.getBoundingClientRect().right > window.innerWidth + 1)
        .filter((it) => !it.closest('.scroll') || it.matches('.scroll'))
        .map((it) => `${it.tagName} ${it.id}`),
    );
    assert.deepEqual(out, [], `wider than a window of ${width} pixels`);
  }
}

/**
 * Runs tests one after the other in one browser, and says how they went.
 * @param {((browser: Browser) => Promise<string>)[]} tests
 */
export async function run(tests) {
  await mkdir(values.out, { recursive: true });
  const browser = await chromium.launch({ executablePath: values.chromium, args: ARGS });
  try {
    const said = [];
    for (const test of tests) said.push(await test(browser));
    console.log(`ok: ${said.join('; ')}`);
  } catch (error) {
    console.error(`failed: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  } finally {
    await browser.close();
  }
}
