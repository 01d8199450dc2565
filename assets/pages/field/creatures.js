// Foragers and predators: a few soft shapes each, with legs that swing as far as they come.

import { blob, glow, stamp } from './sprites.js';

/** @typedef {Record<string, any>} Entity */
/** @typedef {import('./poses.js').Pose} Pose */

/** How a fleece is built: where its locks are, and how large. */
const LOCKS = [
  [-12, -13, 7.5], [-9, -20, 7], [-1, -22.5, 7.5], [7, -20, 7], [11, -14, 6.5], [7, -9.5, 6.5], [-1, -9, 7], [-8, -9.5, 6.5],
];

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Pose} pose
 * @param {number} across half the width of the shadow
 */
export function shadow(context, pose, across) {
  blob(context, 'rgb(18 36 26 / .3)', pose.x + 4, pose.y + 2, across, across * 0.34);
}

/**
 * Four legs that swing.
 * @param {CanvasRenderingContext2D} context
 * @param {number} gait
 * @param {number} swing how far, in units
 * @param {number[]} hips
 * @param {number} length
 * @param {string} colour
 * @param {number} width
 */
function legs(context, gait, swing, hips, length, colour, width) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.lineCap = 'round';
  context.beginPath();
  hips.forEach((hip, index) => {
    const step = Math.sin(gait / 7 + (index % 2 ? Math.PI : 0) + (index > 1 ? 0.8 : 0)) * swing;
    context.moveTo(hip, -length);
    context.lineTo(hip + step, -Math.max(0, Math.cos(gait / 7 + index * 1.7)) * swing * 0.4);
  });
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Entity} forager
 * @param {Pose} pose
 * @param {number} time
 */
export function drawForager(context, { coat, mood }, pose, time) {
  const moving = Math.min(1, pose.speed / 60);
  const hop = Math.abs(Math.sin(pose.gait / 14)) * moving * (mood === 'wander' ? 1.5 : 5);
  const size = (coat === 'lamb' ? 0.8 : 1.3) * Math.min(1, 0.3 + pose.age * 3);
  context.save();
  context.translate(pose.x, pose.y);
  context.scale(pose.face * size, size);
  legs(context, pose.gait, 4.5 * moving, [-8, 7, -6, 9], 9, '#4b3f47', 3);
  context.translate(0, -hop);
  if (coat === 'shorn') fleece(context, 0.8, '#d9c7ab', '#efe2cb');
  else fleece(context, coat === 'fleecy' ? 1.16 : 1, '#e3d8cd', '#fffaf0');
  head(context, mood, time, pose);
  context.restore();
  if (mood === 'follow') note(context, pose, time);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} size
 * @param {string} dark
 * @param {string} light
 */
function fleece(context, size, dark, light) {
  for (const [x, y, radius] of LOCKS) blob(context, dark, x * size, (y + 15) * size - 14, radius * size);
  blob(context, light, 0, -16, 12 * size, 8.5 * size);
  for (const [x, y, radius] of LOCKS) {
    blob(context, light, x * size * 0.94 - 0.8, (y + 15) * size - 16.2, radius * size * 0.72);
  }
  blob(context, light, -14.5 * size, -15, 3.6);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} mood
 * @param {number} time
 * @param {Pose} pose
 */
function head(context, mood, time, pose) {
  const grazing = mood === 'graze' && pose.speed < 8;
  const chew = Math.sin(time * 5 + pose.x) * 0.8;
  const [x, y] = grazing ? [17, -6 + chew] : [16, -19];
  blob(context, '#5a4a52', x + 0.5, y, 6.2, 5, grazing ? 0.9 : 0.35);
  blob(context, '#41353d', x - 4.2, y - 2.6, 4, 1.8, -0.5);
  blob(context, '#fffaf0', x - 2.4, y - 4.4, 4.2, 3);
  blob(context, '#ffffff', x + 2, y - 1.4, 1.7);
  blob(context, '#1d1820', x + 2.5, y - 1.3, 0.9);
}

/**
 * What a forager hums that comes when it was called.
 * @param {CanvasRenderingContext2D} context
 * @param {Pose} pose
 * @param {number} time
 */
function note(context, pose, time) {
  const up = (time * 0.7 + pose.x * 0.01) % 1;
  context.globalAlpha = 1 - up;
  context.font = '700 15px system-ui, sans-serif';
  context.textAlign = 'center';
  context.fillStyle = '#fff3c4';
  context.fillText('♪', pose.x + Math.sin(up * 5) * 5, pose.y - 48 - up * 16);
  context.globalAlpha = 1;
}

/** What shines of a predator. */
const EYES = { chase: glow('hsl(5 100% 62%', 15), calm: glow('hsl(45 100% 62%', 9) };

