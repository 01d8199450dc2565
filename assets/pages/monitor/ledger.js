// Where a room's bytes go: by what is told, and why it was told.

import { element, make } from '../common/dom.js';
import { actButton } from './buttons.js';
import { bytes, percent } from './format.js';
import { stack } from './svg.js';

/** Why something is told. */
export const CAUSES = /** @type {const} */ (['delta', 'enter', 'keyframe', 'resync']);
/** What each means. */
const MEANING = {
  delta: 'what changed',
  enter: 'came into view',
  keyframe: 'somebody joined or came back',
  resync: 'history was lost, or differed',
  messages: 'messages',
  header: 'frame headers',
};
/** How many lines are shown at first. */
const FIRST = 14;
/** For how long is measured, in seconds. */
const SECONDS = 10;

/**
 * Bytes of one field, or of what else there is, as the server tells them.
 * @typedef {object} LedgerLine
 * @property {string} [audience]
 * @property {string} part
 * @property {string} kind
 * @property {string} field
 * @property {number} keyframe
 * @property {number} delta
 * @property {number} enter
 * @property {number} resync
 */
/**
 * @typedef {object} Ledger
 * @property {number} ticks that were measured
 * @property {number} wanted that are to be
 * @property {number} frames
 * @property {number} header bytes
 * @property {number} messages bytes
 * @property {LedgerLine[]} lines
 */

/**
 * What bytes say, in two words of which the second one is the finer.
 * @param {LedgerLine} line
 * @returns {[string, string]}
 */
export function nameOf({ part, kind, field }) {
  if (part === 'field') return [kind, `.${field}`];
  if (part === 'rows') return [kind, ': which are new, gone, changed'];
  return part === 'ids' ? ['ids', ''] : ['segments', ': which ones, how long'];
}

/** @param {LedgerLine} line */
export function sumOf(line) {
  return CAUSES.reduce((sum, cause) => sum + line[cause], 0);
}

/**
 * Sums by cause, with headers and messages, and of all.
 * @param {Ledger} ledger
 */
export function totalsOf({ lines, header, messages }) {
  const causes = CAUSES.map((name) => ({ name: /** @type {string} */ (name), sum: lines.reduce((sum, line) => sum + line[name], 0) }));
  const parts = [...causes, { name: 'messages', sum: messages }, { name: 'header', sum: header }];
  return { parts, all: parts.reduce((sum, part) => sum + part.sum, 0) };
}

/**
 * The lines that say something, the largest first.
 * @param {LedgerLine[]} lines
 */
export function ordered(lines) {
  return lines.filter((line) => sumOf(line) > 0).sort((a, b) => sumOf(b) - sumOf(a));
}

export class LedgerView {
  /**
   * @param {import('./api.js').Api} api
   * @param {import('./buttons.js').Notices} notices
   */
  constructor(api, notices) {
    this.place = element('ledger', HTMLElement);
    this.hint = element('ledger-hint', HTMLElement);
    this.code = '';
    this.tickHz = 0;
    this.whole = false;
    /** What is shown, as text, so that nothing is made anew that stays as it is. */
    this.shown = '';
    if (api.token === '') return;
    const measure = actButton(`measure ${SECONDS} s`, { title: 'Count where bytes go from now on' }, notices, async () => {
      await api.change(`rooms/${encodeURIComponent(this.code)}/meter`, { ticks: SECONDS * this.tickHz });
      return `The bytes of the next ${SECONDS} seconds are counted.`;
    });
    element('ledger-acts', HTMLElement).append(measure);
  }

