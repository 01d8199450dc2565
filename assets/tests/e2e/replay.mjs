// Watches a recording in a real browser: plays it, goes anywhere in it, and sees it as a player did.
//
//   tickwire-server replay FILE --listen 127.0.0.1:2569
//   node tests/e2e/replay.mjs --url http://127.0.0.1:2569 --out e2e [--kind ship] [--name replay]
//
// Prints one line and exits with 1 and a reason when anything is not as it should be.

import assert from 'node:assert/strict';
import { join } from 'node:path';

import { fitsPhones, openBare, run, values } from './browser.mjs';

/** @typedef {import('./browser.mjs').Page} Page */

const KIND = values.kind;

/**
 * What is on the screen.
 * @param {Page} page
 */
function look(page) {
  return page.evaluate((kind) => {
    const { showing, reel, playing } = /** @type {any} */ (window).replay;
    const { room, tick } = showing;
    return {
      tick,
      held: room.tick,
      playing,
      reel: { ...reel },
      stats: { ...room.stats },
      state: JSON.stringify([...room.entities(kind)].sort(([a], [b]) => a - b)),
      count: room.entities(kind).size,
    };
  }, KIND);
}

/**
 * Waits until a tick is on the screen, and no other is to come.
 * @param {Page} page
 * @param {number} tick
 */
function arrived(page, tick) {
  return page.waitForFunction(
    (tick) => {
      const { showing, coming, wanted } = /** @type {any} */ (window).replay;
      return coming === null && wanted === null && showing?.tick === tick && showing.room.tick === tick >>> 0;
    },
    tick,
    { timeout: 20_000 },
  );
}

/**
 * @param {Page} page
 * @param {number} tick
 */
async function seek(page, tick) {
  await page.evaluate((tick) => /** @type {any} */ (window).replay.seek(tick), tick);
  await arrived(page, tick);
  return look(page);
}

/** @param {Page} page */
async function opened(page) {
  await page.waitForFunction(() => /** @type {any} */ (window).replay?.showing?.play != null, undefined, { timeout: 20_000 });
  await page.waitForFunction(
    () => document.querySelector('#about-checks')?.textContent?.startsWith('all '),
    undefined,
    { timeout: 60_000 },
  );
}

/**
 * Plays for a while, and says how many ticks that was in how many milliseconds.
 * @param {Page} page
 * @param {number} milliseconds
 */
async function playFor(page, milliseconds) {
  const before = await look(page);
  const start = Date.now();
  await page.click('#play');
  await page.waitForTimeout(milliseconds);
  await page.click('#play');
  const after = await look(page);
  return { ticks: after.tick - before.tick, took: Date.now() - start, after };
}

