// The operator's monitor in a real browser: what it shows of a server with players of hostile names, the live
// view as any of them, and all that it can do to rooms.
//
//   tickwire-server --listen 127.0.0.1:2567 --admin-listen 127.0.0.1:2568     prints the link with the token
//   node tests/e2e/monitor.mjs --url http://127.0.0.1:2567 --admin 'http://127.0.0.1:2568/#token=…' --out e2e
//
// At its end the server drains. Prints one line and exits with 1 and a reason when anything is not as it should be.

import assert from 'node:assert/strict';

import { devices } from 'playwright-core';

import { fitsPhones, run, values } from './browser.mjs';
import { NAMES, PATIENCE, WIDE, choose, company, hash, live, open, origin, publicState, refusal, shot, surely } from './operator.mjs';

/** @typedef {import('playwright-core').Browser} Browser */

/** What no server lets through, for a page that must not count on that. */
const WORSE = [
  '<img src=x onerror="document.body.remove()">',
  '\u202Eeman eht si siht \u2067',
  '🧑‍🚀'.repeat(20),
  '"><script>document.title = "owned"</script>'.repeat(3),
];

/** @param {Browser} browser */
async function overview(browser) {
  const players = await company(browser, 'arena', NAMES);
  const { context, page, errors } = await open(browser, `/${hash}`, { ...WIDE, colorScheme: 'dark' });
  assert.ok(!page.url().includes('token'), 'the token stays in the address');
  await page.waitForSelector(`#rooms a:text-is("${players.code}")`, PATIENCE);
  await page.waitForSelector('#log li', PATIENCE);
  assert.equal(await page.textContent('#health-text'), 'ready');
  assert.equal(await page.textContent('#mode'), 'may change things');
  await page.waitForFunction(() => document.querySelector('#log')?.textContent?.includes('players came or went'), null, PATIENCE);
  await page.waitForFunction(() => document.querySelectorAll('.spark .line[d^="M"]').length >= 8, null, PATIENCE);
  await page.waitForFunction(() => document.querySelectorAll('#ticks .column').length > 0, null, PATIENCE);
  await shot(page, 'dark');
  await page.fill('#log-find', 'nothing has this');
  assert.equal(await page.locator('#log li').count(), 0, 'the filter lets lines through');
  // By keyboard into the room and back.
  await page.focus(`#rooms a:text-is("${players.code}")`);
  await page.keyboard.press('Enter');
  await page.waitForSelector('#room:not([hidden])');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'room-code', 'the focus is lost');
  await page.goBack();
  await page.waitForSelector('#overview:not([hidden])');
  assert.deepEqual(errors, []);
  const light = await open(browser, '/monitor/', { ...devices['Pixel 7'], colorScheme: 'light' });
  await light.page.waitForSelector('#rooms a', PATIENCE);
  await light.page.waitForTimeout(2500);
  await shot(light.page, 'phone');
  await fitsPhones(light.page);
  assert.deepEqual(light.errors, []);
  await Promise.all([context.close(), light.context.close(), players.context.close()]);
  return 'overview, by keyboard, on a phone';
}

/** @param {Browser} browser */
async function hostile(browser) {
  const players = await company(browser, 'arena', NAMES);
  const { context, page, errors } = await open(browser, `/${hash}`, WIDE);
  await page.goto(`${origin}/monitor/#/room/${players.code}`);
  await page.waitForFunction(() => document.querySelectorAll('#players tbody tr').length === 4, null, PATIENCE);
  /** @type {string[]} */
  const real = await players.page.evaluate(() => [.../** @type {any} */ (window).rooms[0].players.values()].map(({ name }) => name));
  assert.deepEqual(await page.locator('#players .name').allTextContents(), real);
  assert.equal(real[0], NAMES[0], 'the server lets no markup through, so nothing is tested');
  // Names as no server of ours would tell them.
  await page.route('**/monitor/api/rooms/*', async (route) => {
    const answer = await route.fetch();
    const told = await answer.json();
    told.players?.forEach((/** @type {any} */ player, /** @type {number} */ index) => (player.name = WORSE[index]));
    await route.fulfill({ response: answer, json: told });
  });
  await page.waitForFunction((name) => document.querySelector('#players .name')?.textContent === name, WORSE[0], PATIENCE);
  assert.deepEqual(await page.locator('#players .name').allTextContents(), WORSE);
  const options = await page.locator('#live-like option').allTextContents();
  assert.deepEqual(options, ['a spectator', ...WORSE.map((name, index) => `${name} (${index + 1})`)]);
  const alive = await page.locator('#room :is(img, script, b:has-text("owned"))').count();
  assert.equal(alive, 0, 'markup came alive');
  assert.notEqual(await page.title(), 'owned');
  const order = await page.evaluate(() => {
    const row = document.querySelectorAll('#players tbody tr')[1];
    const [name, number] = ['.name', '.number-of'].map((part) => /** @type {Element} */ (row.querySelector(part)).getBoundingClientRect());
    return { turned: number.left < name.left, wide: document.documentElement.scrollWidth - window.innerWidth };
  });
  assert.equal(order.turned, false, 'a name turns what follows upon it');
  assert.ok(order.wide <= 0, `a name makes the page ${order.wide} pixels too wide`);
  await live(page, 4);
  await shot(page, 'hostile');
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  assert.deepEqual(errors, []);
  await Promise.all([context.close(), players.context.close()]);
  return 'hostile names are text';
}

