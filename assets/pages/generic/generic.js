// Plays any game: what there is to see and to do follows from the schema.

import { Client, Interpolation, TickwireError } from '/sdk/tickwire.js';

import { Inputs } from './inputs.js';
import { World } from './world.js';

/** @typedef {import('/sdk/tickwire.js').Room} Room */

const MOST_MESSAGES = 6;
const INTERVAL = 150;

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 */
function element(id, type) {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new Error(`the page has no ${type.name} #${id}`);
}

/**
 * @param {string} tag
 * @param {string} text
 */
function make(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

const menu = element('menu', HTMLElement);
const side = element('side', HTMLElement);
const trouble = element('trouble', HTMLElement);
const code = element('code', HTMLInputElement);

/** A game being played. */
class Play {
  /** @param {Room} room */
  constructor(room) {
    this.room = room;
    this.canvas = element('scene', HTMLCanvasElement);
    this.world = new World(this.canvas, room.schema, room.player);
    this.view = new Interpolation(room);
    this.pointer = { x: 0, y: 0 };
    /** @type {{kind: string, id: number} | null} */
    this.picked = null;
    this.shown = 0;
    const form = element('inputs', HTMLFormElement);
    this.inputs = new Inputs(form, room.schema.input.fields, () => this.aim());
    this.canvas.addEventListener('pointermove', (event) => this.point(event));
    this.canvas.addEventListener('pointerdown', (event) => this.pick(event));
    for (const { name } of room.schema.messages) room.onMessage(name, (it) => this.message(name, it));
    element('game', HTMLElement).textContent = room.schema.game;
    element('room', HTMLElement).textContent = room.code;
    element('player', HTMLElement).textContent = `player ${room.player}`;
  }

  /** @param {PointerEvent} event */
  point(event) {
    const box = this.canvas.getBoundingClientRect();
    this.pointer = { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  /** @param {PointerEvent} event */
  pick(event) {
    this.point(event);
    const dot = this.world.pick(this.pointer.x, this.pointer.y);
    this.picked = dot && { kind: dot.kind, id: dot.id };
  }

  /** Where the pointer points from the own entity, or from the middle. */
  aim() {
    const { clientWidth, clientHeight } = this.canvas;
    const own = this.world.own() ?? { x: clientWidth / 2, y: clientHeight / 2 };
    return Math.atan2(this.pointer.y - own.y, this.pointer.x - own.x);
  }

  /** @param {number} now milliseconds */
  draw(now) {
    if (this.room.closed) return;
    this.view.update(now);
    this.room.send(this.inputs.read());
    this.world.draw(this.view, this.picked?.id ?? null);
    if (now - this.shown >= INTERVAL) this.show(now);
    requestAnimationFrame((next) => this.draw(next));
  }

  /** @param {number} now milliseconds */
  show(now) {
    this.shown = now;
    const kinds = this.world.looks.map(({ name, colour }) => {
      const line = make('li', '');
      const dot = make('i', '');
      dot.style.background = colour;
      line.append(dot, make('span', name), make('b', `${this.room.entities(name).size}`));
      return line;
    });
    element('kinds', HTMLElement).replaceChildren(...kinds);
    this.showPicked();
    const { stats, tick, tickHz } = this.room;
    showPairs('net', {
      tick: `${tick} @ ${tickHz} Hz`,
      frame: `${stats.bytesPerFrame.toFixed(1)} B`,
      'round trip': Number.isNaN(stats.rtt) ? '–' : `${stats.rtt.toFixed(0)} ms`,
      'hashes verified': `${stats.hashesVerified}`,
      mismatches: `${stats.mismatches}`,
    });
  }

  showPicked() {
    const title = element('picked-title', HTMLElement);
    const entity = this.picked && this.room.entities(this.picked.kind).get(this.picked.id);
    if (!this.picked || !entity) {
      title.textContent = 'Click a dot to see its fields';
      showPairs('picked', {});
      return;
    }
    title.textContent = `${this.picked.kind} ${(this.picked.id >>> 8) & 0xffff}`;
    const texts = Object.entries(entity).map(([name, value]) => [name, textOf(value)]);
    showPairs('picked', Object.fromEntries(texts));
  }

  /**
   * @param {string} name
   * @param {Record<string, any>} message
   */
  message(name, message) {
    const list = element('messages', HTMLElement);
    const fields = Object.entries(message).map(([field, value]) => `${field} ${textOf(value)}`);
    list.prepend(make('li', `${name}: ${fields.join(', ')}`));
    while (list.childElementCount > MOST_MESSAGES) list.lastElementChild?.remove();
  }
}

/**
 * @param {string} id of the list
 * @param {Record<string, string>} pairs
 */
function showPairs(id, pairs) {
  const children = Object.entries(pairs).flatMap(([name, value]) => [make('dt', name), make('dd', value)]);
  element(id, HTMLElement).replaceChildren(...children);
}

/**
 * A field's value in few characters.
 * @param {any} value
 * @returns {string}
 */
function textOf(value) {
  if (typeof value === 'number') return `${Math.round(value * 100) / 100}`;
  if (typeof value === 'object') return Object.values(value).map(textOf).join(', ');
  return `${value}`;
}

/** @param {string} text */
function complain(text) {
  trouble.textContent = text;
  trouble.hidden = text === '';
}

async function join() {
  complain('');
  const name = element('name', HTMLInputElement).value.trim();
  const game = new URLSearchParams(location.search).get('game') ?? '';
  try {
    // Without a name the server gives the game that it is for.
    const wanted = code.value.trim().toUpperCase() || undefined;
    const room = await new Client().joinOrCreate(game, { name, room: wanted });
    begin(room);
  } catch (error) {
    if (!(error instanceof TickwireError)) throw error;
    complain(error.message);
  }
}

/** @param {Room} room */
function begin(room) {
  menu.hidden = true;
  side.hidden = false;
  document.title = `${room.schema.game} · Tickwire`;
  history.replaceState(null, '', `${location.pathname}${location.search}#${room.code}`);
  const play = new Play(room);
  room.onLeave((_, reason) => {
    play.inputs.end();
    menu.hidden = false;
    side.hidden = true;
    complain(reason);
  });
  requestAnimationFrame((now) => play.draw(now));
  Object.assign(window, { tickwire: { room } });
}

code.value = (new URLSearchParams(location.search).get('room') ?? location.hash.slice(1)).toUpperCase();
element('join', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  join();
});
