// How others get into this room: a code, a link, and a picture of the link for their phones.

import { element } from './dom.js';

/** @typedef {import('/sdk/tickwire.js').Room} Room */
/** @typedef {import('/sdk/tickwire.js').Client} Client */

/** Whoever makes a room waits so long for somebody to be there already, in milliseconds. */
const ALONE_AFTER = 600;

export class Invitation {
  /**
   * @param {Room} room
   * @param {Client} client
   * @param {AbortSignal} signal
   */
  constructor(room, client, signal) {
    this.room = room;
    this.client = client;
    this.panel = element('invite', HTMLElement);
    this.button = element('share', HTMLButtonElement);
    this.link = element('invite-link', HTMLAnchorElement);
    this.copy = element('invite-copy', HTMLButtonElement);
    this.asked = false;
    /** Whether it opened by itself, and so closes by itself. */
    this.byItself = false;
    this.show(false);
    this.setLink(`${location.origin}/join/${room.code}`);
    element('invite-code', HTMLElement).textContent = room.code;
    this.button.addEventListener('click', () => this.toggle(), { signal });
    this.copy.addEventListener('click', () => this.copyLink(), { signal });
    element('invite-close', HTMLButtonElement).addEventListener('click', () => this.toggle(), { signal });
    // Where there is little room it does not stand in the way of thumbs.
    const touched = (/** @type {PointerEvent} */ event) => event.pointerType === 'touch' && this.giveWay();
    element('scene', HTMLCanvasElement).addEventListener('pointerdown', touched, { signal });
    const timer = setTimeout(() => this.openIfAlone(), ALONE_AFTER);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      this.show(false);
    });
  }

  /** A host who is alone wants company. */
  openIfAlone() {
    if (!this.room.isHost || this.room.players.size > 1) return;
    this.byItself = true;
    this.show(true);
  }

  /** It has done its work, or is in the way: what opened by itself closes by itself. */
  giveWay() {
    if (this.byItself) this.show(false);
  }

  toggle() {
    this.show(this.panel.hidden);
    // A focused button would take the space bar, which fires.
    this.button.blur();
  }

  /** @param {boolean} shown */
  show(shown) {
    this.panel.hidden = !shown;
    this.button.setAttribute('aria-expanded', `${shown}`);
    if (shown) this.ask();
    else this.byItself = false;
  }

  /** Asks for the links, once: the server knows better than this page how it is reached from elsewhere. */
  async ask() {
    if (this.asked) return;
    this.asked = true;
    const picture = element('invite-qr', HTMLImageElement);
    picture.src = `/rooms/${encodeURIComponent(this.room.code)}/qr.svg`;
    picture.alt = 'QR code of the link';
    const { links = [] } = await this.client.roomInfo(this.room.code).catch(() => ({ links: [] }));
    if (links.length > 0) this.setLink(links[0]);
  }

  /** @param {string} link */
  setLink(link) {
    this.link.href = link;
    this.link.textContent = link.replace(/^https?:\/\//, '');
  }

  async copyLink() {
    this.copy.blur();
    try {
      await navigator.clipboard.writeText(this.link.href);
      this.copy.textContent = 'Copied';
    } catch {
      // Pages that are not secure may not copy; then it can be by hand.
      getSelection()?.selectAllChildren(this.link);
      this.copy.textContent = 'Selected';
    }
    setTimeout(() => (this.copy.textContent = 'Copy link'), 2500);
  }
}
