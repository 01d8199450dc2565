// Players meet in a real browser: a host makes a room and others come in by its link, they talk, somebody is
// thrown out, connections are cut and come back, over every transport.
//
//   node tests/e2e/lobby.mjs --url http://127.0.0.1:2567 --out e2e [--chromium PATH]
//
// Prints one line and exits with 1 and a reason when anything is not as it should be.

import assert from 'node:assert/strict';
import { join } from 'node:path';

import jsQR from 'jsqr';
import { devices } from 'playwright-core';

import { enter, look, openPage, run, values } from './browser.mjs';
import { Rope } from './rope.mjs';

/** @typedef {import('./browser.mjs').Page} Page */
/** @typedef {import('./browser.mjs').Browser} Browser */

const HOSTILE_NAME = '<img onerror=x>';
/** Markup, and a character that turns the direction of all that follows. */
const HOSTILE_TEXT = '<img src=x onerror="document.body.remove()"> \u202Egnp.exe <b>bold</b>';
const VIEWPORT = { viewport: { width: 1280, height: 720 } };

/**
 * @param {Page} page
 * @param {string} name
 */
function shot(page, name) {
  return page.screenshot({ path: join(values.out, `${name}.png`) });
}

/**
 * What a picture of a QR code says.
 * @param {Page} page
 */
async function readQr(page) {
  await page.waitForFunction(() => {
    const picture = /** @type {HTMLImageElement} */ (document.querySelector('#invite-qr'));
    return picture.complete && picture.naturalWidth > 0;
  });
  const pixels = await page.evaluate(() => {
    const picture = /** @type {HTMLImageElement} */ (document.querySelector('#invite-qr'));
    const canvas = Object.assign(document.createElement('canvas'), { width: 400, height: 400 });
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    context.fillStyle = '#fff';
    context.fillRect(0, 0, 400, 400);
    context.drawImage(picture, 20, 20, 360, 360);
    return [...context.getImageData(0, 0, 400, 400).data];
  });
  // The package says that its function is the module itself; as a module it is its default.
  const decode = /** @type {any} */ (jsQR).default ?? jsQR;
  return decode(Uint8ClampedArray.from(pixels), 400, 400)?.data ?? null;
}

/** @param {Page} page */
function playerOf(page) {
  return page.evaluate(() => /** @type {any} */ (window).tickwire.room.player);
}

/**
 * Waits until a room's connection is so.
 * @param {Page} page
 * @param {string} connection
 * @param {number} [timeout]
 */
function waitFor(page, connection, timeout = 15_000) {
  return page.waitForFunction(
    (connection) => /** @type {any} */ (window).tickwire.room.connection === connection,
    connection,
    { timeout },
  );
}

/**
 * Waits until a room has had so many frames, however long a busy machine takes for them.
 * @param {Page} page
 * @param {number} count
 */
function frames(page, count) {
  const had = (/** @type {number} */ count) => /** @type {any} */ (window).tickwire.room.stats.frames > count;
  return page.waitForFunction(had, count, { timeout: 30_000 });
}

/**
 * A host makes a room of its own.
 * @param {Page} page
 */
async function make(page) {
  await page.click('#make summary');
  await page.fill('#make-players', '6');
  await page.check('#make-private');
  await page.click('#create');
  await page.waitForSelector('body.playing');
}

