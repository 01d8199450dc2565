// The scene: floor, walls, pickups, bullets, ships and effects, from back to front.

import { Picture, modulo } from '../common/picture.js';
import { drawSticks } from '../common/sticks.js';
import { COLOURS, PICKUP_COLOURS, shipColour } from './colours.js';
import { drawLabel, drawShip } from './ship.js';

/** @typedef {import('../common/camera.js').Camera} Camera */
/** @typedef {import('./map.js').GameMap} GameMap */
/** @typedef {{x: number, y: number}} Place */
/** @typedef {Record<string, any>} Entity */

/**
 * What there is to be drawn.
 * @typedef {object} Sight
 * @property {GameMap} map
 * @property {import('/sdk/tickwire.js').Interpolation} view
 * @property {ReadonlyMap<number, Entity>} ships
 * @property {(id: number) => number} hurt how much of a hit is still to be seen, 1 to 0
 * @property {number} hpMax
 */

/**
 * One's own ship and what it fired, which are drawn where they are now.
 * @typedef {object} Own
 * @property {number} id
 * @property {number} heading where it is drawn pointing
 * @property {number} hue
 * @property {{from: Place, place: Place}[]} bullets
 * @property {(id: number) => boolean} isOwn whether a bullet is among those
 * @property {{pos: Place, angle: number} | null} aim where it is and aims, while it flies
 */

/** Who only watches has none. @type {Own} */
const NONE = { id: -1, heading: 0, hue: 0, bullets: [], isOwn: () => false, aim: null };

/** How much of the arena a camera shows. @type {import('../common/camera.js').CameraOptions} */
export const VIEW = { width: 1180, height: 700, least: 460, margin: 110, lookAhead: 70 };
/** How far behind a bullet its trail reaches, in units. */
const TRAIL = 58;
const STARS = 140;

