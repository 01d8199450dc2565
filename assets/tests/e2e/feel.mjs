// How the arena feels on a bad network, in a real browser: where everything was drawn, picture by picture.
//
//   tickwire-server --net 4g        and, for company, a few bots:  tickwire-bots swarm --bots 6
//   node tests/e2e/feel.mjs --url http://127.0.0.1:2567 --out e2e [--chromium PATH]
//
// Prints one line and exits with 1 and a reason when anything is not as it should be. Leaves a strip
// of pictures, with the network's graph, in `feel.png`.

import assert from 'node:assert/strict';
import { join } from 'node:path';

import { SECONDS, enter, judge, look, openPage, run, values } from './browser.mjs';

/** @typedef {import('./browser.mjs').Page} Page */

/** The fastest that a ship flies, in units a second. */
const FASTEST = 570;
/** By how much longer than that a step may be: coasting ends, and differences fade. */
const LONGER = 1.7;
const BOUND = 10;
/**
 * How far something may be drawn back on its way, in units: it did not coast where it went. And as a
 * part of the fastest: it comes off a wall or another ship.
 */
const BACK = 14;
const BOUNCE = 0.5;
/** Of so many frames one may say something else than was predicted: it ran into somebody. */
const RIGHT = 10;
/** In how many pictures after a key went down the ship must have moved. */
const ANSWER = 2;

/**
 * One picture: when it was drawn, which ship is the own one, and where each ship was in it that was there,
 * and its life.
 * @typedef {{at: number, own: number, ships: [number, number, number, string][]}} Shown
 */

/** Begins to note where ships are drawn. @param {Page} page */
function record(page) {
  return page.evaluate(() => {
    const { session } = /** @type {any} */ (window).tickwire;
    /** @type {any[]} */
    const shown = [];
    const draw = session.draw.bind(session);
    session.draw = (/** @type {number} */ now) => {
      draw(now);
      const ships = [...session.ships()].map(([id, { pos, life }]) => [id, pos.x, pos.y, life]);
      shown.push({ at: now, own: session.own?.id ?? -1, ships });
      if (shown.length > 20_000) shown.shift();
    };
    Object.assign(window, { shown });
  });
}

/**
 * Presses a key, and counts the pictures until the own ship has moved.
 * @param {Page} page
 * @param {string} key
 */
async function answer(page, key) {
  await page.evaluate(() => {
    Object.assign(window, { pressed: -1 });
    const { shown } = /** @type {any} */ (window);
    window.addEventListener('keydown', () => Object.assign(window, { pressed: shown.length }), { once: true });
  });
  await page.keyboard.down(key);
  await page.waitForTimeout(500);
  return page.evaluate(() => {
    const { shown, pressed } = /** @type {any} */ (window);
    const place = (/** @type {any} */ { own, ships }) => ships.find((/** @type {any} */ ship) => ship[0] === own);
    const [, x, y] = place(shown[pressed - 1]);
    const moved = shown.findIndex((/** @type {any} */ it, /** @type {number} */ index) => {
      const [, nowX, nowY] = place(it);
      return index >= pressed && Math.hypot(nowX - x, nowY - y) > 0.01;
    });
    return moved - pressed + 1;
  });
}

/**
 * The steps of ships from picture to picture.
 * @param {Shown[]} shown
 * @param {(id: number, own: number) => boolean} which
 */
function stepsOf(shown, which) {
  const seen = { beyond: 0, back: 0, steps: 0, longest: 0 };
  /** @type {Map<number, {x: number, y: number, dx: number, dy: number, life: string, picture: number}>} */
  const last = new Map();
  shown.forEach(({ at, own, ships }, picture) => {
    const seconds = (at - (shown[picture - 1]?.at ?? at)) / 1000;
    for (const [id, x, y, life] of ships) {
      if (!which(id, own)) continue;
      const before = last.get(id);
      const [dx, dy] = before ? [x - before.x, y - before.y] : [0, 0];
      // Who is wrecked and comes in anew is meant to be somewhere else.
      const follows = before?.picture === picture - 1 && (before.life === 'wrecked') === (life === 'wrecked');
      if (before && follows && life !== 'wrecked') {
        const step = Math.hypot(dx, dy);
        const back = step > 0 ? -(dx * before.dx + dy * before.dy) / (Math.hypot(before.dx, before.dy) || 1) : 0;
        seen.beyond = Math.max(seen.beyond, step - FASTEST * seconds * LONGER);
        seen.back = Math.max(seen.back, back - FASTEST * seconds * BOUNCE);
        seen.longest = Math.max(seen.longest, step);
        seen.steps += 1;
      }
      last.set(id, { x, y, dx: follows ? dx : 0, dy: follows ? dy : 0, life, picture });
    }
  });
  return seen;
}

