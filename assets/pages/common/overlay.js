// Network figures for whoever wants to see them; the key N or the button shows them.

import { element, make } from './dom.js';

const INTERVAL = 250;

export class Overlay {
  /** @param {import('/sdk/tickwire.js').Room} room */
  constructor(room) {
    this.room = room;
    this.panel = element('net', HTMLElement);
    this.button = element('net-toggle', HTMLButtonElement);
    this.shown = 0;
    this.abort = new AbortController();
    const { signal } = this.abort;
    this.button.addEventListener('click', () => this.toggle(), { signal });
    window.addEventListener(
      'keydown',
      (event) => {
        if (event.code === 'KeyN' && !(event.target instanceof HTMLInputElement)) this.toggle();
      },
      { signal },
    );
  }

  toggle() {
    this.panel.hidden = !this.panel.hidden;
    this.button.setAttribute('aria-expanded', `${!this.panel.hidden}`);
    // A focused button would take the space bar, which fires.
    this.button.blur();
  }

  /** @param {number} now milliseconds */
  update(now) {
    if (this.panel.hidden || now - this.shown < INTERVAL) return;
    this.shown = now;
    const pairs = this.figures().map(([name, value, mood]) => [
      make('dt', '', name),
      make('dd', mood, value),
    ]);
    this.panel.replaceChildren(...pairs.flat());
  }

  /** @returns {[string, string, string][]} each its name, value and mood */
  figures() {
    const { stats, tick, tickHz } = this.room;
    const rtt = Number.isNaN(stats.rtt) ? '–' : `${stats.rtt.toFixed(0)} ms`;
    const rate = (stats.bytesPerFrame * tickHz) / 1024;
    return [
      ['tick', `${tick} @ ${tickHz} Hz`, ''],
      ['frame', `${stats.bytesPerFrame.toFixed(1)} B`, ''],
      ['down', `${rate.toFixed(2)} KiB/s`, ''],
      ['updates a frame', `${stats.updates}`, ''],
      ['round trip', rtt, stats.rtt > 150 ? 'bad' : ''],
      ['input slack', `${stats.slack} (lead ${stats.lead})`, stats.slack < 0 ? 'bad' : ''],
      ['hashes verified', `${stats.hashesVerified}`, stats.hashesVerified > 0 ? 'good' : ''],
      ['mismatches', `${stats.mismatches}`, stats.mismatches > 0 ? 'bad' : 'good'],
    ];
  }

  /** Stops listening. */
  end() {
    this.abort.abort();
  }
}
