// What is to be done later, each under a name: a new one takes the place of the old one.

export class Timers {
  /** @param {Pick<import('./surroundings.js').Surroundings, 'after'>} env */
  constructor(env) {
    this.env = env;
    /** What prevents each. @type {Map<string, () => void>} */
    this.stops = new Map();
  }

  /**
   * @param {string} name
   * @param {number} milliseconds
   * @param {() => void} action
   */
  set(name, milliseconds, action) {
    this.stops.get(name)?.();
    const stop = this.env.after(milliseconds, () => {
      this.stops.delete(name);
      action();
    });
    this.stops.set(name, stop);
  }

  /** @param {...string} names */
  cancel(...names) {
    for (const name of names) {
      this.stops.get(name)?.();
      this.stops.delete(name);
    }
  }

  /** Nothing is to be done any more. */
  end() {
    this.cancel(...this.stops.keys());
  }
}
