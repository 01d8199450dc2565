// A list of functions that want to be told something.

/**
 * @template {any[]} Args
 */
export class Listeners {
  constructor() {
    /** @type {((...args: Args) => void)[]} */
    this.list = [];
  }

  /**
   * Adds a listener and returns what removes it again.
   * @param {(...args: Args) => void} listener
   * @returns {() => void}
   */
  add(listener) {
    this.list = [...this.list, listener];
    return () => {
      this.list = this.list.filter((other) => other !== listener);
    };
  }

  /** Whether anybody listens. */
  any() {
    return this.list.length > 0;
  }

  /**
   * Tells everybody. A listener that throws spoils neither the others nor the state:
   * its error is reported as any uncaught one.
   * @param {Args} args
   */
  tell(...args) {
    for (const listener of this.list) {
      try {
        listener(...args);
      } catch (error) {
        report(error);
      }
    }
  }
}

/**
 * Makes an error of the game's own code known as any uncaught one, once what is going on is done.
 * @param {unknown} error
 */
export function report(error) {
  queueMicrotask(() => {
    throw error;
  });
}
