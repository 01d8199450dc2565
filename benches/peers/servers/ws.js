// A plain `ws` server that sends everybody the state of the tick in MessagePack.

import { createServer } from 'node:http';

import { Packr } from 'msgpackr';
import { WebSocketServer } from 'ws';

import { Broadcast } from './broadcast.js';
import { announce, every, serveStats } from './host.js';

const packr = new Packr({ useRecords: false });
const http = serveStats(createServer());
const wss = new WebSocketServer({ server: http, perMessageDeflate: false });
const game = new Broadcast((numbers) => packr.pack(numbers), (socket, bytes) => socket.send(bytes));

wss.on('connection', (socket) => {
  const slot = game.join(socket);
  socket.send(packr.pack([slot]));
  socket.on('message', (data) => game.world.steer(slot, data[0]));
  socket.on('close', () => game.leave(socket));
});
http.listen(0, '127.0.0.1', () => announce(http));
every(() => game.tick());
