// Small pictures that are drawn once and stamped many times, and chance that follows from places.

/** Pixels a unit in a sprite, so that it is sharp when looked at closely. */
const FINENESS = 3;

/**
 * @typedef {object} Sprite
 * @property {HTMLCanvasElement} image
 * @property {number} width in units
 * @property {number} height
 * @property {number} up how much of it is above its place
 */

/**
 * Draws a sprite around the place (0, 0).
 * @param {number} width in units
 * @param {number} height
 * @param {number} up how much of it is above its place
 * @param {(context: CanvasRenderingContext2D) => void} draw
 * @returns {Sprite}
 */
export function sprite(width, height, up, draw) {
  const image = document.createElement('canvas');
  image.width = width * FINENESS;
  image.height = height * FINENESS;
  const context = /** @type {CanvasRenderingContext2D} */ (image.getContext('2d'));
  context.setTransform(FINENESS, 0, 0, FINENESS, (width / 2) * FINENESS, up * FINENESS);
  draw(context);
  return { image, width, height, up };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Sprite} sprite
 * @param {number} x
 * @param {number} y
 * @param {number} [scale]
 */
export function stamp(context, { image, width, height, up }, x, y, scale = 1) {
  const left = x - (width / 2) * scale;
  context.drawImage(image, left, y - up * scale, width * scale, height * scale);
}

/**
 * A round light that fades outwards.
 * @param {string} colour as `hsl(120 60% 50%` without the end
 * @param {number} radius in units
 */
export function glow(colour, radius) {
  return sprite(radius * 2, radius * 2, radius, (context) => {
    const light = context.createRadialGradient(0, 0, 0, 0, 0, radius);
    light.addColorStop(0, `${colour} / 0.85)`);
    light.addColorStop(0.25, `${colour} / 0.4)`);
    light.addColorStop(0.6, `${colour} / 0.1)`);
    light.addColorStop(1, `${colour} / 0)`);
    context.fillStyle = light;
    context.fillRect(-radius, -radius, radius * 2, radius * 2);
  });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} colour
 * @param {number} x
 * @param {number} y
 * @param {number} across half the width
 * @param {number} [down] half the height
 * @param {number} [turn] in radians
 */
export function blob(context, colour, x, y, across, down = across, turn = 0) {
  context.fillStyle = colour;
  context.beginPath();
  context.ellipse(x, y, across, down, turn, 0, Math.PI * 2);
  context.fill();
}

/**
 * 32 bits that follow from two whole numbers and look random.
 * @param {number} x
 * @param {number} y
 */
export function hash(x, y) {
  let bits = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1);
  bits = Math.imul(bits ^ (bits >>> 15), 0x2c1b3c6d);
  bits = Math.imul(bits ^ (bits >>> 12), 0x297a2d39);
  return (bits ^ (bits >>> 15)) >>> 0;
}
