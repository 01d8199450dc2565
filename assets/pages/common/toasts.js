// Words about what happened in the room, each for a few seconds.

import { element, make } from './dom.js';

const SHOWN = 4500;
const MOST = 4;

export class Toasts {
  constructor() {
    this.list = element('toasts', HTMLElement);
    this.list.replaceChildren();
  }

  /**
   * @param {string} name whom it is about, if anybody
   * @param {string} text
   */
  show(name, text) {
    const line = make('li', '');
    // A name may be of another direction than the words around it, and must not turn them.
    if (name) line.append(make('bdi', 'name', name), ' ');
    line.append(text);
    this.list.append(line);
    while (this.list.childElementCount > MOST) this.list.firstElementChild?.remove();
    setTimeout(() => line.remove(), SHOWN);
  }
}
