// Clients of the Colyseus server that decode, with its own SDK; the driver starts this.
//
//   node watch.js latency ADDRESS SECONDS     when told, presses; prints how long it took to show, in ms
//   node watch.js stall ADDRESS ANOTHER       two clients by two ways; compares them when told

import { setTimeout as sleep } from 'node:timers/promises';

import { Client } from '@colyseus/sdk';

const [mode, address, extra] = process.argv.slice(2);
// What the SDK cannot decode it says aloud; the comparison finds it out.
console.warn = console.error = () => {};

/** One client, the states that it held by their ticks, and what went wrong. */
async function join(at) {
  const room = await new Client(`http://${at}`).joinOrCreate('ships');
  const client = { room, history: new Map(), faults: [] };
  room.onError((code, message) => client.faults.push(`${code} ${message}`));
  room.onLeave((code) => client.faults.push(`closed with ${code}`));
  return client;
}

/** Waits until the driver writes something. */
const told = () => new Promise((resolve) => process.stdin.once('data', resolve));

const input = (room, turn) => room.sendBytes('i', new Uint8Array([turn]));

/** Presses now and then, and measures until the own heading differs. */
async function latency() {
  const { room } = await join(address);
  const [samples, headings] = [[], []];
  let pressed;
  room.onStateChange((state) => {
    const heading = state.ships.get(room.sessionId)?.heading;
    headings.push(heading);
    if (headings.length > 4) headings.shift();
    if (pressed !== undefined && heading !== headings.at(-2)) {
      samples.push(performance.now() - pressed);
      pressed = undefined;
      input(room, 1);
    }
  });
  const timer = setInterval(() => input(room, 1), 33);
  await told();
  clearInterval(timer);
  const end = performance.now() + Number(extra) * 1000;
  while (performance.now() < end) {
    await sleep(100 + Math.random() * 33);
    const steady = headings.length === 4 && new Set(headings).size === 1;
    if (pressed === undefined && steady) {
      pressed = performance.now();
      input(room, 2);
    } else if (pressed === undefined) input(room, 1);
  }
  console.log(JSON.stringify(samples));
}

/** What a client holds, as lines by key. */
function picture(state) {
  const lines = new Map();
  state.ships.forEach((ship, key) => {
    lines.set(key, [ship?.x, ship?.y, ship?.heading, ship?.hp, ship?.score].join());
  });
  return lines;
}

/** Notes what a client holds at each tick. */
function remember({ room, history }) {
  room.onStateChange((state) => {
    history.set(state.tick, picture(state));
    if (history.size > 600) history.delete(history.keys().next().value);
  });
}

/** How many entities are missing, too many or different. */
function differences(right, held) {
  const keys = new Set([...right.keys(), ...held.keys()]);
  return [...keys].filter((key) => right.get(key) !== held.get(key)).length;
}

async function stall() {
  const both = [await join(address), await join(extra)];
  both.forEach(remember);
  const timer = setInterval(() => both.forEach(({ room }) => input(room, 1)), 33);
  console.log('ready');
  await told();
  clearInterval(timer);
  const [healthy, stalled] = both;
  const ticks = [...healthy.history.keys()].filter((tick) => stalled.history.has(tick));
  const wrong = ticks.map((tick) => differences(healthy.history.get(tick), stalled.history.get(tick)));
  const result = {
    wrong: wrong.at(-1) ?? null,
    ticks_wrong: wrong.filter((count) => count > 0).length,
    ticks: ticks.length,
    entities: healthy.room.state.ships.size,
    note: stalled.faults.join('; '),
  };
  console.log(JSON.stringify(result));
}

await (mode === 'latency' ? latency() : stall());
process.exit(0);