/** @param {Browser} browser */
async function company(browser) {
  const host = await openPage(browser, '/', VIEWPORT);
  await make(host.page);
  await host.page.waitForSelector('#invite', { state: 'visible' });
  const link = await host.page.getAttribute('#invite-link', 'href');
  assert.ok(link);
  const code = await host.page.textContent('#room-code');
  assert.ok(code && link.endsWith(`/join/${code}`), `the link is ${link}`);
  assert.equal(await readQr(host.page), link, 'the picture says something else than the link');
  await shot(host.page, 'lobby-invite');

  /** @type {string[]} */
  const requests = [];
  host.page.on('request', (request) => requests.push(request.url()));
  const guest = await openPage(browser, `/join/${code}`, devices['Pixel 7']);
  assert.equal(await guest.page.inputValue('#code'), code, 'the link did not bring its code');
  await guest.page.fill('#name', HOSTILE_NAME);
  await shot(guest.page, 'lobby-phone');
  await enter(guest.page, 'ship', 'wrecked');
  await host.page.waitForSelector('#toasts li');
  await host.page.waitForFunction(() => document.querySelector('#roster-count')?.textContent === '2');
  assert.deepEqual(requests, [], 'the newcomer was asked for and not told of');
  assert.equal(await host.page.isVisible('#invite'), false, 'the invitation is still open');
  await host.page.click('#roster-toggle');
  await shot(host.page, 'lobby-roster');
  assert.equal(await host.page.textContent('#roster-list li:nth-child(2) .name'), HOSTILE_NAME);
  await talk(host.page, guest.page);
  await shot(host.page, 'lobby-chat');
  await shot(guest.page, 'lobby-phone-play');
  await throwOut(host.page, guest.page);
  assert.deepEqual(host.errors, []);
  // The browser itself complains of an answer that says no.
  assert.deepEqual(guest.errors.filter((error) => !error.includes('409')), []);
  await Promise.all([host.context.close(), guest.context.close()]);
  return 'invited by QR, met, talked, thrown out';
}

/**
 * @param {Page} host
 * @param {Page} guest
 */
async function talk(host, guest) {
  const before = await look(host, 'ship');
  await host.keyboard.press('Enter');
  await host.keyboard.type('wasd and n');
  assert.equal(await host.isVisible('#net'), false, 'what was typed was taken for a key');
  await host.keyboard.press('Escape');
  assert.equal(await host.isVisible('#chat-form'), false);
  await host.keyboard.press('Enter');
  await host.keyboard.type(HOSTILE_TEXT);
  await host.keyboard.press('Enter');
  await guest.waitForSelector('#chat-log li');
  const after = await look(host, 'ship');
  assert.equal(after.stats.mismatches, before.stats.mismatches);
  await guest.click('#chat-toggle');
  await guest.fill('#chat-input', 'שלום <script>alert(1)</script>');
  await guest.keyboard.press('Enter');
  await host.waitForFunction(() => document.querySelectorAll('#chat-log li').length === 2);
  for (const page of [host, guest]) {
    const text = await page.textContent('#chat-log');
    assert.ok(text?.includes('<b>bold</b>') && text.includes('<script>'), `said was ${text}`);
    assert.equal(await page.locator('#chat-log img, #chat-log b, #chat-log script').count(), 0, 'markup came alive');
  }
}

/**
 * @param {Page} host
 * @param {Page} guest
 */
async function throwOut(host, guest) {
  const row = '#roster-list li:nth-child(2)';
  await host.click(`${row} button:has-text("ban")`);
  assert.equal(await host.textContent(`${row} button:last-child`), 'sure?', 'a ban does not ask');
  await host.click(`${row} button:has-text("kick")`);
  await guest.waitForSelector('#ended', { state: 'visible' });
  assert.equal(await guest.textContent('#ended-reason'), 'The host has thrown you out.');
  await host.waitForFunction(() => document.querySelector('#roster-count')?.textContent === '1');
  assert.equal(await host.locator(`${row}[inert]`).count(), 1, 'what is pointed at moves');
  await host.mouse.move(640, 600);
  await host.waitForFunction(() => document.querySelectorAll('#roster-list li').length === 1);
  await host.click('#lock');
  await host.waitForSelector('#roster-locked', { state: 'visible' });
  await guest.click('#to-menu');
  const code = await host.textContent('#room-code');
  await guest.fill('#code', code ?? '');
  await guest.click('#play');
  await guest.waitForSelector('#trouble', { state: 'visible' });
  assert.match((await guest.textContent('#trouble')) ?? '', /lets nobody in/);
}

