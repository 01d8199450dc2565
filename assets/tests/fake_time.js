// Time that only a test lets pass.

export class FakeTime {
  constructor() {
    this.now = 0;
    /** @type {{at: number, action: () => void}[]} */
    this.timers = [];
    /** Lets those that wait for the network know that it may be back. @type {Set<() => void>} */
    this.wakers = new Set();
    /** What is drawn next instead of a half. @type {number} */
    this.chance = 0.5;
    this.secrets = 0;
    /** @type {Map<string, string>} */
    this.stored = new Map();
  }

  /** What the SDK needs of its surroundings, but for the network. */
  surroundings() {
    return {
      now: () => this.now,
      wall: () => this.now,
      after: (/** @type {number} */ milliseconds, /** @type {() => void} */ action) => {
        const timer = { at: this.now + milliseconds, action };
        this.timers.push(timer);
        return () => void (this.timers = this.timers.filter((it) => it !== timer));
      },
      chance: () => this.chance,
      secret: (/** @type {number} */ count) => new Uint8Array(count).fill(++this.secrets),
      isHidden: () => false,
      storage: {
        getItem: (/** @type {string} */ key) => this.stored.get(key) ?? null,
        setItem: (/** @type {string} */ key, /** @type {string} */ value) => void this.stored.set(key, value),
        removeItem: (/** @type {string} */ key) => void this.stored.delete(key),
      },
      onWake: (/** @type {() => void} */ listener) => {
        this.wakers.add(listener);
        return () => void this.wakers.delete(listener);
      },
    };
  }

  /**
   * Lets time pass, and all that is due happen in its order.
   * @param {number} milliseconds
   */
  async pass(milliseconds) {
    const end = this.now + milliseconds;
    await settled();
    for (let next = this.next(end); next !== undefined; next = this.next(end)) {
      this.now = Math.max(this.now, next.at);
      this.timers = this.timers.filter((it) => it !== next);
      next.action();
      await settled();
    }
    this.now = end;
  }

  /** @param {number} end */
  next(end) {
    return this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }

  async wake() {
    for (const waker of this.wakers) waker();
    await settled();
  }
}

/** Waits until everything that needs no time has happened. */
export async function settled() {
  for (let turn = 0; turn < 4; turn++) await new Promise(setImmediate);
}
