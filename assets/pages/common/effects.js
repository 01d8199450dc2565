// Sparks, rings and flashes: what is seen for a moment and means nothing to the game.
//
// The room tells of events as they arrive, but the world is drawn a few ticks late. So an
// event waits for its tick to be drawn.

const MOST_PARTICLES = 700;
const MOST_WAITING = 300;

/**
 * @typedef {object} Particle
 * @property {number} x
 * @property {number} y
 * @property {number} vx units a second
 * @property {number} vy
 * @property {number} size
 * @property {number} age in seconds
 * @property {number} life in seconds
 * @property {string} colour
 */

/**
 * @typedef {object} Ring
 * @property {number} x
 * @property {number} y
 * @property {number} from its first radius
 * @property {number} to its last
 * @property {number} age in seconds
 * @property {number} life in seconds
 * @property {number} width
 * @property {string} colour
 */

export class Effects {
  /** @param {boolean} [round] whether particles are round, and not square */
  constructor(round = false) {
    this.round = round;
    /** @type {Particle[]} */
    this.particles = [];
    /** @type {Ring[]} */
    this.rings = [];
    /** @type {{tick: number, action: () => void}[]} */
    this.waiting = [];
  }

  /**
   * Does something when a tick is drawn.
   * @param {number} tick
   * @param {() => void} action
   */
  at(tick, action) {
    this.waiting.push({ tick, action });
    // A hidden page draws no ticks, and would keep events for ever.
    if (this.waiting.length > MOST_WAITING) this.waiting.shift();
  }

  /**
   * Moves everything on.
   * @param {number} tick the tick that is drawn
   * @param {number} seconds since the last time
   */
  update(tick, seconds) {
    // What is drawn is counted on where the numbers of ticks begin again.
    const isDue = (/** @type {{tick: number}} */ it) => (Math.ceil(it.tick - tick) | 0) <= 0;
    const due = this.waiting.filter(isDue);
    if (due.length > 0) this.waiting = this.waiting.filter((it) => !isDue(it));
    for (const { action } of due) action();
    for (const it of this.particles) {
      it.age += seconds;
      const slowed = Math.exp(-seconds * 2.5);
      it.vx *= slowed;
      it.vy *= slowed;
      it.x += it.vx * seconds;
      it.y += it.vy * seconds;
    }
    for (const ring of this.rings) ring.age += seconds;
    this.particles = this.particles.filter((it) => it.age < it.life);
    this.rings = this.rings.filter((it) => it.age < it.life);
  }

  /**
   * Particles that fly apart.
   * @param {{x: number, y: number}} place
   * @param {number} count
   * @param {number} speed units a second
   * @param {string} colour
   * @param {number} [size]
   * @param {number} [life] seconds
   */
  burst(place, count, speed, colour, size = 2, life = 0.5) {
    for (let i = 0; i < count; i++) {
      const angle = Math.random() * Math.PI * 2;
      const pace = speed * (0.25 + Math.random() * 0.75);
      const lasts = life * (0.5 + Math.random() * 0.7);
      this.particle(place, angle, pace, colour, size * (0.6 + Math.random() * 0.8), lasts);
    }
  }

  /**
   * One particle that flies off.
   * @param {{x: number, y: number}} place
   * @param {number} angle
   * @param {number} speed units a second
   * @param {string} colour
   * @param {number} size
   * @param {number} life seconds
   */
  particle({ x, y }, angle, speed, colour, size, life) {
    if (this.particles.length >= MOST_PARTICLES) return;
    const [vx, vy] = [Math.cos(angle) * speed, Math.sin(angle) * speed];
    this.particles.push({ x, y, vx, vy, size, age: 0, life, colour });
  }

  /**
   * A ring that grows and fades.
   * @param {{x: number, y: number}} place
   * @param {number} from radius
   * @param {number} to radius
   * @param {string} colour
   * @param {number} [life] seconds
   * @param {number} [width]
   */
  ring(place, from, to, colour, life = 0.5, width = 3) {
    this.rings.push({ x: place.x, y: place.y, from, to, age: 0, life, width, colour });
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {import('./camera.js').Camera} camera
   */
  draw(context, camera) {
    context.globalCompositeOperation = 'lighter';
    for (const it of this.particles) {
      if (!camera.sees(it, 10)) continue;
      const left = 1 - it.age / it.life;
      context.globalAlpha = left;
      context.fillStyle = it.colour;
      const size = it.size * (0.4 + left * 0.6);
      if (!this.round) {
        context.fillRect(it.x - size, it.y - size, size * 2, size * 2);
        continue;
      }
      context.beginPath();
      context.arc(it.x, it.y, size, 0, Math.PI * 2);
      context.fill();
    }
    for (const ring of this.rings) {
      const done = ring.age / ring.life;
      const eased = 1 - (1 - done) ** 3;
      context.globalAlpha = 1 - done;
      context.strokeStyle = ring.colour;
      context.lineWidth = ring.width * (1 - done) + 0.5;
      context.beginPath();
      context.arc(ring.x, ring.y, ring.from + (ring.to - ring.from) * eased, 0, Math.PI * 2);
      context.stroke();
    }
    context.globalAlpha = 1;
    context.globalCompositeOperation = 'source-over';
  }
}
