// How a ship looks: hull, flames, shield, name and health.

import { COLOURS, shipColour } from './colours.js';

const HULL = new Path2D('M17 0 L-10 11 L-5 4 L-8 0 L-5 -4 L-10 -11 Z');
const WINGS = new Path2D('M2 -5 L-11 -14 L-8 -5 Z M2 5 L-11 14 L-8 5 Z');
const COCKPIT = new Path2D('M9 0 L1 3 L1 -3 Z');

/** How long the engine's flame is, in units. @type {Record<string, number>} */
const FLAMES = { idle: 0, forward: 15, boost: 30, reverse: 0 };

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Record<string, any>} ship
 * @param {number} heading
 * @param {number} time in seconds
 * @param {{own: boolean, hurt: number}} looks `hurt` is 1 right after a hit, then falls to 0
 */
export function drawShip(context, ship, heading, time, { own, hurt }) {
  context.save();
  context.translate(ship.pos.x, ship.pos.y);
  if (ship.life === 'shielded') drawShield(context, ship.hue, time);
  context.rotate(heading);
  drawFlames(context, ship, time);
  context.fillStyle = shipColour(ship.hue, 34);
  context.fill(WINGS);
  context.fillStyle = shipColour(ship.hue, own ? 66 : 58);
  context.fill(HULL);
  context.lineWidth = own ? 1.8 : 1.2;
  context.strokeStyle = own ? '#ffffff' : shipColour(ship.hue, 82);
  context.lineJoin = 'round';
  context.stroke(HULL);
  context.fillStyle = '#0a1220';
  context.fill(COCKPIT);
  if (ship.overdrive) drawOverdrive(context, time);
  if (hurt > 0) {
    context.globalAlpha = hurt;
    context.fillStyle = '#ffffff';
    context.fill(HULL);
  }
  context.restore();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} hue
 * @param {number} time
 */
function drawShield(context, hue, time) {
  const pulse = 0.5 + 0.5 * Math.sin(time * 9);
  context.beginPath();
  context.arc(0, 0, 23 + pulse, 0, Math.PI * 2);
  context.fillStyle = shipColour(hue, 70, 0.1 + pulse * 0.06);
  context.fill();
  context.lineWidth = 1.6;
  context.strokeStyle = shipColour(hue, 80, 0.5 + pulse * 0.4);
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Record<string, any>} ship
 * @param {number} time
 */
function drawFlames(context, ship, time) {
  const flicker = 0.8 + 0.2 * Math.sin(time * 61 + ship.player) + 0.1 * Math.sin(time * 97);
  const length = (FLAMES[ship.engine] ?? 0) * flicker;
  context.globalCompositeOperation = 'lighter';
  if (length > 0) {
    const boost = ship.engine === 'boost';
    flame(context, -7, -length, 5.5, boost ? 'rgb(94 200 255 / 0.8)' : 'rgb(255 140 60 / 0.8)');
    flame(context, -7, -length * 0.6, 3, boost ? '#e6fbff' : '#ffe9b0');
  }
  if (ship.engine === 'reverse') {
    flame(context, 8, 9 * flicker, 2.5, 'rgb(160 200 255 / 0.8)');
  }
  context.globalCompositeOperation = 'source-over';
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} from
 * @param {number} length
 * @param {number} half its half width
 * @param {string} colour
 */
function flame(context, from, length, half, colour) {
  context.beginPath();
  context.moveTo(from, -half);
  context.quadraticCurveTo(from + length * 0.5, -half * 0.4, from + length, 0);
  context.quadraticCurveTo(from + length * 0.5, half * 0.4, from, half);
  context.fillStyle = colour;
  context.fill();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} time
 */
function drawOverdrive(context, time) {
  context.globalCompositeOperation = 'lighter';
  context.beginPath();
  context.arc(15, 0, 4 + Math.sin(time * 20), 0, Math.PI * 2);
  context.fillStyle = 'rgb(197 139 255 / 0.8)';
  context.fill();
  context.globalCompositeOperation = 'source-over';
}

/**
 * A ship's name and health, below it.
 * @param {CanvasRenderingContext2D} context
 * @param {Record<string, any>} ship
 * @param {boolean} own
 * @param {number} hpMax
 */
export function drawLabel(context, ship, own, hpMax) {
  const { x, y } = ship.pos;
  const share = ship.hp / hpMax;
  if (!own) {
    context.font = '600 12px system-ui, sans-serif';
    context.textAlign = 'center';
    context.lineWidth = 3;
    context.strokeStyle = 'rgb(7 11 20 / 0.75)';
    context.strokeText(ship.name, x, y + 38);
    context.fillStyle = shipColour(ship.hue, 80);
    context.fillText(ship.name, x, y + 38);
  }
  if (own || share < 1) {
    context.fillStyle = 'rgb(7 11 20 / 0.75)';
    context.fillRect(x - 17, y - 30, 34, 5);
    context.fillStyle = share > 0.5 ? COLOURS.green : share > 0.25 ? COLOURS.gold : COLOURS.red;
    context.fillRect(x - 16, y - 29, 32 * share, 3);
  }
}
