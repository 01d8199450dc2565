// A socket.io server that sends everybody the state of the tick, in JSON as socket.io does.

import { createServer } from 'node:http';

import { Server } from 'socket.io';

import { Broadcast } from './broadcast.js';
import { announce, every, serveStats, WORLD } from './host.js';

const http = serveStats(createServer());
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false, serveClient: false });
const game = new Broadcast(
  (numbers) => numbers,
  (socket, numbers) => socket.emit('s', numbers),
  WORLD === 'everyone' ? (numbers) => io.emit('s', numbers) : undefined,
);

io.on('connection', (socket) => {
  const slot = game.join(socket);
  socket.emit('w', slot);
  socket.on('i', (turn) => game.world.steer(slot, turn));
  socket.on('disconnect', () => game.leave(socket));
});
http.listen(0, '127.0.0.1', () => announce(http));
every(() => game.tick());