const COATS = { back: '#3c3f52', side: '#565a70', light: '#8d90a3' };

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Entity} predator
 * @param {Pose} pose
 * @param {number} time
 */
export function drawPredator(context, { hunt }, pose, time) {
  const resting = hunt === 'rest';
  const moving = Math.min(1, pose.speed / 80);
  const bound = Math.sin(pose.gait / 18) * moving;
  context.save();
  context.translate(pose.x, pose.y);
  context.scale(pose.face * 1.4, 1.4);
  if (resting) context.translate(0, 7);
  else legs(context, pose.gait * 0.8, 8 * moving, [-13, 10, -10, 13], 13, COATS.back, 3.6);
  context.translate(0, -Math.max(0, bound) * 4 * moving);
  context.rotate(bound * 0.07);
  tail(context, resting, time, moving);
  blob(context, COATS.side, 0, -16, 19, 8);
  blob(context, COATS.back, -2, -18.5, 16.5, 5.4);
  blob(context, COATS.side, 12, -17, 8, 8.4);
  blob(context, COATS.light, 12.5, -13, 5.4, 4);
  face(context, hunt, time);
  context.restore();
  if (resting) sleep(context, pose, time);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {boolean} resting
 * @param {number} time
 * @param {number} moving
 */
function tail(context, resting, time, moving) {
  const wag = Math.sin(time * 4) * (resting ? 0 : 3);
  const up = resting ? -8 : -17 - moving * 4;
  context.strokeStyle = COATS.back;
  context.lineWidth = 6;
  context.lineCap = 'round';
  context.beginPath();
  context.moveTo(-17, -17);
  context.quadraticCurveTo(-27, -17 + wag, -33, up + wag);
  context.stroke();
  blob(context, COATS.light, -33, up + wag, 3);
}

/**
 * What is seen of a predator at night; drawn where light adds up.
 * @param {CanvasRenderingContext2D} context
 * @param {Entity} predator
 * @param {Pose} pose
 * @param {number} night 0 to 1
 */
export function shineEye(context, { hunt }, pose, night) {
  if (hunt === 'rest') return;
  const chases = hunt === 'chase';
  const [x, y] = [pose.x + pose.face * 1.4 * (chases ? 24.4 : 22.4), pose.y - 1.4 * (chases ? 23.6 : 25.6)];
  context.globalAlpha = 0.25 + night * 0.75;
  stamp(context, chases ? EYES.chase : EYES.calm, x, y);
  context.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} hunt
 * @param {number} time
 */
function face(context, hunt, time) {
  const [x, y] = hunt === 'rest' ? [21, -12] : hunt === 'chase' ? [22, -22] : [20, -24];
  const ears = hunt === 'scared' ? -0.9 : 0;
  context.fillStyle = COATS.back;
  for (const [dx, tilt] of [[-4, -0.25], [1.5, 0.1]]) {
    context.save();
    context.translate(x + dx, y - 4);
    context.rotate(tilt + ears);
    context.beginPath();
    context.moveTo(-3, 1);
    context.lineTo(0, -9);
    context.lineTo(3, 1);
    context.fill();
    context.restore();
  }
  blob(context, COATS.side, x, y, 7.4, 6.4);
  blob(context, COATS.light, x + 6.5, y + 2.4, 6, 3, 0.12);
  blob(context, '#1c1c26', x + 11.6, y + 1.2, 1.9, 1.6);
  if (hunt === 'rest') {
    context.strokeStyle = '#1c1c26';
    context.lineWidth = 1.2;
    context.beginPath();
    context.arc(x + 2.2, y - 0.6, 1.8, 0.2, Math.PI - 0.2);
    context.stroke();
    return;
  }
  const colour = hunt === 'chase' ? '#ff5a4a' : hunt === 'scared' ? '#ffffff' : '#ffd75e';
  blob(context, colour, x + 2.4, y - 1.6, 2.1, hunt === 'chase' ? 1.4 : 1.9);
  blob(context, '#14141c', x + 2.8, y - 1.6, 0.9);
  if (hunt === 'chase') {
    blob(context, '#1c1c26', x + 8, y + 5 + Math.sin(time * 20) * 0.6, 4, 1.2, 0.25);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Pose} pose
 * @param {number} time
 */
function sleep(context, pose, time) {
  const up = (time * 0.4 + pose.y * 0.01) % 1;
  context.globalAlpha = Math.sin(up * Math.PI) * 0.8;
  context.font = `700 ${10 + up * 6}px system-ui, sans-serif`;
  context.fillStyle = '#e8ecff';
  context.fillText('z', pose.x + pose.face * 34 + up * 8, pose.y - 34 - up * 18);
  context.globalAlpha = 1;
}
