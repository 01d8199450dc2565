// What the page asks of the server, and what it tells it to do.

/** How long an answer may take, in milliseconds: the server itself gives up on a stuck thread earlier. */
const PATIENCE = 6000;

/** Why something was not answered. */
export class Refusal extends Error {
  /**
   * @param {number} status 0 when nobody answered
   * @param {string} code
   * @param {string} message for people
   */
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/**
 * What to do where reading takes the token: the server can say it only in terms of requests.
 * @param {string} token that was shown, if any
 */
export function withoutToken(token) {
  const why = token === ''
    ? 'Others than this machine may reach the server at this address, so even reading takes the operator’s token.'
    : 'The server has another token by now than the one that this tab has.';
  return `${why} Open the link that the server printed when it started, or open this server’s address with /#token= and the token at its end.`;
}

export class Api {
  /**
   * @param {string} token empty to read only
   * @param {typeof globalThis.fetch} [fetch]
   */
  constructor(token, fetch = globalThis.fetch.bind(globalThis)) {
    this.token = token;
    this.fetch = fetch;
  }

  /**
   * @param {string} path below the API's
   * @param {Record<string, string | number>} [query] what is empty is left out
   * @returns {Promise<any>}
   */
  read(path, query = {}) {
    const given = Object.entries(query).filter(([, value]) => value !== '');
    const search = given.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
    return this.ask(path + (search && `?${search}`), { headers: this.headers() });
  }

  /**
   * @param {string} path
   * @param {Record<string, number | boolean>} [body]
   * @returns {Promise<any>}
   */
  change(path, body = {}) {
    const headers = { ...this.headers(), 'content-type': 'application/json' };
    return this.ask(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  /** @returns {Record<string, string>} */
  headers() {
    return this.token ? { authorization: `Bearer ${this.token}` } : {};
  }

  /**
   * @param {string} path
   * @param {RequestInit} request
   */
  async ask(path, request) {
    const signal = AbortSignal.timeout(PATIENCE);
    const answer = await this.fetch(`/monitor/api/${path}`, { ...request, signal, cache: 'no-store' }).catch(() => {
      throw new Refusal(0, 'unreachable', 'The server does not answer.');
    });
    const body = await answer.json().catch(() => null);
    if (answer.ok && body !== null) return body;
    throw new Refusal(answer.status, body?.code ?? `http.${answer.status}`, body?.detail ?? `The server says ${answer.status}.`);
  }
}
