// Buttons that do something to the server: one that cannot be taken back asks first, and each says how it went.

import { make } from '../common/dom.js';

/** For how long a button that asks whether somebody is sure takes that for an answer, in milliseconds. */
const SURE = 4000;
/** For how long it is said how something went, in milliseconds. */
const SAID = 6000;

/** Says how things went, for eyes and ears. */
export class Notices {
  /** @param {HTMLElement} place a live region */
  constructor(place) {
    this.place = place;
  }

  /**
   * @param {string} text
   * @param {boolean} [bad]
   */
  say(text, bad = false) {
    const line = make('p', bad ? 'notice bad' : 'notice', text);
    this.place.append(line);
    setTimeout(() => line.remove(), SAID);
  }
}

/**
 * @param {string} text
 * @param {{asks?: boolean, className?: string, title?: string}} looks `asks` for what cannot be taken back
 * @param {Notices} notices
 * @param {() => Promise<string>} act what it says when it is done
 */
export function actButton(text, { asks = false, className = '', title = '' }, notices, act) {
  const button = /** @type {HTMLButtonElement} */ (make('button', `act ${className}`, text));
  button.type = 'button';
  button.title = title;
  button.dataset.text = text;
  let sure = !asks;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const rest = () => {
    clearTimeout(timer);
    sure = !asks;
    button.textContent = button.dataset.text ?? text;
    button.classList.remove('asking');
  };
  button.addEventListener('click', async () => {
    if (!sure) {
      sure = true;
      button.textContent = 'sure?';
      button.classList.add('asking');
      timer = setTimeout(rest, SURE);
      return;
    }
    rest();
    const focused = document.activeElement === button;
    button.disabled = true;
    try {
      notices.say(await act());
    } catch (error) {
      notices.say(error instanceof Error ? error.message : `${error}`, true);
    } finally {
      button.disabled = false;
      if (focused && document.activeElement === document.body) button.focus();
    }
  });
  button.addEventListener('blur', rest);
  return button;
}

/**
 * Gives a button another text.
 * @param {HTMLButtonElement} button
 * @param {string} text
 */
export function rename(button, text) {
  if (button.dataset.text === text) return;
  button.dataset.text = text;
  button.textContent = text;
}
