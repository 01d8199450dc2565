// What the Node servers share: a clock that does not drift, and what they say of their ticks.

import { HZ, World } from '../world.js';

const [world = 'everyone'] = process.argv.slice(2);

/** @type {'everyone' | 'near'} */
export const WORLD = world === 'near' ? 'near' : 'everyone';
export const makeWorld = () => new World(WORLD, 1);

/** How long each tick took since somebody asked, in milliseconds, and how many entities it showed. */
const durations = [];
let shown = 0;
let views = 0;

/** Runs one tick and notes how long it took. */
export function timed(tick) {
  const begun = performance.now();
  tick();
  durations.push(performance.now() - begun);
}

/** Notes how many entities a client was shown. */
export function show(entities, clients = 1) {
  shown += entities * clients;
  views += clients;
}

/** Runs `tick` at the world's rate, by times that were decided beforehand. */
export function every(tick) {
  const start = performance.now();
  let count = 0;
  const next = () => {
    timed(tick);
    // A tick that is more than a second behind gives up on what it missed.
    const now = (performance.now() - start) * HZ / 1000;
    count = now - count > HZ ? Math.floor(now) : count + 1;
    setTimeout(next, Math.max(0, start + (count * 1000) / HZ - performance.now()));
  };
  next();
}

/** Answers `GET /stats`, before whoever else answers requests, and forgets what it told. */
export function serveStats(http) {
  const emit = http.emit.bind(http);
  http.emit = (event, request, ...rest) => {
    if (event !== 'request' || request.url !== '/stats') return emit(event, request, ...rest);
    rest[0].writeHead(200, { 'content-type': 'application/json', connection: 'close' });
    return rest[0].end(JSON.stringify(summary()));
  };
  return http;
}

function summary() {
  durations.sort((a, b) => a - b);
  const at = (share) => durations[Math.floor((durations.length - 1) * share)] ?? 0;
  const told = { p50_ms: at(0.5), p99_ms: at(0.99), shown: shown / Math.max(views, 1) };
  durations.length = shown = views = 0;
  return told;
}

/** Says where it listens. */
export function announce(server) {
  console.log(`http://127.0.0.1:${server.address().port}`);
}
