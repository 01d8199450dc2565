// One transport: a small live picture of the arena as its client has it, and figures.

import { Interpolation } from '/sdk/tickwire.js';

import { COLOURS } from '../arena/colours.js';
import { Scene } from '../arena/draw.js';
import { GameMap } from '../arena/map.js';
import { Camera } from '../common/camera.js';
import { make } from '../common/dom.js';
import { Meter } from './meter.js';

/** @typedef {import('/sdk/tickwire.js').Room} Room */
/** @typedef {{kind: import('/sdk/tickwire.js').TransportKind, name: string, colour: string, words: string}} Way */

/** A scene of which there are four. */
class SmallScene extends Scene {
  finest = 2;

  /**
   * Floor and walls without their glow, which four times over would keep the page from its frames.
   * @param {GameMap} map
   * @param {Camera} camera
   * @param {number} time
   */
  drawMap(map, camera, time) {
    const { context } = this;
    camera.apply(context, this.ratio, time);
    context.fillStyle = COLOURS.floor;
    context.fillRect(0, 0, map.width, map.height);
    context.fillStyle = COLOURS.wall;
    context.fill(map.walls);
    context.lineWidth = 2.5;
    context.strokeStyle = COLOURS.wallEdge;
    context.stroke(map.edges);
  }
}

export class Panel {
  /** @param {Way} way */
  constructor(way) {
    this.way = way;
    this.box = make('article', 'way');
    this.box.id = way.kind;
    this.box.style.setProperty('--colour', way.colour);
    this.canvas = document.createElement('canvas');
    this.state = make('span', '', 'connecting…');
    this.figures = make('dl', '');
    const title = make('h2', '', way.name);
    title.append(this.state);
    this.box.append(title, make('p', '', way.words), this.canvas, this.figures);
    this.scene = new SmallScene(this.canvas);
    this.camera = new Camera({ width: 900, height: 560, least: 420, margin: 80, lookAhead: 0 });
    /** @type {Room | null} */
    this.room = null;
    /** @type {Interpolation | null} */
    this.view = null;
    /** @type {Meter | null} */
    this.meter = null;
    /** @type {GameMap | null} */
    this.map = null;
    this.last = performance.now();
  }

  /**
   * @param {Room} room
   * @param {import('./meter.js').Reference} reference
   */
  begin(room, reference) {
    this.room = room;
    this.map = new GameMap(JSON.parse(room.setup));
    this.view = new Interpolation(room, { isJump: (kind, before, after) => kind === 'ship' && before.life !== after.life });
    this.meter = new Meter(room, reference);
    const angle = Math.random() * 7;
    // A ship that flies by itself, in wide turns.
    if (!room.spectator) {
      room.send(() => {
        const seconds = performance.now() / 1000;
        return { aim: (angle + seconds * 0.9) % (2 * Math.PI), thrust: 1, fire: Math.sin(seconds * 2 + angle) > 0.7 };
      });
    }
    room.onLeave((_, reason) => this.say(reason, true));
  }

  /**
   * @param {string} text
   * @param {boolean} [bad]
   */
  say(text, bad = false) {
    this.state.textContent = text;
    this.state.className = bad ? 'bad' : '';
  }

  /**
   * Draws what this client holds, around the ship of a player.
   * @param {number} now milliseconds
   * @param {number} player
   */
  draw(now, player) {
    const { scene, camera, view, map, room } = this;
    if (!room || !view || !map || room.closed) return;
    const seconds = Math.min((now - this.last) / 1000, 0.1);
    this.last = now;
    room.update(now);
    view.update(now);
    const ships = view.entities('ship');
    const shown = [...ships].find(([, ship]) => ship.player === player);
    scene.fit(camera);
    if (shown) camera.follow(shown[1].pos, 0, map, seconds);
    scene.drawSky(camera);
    scene.drawMap(map, camera, now / 1000);
    scene.drawPickups(view.entities('pickup'), camera, now / 1000);
    scene.drawBullets(view.entities('bullet'), [], () => false, 0, camera);
    scene.drawShips(ships, camera, now / 1000, { id: shown?.[0] ?? -1, heading: shown?.[1].heading ?? 0 }, () => 0, 100);
  }

  /**
   * @param {number} now milliseconds
   * @param {number} answerHeaders bytes
   */
  show(now, answerHeaders) {
    const { room, meter } = this;
    if (!room || !meter || room.closed) return;
    const figures = meter.read(now);
    const whole = meter.withHeaders(figures, answerHeaders);
    this.say(room.connection === 'connected' ? '' : 'reconnecting…', true);
    /** @type {[string, string][]} */
    const lines = [
      ['frame age p50', `${figures.p50.toFixed(0)} ms`],
      ['frame age p99', `${figures.p99.toFixed(0)} ms`],
      ['frames', `${figures.frames.toFixed(1)} /s`],
      ['updates', `${figures.updates.toFixed(0)} /s`],
      ['requests', room.transport === 'ws' ? 'one, at first' : `${figures.requests.toFixed(1)} /s`],
      ['bytes', `${(figures.bytes / 1024).toFixed(2)} KiB/s`],
      ['with headers', `about ${(whole / 1024).toFixed(1)} KiB/s`],
      ['hashes', `${room.stats.hashesVerified} right, ${room.stats.mismatches} wrong`],
    ];
    this.figures.replaceChildren(
      ...lines.flatMap(([name, value], index) => [make('dt', '', name), make('dd', index < 2 ? 'strong' : '', value)]),
    );
  }
}

/** @type {Way[]} */
export const WAYS = [
  {
    kind: 'ws',
    name: 'WebSocket',
    colour: COLOURS.cyan,
    words: 'One connection that both sides write to whenever they like: each tick is there as soon as the network allows.',
  },
  {
    kind: 'stream',
    name: 'Stream',
    colour: COLOURS.green,
    words: 'One answer that never ends brings the ticks just as soon; what the player does goes up in requests of its own.',
  },
  {
    kind: 'long-poll',
    name: 'Long poll',
    colour: COLOURS.gold,
    words: 'A request waits at the server until there is news, and the next one follows: more is sent for the same news.',
  },
  {
    kind: 'poll',
    name: 'Poll',
    colour: COLOURS.red,
    words: 'The page asks twenty times a second whether there is news: it works everywhere, and is always a little late.',
  },
];
