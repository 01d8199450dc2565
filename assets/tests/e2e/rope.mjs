// A way to a server that a test can cut, and that can be made to let no WebSockets through.

import { createServer, connect } from 'node:net';

export class Rope {
  /** @param {string} url of the server */
  constructor(url) {
    const { hostname, port } = new URL(url);
    this.target = { host: hostname, port: Number(port) };
    /** @type {Set<import('node:net').Socket>} */
    this.sockets = new Set();
    this.down = false;
    /** Whether requests for a WebSocket are turned away, as some proxies do. */
    this.plain = false;
    /** Whether answers that never end are kept back, as some proxies do. */
    this.hoards = false;
    this.server = createServer((socket) => this.accept(socket));
  }

  /** Begins; where pages find the server now. */
  async open() {
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', () => resolve(undefined)));
    const address = /** @type {import('node:net').AddressInfo} */ (this.server.address());
    return `http://127.0.0.1:${address.port}`;
  }

  /** @param {import('node:net').Socket} socket */
  accept(socket) {
    this.keep(socket);
    if (this.down) {
      socket.destroy();
      return;
    }
    const onward = connect(this.target);
    this.keep(onward);
    socket.on('data', (bytes) => {
      if (this.plain && /^upgrade: websocket/im.test(bytes.toString('latin1'))) {
        socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
        onward.destroy();
      } else onward.write(bytes);
      if (this.hoards && /^POST \S+\/stream /m.test(bytes.toString('latin1'))) onward.unpipe(socket).resume();
    });
    onward.pipe(socket);
    socket.on('close', () => onward.destroy());
    onward.on('close', () => socket.destroy());
  }

  /** @param {import('node:net').Socket} socket */
  keep(socket) {
    this.sockets.add(socket);
    // Whoever is cut off may say so; that is the point.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.sockets.delete(socket));
  }

  /** Ends every connection, and lets no new one through until `mend`. */
  cut() {
    this.down = true;
    for (const socket of this.sockets) socket.destroy();
  }

  mend() {
    this.down = false;
  }

  close() {
    this.cut();
    this.server.close();
  }
}