/**
 * Ships that were missing in a single picture, although they were there in the ones before and after it.
 * @param {Shown[]} shown
 */
function blinksOf(shown) {
  const has = (/** @type {Shown} */ { ships }, /** @type {number} */ id) => ships.some((ship) => ship[0] === id);
  return shown.slice(1, -1).flatMap((picture, i) =>
    shown[i].ships.filter(([id]) => !has(picture, id) && has(shown[i + 2], id)).map(([id]) => id),
  );
}

/**
 * Flies about and fires for a while.
 * @param {Page} page
 * @param {(round: number) => Promise<void>} look
 */
async function fly(page, look) {
  const until = Date.now() + SECONDS * 1000;
  await page.mouse.move(700, 360);
  await page.mouse.down();
  for (let round = 0; Date.now() < until; round++) {
    const angle = round / 9;
    await page.mouse.move(480 + Math.cos(angle) * 260, 360 + Math.sin(angle) * 260);
    await page.waitForTimeout(90);
    await look(round);
  }
  await page.mouse.up();
}

/**
 * A picture of what is around the own ship, as base64.
 * @param {Page} page
 */
async function around(page) {
  const place = await page.evaluate(() => {
    const { session } = /** @type {any} */ (window).tickwire;
    return session.camera.toScreen(session.own?.entity.pos ?? session.camera);
  });
  const clip = { x: Math.max(0, place.x - 150), y: Math.max(0, place.y - 150), width: 300, height: 300 };
  return (await page.screenshot({ clip })).toString('base64');
}

/**
 * Puts pictures side by side.
 * @param {import('./browser.mjs').Browser} browser
 * @param {string[]} pictures
 * @param {string} graph
 */
async function strip(browser, pictures, graph) {
  const page = await browser.newPage({ viewport: { width: 1200, height: 498 } });
  const shot = (/** @type {string} */ data, /** @type {string} */ look) =>
    `<img style="${look}" src="data:image/png;base64,${data}">`;
  const body = 'margin:0;background:#070b14;display:grid;gap:2px;grid-template-columns:repeat(3,248px) 450px';
  await page.setContent(`<body style="${body}">
    ${pictures.map((it) => shot(it, 'width:248px;height:248px')).join('')}
    ${shot(graph, 'grid-area:1/4/3/5;width:430px;place-self:center')}`);
  await page.screenshot({ path: join(values.out, 'feel.png') });
  await page.close();
}

/** @param {import('./browser.mjs').Browser} browser */
async function feel(browser) {
  const { context, page, errors } = await openPage(browser, '/', { viewport: { width: 1280, height: 720 } });
  await enter(page, 'ship', 'wrecked');
  await record(page);
  const start = await look(page, 'ship');
  // What counts as an answer is the first move out of rest.
  await page.waitForTimeout(600);
  const pictures = await answer(page, 'KeyW');
  let way = 0;
  /** @type {string[]} */
  const crops = [];
  await fly(page, async (round) => {
    const { own } = await look(page, 'ship');
    way = Math.max(way, Math.hypot(own.pos.x - start.own.pos.x, own.pos.y - start.own.pos.y));
    if (round >= 12 && crops.length < 6) crops.push(await around(page));
  });
  await page.keyboard.press('KeyN');
  await page.waitForTimeout(600);
  const graph = (await page.locator('#net').screenshot()).toString('base64');
  await page.keyboard.up('KeyW');
  const end = await look(page, 'ship');
  /** @type {Shown[]} */
  const shown = await page.evaluate(() => /** @type {any} */ (window).shown);
  const feeling = await page.evaluate(() => {
    const { session, room } = /** @type {any} */ (window).tickwire;
    const { confirmed, corrections } = session.prediction;
    return { confirmed, corrections, delay: session.view.delay, behind: room.inputs.behind };
  });
  await context.close();
  await strip(browser, crops, graph);
  const figures = judge('feel', start, end, way, errors);
  const own = stepsOf(shown, (id, own) => id === own);
  const others = stepsOf(shown, (id, own) => id !== own);
  const blinks = blinksOf(shown);
  const said = JSON.stringify({ pictures, blinks: blinks.length, own, others, ...feeling, shown: shown.length });
  assert.ok(pictures >= 1 && pictures <= ANSWER, `the ship answered in picture ${pictures}: ${said}`);
  assert.deepEqual(blinks, [], `ships were missing for a single picture: ${said}`);
  for (const seen of [own, others]) {
    assert.ok(seen.beyond < BOUND, `a ship made a step that was too long: ${said}`);
    assert.ok(seen.back < BACK, `a ship was drawn back: ${said}`);
  }
  assert.ok(feeling.confirmed > RIGHT * feeling.corrections, `too much was corrected: ${said}`);
  return `${figures}; ${said}`;
}

await run([feel]);
