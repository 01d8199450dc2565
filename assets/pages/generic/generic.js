// Plays any game: what there is to see and to do follows from the schema.

import { Interpolation } from '/sdk/tickwire.js';

import { openLobby } from '../common/lobby.js';
import { Inputs } from './inputs.js';
import { World } from './world.js';

/** @typedef {import('/sdk/tickwire.js').Room} Room */

const MOST_MESSAGES = 6;
/** How many entities of a kind are shown with all their fields. */
const MOST_SHOWN = 20;
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

const side = element('side', HTMLElement);

/** A game being played. */
class Play {
  /** @param {Room} room */
  constructor(room) {
    this.room = room;
    this.canvas = element('scene', HTMLCanvasElement);
    this.world = new World(this.canvas, room.schema, room.player);
    this.view = new Interpolation(room);
    this.pointer = { x: 0, y: 0 };
    /** What is looked at: an entity, or with no id all of a kind. @type {{kind: string, id: number | null} | null} */
    this.picked = null;
    /** Ends with the room, and all that listens to the page with it. */
    this.ending = new AbortController();
    const { signal } = this.ending;
    this.shown = 0;
    const form = element('inputs', HTMLFormElement);
    this.inputs = new Inputs(form, room.schema.input.fields, () => this.aim(), signal);
    this.canvas.addEventListener('pointermove', (event) => this.point(event), { signal });
    this.canvas.addEventListener('pointerdown', (event) => this.pick(event), { signal });
    this.counts = this.listKinds();
    element('messages', HTMLElement).replaceChildren();
    element('setup', HTMLElement).hidden = room.setup === '';
    element('setup-text', HTMLElement).textContent = room.setup;
    for (const { name } of room.schema.messages) room.onMessage(name, (it) => this.message(name, it));
    element('game', HTMLElement).textContent = room.schema.game;
    element('room', HTMLElement).textContent = room.code;
    element('player', HTMLElement).textContent = room.spectator ? 'watching' : `player ${room.player}`;
    document.title = `${room.schema.game} · Tickwire`;
    side.hidden = false;
  }

  /** Lists the kinds, each a button that shows its entities; returns where their numbers stand. */
  listKinds() {
    const lines = this.world.looks.map(({ name, colour }) => {
      const dot = make('i', '');
      dot.style.background = colour;
      const count = make('b', '');
      const button = make('button', '');
      button.title = `Show the fields of every ${name}`;
      button.append(dot, make('span', name), count);
      button.addEventListener('click', () => {
        const again = this.picked?.kind === name && this.picked.id === null;
        this.picked = again ? null : { kind: name, id: null };
        this.show(performance.now());
      });
      const line = make('li', '');
      line.append(button);
      return { name, line, button, count };
    });
    element('kinds', HTMLElement).replaceChildren(...lines.map(({ line }) => line));
    return lines;
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
    this.view.update(now);
    this.room.send(this.inputs.read());
    this.world.draw(this.view, this.picked?.id ?? null);
    if (now - this.shown >= INTERVAL) this.show(now);
  }

  /** Stops listening. */
  end() {
    this.ending.abort();
    this.view.stop();
    side.hidden = true;
  }

  /** @param {number} now milliseconds */
  show(now) {
    this.shown = now;
    for (const { name, button, count } of this.counts) {
      count.textContent = `${this.room.entities(name).size}`;
      const pressed = this.picked?.kind === name && this.picked.id === null;
      button.setAttribute('aria-pressed', `${pressed}`);
    }
    this.showPicked();
    const { stats, tick, tickHz, transport } = this.room;
    fill(element('figures', HTMLElement), {
      over: transport,
      tick: `${tick} @ ${tickHz} Hz`,
      frame: `${stats.bytesPerFrame.toFixed(1)} B`,
      'round trip': Number.isNaN(stats.rtt) ? '–' : `${stats.rtt.toFixed(0)} ms`,
      'hashes verified': `${stats.hashesVerified}`,
      mismatches: `${stats.mismatches}`,
    });
  }

  showPicked() {
    const title = element('picked-title', HTMLElement);
    const list = element('picked', HTMLElement);
    const { kind, id } = this.picked ?? { kind: null, id: null };
    const held = kind === null ? [] : [...this.room.entities(kind)];
    const shown = id === null ? held : held.filter(([other]) => other === id);
    if (kind === null || (id !== null && shown.length === 0)) {
      title.textContent = 'Click a dot or a kind to see fields';
      list.replaceChildren();
      return;
    }
    title.textContent = id === null ? `Every ${kind} in view` : titleOf(kind, id);
    const parts = shown.slice(0, MOST_SHOWN).flatMap(([each, entity]) => {
      const fields = make('dl', '');
      const texts = Object.entries(entity).map(([name, value]) => [name, textOf(value)]);
      fill(fields, Object.fromEntries(texts));
      return id === null ? [make('h3', titleOf(kind, each)), fields] : [fields];
    });
    const more = shown.length - MOST_SHOWN;
    if (more > 0) parts.push(make('p', `and ${more} more`));
    if (shown.length === 0) parts.push(make('p', 'none'));
    list.replaceChildren(...parts);
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
 * @param {string} kind
 * @param {number} id
 */
function titleOf(kind, id) {
  return `${kind} ${(id >>> 8) & 0xffff}`;
}

/**
 * @param {HTMLElement} list
 * @param {Record<string, string>} pairs
 */
function fill(list, pairs) {
  const children = Object.entries(pairs).flatMap(([name, value]) => [make('dt', name), make('dd', value)]);
  list.replaceChildren(...children);
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

openLobby({
  // Without a name the server gives the game that it is for.
  name: new URLSearchParams(location.search).get('game') ?? '',
  begin: (room) => new Play(room),
  idle() {},
});
