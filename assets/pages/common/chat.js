// What players say. Enter opens a line to write in, Enter again says it, Esc closes it. While it is closed
// no key is taken from the game.

import { element, make } from './dom.js';

/** @typedef {import('/sdk/tickwire.js').Room} Room */

const MOST_LINES = 40;
/** For how long a line is seen while nobody writes, in milliseconds. */
const SHOWN = 12_000;

export class Chat {
  /**
   * @param {Room} room
   * @param {AbortSignal} signal
   */
  constructor(room, signal) {
    this.room = room;
    this.box = element('chat', HTMLElement);
    this.log = element('chat-log', HTMLElement);
    this.form = element('chat-form', HTMLFormElement);
    this.input = element('chat-input', HTMLInputElement);
    this.toggle = element('chat-toggle', HTMLButtonElement);
    this.log.replaceChildren();
    this.close();
    this.stop = room.onChat((said) => this.said(said));
    window.addEventListener('keydown', (event) => this.key(event), { signal });
    this.form.addEventListener('submit', (event) => this.submit(event), { signal });
    this.input.addEventListener('blur', () => this.close(), { signal });
    this.toggle.addEventListener('click', () => this.open(), { signal });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === 'Escape' && event.target === this.input) this.close();
    // Enter on a button presses that.
    const elsewhere = event.target instanceof HTMLElement && event.target.closest('button, input, select, a, summary');
    if (event.key !== 'Enter' || event.isComposing || elsewhere) return;
    event.preventDefault();
    this.open();
  }

  open() {
    this.form.hidden = false;
    this.box.classList.add('open');
    this.input.focus();
    this.log.scrollTop = this.log.scrollHeight;
  }

  close() {
    this.form.hidden = true;
    this.box.classList.remove('open');
    this.input.value = '';
    this.input.blur();
  }

  /** @param {SubmitEvent} event */
  submit(event) {
    event.preventDefault();
    this.room.chat(this.input.value);
    this.close();
  }

  /** @param {import('/sdk/tickwire.js').Chat} said */
  said({ id, name, text }) {
    const line = make('li', id === this.room.player ? 'mine' : id === 0 ? 'server' : '');
    // Either may be of another direction than the rest, and must not turn it.
    if (id !== 0) line.append(make('bdi', 'name', name || 'somebody'), make('span', 'hint', ' '));
    line.append(make('bdi', '', text));
    this.log.append(line);
    while (this.log.childElementCount > MOST_LINES) this.log.firstElementChild?.remove();
    this.log.scrollTop = this.log.scrollHeight;
    setTimeout(() => line.classList.add('old'), SHOWN);
  }

  /** Stops listening. */
  end() {
    this.close();
    this.stop();
  }
}