/** @param {Browser} browser */
async function views(browser) {
  const players = await company(browser, 'arena', NAMES);
  const { context, page, errors } = await open(browser, `/monitor/#/room/${players.code}`, { ...WIDE, colorScheme: 'light' });
  const spectator = await live(page, 4);
  assert.equal(spectator.mismatches, 0, 'what is held is not what the server holds');
  assert.ok(spectator.shades > 100, `the picture has only ${spectator.shades} colours`);
  assert.ok(spectator.ships.every((/** @type {any} */ ship) => ship.ammo === undefined), 'a spectator sees what is private');
  assert.equal(await page.locator('.act:visible').count(), 0, 'without the token there are buttons');
  const ids = await page.evaluate(() => [...document.querySelectorAll('#players tbody tr')].map((row) => Number(/** @type {HTMLElement} */ (row).dataset.player)));
  for (const id of ids.slice(0, 2)) {
    await choose(page, id);
    const { ships, mismatches, verified } = await live(page, 4);
    assert.deepEqual([mismatches, verified >= 3], [0, true]);
    for (const ship of ships) assert.equal(ship.ammo !== undefined, ship.player === id, `${ship.player} as ${id} sees it`);
  }
  // Nobody in the room knows of it.
  const seen = await players.page.evaluate(() => {
    const { rooms } = /** @type {any} */ (window);
    return [rooms[0].players.size, ...rooms.map((/** @type {any} */ room) => room.stats.mismatches)];
  });
  assert.deepEqual(seen, [4, 0, 0, 0, 0]);
  await page.waitForSelector('#live-figures .good');
  await shot(page, 'room-light');
  // Who is looked at leaves, and the view goes on as a spectator's.
  await players.page.evaluate(() => /** @type {any} */ (window).rooms[1].leave());
  await page.waitForFunction(() => document.querySelectorAll('#players tbody tr:not(.gone)').length === 3, null, PATIENCE);
  await page.waitForFunction(() => /** @type {any} */ (window).tickwire.live.like.value === '0', null, PATIENCE);
  assert.equal((await live(page, 3)).mismatches, 0);
  assert.deepEqual(errors, []);
  await Promise.all([context.close(), players.context.close()]);
  return `seen as a spectator and as two players, ${spectator.shades} colours`;
}

/** @param {Browser} browser */
async function meadow(browser) {
  const players = await company(browser, 'field', ['Wisp']);
  const { context, page, errors } = await open(browser, `/monitor/#/room/${players.code}`, { ...WIDE, colorScheme: 'dark' });
  await page.waitForFunction(() => document.querySelectorAll('#players tbody tr').length === 1, null, PATIENCE);
  await choose(page, 1);
  const { mismatches, shades } = await live(page, 1);
  assert.equal(mismatches, 0);
  assert.ok(shades > 500, `the meadow is bare: ${shades} colours`);
  await shot(page, 'field');
  await page.click('#live-pause');
  await page.waitForSelector('#live-note:has-text("paused")');
  await players.context.close();
  assert.deepEqual(errors, []);
  await context.close();
  return `a meadow of ${shades} colours`;
}

