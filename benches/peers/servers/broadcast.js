// A game that sends the whole state that a client sees in each tick: the tick, then six numbers
// for each ship, all in one flat list, which is as small as these formats can have it.

import { Near, place } from '../world.js';
import { makeWorld, show, WORLD } from './host.js';

export class Broadcast {
  /**
   * @param {(numbers: number[]) => any} encode
   * @param {(client: any, encoded: any) => void} send
   * @param {((encoded: any) => void)=} sendAll where a library has a better way than one by one
   */
  constructor(encode, send, sendAll) {
    this.world = makeWorld();
    this.near = new Near();
    this.slots = new Map();
    this.encode = encode;
    this.send = send;
    this.sendAll = sendAll ?? ((encoded) => this.slots.forEach((_, client) => send(client, encoded)));
  }

  join(client) {
    const slot = this.world.enter();
    this.slots.set(client, slot);
    return slot;
  }

  leave(client) {
    this.world.leave(this.slots.get(client));
    this.slots.delete(client);
  }

  tick() {
    const { world } = this;
    world.step();
    if (WORLD === 'everyone') {
      const numbers = state(world, world.ships.keys());
      show((numbers.length - 1) / 6, this.slots.size);
      this.sendAll(this.encode(numbers));
      return;
    }
    this.near.rebuild(world);
    for (const [client, slot] of this.slots) {
      const seen = this.near.seenBy(world, world.ships[slot]);
      show(seen.length);
      this.send(client, this.encode(state(world, seen)));
    }
  }
}

/** @param {Iterable<number>} slots */
export function state(world, slots) {
  const numbers = [world.tick];
  for (const slot of slots) {
    const ship = world.ships[slot];
    if (ship) numbers.push(slot, place(ship.x), place(ship.y), ship.heading, ship.hp, ship.score);
  }
  return numbers;
}
