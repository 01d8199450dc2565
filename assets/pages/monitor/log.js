// The last lines of the server's log.

import { element, make } from '../common/dom.js';

/** How many lines the page keeps. */
const MOST = 500;
/** The levels, the worst first, as the filter numbers them. */
const LEVELS = ['error', 'warn', 'info', 'debug', 'trace'];
/** So close to its end a list is taken to be read at its end, in pixels. */
const NEAR = 24;

/** @typedef {{number: number, time: number, level: string, text: string}} Line */

/**
 * Whether a line is one of those that are asked for.
 * @param {Line} line
 * @param {string} words any case
 * @param {number} most the number of the least bad level
 */
export function isWanted(line, words, most) {
  const level = LEVELS.indexOf(line.level);
  return level <= most && line.text.toLowerCase().includes(words.toLowerCase());
}

export class Log {
  /** @param {import('./api.js').Api} api */
  constructor(api) {
    this.api = api;
    /** The number of the last line that came. */
    this.last = 0;
    /** @type {(Line | {missed: number})[]} */
    this.lines = [];
    this.paused = false;
    this.list = element('log', HTMLElement);
    this.find = element('log-find', HTMLInputElement);
    this.level = element('log-level', HTMLSelectElement);
    this.pause = element('log-pause', HTMLButtonElement);
    element('log-filters', HTMLFormElement).addEventListener('submit', (event) => event.preventDefault());
    for (const input of [this.find, this.level]) input.addEventListener('input', () => this.showAll());
    this.pause.addEventListener('click', () => {
      this.paused = !this.paused;
      this.pause.classList.toggle('paused', this.paused);
      this.pause.textContent = this.paused ? 'go on' : 'pause';
    });
  }

  /** Asks for what was logged since the last time, and shows it. */
  async update() {
    if (this.paused) return;
    const answer = await this.api.read('log', { after: this.last });
    this.take(answer);
  }

  /** @param {{lines: Line[], missed: number, last: number, kept: boolean}} answer */
  take({ lines, missed, last, kept }) {
    element('log-hint', HTMLElement).textContent = kept ? 'the last lines' : 'this program keeps no log';
    // A server that was started anew counts from the beginning.
    if (last < this.last) this.lines = [];
    this.last = last;
    /** @type {(Line | {missed: number})[]} */
    const more = missed > 0 ? [{ missed }, ...lines] : lines;
    if (more.length === 0) return;
    this.lines = [...this.lines, ...more].slice(-MOST);
    this.append(more);
  }

  showAll() {
    this.list.replaceChildren();
    this.append(this.lines);
  }

  /** @param {(Line | {missed: number})[]} lines */
  append(lines) {
    const { list } = this;
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR;
    const most = Number(this.level.value);
    const wanted = lines.filter((line) => 'missed' in line || isWanted(line, this.find.value.trim(), most));
    list.append(...wanted.map(lineOf));
    while (list.childElementCount > MOST) list.firstElementChild?.remove();
    if (atEnd) list.scrollTop = list.scrollHeight;
  }
}

/** @param {Line | {missed: number}} line */
function lineOf(line) {
  if ('missed' in line) {
    const root = make('li', '');
    root.append(make('span', 'at'), make('span', ''), make('span', 'missed', `${line.missed} lines are not kept any more`));
    return root;
  }
  const root = make('li', line.level);
  const at = new Date(line.time).toTimeString().slice(0, 8);
  root.append(make('span', 'at', at), make('span', 'level', line.level), make('span', 'text', line.text));
  return root;
}
