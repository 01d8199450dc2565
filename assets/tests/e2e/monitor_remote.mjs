// The operator's monitor in a real browser, at an address that others than this machine may reach: there reading
// takes the token as well, and the live view shows it by the name of a subprotocol.
//
//   tickwire-server --listen 127.0.0.1:2567 --admin-listen 0.0.0.0:2568 --admin-allow-remote
//   node tests/e2e/monitor_remote.mjs --url http://127.0.0.1:2567 --admin 'http://127.0.0.1:2568/#token=…' --out e2e
//
// Prints one line and exits with 1 and a reason when anything is not as it should be.

import assert from 'node:assert/strict';

import { run } from './browser.mjs';
import { PATIENCE, WIDE, choose, company, hash, live, open, origin, shot } from './operator.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('playwright-core').Browser} Browser */

const TOKEN = decodeURIComponent(hash.slice('#token='.length));

/** What a browser says of every answer that it is refused. @param {string} error */
const isRefusal = (error) => error.includes('status of 401');

/**
 * Whether a live view opens that offers these subprotocols, which a page of its own tries.
 * @param {Page} page
 * @param {string} code
 * @param {string[]} names
 */
function opens(page, code, names) {
  return page.evaluate(
    ([code, names]) =>
      new Promise((resolve) => {
        const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/monitor/rooms/${code}/ws`, names);
        socket.onopen = () => resolve(socket.protocol);
        socket.onclose = () => resolve(null);
      }),
    /** @type {[string, string[]]} */ ([code, names]),
  );
}

/**
 * Waits for the page to say that it needs the token, and sees to it that it shows nothing else.
 * @param {Page} page
 * @param {RegExp} words
 */
async function locked(page, words) {
  await page.waitForSelector('#trouble:not([hidden])', PATIENCE);
  assert.match((await page.textContent('#trouble')) ?? '', words);
  assert.match((await page.textContent('#trouble')) ?? '', /#token=/, 'it does not say what to do');
  assert.deepEqual([await page.textContent('#mode'), await page.textContent('#health-text')], ['no token', 'locked']);
  assert.ok(await page.isHidden('#main'), 'boxes without anything in them are shown');
  const shown = await page.evaluate(() => {
    const { live } = /** @type {any} */ (window).tickwire;
    return [live.observer, live.room, document.querySelectorAll('tbody tr[data-player], #rooms tbody tr, #log li').length];
  });
  assert.deepEqual(shown, [null, null, 0], 'something is shown without the token');
}

/** @param {Browser} browser */
async function without(browser) {
  const players = await company(browser, 'arena', ['Ada', 'Bob']);
  const { context, page, errors } = await open(browser, `/monitor/#/room/${players.code}`, WIDE);
  await locked(page, /even reading takes the operator/);
  await shot(page, 'locked');
  const coded = (/** @type {string} */ text) => `tickwire.token.${Buffer.from(text).toString('base64url')}`;
  assert.equal(await opens(page, players.code, []), null, 'a live view opens without the token');
  assert.equal(await opens(page, players.code, ['tickwire.observe', coded(`${TOKEN}x`)]), null, 'and with another one');
  assert.equal(await opens(page, players.code, ['tickwire.observe', coded(TOKEN)]), 'tickwire.observe');
  for (const path of ['overview', 'rooms', 'log', `rooms/${players.code}`]) {
    assert.equal((await page.request.get(`${origin}/monitor/api/${path}`)).status(), 401, path);
  }
  await page.goto(`${origin}/monitor/`);
  await locked(page, /even reading takes the operator/);
  // What the page says to do is done where the page is already.
  await page.goto(`${origin}/monitor/${hash}`);
  await page.waitForSelector(`#rooms a:text-is("${players.code}")`, PATIENCE);
  assert.deepEqual([await page.isHidden('#trouble'), await page.textContent('#mode')], [true, 'may change things']);
  const others = errors.filter((error) => !isRefusal(error) && !error.includes('WebSocket connection'));
  assert.deepEqual(others, []);
  await Promise.all([context.close(), players.context.close()]);
  return 'nothing without the token, which can be added';
}

/** @param {Browser} browser */
async function wrong(browser) {
  const { context, page, errors } = await open(browser, `/#token=${'x'.repeat(32)}`, WIDE);
  await locked(page, /has another token/);
  assert.deepEqual(errors.filter((error) => !isRefusal(error)), []);
  await context.close();
  return 'nor with a wrong one';
}

/** @param {Browser} browser */
async function views(browser) {
  const players = await company(browser, 'arena', ['Ada', 'Bob', 'Cy']);
  const { context, page, errors } = await open(browser, `/${hash}`, { ...WIDE, colorScheme: 'dark' });
  /** @type {string[]} */
  const asked = [];
  page.on('websocket', (socket) => asked.push(socket.url()));
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(`${origin}/monitor/#/room/${players.code}`);
  assert.equal((await live(page, 3)).mismatches, 0);
  const ids = await page.evaluate(() => [...document.querySelectorAll('#players tbody tr')].map((row) => Number(/** @type {HTMLElement} */ (row).dataset.player)));
  await choose(page, ids[1]);
  const { ships, mismatches } = await live(page, 3);
  assert.equal(mismatches, 0);
  for (const ship of ships) assert.equal(ship.ammo !== undefined, ship.player === ids[1], 'it is not as that player sees it');
  assert.equal(await page.evaluate(() => /** @type {any} */ (window).tickwire.live.observer.socket.protocol), 'tickwire.observe');
  assert.ok(asked.some((url) => url.startsWith('ws:')) && asked.every((url) => !url.includes(TOKEN)), 'the token is in an address');
  await shot(page, 'remote');
  assert.deepEqual(errors, []);
  await Promise.all([context.close(), players.context.close()]);
  return 'with it a live view as a spectator and as a player';
}

await run([without, wrong, views]);
