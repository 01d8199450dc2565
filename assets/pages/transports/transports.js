// Four clients in one room, each over a transport of its own, side by side.

import { Client, TickwireError } from '/sdk/tickwire.js';

import { element } from '../common/dom.js';
import { REQUEST_HEADERS, Reference } from './meter.js';
import { Panel, WAYS } from './panel.js';
import { Strip } from './strip.js';

const INTERVAL = 500;
/** What answers carry beyond their bodies while the browser has not said, in bytes. */
const USUAL_HEADERS = 300;

const panels = WAYS.map((way) => new Panel(way));
const reference = new Reference();
const strip = new Strip(element('strip', HTMLCanvasElement));
/** The room that the address names; else there is a new one. */
const wanted = new URLSearchParams(location.search).get('room');
let answerHeaders = USUAL_HEADERS;
let shown = 0;
let pictures = 0;

async function begin() {
  let code = wanted?.toUpperCase() ?? null;
  for (const panel of panels) {
    const { kind, name } = panel.way;
    // Several sessions in one tab: none of them is the one to go on with after a reload.
    const client = new Client(undefined, { transport: kind, keep: false });
    const room = await (code === null ? client.create('arena', { name, private: true }) : client.join(code, { name }));
    code = room.code;
    panel.begin(room, reference);
  }
  const link = element('join', HTMLAnchorElement);
  link.href = `/join/${code}`;
  link.target = '_blank';
  link.hidden = false;
  Object.assign(window, { tickwire: { rooms: panels.map(({ room }) => room), panels } });
}

/** @param {number} now milliseconds */
function draw(now) {
  pictures += 1;
  const player = panels[0].room?.player ?? -1;
  // Half of them at a time: small pictures of a whole arena are no small work.
  panels.forEach((panel, index) => {
    panel.meter?.look(performance.now());
    if (index % 2 === pictures % 2) panel.draw(now, player);
  });
  const lines = panels.map(({ way, meter }) => ({ name: way.name, colour: way.colour, ages: meter?.ages ?? [] }));
  if (pictures % 2 === 0) strip.draw(lines, performance.now());
  if (now - shown >= INTERVAL) show(now);
  requestAnimationFrame(draw);
}

/** @param {number} now milliseconds */
function show(now) {
  shown = now;
  for (const panel of panels) panel.show(performance.now(), answerHeaders);
  element('answer-headers', HTMLElement).textContent = `about ${answerHeaders.toFixed(0)} bytes`;
  element('request-headers', HTMLElement).textContent = `${REQUEST_HEADERS} bytes`;
}

/** Learns from the browser how much answers carry beyond their bodies. */
function watchHeaders() {
  const watcher = new PerformanceObserver((list) => {
    for (const entry of /** @type {PerformanceResourceTiming[]} */ (list.getEntries())) {
      const beyond = entry.transferSize - entry.encodedBodySize;
      if (!entry.name.includes('/rooms/') || entry.transferSize === 0) continue;
      answerHeaders += (beyond - answerHeaders) * 0.05;
    }
    // The browser keeps only so many, and then tells of no more.
    performance.clearResourceTimings();
  });
  watcher.observe({ type: 'resource' });
}

for (const { box } of panels) element('panels', HTMLElement).append(box);
watchHeaders();
begin().catch((error) => {
  if (!(error instanceof TickwireError)) throw error;
  const trouble = element('trouble', HTMLElement);
  trouble.textContent = error.message;
  trouble.hidden = false;
});
requestAnimationFrame(draw);
