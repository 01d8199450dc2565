// What a tab remembers of its session, so that it goes on when its page is loaded again.
//
// A session's token is as good as a password: it is kept in the tab's own storage, goes into no
// address, and is printed nowhere.

import { TOKEN_BYTES } from './control.js';

/** What is kept. @typedef {{code: string, server: string, token: Uint8Array, attempt: Uint8Array | null}} Kept */

const STORED = 'tickwire.session';

export class Keep {
  /** @param {import('./surroundings.js').Surroundings['storage']} storage */
  constructor(storage) {
    this.storage = storage;
  }

  /** @param {Kept} kept */
  save({ code, server, token, attempt }) {
    const text = JSON.stringify({ code, server, token: hex(token), attempt: attempt && hex(attempt) });
    try {
      this.storage?.setItem(STORED, text);
    } catch {
      // Storage that is full or refused keeps nothing, and a reload then comes in anew.
    }
  }

  /**
   * What was kept of a session with this server.
   * @param {string} server
   * @param {string} [code] of its room
   * @returns {Kept | null}
   */
  load(server, code) {
    try {
      const kept = JSON.parse(this.storage?.getItem(STORED) ?? 'null');
      if (kept === null || kept.server !== server || (code && kept.code !== code)) return null;
      const token = unhex(kept.token);
      return token.length === TOKEN_BYTES ? { ...kept, token, attempt: kept.attempt && unhex(kept.attempt) } : null;
    } catch {
      return null;
    }
  }

  /**
   * Forgets a room's session.
   * @param {string} server
   * @param {string} code
   */
  clear(server, code) {
    if (this.load(server, code) !== null) this.storage?.removeItem(STORED);
  }
}

/** @param {Uint8Array} bytes */
function hex(bytes) {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param {string} text */
function unhex(text) {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