/** @param {Browser} browser */
async function comeback(browser) {
  const rope = new Rope(values.url);
  const url = await rope.open();
  const { context, page } = await openPage(browser, `${url}/`, VIEWPORT);
  await enter(page, 'ship', 'wrecked');
  const player = await playerOf(page);
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
  await page.keyboard.down('KeyW');
  await page.waitForTimeout(600);
  rope.cut();
  await waitFor(page, 'reconnecting');
  await page.waitForSelector('#banner', { state: 'visible' });
  assert.match((await page.textContent('#banner')) ?? '', /Reconnecting…\s+\d+ s left/);
  await page.waitForTimeout(1500);
  await shot(page, 'lobby-banner');
  rope.mend();
  await waitFor(page, 'connected');
  const start = await look(page, 'ship');
  assert.equal(start.own.player, player, 'another ship');
  assert.equal(await page.evaluate(() => 'sameDocument' in window), true, 'the page was loaded again');
  await page.waitForFunction(() => document.querySelector('#banner')?.hasAttribute('hidden'));
  await frames(page, start.stats.frames + 20);
  await page.keyboard.up('KeyW');
  const end = await look(page, 'ship');
  assert.equal(end.stats.mismatches, 0);

  await page.reload();
  await page.waitForSelector('body.playing');
  assert.equal(await playerOf(page), player, 'a reload made another player of it');
  const again = await look(page, 'ship');
  assert.equal(again.own.player, player);
  await duplicate(page, player);
  await context.close();
  rope.close();
  return 'cut off and back, reloaded and back, duplicated';
}

/**
 * A window that is opened by another one of the same place has a copy of its storage: it takes over.
 * @param {Page} page
 * @param {number} player
 */
async function duplicate(page, player) {
  const opened = page.context().waitForEvent('page');
  await page.evaluate(() => void window.open(location.href));
  const copy = await opened;
  await copy.waitForSelector('body.playing');
  assert.equal(await playerOf(copy), player);
  await page.waitForSelector('#ended', { state: 'visible' });
  assert.equal(await page.textContent('#ended-reason'), 'The game goes on in another window.');
  await page.waitForTimeout(1500);
  const connection = await copy.evaluate(() => /** @type {any} */ (window).tickwire.room.connection);
  assert.equal(connection, 'connected', 'the first window fights back');
}

/** @param {Browser} browser */
async function fallback(browser) {
  const rope = new Rope(values.url);
  const url = await rope.open();
  rope.plain = true;
  const { context, page } = await openPage(browser, `${url}/`, VIEWPORT);
  await enter(page, 'ship', 'wrecked');
  const transport = () => page.evaluate(() => /** @type {any} */ (window).tickwire.room.transport);
  assert.equal(await transport(), 'stream', 'where there are no WebSockets');
  const player = await playerOf(page);
  rope.plain = false;
  await page.waitForFunction(() => /** @type {any} */ (window).tickwire.room.transport === 'ws', null, { timeout: 30_000 });
  await page.waitForTimeout(1000);
  const { own, stats, closed } = await look(page, 'ship');
  assert.deepEqual([own.player, closed, stats.mismatches], [player, false, 0]);
  await context.close();
  rope.close();
  return 'a stream first, then a WebSocket';
}

/**
 * A list of rooms that is brought up to date leaves the focus where it is.
 * @param {Browser} browser
 */
async function keepsFocus(browser) {
  const { context, page } = await openPage(browser, '/', VIEWPORT);
  await page.waitForSelector('#rooms button');
  await page.focus('#rooms button:last-child');
  // The list is asked for every three seconds.
  await page.waitForTimeout(7000);
  const focused = await page.evaluate(() => document.activeElement?.matches('#rooms button:last-child'));
  assert.equal(focused, true, 'the list was pulled away');
  await context.close();
}

/**
 * A proxy that keeps streams back is asked for one once; what works goes on.
 * @param {Browser} browser
 */