/** @param {Browser} browser */
async function changes(browser) {
  const players = await company(browser, 'arena', NAMES);
  const { code } = players;
  const { context, page, errors } = await open(browser, `/${hash}`, { ...WIDE, colorScheme: 'dark' });
  await page.goto(`${origin}/monitor/#/room/${code}`);
  const row = '#players tr[data-player="2"]';
  await page.waitForSelector(row, PATIENCE);
  await live(page, 4);
  await surely(page, `${row} button >> nth=0`);
  await players.page.waitForFunction(() => /** @type {any} */ (window).rooms[1].told.closed === 4011, null, PATIENCE);
  await page.waitForSelector('#notices .notice');
  await page.mouse.move(5, 5);
  await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement)?.blur());
  await page.waitForSelector(row, { state: 'detached', ...PATIENCE });
  assert.equal(await refusal(players.page, code), '', 'who was thrown out may come again');

  await page.click('#room-acts button:text-is("lock")');
  await page.waitForSelector('#room-acts button:text-is("unlock")', PATIENCE);
  const state = async () => (await publicState(page, 'arena')).find((room) => room.code === code)?.state;
  assert.equal(await state(), 'locked', 'the lobby does not see the lock');
  assert.equal(await refusal(players.page, code), 'room_locked');
  await page.click('#room-acts button:text-is("unlock")');
  await page.waitForSelector('#room-acts button:text-is("lock")', PATIENCE);
  assert.deepEqual([await state(), await refusal(players.page, code)], ['open', '']);

  await page.click('#ledger-acts button');
  await page.waitForFunction(() => document.querySelectorAll('#ledger tbody tr').length > 5, null, PATIENCE);
  await page.waitForFunction(() => !document.querySelector('#ledger .progress') && document.querySelector('#ledger .total'), null, PATIENCE);
  const fields = (await page.locator('#ledger .field').allTextContents()).join(' ');
  assert.ok(fields.includes('ship.pos'), `the ledger has ${fields}`);
  await shot(page, 'room-dark');
  await fitsPhones(page);
  await page.setViewportSize(WIDE.viewport);

  const name = await page.textContent('#players tr[data-player="3"] .name');
  await surely(page, '#players tr[data-player="3"] button >> nth=1');
  await players.page.waitForFunction(() => /** @type {any} */ (window).rooms[2].told.closed === 4012, null, PATIENCE);
  assert.equal(await refusal(players.page, code), 'banned');
  await page.waitForSelector('#bans tr[data-ban="1"]', PATIENCE);
  assert.equal(await page.textContent('#bans tr[data-ban="1"] .name >> nth=0'), name, 'the name that it had');
  await shot(page, 'room-bans');
  await page.click('#bans button:text-is("lift")');
  await page.waitForSelector('#notices .notice:has-text("may come in again")', PATIENCE);
  assert.equal(await refusal(players.page, code), '', 'whose ban was lifted may come again');
  await page.mouse.move(5, 5);
  await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement)?.blur());
  await page.waitForSelector('#banned', { state: 'hidden', ...PATIENCE });
  await surely(page, '#room-acts button.danger');
  await page.waitForSelector('#room-chips .state.draining', PATIENCE);
  const another = await refusal(players.page, (await company(browser, 'arena', ['Other'])).code);
  assert.equal(another, '', 'one room drains, and others do not');
  await page.goto(`${origin}/monitor/#/`);
  await page.waitForFunction(() => document.querySelector('#log')?.textContent?.includes('the operator changes a room'), null, PATIENCE);
  assert.deepEqual(errors, []);
  await Promise.all([context.close(), players.context.close()]);
  return 'kicked, locked, measured, banned and let in again, drained';
}

/** A list of many rooms. @param {Browser} browser */
async function many(browser) {
  const { context, page, errors } = await open(browser, '/monitor/', WIDE);
  /** @type {string[]} */
  const codes = [];
  for (let made = 0; made < 60; made++) {
    const answer = await page.request.post(`${values.url}/rooms`, { data: { game: 'arena', private: made % 2 === 0 } });
    codes.push((await answer.json()).room.code);
  }
  await page.waitForFunction(() => document.querySelectorAll('#rooms tbody tr').length === 25, null, PATIENCE);
  const first = await page.textContent('#rooms tbody a');
  await page.click('#after');
  await page.waitForFunction((first) => document.querySelector('#rooms tbody a')?.textContent !== first, first, PATIENCE);
  assert.match((await page.textContent('#page')) ?? '', /^26 to 50 of/);
  await page.fill('#find', codes[40].toLowerCase());
  await page.waitForFunction(() => document.querySelectorAll('#rooms tbody tr').length === 1, null, PATIENCE);
  assert.equal(await page.textContent('#rooms tbody a'), codes[40]);
  assert.deepEqual(errors, []);
  await context.close();
  return 'paged and filtered';
}

/** What is the operator's is not for players, and changes need the token. @param {Browser} browser */
async function apart(browser) {
  const { context, page } = await open(browser, '/monitor/', WIDE);
  await page.waitForFunction(() => document.querySelector('#mode')?.textContent === 'read only');
  for (const path of ['/monitor/', '/monitor/api/overview', '/pages/monitor/', '/pages/monitor/index.html', '/pages/monitor/monitor.js']) {
    assert.equal((await page.request.get(values.url + path)).status(), 404, `players find ${path}`);
  }
  const post = (/** @type {Record<string, string>} */ headers) =>
    page.request.post(`${origin}/monitor/api/drain`, { headers, data: '{}' }).then((answer) => answer.status());
  const json = { 'content-type': 'application/json' };
  assert.equal(await post(json), 401);
  assert.equal(await post({ ...json, authorization: 'Bearer x' }), 401);
  const authorization = `Bearer ${hash.slice('#token='.length)}`;
  assert.equal(await post({ ...json, authorization, origin: 'http://evil.example' }), 403);
  assert.equal(await post({ 'content-type': 'text/plain', authorization }), 415);
  await context.close();
  return 'apart from players';
}

/** The last one, because nobody is let in afterwards. @param {Browser} browser */
async function drain(browser) {
  const { context, page, errors } = await open(browser, `/${hash}`, WIDE);
  await page.waitForSelector('#server-acts button', PATIENCE);
  await surely(page, '#server-acts button');
  await page.waitForFunction(() => document.querySelector('#health-text')?.textContent === 'draining', null, PATIENCE);
  assert.equal((await page.request.get(`${values.url}/readyz`)).status(), 503);
  assert.deepEqual(errors, []);
  await context.close();
  return 'drained';
}

await run([overview, hostile, views, meadow, changes, many, apart, drain]);