  /**
   * @param {string} code
   * @param {number} tickHz
   * @param {Ledger | null} ledger
   */
  show(code, tickHz, ledger) {
    [this.code, this.tickHz] = [code, tickHz];
    const shown = JSON.stringify([code, this.whole, ledger]);
    if (shown === this.shown) return;
    this.shown = shown;
    if (ledger === null || ledger.ticks === 0) {
      this.hint.textContent = '';
      this.place.replaceChildren(make('p', 'none', ledger ? 'Measuring…' : 'Nothing has been measured yet.'));
      return;
    }
    const seconds = ledger.ticks / tickHz;
    this.hint.textContent = `of ${Number(seconds.toFixed(1))} s, ${ledger.frames} frames`;
    const { parts, all } = totalsOf(ledger);
    const pieces = [totalLine(all, seconds, ledger.frames), legend(parts, all)];
    if (ledger.ticks < ledger.wanted) pieces.unshift(progress(ledger.ticks / ledger.wanted));
    const lines = ordered(ledger.lines);
    pieces.push(this.table(this.whole ? lines : lines.slice(0, FIRST), all, seconds));
    if (lines.length > FIRST) pieces.push(this.more(lines.length - FIRST, code, tickHz, ledger));
    this.place.replaceChildren(...pieces);
  }

  /**
   * @param {number} count
   * @param {string} code
   * @param {number} tickHz
   * @param {Ledger} ledger
   */
  more(count, code, tickHz, ledger) {
    const button = make('button', 'more', this.whole ? 'show less' : `and ${count} more`);
    button.addEventListener('click', () => {
      this.whole = !this.whole;
      this.show(code, tickHz, ledger);
      this.place.querySelector('button')?.focus();
    });
    return button;
  }

  /**
   * @param {LedgerLine[]} lines
   * @param {number} all
   * @param {number} seconds
   */
  table(lines, all, seconds) {
    const table = document.createElement('table');
    const body = document.createElement('tbody');
    const head = document.createElement('thead');
    const titles = document.createElement('tr');
    for (const [text, look] of [['What', ''], ['Why', ''], ['Bytes/s', 'number'], ['Part', 'number']]) {
      const title = make('th', look, text);
      title.setAttribute('scope', 'col');
      titles.append(title);
    }
    head.append(titles);
    const most = Math.max(...lines.map(sumOf), 1);
    body.append(...lines.map((line) => rowOf(line, most, all, seconds)));
    table.append(head, body);
    return table;
  }
}

/**
 * @param {LedgerLine} line
 * @param {number} most
 * @param {number} all
 * @param {number} seconds
 */
function rowOf(line, most, all, seconds) {
  const row = document.createElement('tr');
  const sum = sumOf(line);
  const [name, finer] = nameOf(line);
  const field = make('td', 'field', name);
  field.append(make('span', '', finer));
  if (line.audience !== undefined && line.audience !== 'public') field.append(make('span', 'tag', line.audience));
  const why = make('td', 'bar-cell');
  const parts = CAUSES.map((name) => ({ name, share: line[name] / most }));
  why.title = CAUSES.filter((name) => line[name] > 0).map((name) => `${name} ${bytes(line[name])}`).join(', ');
  why.append(stack(parts), make('span', 'unseen', why.title));
  row.append(field, why, make('td', 'number', bytes(sum / seconds)), make('td', 'number', percent(sum / Math.max(all, 1))));
  return row;
}

/**
 * @param {number} all
 * @param {number} seconds
 * @param {number} frames
 */
function totalLine(all, seconds, frames) {
  const line = make('p', 'total');
  line.append(make('b', '', `${bytes(all / seconds)}/s`), make('span', 'hint', `to all viewers together, ${bytes(all / Math.max(frames, 1))} a frame`));
  return line;
}

/**
 * @param {{name: string, sum: number}[]} parts
 * @param {number} all
 */
function legend(parts, all) {
  const list = make('ul', 'legend');
  for (const { name, sum } of parts) {
    const item = make('li', name);
    const meaning = MEANING[/** @type {keyof typeof MEANING} */ (name)];
    item.append(make('i', ''), make('span', '', `${meaning} `), make('b', '', percent(sum / Math.max(all, 1))));
    list.append(item);
  }
  return list;
}

/** @param {number} share */
function progress(share) {
  const [bar, done] = [make('div', 'progress'), document.createElement('i')];
  done.style.width = `${share * 100}%`;
  bar.append(done);
  return bar;
}
