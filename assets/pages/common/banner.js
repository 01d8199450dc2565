// Says over the game that the connection is lost, and for how long it is still worth waiting.

import { element } from './dom.js';

const INTERVAL = 250;

export class Banner {
  /** @param {import('/sdk/tickwire.js').Room} room */
  constructor(room) {
    this.room = room;
    this.box = element('banner', HTMLElement);
    this.text = element('banner-text', HTMLElement);
    this.left = element('banner-left', HTMLElement);
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.timer = undefined;
    this.stops = [room.onDrop(({ until }) => this.show(until)), room.onResume(() => this.hide())];
    this.hide();
  }

  /** @param {number} until as `performance.now()` tells the time */
  show(until) {
    const tell = () => {
      const left = Math.max(0, Math.ceil((until - performance.now()) / 1000));
      this.left.textContent = `${left} s left`;
    };
    tell();
    this.box.hidden = false;
    // It is read out once; the seconds are for the eye only.
    this.text.textContent = 'Connection lost. Reconnecting…';
    clearInterval(this.timer);
    this.timer = setInterval(tell, INTERVAL);
  }

  hide() {
    clearInterval(this.timer);
    this.box.hidden = true;
    this.text.textContent = '';
  }

  /** Stops listening. */
  end() {
    this.hide();
    for (const stop of this.stops) stop();
  }
}
