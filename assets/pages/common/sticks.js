// Virtual sticks, one for each thumb: a stick is where its thumb came down. And buttons beside them.

/** How far a stick goes, and how far it must go to mean something, in CSS pixels. */
const REACH = 56;
const DEAD = 12;

/** @typedef {{pointer: number, startX: number, startY: number, x: number, y: number}} Stick */

export class Sticks {
  /**
   * @param {HTMLElement} surface
   * @param {HTMLElement[]} buttons held or not, by their ids
   */
  constructor(surface, buttons) {
    /** @type {Stick | null} */
    this.left = null;
    /** @type {Stick | null} */
    this.right = null;
    /** The buttons that are held down. @type {Set<string>} */
    this.held = new Set();
    /** Whether there are thumbs at all. */
    this.used = false;
    this.abort = new AbortController();
    const { signal } = this.abort;
    surface.addEventListener('pointerdown', (event) => this.down(event), { signal });
    surface.addEventListener('pointermove', (event) => this.move(event), { signal });
    for (const type of /** @type {const} */ (['pointerup', 'pointercancel'])) {
      surface.addEventListener(type, (event) => this.up(event), { signal });
      for (const button of buttons) {
        button.addEventListener(type, () => this.press(button, false), { signal });
      }
    }
    for (const button of buttons) {
      button.addEventListener('pointerdown', () => this.press(button, true), { signal });
    }
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.pointerType !== 'touch') return;
    event.preventDefault();
    this.used = true;
    document.body.classList.add('touch');
    const { clientX: x, clientY: y, pointerId: pointer } = event;
    const stick = { pointer, startX: x, startY: y, x, y };
    if (x < window.innerWidth / 2) this.left ??= stick;
    else this.right ??= stick;
  }

  /** @param {PointerEvent} event */
  move(event) {
    const stick = [this.left, this.right].find((it) => it?.pointer === event.pointerId);
    if (!stick) return;
    stick.x = event.clientX;
    stick.y = event.clientY;
    // A thumb that goes too far pulls its stick along.
    const [x, y] = [stick.x - stick.startX, stick.y - stick.startY];
    const beyond = Math.hypot(x, y) / REACH;
    if (beyond > 1) {
      stick.startX = stick.x - x / beyond;
      stick.startY = stick.y - y / beyond;
    }
  }

  /** @param {PointerEvent} event */
  up(event) {
    if (this.left?.pointer === event.pointerId) this.left = null;
    if (this.right?.pointer === event.pointerId) this.right = null;
  }

  /**
   * @param {HTMLElement} button
   * @param {boolean} on
   */
  press(button, on) {
    if (on) this.held.add(button.id);
    else this.held.delete(button.id);
    button.classList.toggle('held', on);
  }

  /** Stops listening. */
  end() {
    this.abort.abort();
  }
}

/**
 * Where a stick points, in radians; null while it is let go or hardly moved.
 * @param {Stick | null} stick
 */
export function angleOf(stick) {
  if (!stick) return null;
  const [x, y] = [stick.x - stick.startX, stick.y - stick.startY];
  return Math.hypot(x, y) < DEAD ? null : Math.atan2(y, x);
}

/**
 * Draws the sticks that are in use.
 * @param {CanvasRenderingContext2D} context in CSS pixels
 * @param {Sticks} sticks
 * @param {string} left the colour of the left one, as three numbers
 * @param {string} right and of the right one
 */
export function drawSticks(context, sticks, left, right) {
  for (const [stick, colour] of /** @type {const} */ ([
    [sticks.left, left],
    [sticks.right, right],
  ])) {
    if (!stick) continue;
    context.lineWidth = 2;
    context.strokeStyle = `rgb(${colour} / 0.5)`;
    context.fillStyle = `rgb(${colour} / 0.35)`;
    context.beginPath();
    context.arc(stick.startX, stick.startY, REACH, 0, Math.PI * 2);
    context.stroke();
    context.beginPath();
    context.arc(stick.x, stick.y, 24, 0, Math.PI * 2);
    context.fill();
  }
}