export class Scene extends Picture {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    super(canvas);
    /** Where each bullet was first seen. @type {Map<number, {x: number, y: number}>} */
    this.births = new Map();
    this.stars = Array.from({ length: STARS }, () => ({
      x: Math.random(),
      y: Math.random(),
      depth: 0.15 + Math.random() * 0.5,
    }));
  }

  /**
   * All of the arena, from back to front.
   * @param {Camera} camera
   * @param {number} time in seconds
   * @param {Sight} sight
   * @param {Own} [own]
   */
  drawRoom(camera, time, { map, view, ships, hurt, hpMax }, own = NONE) {
    this.drawSky(camera);
    this.drawMap(map, camera, time);
    this.drawPickups(view.entities('pickup'), camera, time);
    this.drawBullets(view.entities('bullet'), own.bullets, own.isOwn, own.hue, camera);
    if (own.aim) this.drawAim(own.aim.pos, own.aim.angle);
    this.drawShips(ships, camera, time, own, hurt, hpMax);
  }

  /**
   * Night and stars, which is all that is seen before a game.
   * @param {Camera} camera
   */
  drawSky(camera) {
    const { context, canvas } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = COLOURS.night;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = '#a9c1ff';
    for (const { x, y, depth } of this.stars) {
      const shift = depth * camera.scale * this.ratio * 0.5;
      const left = modulo(x * canvas.width - camera.x * shift, canvas.width);
      const top = modulo(y * canvas.height - camera.y * shift, canvas.height);
      context.globalAlpha = depth;
      const size = (0.6 + depth * 1.6) * this.ratio;
      context.fillRect(left, top, size, size);
    }
    context.globalAlpha = 1;
  }

  /**
   * Floor and walls.
   * @param {GameMap} map
   * @param {Camera} camera
   * @param {number} time
   */
  drawMap(map, camera, time) {
    const { context } = this;
    camera.apply(context, this.ratio, time);
    context.fillStyle = COLOURS.floor;
    context.fillRect(0, 0, map.width, map.height);
    this.drawGrid(map, camera);
    context.fillStyle = COLOURS.wall;
    context.fill(map.walls);
    context.lineCap = 'round';
    context.strokeStyle = COLOURS.wallGlow;
    // Lines of many widths add up to a glow, which is far cheaper than a blur.
    for (const width of [34, 27, 21, 15, 10, 6]) {
      context.lineWidth = width;
      context.stroke(map.edges);
    }
    context.lineWidth = 2;
    context.strokeStyle = COLOURS.wallEdge;
    context.stroke(map.edges);
  }

  /**
   * @param {GameMap} map
   * @param {Camera} camera
   */
  drawGrid(map, camera) {
    const { context } = this;
    const [across, down] = [camera.width / camera.scale / 2, camera.height / camera.scale / 2];
    const step = map.tile;
    const left = Math.max(0, Math.floor((camera.x - across) / step) * step);
    const top = Math.max(0, Math.floor((camera.y - down) / step) * step);
    const right = Math.min(map.width, camera.x + across);
    const bottom = Math.min(map.height, camera.y + down);
    context.beginPath();
    for (let x = left; x <= right; x += step) {
      context.moveTo(x, top);
      context.lineTo(x, bottom);
    }
    for (let y = top; y <= bottom; y += step) {
      context.moveTo(left, y);
      context.lineTo(right, y);
    }
    context.lineWidth = 1;
    context.strokeStyle = COLOURS.grid;
    context.stroke();
  }

  /**
   * @param {ReadonlyMap<number, Entity>} pickups
   * @param {Camera} camera
   * @param {number} time
   */
  drawPickups(pickups, camera, time) {
    const { context } = this;
    for (const [id, { pos, sort, ready }] of pickups) {
      if (!camera.sees(pos, 30)) continue;
      const colour = PICKUP_COLOURS[sort] ?? COLOURS.dim;
      context.save();
      context.translate(pos.x, pos.y + (ready ? Math.sin(time * 2.4 + id) * 2.5 : 0));
      context.globalAlpha = ready ? 1 : 0.22;
      context.strokeStyle = colour;
      context.lineWidth = 1.6;
      context.beginPath();
      context.arc(0, 0, 14, 0, Math.PI * 2);
      context.fillStyle = ready ? 'rgb(10 16 29 / 0.85)' : 'transparent';
      context.fill();
      context.stroke();
      context.fillStyle = colour;
      drawSymbol(context, sort);
      context.restore();
    }
  }

  /**
   * @param {ReadonlyMap<number, Entity>} bullets
   * @param {{from: Place, place: Place}[]} own one's own, which are drawn where they are now
   * @param {(id: number) => boolean} isOwn whether a bullet is among those
   * @param {number} hue of one's own
   * @param {Camera} camera
   */
  drawBullets(bullets, own, isOwn, hue, camera) {
    const { context } = this;
    context.globalCompositeOperation = 'lighter';
    context.lineCap = 'round';
    for (const [id, { pos, hue }] of bullets) {
      const birth = this.births.get(id) ?? { x: pos.x, y: pos.y };
      this.births.set(id, birth);
      if (!isOwn(id)) this.drawBullet(birth, pos, hue, camera);
    }
    for (const { from, place } of own) this.drawBullet(from, place, hue, camera);
    context.globalCompositeOperation = 'source-over';
    for (const id of this.births.keys()) if (!bullets.has(id)) this.births.delete(id);
  }

  /**
   * @param {Place} birth where it was fired
   * @param {Place} pos
   * @param {number} hue
   * @param {Camera} camera
   */
  drawBullet(birth, pos, hue, camera) {
    if (!camera.sees(pos, TRAIL)) return;
    const flown = Math.hypot(pos.x - birth.x, pos.y - birth.y);
    const share = flown > 0 ? Math.min(1, TRAIL / flown) : 0;
    const tail = { x: pos.x + (birth.x - pos.x) * share, y: pos.y + (birth.y - pos.y) * share };
    this.drawTrail(tail, pos, hue);
  }

  /**
   * @param {{x: number, y: number}} tail
   * @param {{x: number, y: number}} head
   * @param {number} hue
   */
  drawTrail(tail, head, hue) {
    const { context } = this;
    const glow = context.createLinearGradient(tail.x, tail.y, head.x, head.y);
    glow.addColorStop(0, shipColour(hue, 60, 0));
    glow.addColorStop(1, shipColour(hue, 65, 0.85));
    context.strokeStyle = glow;
    context.lineWidth = 4.5;
    context.beginPath();
    context.moveTo(tail.x, tail.y);
    context.lineTo(head.x, head.y);
    context.stroke();
    context.fillStyle = '#ffffff';
    context.beginPath();
    context.arc(head.x, head.y, 2.6, 0, Math.PI * 2);
    context.fill();
  }

  /**
   * @param {ReadonlyMap<number, Entity>} ships
   * @param {Camera} camera
   * @param {number} time
   * @param {{id: number, heading: number}} own
   * @param {(id: number) => number} hurt how much of a hit is still to be seen, 1 to 0
   * @param {number} hpMax
   */
  drawShips(ships, camera, time, own, hurt, hpMax) {
    const { context } = this;
    const seen = [...ships].filter(([, ship]) => ship.life !== 'wrecked' && camera.sees(ship.pos, 60));
    for (const [, ship] of seen) this.drawLight(ship.pos, ship.hue, ship.engine === 'idle' ? 70 : 105);
    for (const [id, ship] of seen) {
      const heading = id === own.id ? own.heading : ship.heading;
      drawShip(context, ship, heading, time, { own: id === own.id, hurt: hurt(id) });
    }
    for (const [id, ship] of seen) drawLabel(context, ship, id === own.id, hpMax);
  }

  /**
   * The light that a ship throws on the floor.
   * @param {{x: number, y: number}} pos
   * @param {number} hue
   * @param {number} radius
   */
  drawLight({ x, y }, hue, radius) {
    const { context } = this;
    const light = context.createRadialGradient(x, y, 4, x, y, radius);
    light.addColorStop(0, shipColour(hue, 60, 0.2));
    light.addColorStop(0.4, shipColour(hue, 60, 0.07));
    light.addColorStop(1, shipColour(hue, 60, 0));
    context.fillStyle = light;
    context.fillRect(x - radius, y - radius, radius * 2, radius * 2);
  }

  /**
   * A line ahead of the own ship, as far as eyes need it.
   * @param {{x: number, y: number}} pos
   * @param {number} aim
   */
  drawAim(pos, aim) {
    const { context } = this;
    const [x, y] = [Math.cos(aim), Math.sin(aim)];
    context.setLineDash([2, 9]);
    context.lineWidth = 1.5;
    context.strokeStyle = 'rgb(94 231 255 / 0.45)';
    context.beginPath();
    context.moveTo(pos.x + x * 34, pos.y + y * 34);
    context.lineTo(pos.x + x * 190, pos.y + y * 190);
    context.stroke();
    context.setLineDash([]);
  }

  /** @param {import('../common/sticks.js').Sticks} sticks */
  drawSticks(sticks) {
    this.context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    drawSticks(this.context, sticks, '94 231 255', '255 93 115');
  }
}

/**
 * What is drawn inside a pickup.
 * @param {CanvasRenderingContext2D} context
 * @param {string} sort
 */
function drawSymbol(context, sort) {
  if (sort === 'health') {
    context.fillRect(-2.5, -7, 5, 14);
    context.fillRect(-7, -2.5, 14, 5);
  } else if (sort === 'ammo') {
    for (const x of [-5.5, -1.5, 2.5]) context.fillRect(x, -5, 3, 10);
  } else {
    context.beginPath();
    context.moveTo(2, -8);
    context.lineTo(-5, 2);
    context.lineTo(-0.5, 2);
    context.lineTo(-2, 8);
    context.lineTo(5, -2);
    context.lineTo(0.5, -2);
    context.fill();
  }
}
