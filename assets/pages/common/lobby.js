// What the pages of all games begin and end with: a menu, a game, and a word about why it ended.

import { Client } from '/sdk/tickwire.js';

import './shell.js';
import { element } from './dom.js';
import { Menu, codeInAddress, nameInAddress } from './menu.js';
import { Social } from './social.js';

/** @typedef {import('/sdk/tickwire.js').Room} Room */
/** @typedef {import('/sdk/tickwire.js').TransportKind} TransportKind */

/**
 * A game in progress, as the menu sees it.
 * @typedef {object} Play
 * @property {Room} room
 * @property {(now: number) => void} draw draws one picture; milliseconds
 * @property {() => void} end stops listening
 */

/**
 * @typedef {object} Game
 * @property {string} name as the server knows it; nothing for the one that it is for
 * @property {(room: Room) => Play} begin
 * @property {(now: number) => void} idle draws what is seen behind the menu; milliseconds
 */

const ended = element('ended', HTMLElement);
const hud = element('hud', HTMLElement);

/** Ends after which the room is most likely still there: only the connection was lost. */
const ROOM_REMAINS = [1006, 4006, 4007];

/** `?transport=poll` insists on one, to try it out. */
const transport = /** @type {TransportKind | 'auto'} */ (new URLSearchParams(location.search).get('transport') ?? 'auto');
const client = new Client(undefined, { transport });

/** @type {Game | null} */
let game = null;
/** @type {Play | null} */
let session = null;
/** @type {Social | null} */
let social = null;
/** @type {Menu | null} */
let menu = null;

/** @param {Room} room */
function begin(room) {
  if (game?.name && room.schema.game !== game.name) {
    // The code is that of a room of another game, which has a page of its own.
    room.leave();
    location.assign(`/join/${encodeURIComponent(room.code)}`);
    return;
  }
  document.body.classList.toggle('watching', room.spectator);
  // Where there are thumbs only, their buttons are there before the first touch.
  if (matchMedia('(pointer: coarse)').matches) document.body.classList.add('touch');
  hud.hidden = false;
  session = game?.begin(room) ?? null;
  social = new Social(room, client);
  // A field that keeps the focus, hidden as it is, would keep the keys too.
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  element('menu', HTMLElement).hidden = true;
  ended.hidden = true;
  document.body.classList.add('playing');
  nameInAddress(room.code);
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
  menu?.setCode(ROOM_REMAINS.includes(code) ? (session?.room.code ?? '') : '');
  session?.end();
  social?.end();
  session = social = null;
  hud.hidden = true;
  document.body.classList.remove('playing', 'watching');
  if (code === 1000) {
    toMenu();
    return;
  }
  ended.hidden = false;
  element('ended-title', HTMLElement).textContent = ROOM_REMAINS.includes(code) ? 'Disconnected' : 'It is over';
  element('ended-reason', HTMLElement).textContent = reason;
  element('again', HTMLButtonElement).focus();
}

function toMenu() {
  ended.hidden = true;
  element('menu', HTMLElement).hidden = false;
  menu?.list();
}

/** @param {number} now milliseconds */
function draw(now) {
  if (session) session.draw(now);
  else game?.idle(now);
  requestAnimationFrame(draw);
}

/**
 * Opens the page's menu, and the game when somebody plays. A page that is loaded again goes on where it was.
 * @param {Game} opened
 */
export function openLobby(opened) {
  game = opened;
  const shown = new Menu(client, game.name, begin);
  menu = shown;
  element('name', HTMLInputElement).focus();
  element('again', HTMLButtonElement).addEventListener('click', () => {
    toMenu();
    shown.enter(() => shown.joining(false));
  });
  element('to-menu', HTMLButtonElement).addEventListener('click', toMenu);
  const code = codeInAddress();
  if (code && client.resumable(code)) shown.enter(() => client.reconnect(code));
  requestAnimationFrame(draw);
}
