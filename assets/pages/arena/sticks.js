// Two virtual sticks: the left thumb flies, the right one aims and fires.
//
// A stick is where its thumb came down. Alone, the left one turns the ship and
// pushes it. With the right one aiming, it only pushes, forward or back as it
// points along the ship or against it.

/** How far a stick goes, and how far it must go to mean something, in CSS pixels. */
export const REACH = 56;
const DEAD = 12;

/** @typedef {{pointer: number, startX: number, startY: number, x: number, y: number}} Stick */

export class Sticks {
  /**
   * @param {HTMLElement} surface
   * @param {HTMLElement} boostButton
   */
  constructor(surface, boostButton) {
    /** @type {Stick | null} */
    this.left = null;
    /** @type {Stick | null} */
    this.right = null;
    this.boosting = false;
    this.used = false;
    this.aim = 0;
    this.abort = new AbortController();
    const { signal } = this.abort;
    surface.addEventListener('pointerdown', (event) => this.down(event), { signal });
    surface.addEventListener('pointermove', (event) => this.move(event), { signal });
    for (const type of /** @type {const} */ (['pointerup', 'pointercancel'])) {
      surface.addEventListener(type, (event) => this.up(event), { signal });
      boostButton.addEventListener(type, () => this.boost(boostButton, false), { signal });
    }
    boostButton.addEventListener('pointerdown', () => this.boost(boostButton, true), { signal });
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
  boost(button, on) {
    this.boosting = on;
    button.classList.toggle('held', on);
  }

  /**
   * What the thumbs do; null before the first touch, when something else steers.
   * @param {number} heading where the ship points
   * @returns {import('./controls.js').Input | null}
   */
  read(heading) {
    if (!this.used) return null;
    const flying = angleOf(this.left);
    const aiming = angleOf(this.right);
    this.aim = aiming ?? flying ?? this.aim;
    let thrust = flying === null ? 0 : 1;
    if (flying !== null && aiming !== null && Math.cos(flying - heading) < -0.3) thrust = -1;
    return { aim: this.aim, thrust, fire: aiming !== null, boost: this.boosting };
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
function angleOf(stick) {
  if (!stick) return null;
  const [x, y] = [stick.x - stick.startX, stick.y - stick.startY];
  return Math.hypot(x, y) < DEAD ? null : Math.atan2(y, x);
}
