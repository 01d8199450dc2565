// The monitor's page: what it shows follows from the address, and it asks again a second after each answer.

import { element } from '../common/dom.js';
import { Api, Refusal, withoutToken } from './api.js';
import { Notices, actButton } from './buttons.js';
import { Log } from './log.js';
import { Overview } from './overview.js';
import { RoomPage } from './room_page.js';
import { Rooms } from './rooms.js';
import { tabStorage, takeToken } from './token.js';

/** How long after one answer the next is asked for, in milliseconds. */
const INTERVAL = 1000;
/** The longest wait while nobody answers. */
const LONGEST = 8000;

const api = new Api(takeToken(location, history, tabStorage()));
const notices = new Notices(element('notices', HTMLElement));
const overview = new Overview();
const rooms = new Rooms(api, refresh);
const room = new RoomPage(api, notices);
const log = new Log(api);
const trouble = element('trouble', HTMLElement);

let wait = INTERVAL;
/** Ends the wait for the next question. */
let wake = () => {};
/** Whether somebody wants to see something else than was last asked for. */
let wanted = false;

function refresh() {
  wanted = true;
  wake();
}

/** The code of the room that the address names, or null. */
function codeOf() {
  const [, code] = /^#\/room\/([^/]+)$/.exec(location.hash) ?? [];
  try {
    return code ? decodeURIComponent(code) : null;
  } catch {
    return null;
  }
}

/** Shows what the address names. @param {boolean} [moved] */
function route(moved = true) {
  const code = codeOf();
  element('overview', HTMLElement).hidden = code !== null;
  element('room', HTMLElement).hidden = code === null;
  document.title = `${code === null ? 'Monitor' : `Room ${code}`} · Tickwire`;
  if (code === null) room.close();
  else room.open(code);
  if (!moved) return;
  window.scrollTo(0, 0);
  element(code === null ? 'main' : 'room-code', HTMLElement).focus({ preventScroll: true });
  refresh();
}

/** Asks for all that is shown. */
async function update() {
  const status = await api.read('overview');
  overview.show(status);
  showMode(status.may_change);
  element('main', HTMLElement).hidden = false;
  if (codeOf() === null) await Promise.all([rooms.update(), log.update()]);
  else await room.update();
}

/** @param {boolean} may */
function showMode(may) {
  const mode = element('mode', HTMLElement);
  mode.textContent = may ? 'may change things' : 'read only';
  mode.classList.toggle('may', may);
  element('server-acts', HTMLElement).hidden = !may;
  document.body.classList.toggle('may', may);
}

/** @param {unknown} error */
function complain(error) {
  if (!(error instanceof Refusal)) throw error;
  const words = error.status === 401 ? withoutToken(api.token) : error.message;
  trouble.hidden = false;
  if (trouble.textContent !== words) trouble.textContent = words;
  if (error.status === 0) overview.lost();
  if (error.status !== 401) return;
  overview.locked();
  // Its socket would be refused as well, again and again.
  room.live.open('', '');
  showMode(false);
  element('main', HTMLElement).hidden = true;
  element('mode', HTMLElement).textContent = 'no token';
}

async function run() {
  for (;;) {
    wanted = false;
    try {
      await update();
      trouble.hidden = true;
      wait = INTERVAL;
    } catch (error) {
      complain(error);
      wait = Math.min(wait * 2, LONGEST);
    }
    await rest();
  }
}

/** Waits, for as long as nobody looks at the page, or until something else is to be shown. */
async function rest() {
  if (wanted) return;
  await new Promise((resolve) => {
    wake = () => resolve(undefined);
    setTimeout(() => document.hidden || wake(), wait);
  });
}

if (api.token !== '') {
  const title = 'Let nobody in any more, in any room; who is there plays on';
  const drain = actButton('drain the server', { asks: true, className: 'danger', title }, notices, async () => {
    await api.change('drain');
    return 'The server lets nobody in any more.';
  });
  element('server-acts', HTMLElement).append(drain);
}
window.addEventListener('hashchange', () => {
  // A link with a token that is opened where the page is already.
  if (location.hash.startsWith('#token=')) location.reload();
  else route();
});
document.querySelector('.skip')?.addEventListener('click', (event) => {
  // The address says which room is shown, so it cannot say what is skipped to.
  event.preventDefault();
  element('main', HTMLElement).focus();
});
document.addEventListener('visibilitychange', () => document.hidden || wake());
route(false);
void run();
Object.assign(window, { tickwire: { api, overview, room, get live() { return room.live; } } });