/** @param {import('./browser.mjs').Browser} browser */
async function anywhere(browser) {
  const { context, page, errors } = await openBare(browser, '/', { viewport: { width: 1280, height: 720 } });
  await opened(page);
  const { reel } = await look(page);
  const length = reel.last - reel.first;
  assert.ok(length > 10 * reel.tickHz, `only ${length} ticks are there`);
  const middle = reel.first + Math.floor(length / 2);

  await seek(page, middle);
  const { ticks, took, after } = await playFor(page, 3000);
  assert.ok(ticks > 0, `it stood still for ${took} ms`);
  assert.ok(after.count > 0, 'nobody is there');
  await page.screenshot({ path: join(values.out, `${values.name}.png`) });

  // However one comes to a tick, it is the same.
  const target = middle + 45;
  const sought = await seek(page, target);
  await seek(page, target - 40);
  for (let step = 0; step < 40; step++) await page.keyboard.press('Period');
  await arrived(page, target);
  const stepped = await look(page);
  assert.equal(stepped.state, sought.state, 'a tick that was sought is another one than when it was played to');
  await page.keyboard.press('Comma');
  await arrived(page, target - 1);
  // Whoever comes to a button by keyboard presses that one, and everybody else plays and pauses.
  await page.focus('#back');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await arrived(page, target - 2);
  await page.locator('#on').click();
  await arrived(page, target - 1);
  await page.keyboard.press('Space');
  await page.waitForFunction(() => /** @type {any} */ (window).replay.playing);
  await page.keyboard.press('Space');
  assert.equal((await look(page)).playing, false);

  // Along the bar, to both ends.
  const box = await page.locator('#scrub').boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + box.width * 0.25, box.y + box.height / 2);
  await page.mouse.down();
  for (let percent = 25; percent <= 80; percent += 5) {
    await page.mouse.move(box.x + (box.width * percent) / 100, box.y + box.height / 2);
    await page.waitForTimeout(30);
  }
  await page.mouse.up();
  await page.waitForFunction(() => /** @type {any} */ (window).replay.coming === null, undefined, { timeout: 20_000 });
  const scrubbed = ((await look(page)).tick - reel.first) / length;
  assert.ok(Math.abs(scrubbed - 0.8) < 0.03, `scrubbed to ${scrubbed}`);
  await page.keyboard.press('End');
  await arrived(page, reel.last);
  await page.keyboard.press('Home');
  await arrived(page, reel.first);

  await page.selectOption('#speed', '8');
  const fast = await playFor(page, 1000);
  assert.ok(fast.ticks > 0, `it stood still for ${fast.took} ms`);
  await seek(page, reel.last - 10);
  await page.locator('#play').click();
  // However slow the machine is, it ends with the last tick, and stops there.
  await arrived(page, reel.last);
  await page.waitForFunction(() => !(/** @type {any} */ (window).replay.playing), undefined, { timeout: 20_000 });
  const end = await look(page);
  assert.equal(end.stats.mismatches, 0, 'the state differed from what the server made again');
  assert.ok(end.stats.hashesVerified > 0, 'no hash was verified');
  assert.deepEqual(errors, [], 'errors on the console');
  await context.close();
  return `${length} ticks: played at ${((ticks / took) * 1000).toFixed(0)} ticks a second, ${fast.ticks} ticks in ${fast.took} ms at 8 times`;
}

/** @param {import('./browser.mjs').Browser} browser */
async function asPlayer(browser) {
  const { context, page, errors } = await openBare(browser, '/', { viewport: { width: 1280, height: 720 } });
  await opened(page);
  const { reel } = await look(page);
  const player = await page.locator('#as option').nth(1).getAttribute('value');
  assert.ok(player, 'there is no player to see it as');
  await page.selectOption('#as', player);
  const target = reel.first + Math.floor((reel.last - reel.first) * 0.6);
  await seek(page, target);
  await playFor(page, 1500);
  await page.screenshot({ path: join(values.out, `${values.name}-player.png`) });
  const own = await page.evaluate(
    ([kind, player]) => {
      const { room, play } = /** @type {any} */ (window).replay.showing;
      const entities = [...room.entities(kind).values()];
      const own = entities.find((it) => it.player === Number(player));
      const other = entities.find((it) => it.player !== Number(player));
      return { own: Object.keys(own ?? {}).length, other: Object.keys(other ?? {}).length, plays: play !== null };
    },
    [KIND, player],
  );
  assert.ok(own.own > own.other, 'what only its player sees is not there');
  assert.deepEqual(errors, [], 'errors on the console');
  await context.close();
  return `as player ${player}`;
}

/** @param {import('./browser.mjs').Browser} browser */
async function onPhone(browser) {
  const { context, page, errors } = await openBare(browser, '/', { viewport: { width: 390, height: 780 }, hasTouch: true });
  await opened(page);
  const { reel } = await look(page);
  await seek(page, reel.first + Math.floor((reel.last - reel.first) / 3));
  await page.screenshot({ path: join(values.out, `${values.name}-narrow.png`) });
  await fitsPhones(page);
  assert.deepEqual(errors, [], 'errors on the console');
  await context.close();
  return 'narrow';
}

await run([anywhere, asPlayer, onPhone]);
