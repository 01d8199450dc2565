// Tickwire's browser SDK: plain modules, no build step, no dependencies.
//
//   import { Client } from '/sdk/tickwire.js';
//
//   const client = new Client();
//   const room = await client.joinOrCreate('arena', { name: 'Ada' });
//   room.onAdd('ship', (ship, id) => console.log(ship.name, 'is here'));
//   room.onMessage('kill', ({ killer, victim }) => console.log(killer, 'got', victim));
//   room.onPresence((player) => console.log(player.name, player.away ? 'is away' : 'is here'));
//   room.send({ aim: 0.5, thrust: 1, fire: true });
//
// The promise resolves when the first state is there. Objects in
// `room.entities(kind)` are kept up to date by every frame; every few frames the
// server's hash of the state is compared with ours (`room.stats.hashesVerified`).
//
// The room goes over a WebSocket, or what else works. When the connection is lost it comes back by
// itself (`room.onDrop`, `room.onResume`), and after a reload with `client.reconnect()`.
//
// README.md beside this file has every call, option and code.

export { Client } from './client.js';
export { closeSentence } from './close_codes.js';
export { describe } from './differences.js';
export { TickwireError } from './errors.js';
export { Interpolation } from './interpolation.js';
export { Prediction } from './prediction.js';
export { Room } from './room.js';

/** @typedef {import('./client.js').ClientOptions} ClientOptions */
/** @typedef {import('./client.js').JoinOptions} JoinOptions */
/** @typedef {import('./client.js').RoomOptions} RoomOptions */
/** @typedef {import('./company.js').Chat} Chat */
/** @typedef {import('./company.js').Player} Player */
/** @typedef {import('./differences.js').Difference} Difference */
/** @typedef {import('./entities.js').Entity} Entity */
/** @typedef {import('./lobby.js').GameInfo} GameInfo */
/** @typedef {import('./lobby.js').RoomInfo} RoomInfo */
/** @typedef {import('./room.js').Drop} Drop */
/** @typedef {import('./room.js').FrameNews} FrameNews */
/** @typedef {import('./schema.js').Schema} Schema */
/** @typedef {import('./transports/transport.js').TransportKind} TransportKind */
