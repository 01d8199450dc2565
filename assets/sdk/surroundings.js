// What the SDK needs of where it runs: time, the network, randomness. Tests put their own in its place.

/**
 * @typedef {object} Surroundings
 * @property {() => number} now milliseconds
 * @property {() => number} wall milliseconds since 1970, which go on while the page is loaded again
 * @property {(milliseconds: number, action: () => void) => () => void} after does something later; returns
 *   what prevents it
 * @property {typeof globalThis.fetch | undefined} fetch
 * @property {(new (url: string) => WebSocket) | undefined} WebSocket
 * @property {() => number} chance a random number from 0 to below 1
 * @property {(count: number) => Uint8Array} secret so many bytes that nobody can guess
 * @property {() => boolean} isHidden whether nobody looks at the game
 * @property {Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | null} storage what outlives a reload of the page
 * @property {(listener: () => void) => () => void} onWake calls when the network may have come back: the browser
 *   says so, or the page is seen again; returns what stops that
 */

/**
 * Those of a browser, or of Node, but for what is given.
 * @param {Partial<Surroundings>} [own]
 * @returns {Surroundings}
 */
export function surroundings(own = {}) {
  const given = Object.entries(own).filter(([, value]) => value !== undefined);
  return {
    now: () => performance.now(),
    wall: () => Date.now(),
    after,
    fetch: globalThis.fetch?.bind(globalThis),
    WebSocket: globalThis.WebSocket,
    chance: () => Math.random(),
    secret: (count) => crypto.getRandomValues(new Uint8Array(count)),
    isHidden: () => globalThis.document?.hidden ?? false,
    storage: storage(),
    onWake,
    ...Object.fromEntries(given),
  };
}

/**
 * @param {number} milliseconds
 * @param {() => void} action
 */
function after(milliseconds, action) {
  // Rounded up, because what comes too early would have to wait for the least that timers wait.
  const timer = setTimeout(action, Math.ceil(milliseconds));
  return () => clearTimeout(timer);
}

/** The tab's storage, where there is one and it may be used. */
function storage() {
  try {
    return globalThis.sessionStorage ?? null;
  } catch {
    return null;
  }
}

/** @param {() => void} listener */
function onWake(listener) {
  const { document } = globalThis;
  // Outside browsers nobody tells.
  if (document === undefined) return () => {};
  const seen = () => {
    if (!document.hidden) listener();
  };
  globalThis.addEventListener('online', listener);
  document.addEventListener('visibilitychange', seen);
  return () => {
    globalThis.removeEventListener('online', listener);
    document.removeEventListener('visibilitychange', seen);
  };
}
