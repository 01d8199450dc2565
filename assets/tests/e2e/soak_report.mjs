// Opens the report of a soak, or a comparison of two, as whoever was sent the file does, and uses it.
//
//   node tests/e2e/soak_report.mjs --file soak.html --out e2e [--chromium PATH]
//
// Prints one line and exits with 1 and a reason when anything is not as it should be.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

import { devices } from 'playwright-core';

import { run, values } from './browser.mjs';

/** @typedef {import('./browser.mjs').Page} Page */
/** @typedef {import('./browser.mjs').Browser} Browser */

const ADDRESS = pathToFileURL(resolve(values.file)).href;

/**
 * Opens the file, and counts what goes wrong and what is asked of any network.
 * @param {Browser} browser
 * @param {import('playwright-core').BrowserContextOptions} options
 */
async function open(browser, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  /** @type {string[]} */
  const wrong = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && wrong.push(message.text()));
  page.on('pageerror', (error) => wrong.push(`${error}`));
  page.on('request', (request) => {
    const url = request.url();
    if (!/^(data|blob):/.test(url) && url !== ADDRESS) wrong.push(`asks for ${url}`);
  });
  await page.goto(ADDRESS);
  return { context, page, wrong };
}

/** How many pixels of each chart are drawn, and the sum of their colours. */
function drawn(/** @type {Page} */ page) {
  return page.$$eval('.plot', (plots) =>
    plots.map((plot) => {
      const canvas = plot.querySelector('canvas');
      if (!canvas) return { pixels: 0, light: 0 };
      // A copy is read, as reading the chart's own would make the browser warn of it.
      const copy = Object.assign(document.createElement('canvas'), { width: canvas.width, height: canvas.height });
      const context = /** @type {CanvasRenderingContext2D} */ (copy.getContext('2d', { willReadFrequently: true }));
      context.drawImage(canvas, 0, 0);
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      let [pixels, light] = [0, 0];
      for (let at = 0; at < data.length; at += 4) {
        if (data[at + 3] === 0) continue;
        pixels++;
        light += data[at] + data[at + 1] + data[at + 2];
      }
      return { pixels, light };
    }),
  );
}

/**
 * A browser tells a page of a new colour scheme, and paints, when it comes to its next frame: later than it answers us.
 * @param {() => Promise<boolean>} holds
 * @param {string} message what it means when it does not within five seconds
 */
async function until(holds, message) {
  for (const deadline = Date.now() + 5000; !(await holds()); ) assert.ok(Date.now() < deadline, message);
}

/** What the legend of each chart tells of the time under the cursor. */
function times(/** @type {Page} */ page) {
  return page.$$eval('.u-legend .u-series:first-child .u-value', (cells) => cells.map((cell) => cell.textContent));
}

/** @param {Browser} browser */
async function onADesk(browser) {
  const { context, page, wrong } = await open(browser, { viewport: { width: 1280, height: 900 }, colorScheme: 'light', acceptDownloads: true });
  const charts = await drawn(page);
  assert.ok(charts.length > 0, 'there is no chart');
  charts.forEach(({ pixels }, index) => assert.ok(pixels > 2000, `chart ${index} has ${pixels} pixels`));
  await page.screenshot({ path: join(values.out, 'soak-light.png'), fullPage: true });
  await cursorAndZoom(page, charts.length);

  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#save')]);
  const saved = JSON.parse(await readFile(await download.path(), 'utf8'));
  const held = await page.$eval('#report', (element) => JSON.parse(element.textContent ?? ''));
  assert.deepEqual(saved, held, 'what is saved is not what the page holds');
  const word = await page.textContent('.stamp');
  assert.match(word ?? '', /^(PASS|FAIL|VOID|WORSE|BETTER|NO DIFFERENCE)$/);
  if (saved.verdict) assert.equal(word, saved.verdict.toUpperCase());

  await page.emulateMedia({ colorScheme: 'dark' });
  await page.waitForFunction(() => getComputedStyle(document.body).backgroundColor === 'rgb(11, 16, 27)');
  await until(async () => !isDeepStrictEqual(await drawn(page), charts), 'the charts are not drawn anew for the dark');
  await page.screenshot({ path: join(values.out, 'soak-dark.png'), fullPage: true });

  await page.pdf({ path: join(values.out, 'soak.pdf'), format: 'A4', printBackground: false });
  assert.deepEqual(wrong, []);
  await context.close();
  return `${word}: ${charts.length} charts`;
}

/**
 * The cursor of one chart is that of all; the keyboard does what the mouse does.
 * @param {Page} page
 * @param {number} count of charts
 */
async function cursorAndZoom(page, count) {
  await page.hover('.plot >> nth=0');
  const under = await times(page);
  assert.equal(under.length, count);
  assert.match(under[0] ?? '', /^\d+:\d\d/, 'the legend tells no time');
  assert.equal(new Set(under.filter((time) => time !== '–')).size <= 3, true, `the cursors are apart: ${under}`);
  await page.focus('.plot >> nth=0');
  await page.keyboard.press('End');
  const last = await times(page);
  assert.notEqual(last[0], under[0], 'the key End does not move the cursor');
  await page.keyboard.press('ArrowLeft');
  assert.notEqual((await times(page))[0], last[0], 'an arrow does not move the cursor');
  const whole = await drawn(page);
  await page.keyboard.press('+');
  await page.waitForSelector('#whole:not([hidden])');
  await until(async () => !isDeepStrictEqual(await drawn(page), whole), 'a zoom changes nothing');
  await page.keyboard.press('0');
  await page.waitForSelector('#whole', { state: 'hidden' });
}

/** @param {Browser} browser */
async function onAPhone(browser) {
  const { context, page, wrong } = await open(browser, devices['Pixel 7']);
  const width = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(width[0] <= width[1], `the page is ${width[0]} wide on a phone of ${width[1]}`);
  await page.screenshot({ path: join(values.out, 'soak-phone.png'), fullPage: true });
  assert.deepEqual(wrong, []);
  await context.close();
  return 'a phone';
}

/** @param {Browser} browser */
async function withoutScripts(browser) {
  const { context, page } = await open(browser, { javaScriptEnabled: false });
  assert.ok(await page.isVisible('.stamp'), 'the verdict needs a script');
  assert.ok((await page.locator('table.facts').count()) > 0, 'the tables need a script');
  await context.close();
  return 'no scripts';
}

await run([onADesk, onAPhone, withoutScripts]);
