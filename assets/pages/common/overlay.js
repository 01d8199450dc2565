// The network for whoever wants to see it: a graph, figures, and what makes it worse. The keys N and F3
// and the button show them; while they are hidden they cost next to nothing.

import { Conditions } from './conditions.js';
import { element, make } from './dom.js';
import { Graph } from './graph.js';
import { History } from './history.js';

/** What each transport is called. @type {Record<string, string>} */
const TRANSPORTS = { ws: 'WebSocket', stream: 'stream', 'long-poll': 'long poll', poll: 'poll' };

/** How often figures and the graph are brought up to date, in milliseconds. */
const INTERVAL = 250;
const GRAPH_INTERVAL = 40;

export class Overlay {
  /**
   * @param {import('/sdk/tickwire.js').Room} room
   * @param {import('/sdk/tickwire.js').Interpolation} view
   * @param {() => import('./history.js').Predicted} predicted
   */
  constructor(room, view, predicted) {
    this.room = room;
    this.panel = element('net', HTMLElement);
    this.list = element('net-figures', HTMLElement);
    this.button = element('net-toggle', HTMLButtonElement);
    this.history = new History(room, view, predicted);
    this.graph = new Graph(element('net-graph', HTMLCanvasElement));
    this.conditions = new Conditions(room);
    this.shown = 0;
    this.drawn = 0;
    this.abort = new AbortController();
    const { signal } = this.abort;
    this.button.addEventListener('click', () => this.toggle(), { signal });
    window.addEventListener(
      'keydown',
      (event) => {
        if ((event.code !== 'KeyN' && event.code !== 'F3') || event.repeat) return;
        if (event.target instanceof HTMLInputElement) return;
        // In browsers F3 searches.
        if (event.code === 'F3') event.preventDefault();
        this.toggle();
      },
      { signal },
    );
  }

  toggle() {
    this.panel.hidden = !this.panel.hidden;
    document.body.classList.toggle('shows-net', !this.panel.hidden);
    this.button.setAttribute('aria-expanded', `${!this.panel.hidden}`);
    // A focused button would take the space bar, which fires.
    this.button.blur();
  }

  /** @param {number} now milliseconds */
  update(now) {
    this.history.drew();
    if (this.panel.hidden) return;
    if (now - this.drawn >= GRAPH_INTERVAL) {
      this.drawn = now;
      this.graph.draw(this.history);
    }
    if (now - this.shown < INTERVAL) return;
    this.shown = now;
    const pairs = this.figures().map(([name, value, mood]) => [
      make('dt', '', name),
      make('dd', mood, value),
    ]);
    this.list.replaceChildren(...pairs.flat());
  }

  /** @returns {[string, string, string][]} each its name, value and mood */
  figures() {
    const { stats, tick, tickHz } = this.room;
    const ahead = (stats.lead * 1000) / tickHz;
    const rtt = Number.isNaN(stats.rtt) ? '–' : `${stats.rtt.toFixed(0)} ms`;
    const rate = (stats.bytesPerFrame * tickHz) / 1024;
    return [
      ['tick', `${tick}, ${tickHz} Hz`, ''],
      ['over', TRANSPORTS[this.room.transport], this.room.transport === 'ws' ? '' : 'bad'],
      ['down', `${rate.toFixed(2)} KiB/s`, ''],
      ['round trip', rtt, stats.rtt > 150 ? 'bad' : ''],
      ['ahead', `${ahead.toFixed(0)} ms`, ''],
      ['updates', `${stats.updates}`, ''],
      ['hashes', `${stats.hashesVerified} verified`, stats.hashesVerified > 0 ? 'good' : ''],
      ['mismatches', `${stats.mismatches}`, stats.mismatches > 0 ? 'bad' : 'good'],
    ];
  }

  /** Stops listening. */
  end() {
    this.history.stop();
    this.conditions.end();
    this.abort.abort();
  }
}
