// What tests of the operator's monitor share: its page, players to be looked at, and what the live view shows.

import assert from 'node:assert/strict';
import { join } from 'node:path';

import { values } from './browser.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('playwright-core').Browser} Browser */
/** @typedef {import('playwright-core').BrowserContextOptions} Options */

/** Markup, a character that turns the direction of text, letters of many parts, and far too many of them. */
export const NAMES = ['<img onerror=x>', '\u202Egnp.exe', '👩‍🚀🔥 e\u0301', 'W'.repeat(64)];
export const WIDE = { viewport: { width: 1440, height: 1000 } };
export const { origin, hash } = new URL(values.admin);
/** Longer than a busy machine takes for anything here, in milliseconds. */
export const PATIENCE = { timeout: 60_000 };

/**
 * A page of the monitor that counts what goes wrong on it, breaches of its policy as well.
 * @param {Browser} browser
 * @param {string} path
 * @param {Options} options
 */
export async function open(browser, path, options) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(PATIENCE.timeout);
  const page = await context.newPage();
  /** @type {string[]} */
  const errors = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(`${error}`));
  await context.exposeFunction('breached', (/** @type {string} */ what) => void errors.push(`policy: ${what}`));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      /** @type {any} */ (window).breached(`${violatedDirective} ${blockedURI}`);
    });
  });
  await page.goto(origin + path);
  return { context, page, errors };
}

/**
 * @param {Page} page
 * @param {string} name
 */
export function shot(page, name) {
  return page.screenshot({ path: join(values.out, `monitor-${name}.png`), fullPage: true });
}

/**
 * Players in a page of their own, who fly in circles.
 * @param {Browser} browser
 * @param {string} game
 * @param {string[]} names
 */
export async function company(browser, game, names) {
  const context = await browser.newContext();
  context.setDefaultTimeout(PATIENCE.timeout);
  const page = await context.newPage();
  await page.goto(values.url);
  const code = await page.evaluate(
    async ([game, names]) => {
      const { Client } = await import(/** @type {any} */ ('/sdk/tickwire.js'));
      const rooms = /** @type {any[]} */ ([]);
      for (const name of names) {
        const client = new Client(undefined, { keep: false });
        const room = await (rooms.length === 0 ? client.create(game, { name }) : client.join(rooms[0].code, { name }));
        const told = { room, name, closed: 0 };
        room.onLeave((/** @type {number} */ closed) => Object.assign(told, { closed }));
        const turn = rooms.length;
        const input = () => ({ aim: (performance.now() / 1000 + turn * 1.6) % 6.28, thrust: 1, fire: true });
        room.send(game === 'arena' ? input : {});
        rooms.push(Object.assign(room, { told }));
      }
      Object.assign(window, { rooms });
      return rooms[0].code;
    },
    /** @type {[string, string[]]} */ ([game, names]),
  );
  return { context, page, code };
}

/**
 * Why somebody is not let into a room, or an empty text.
 * @param {Page} page of players
 * @param {string} code
 */
export function refusal(page, code) {
  return page.evaluate(async (code) => {
    const { Client } = await import(/** @type {any} */ ('/sdk/tickwire.js'));
    try {
      const room = await new Client(undefined, { keep: false }).join(code, { name: 'Late' });
      room.leave();
      return '';
    } catch (error) {
      return /** @type {any} */ (error).code;
    }
  }, code);
}

/**
 * @param {Page} page
 * @param {string} game
 */
export async function publicState(page, game) {
  const answer = await page.request.get(`${values.url}/rooms?game=${game}`);
  return /** @type {any[]} */ (await answer.json());
}

/**
 * Waits for the live view, and tells what is in it.
 * @param {Page} page
 * @param {number} least entities that it must show
 */
export async function live(page, least) {
  await page.waitForFunction(
    (least) => {
      const { live } = /** @type {any} */ (window).tickwire;
      return live.play?.drawn() >= least && live.room?.stats.hashesVerified >= 3;
    },
    least,
    PATIENCE,
  );
  return page.evaluate(() => {
    const { room } = /** @type {any} */ (window).tickwire.live;
    const ships = room.schema.game === 'arena' ? [...room.entities('ship').values()] : [];
    const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector('#live'));
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    return {
      ships: structuredClone(ships),
      verified: room.stats.hashesVerified,
      mismatches: room.stats.mismatches,
      shades: new Set(new Uint32Array(data.buffer)).size,
    };
  });
}

/**
 * Chooses whose view it is.
 * @param {Page} page
 * @param {number} player
 */
export async function choose(page, player) {
  const before = await page.evaluate(() => Object.assign(window, { before: /** @type {any} */ (window).tickwire.live.observer }) && 0);
  await page.selectOption('#live-like', `${player}`);
  await page.waitForFunction(() => /** @type {any} */ (window).tickwire.live.observer !== /** @type {any} */ (window).before);
  return before;
}

/** Clicks a button that asks whether somebody is sure. @param {Page} page @param {string} selector */
export async function surely(page, selector) {
  await page.click(selector);
  assert.equal(await page.textContent(selector), 'sure?', `${selector} does not ask`);
  await page.click(selector);
}
