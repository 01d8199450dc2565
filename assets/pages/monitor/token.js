// The token that lets this page change things: it comes with the link that the server printed.

const KEY = 'tickwire-monitor-token';

/**
 * Takes the token out of the address, where nobody should read it off, and keeps it for this tab.
 * @param {Pick<Location, 'hash' | 'pathname' | 'search'>} location
 * @param {Pick<History, 'replaceState'>} history
 * @param {Pick<Storage, 'getItem' | 'setItem'> | null} storage
 * @returns {string} empty without one
 */
export function takeToken(location, history, storage) {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given === null) return storage?.getItem(KEY) ?? '';
  history.replaceState(null, '', location.pathname + location.search);
  storage?.setItem(KEY, given);
  return given;
}

/** The tab's storage, where there is one and it may be used. */
export function tabStorage() {
  try {
    return globalThis.sessionStorage ?? null;
  } catch {
    return null;
  }
}