async function heldBack(browser) {
  const rope = new Rope(values.url);
  const url = await rope.open();
  Object.assign(rope, { plain: true, hoards: true });
  const { context, page } = await openPage(browser, `${url}/`, VIEWPORT);
  let streams = 0;
  page.on('request', (request) => void (request.url().endsWith('/stream') && (streams += 1)));
  await enter(page, 'ship', 'wrecked');
  const start = await look(page, 'ship');
  await keepsFocus(browser);
  await page.waitForTimeout(5000);
  await frames(page, start.stats.frames + 40);
  const { own, stats, closed } = await look(page, 'ship');
  assert.deepEqual([own.player, closed, stats.mismatches], [start.own.player, false, 0]);
  const transport = await page.evaluate(() => /** @type {any} */ (window).tickwire.room.transport);
  assert.deepEqual([transport, streams], ['long-poll', 1]);
  await context.close();
  rope.close();
  return 'long polls where streams are kept back';
}

/** @param {Browser} browser */
async function everyTransport(browser) {
  const said = [];
  for (const kind of ['ws', 'stream', 'long-poll', 'poll']) {
    const { context, page, errors } = await openPage(browser, `/?transport=${kind}`, VIEWPORT);
    await enter(page, 'ship', 'wrecked');
    const start = await look(page, 'ship');
    await page.keyboard.down('KeyW');
    await page.waitForTimeout(2000);
    await frames(page, start.stats.frames + 40);
    await page.keyboard.up('KeyW');
    const verified = (/** @type {number} */ before) => /** @type {any} */ (window).tickwire.room.stats.hashesVerified > before;
    await page.waitForFunction(verified, start.stats.hashesVerified, { timeout: 30_000 });
    const end = await look(page, 'ship');
    const used = await page.evaluate(() => /** @type {any} */ (window).tickwire.room.transport);
    assert.equal(used, kind);
    assert.deepEqual(errors, [], kind);
    assert.equal(end.stats.mismatches, 0, kind);
    said.push(`${kind} ${end.stats.frames - start.stats.frames} frames`);
    await context.close();
  }
  return said.join(', ');
}

/** @param {Browser} browser */
async function watching(browser) {
  const host = await openPage(browser, '/', VIEWPORT);
  await make(host.page);
  const code = await host.page.textContent('#room-code');
  const { context, page, errors } = await openPage(browser, `/join/${code}`, VIEWPORT);
  await page.click('#watch');
  await page.waitForSelector('body.watching');
  await page.waitForFunction(() => /** @type {any} */ (window).tickwire.room.entities('ship').size > 0);
  await page.waitForTimeout(1000);
  const seen = await page.evaluate(() => {
    const { room } = /** @type {any} */ (window).tickwire;
    const own = [...room.entities('ship').values()].some((it) => it.player === room.player);
    return { own, spectator: room.spectator, mismatches: room.stats.mismatches };
  });
  assert.deepEqual(seen, { own: false, spectator: true, mismatches: 0 });
  assert.deepEqual(errors, []);
  await shot(page, 'lobby-watching');
  await Promise.all([context.close(), host.context.close()]);
  return 'watched';
}

/** @param {Browser} browser */
async function sideBySide(browser) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 1000 } });
  const page = await context.newPage();
  await page.goto(new URL('/pages/transports/', values.url).href);
  await page.waitForFunction(() => /** @type {any} */ (window).tickwire?.rooms.length === 4, null, { timeout: 20_000 });
  const fine = () =>
    /** @type {any} */ (window).tickwire.rooms.every(
      (/** @type {any} */ it) => it.stats.hashesVerified > 0 && it.connection === 'connected',
    );
  await page.waitForTimeout(5000);
  await page.waitForFunction(fine, null, { timeout: 60_000 });
  await shot(page, 'transports');
  const rooms = await page.evaluate(() =>
    /** @type {any} */ (window).tickwire.rooms.map((/** @type {any} */ room) => ({
      over: room.transport,
      wrong: room.stats.mismatches,
    })),
  );
  assert.deepEqual(rooms.map((/** @type {any} */ it) => it.over), ['ws', 'stream', 'long-poll', 'poll']);
  for (const { over, wrong } of rooms) assert.equal(wrong, 0, `${over}: ${wrong} wrong`);
  await context.close();
  return 'four side by side';
}

await run([company, watching, comeback, fallback, heldBack, everyTransport, sideBySide]);
