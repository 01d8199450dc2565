// Tickwire's browser SDK: plain modules, no build step, no dependencies.
//
//   import { Client } from '/sdk/tickwire.js';
//
//   const client = new Client();
//   const room = await client.joinOrCreate('arena', { name: 'Ada' });
//   room.onAdd('ship', (ship, id) => console.log(ship.name, 'is here'));
//   room.onMessage('kill', ({ killer, victim }) => console.log(killer, 'got', victim));
//   room.send({ aim: 0.5, thrust: 1, fire: true });
//
// The promise resolves when the first state is there. Objects in
// `room.entities(kind)` are kept up to date by every frame; every few frames the
// server's hash of the state is compared with ours (`room.stats.hashesVerified`).

export { Client } from './client.js';
export { closeSentence } from './close_codes.js';
export { describe } from './differences.js';
export { TickwireError } from './errors.js';
export { Interpolation } from './interpolation.js';
export { Prediction } from './prediction.js';
export { Room } from './room.js';

/** @typedef {import('./client.js').ClientOptions} ClientOptions */
/** @typedef {import('./client.js').JoinOptions} JoinOptions */
/** @typedef {import('./differences.js').Difference} Difference */
/** @typedef {import('./entities.js').Entity} Entity */
/** @typedef {import('./room.js').FrameNews} FrameNews */
/** @typedef {import('./schema.js').Schema} Schema */
