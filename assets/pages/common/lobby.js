// What the pages of all games begin and end with: a menu, a game, and a word about why it ended.

import { Client, TickwireError } from '/sdk/tickwire.js';

import './shell.js';
import { element } from './dom.js';

/** @typedef {import('/sdk/tickwire.js').Room} Room */

/**
 * A game in progress, as the menu sees it.
 * @typedef {object} Play
 * @property {Room} room
 * @property {(now: number) => void} draw draws one picture; milliseconds
 * @property {() => void} end stops listening
 */

/**
 * @typedef {object} Game
 * @property {string} name as the server knows it
 * @property {(room: Room) => Play} begin
 * @property {(now: number) => void} idle draws what is seen behind the menu; milliseconds
 */

const NAME_KEY = 'tickwire.name';

const menu = element('menu', HTMLElement);
const ended = element('ended', HTMLElement);
const hud = element('hud', HTMLElement);
const form = element('join', HTMLFormElement);
const nameField = element('name', HTMLInputElement);
const codeField = element('code', HTMLInputElement);
const play = element('play', HTMLButtonElement);
const trouble = element('trouble', HTMLElement);

/** Ends after which the room is most likely still there: only the connection was lost. */
const ROOM_REMAINS = [1006, 4006, 4007];

/** @type {Game | null} */
let game = null;
/** @type {Play | null} */
let session = null;

/** The join code that the address names, as `?room=CODE` or `#CODE`. */
function codeInAddress() {
  const query = new URLSearchParams(location.search).get('room');
  return (query ?? location.hash.slice(1)).trim().toUpperCase();
}

/** Joins, and shows the game or what went wrong. */
async function join() {
  const name = nameField.value.trim();
  remember(name);
  play.disabled = true;
  play.textContent = 'Joining…';
  trouble.hidden = true;
  try {
    const room = codeField.value.trim().toUpperCase() || undefined;
    begin(await new Client().joinOrCreate(game?.name ?? '', { name, room }));
  } catch (error) {
    if (!(error instanceof TickwireError)) throw error;
    trouble.textContent = explain(error);
    trouble.hidden = false;
  } finally {
    play.disabled = false;
    play.textContent = 'Play';
  }
}

/** @param {TickwireError} error */
function explain({ closeCode, message }) {
  if (closeCode === 4005 || closeCode === 4008) return `${message} Empty the code to play in any room.`;
  return message;
}

/** @param {Room} room */
function begin(room) {
  session = game?.begin(room) ?? null;
  // A field that keeps the focus, hidden as it is, would keep the keys too.
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  menu.hidden = true;
  ended.hidden = true;
  hud.hidden = false;
  document.body.classList.add('playing');
  // The address is the invitation: whoever opens it comes into this room.
  history.replaceState(null, '', `${location.pathname}${location.search}#${room.code}`);
  room.onLeave((code, reason) => end(code, reason));
  room.onMismatch((differences, tick) => console.error(`tick ${tick} differs`, differences));
  // For tests, and for the curious.
  Object.assign(window, { tickwire: { room, session } });
}

/**
 * @param {number} code
 * @param {string} reason
 */
function end(code, reason) {
  codeField.value = ROOM_REMAINS.includes(code) ? (session?.room.code ?? '') : '';
  session?.end();
  session = null;
  hud.hidden = true;
  ended.hidden = false;
  document.body.classList.remove('playing');
  element('ended-title', HTMLElement).textContent = code === 1000 ? 'Good bye' : 'Disconnected';
  element('ended-reason', HTMLElement).textContent = reason;
  element('again', HTMLButtonElement).focus();
}

/** @param {number} now milliseconds */
function draw(now) {
  if (session) session.draw(now);
  else game?.idle(now);
  requestAnimationFrame(draw);
}

/** @param {string} name */
function remember(name) {
  // Storage is refused in some private windows, and then a name is just not remembered.
  try {
    localStorage.setItem(NAME_KEY, name);
  } catch {}
}

/** @returns {string} */
function remembered() {
  try {
    return localStorage.getItem(NAME_KEY) ?? '';
  } catch {
    return '';
  }
}

async function share() {
  const state = element('share-state', HTMLElement);
  try {
    await navigator.clipboard.writeText(location.href);
    state.textContent = 'copied';
  } catch {
    state.textContent = location.host + location.pathname + location.hash;
  }
  setTimeout(() => (state.textContent = 'copy link'), 2500);
}

/**
 * Opens the page's menu, and the game when somebody plays.
 * @param {Game} opened
 */
export function openLobby(opened) {
  game = opened;
  nameField.placeholder = form.dataset.name ?? '';
  nameField.value = remembered();
  nameField.focus();
  codeField.value = codeInAddress();
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    join();
  });
  element('again', HTMLButtonElement).addEventListener('click', () => {
    ended.hidden = true;
    menu.hidden = false;
    join();
  });
  const shareButton = element('share', HTMLButtonElement);
  shareButton.addEventListener('click', () => {
    share();
    shareButton.blur();
  });
  window.addEventListener('hashchange', () => {
    if (!session) codeField.value = codeInAddress();
  });
  requestAnimationFrame(draw);
}
