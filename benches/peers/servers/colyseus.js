// Colyseus, as its documentation advises: a map of flat ships in the smallest types that hold
// them, one fixed timestep, and the patch sent right after the step rather than by a second timer.
// `quantised` takes the whole numbers that Tickwire codes; else numbers are floats.

import { createServer } from 'node:http';

import { matchMaker, Room, Server } from '@colyseus/core';
import { Encoder, MapSchema, schema, StateView, t } from '@colyseus/schema';
import { WebSocketTransport } from '@colyseus/ws-transport';

import { DIRECTIONS, HZ, Near, place } from '../world.js';
import { announce, makeWorld, serveStats, show, timed, WORLD } from './host.js';

const QUANTISED = process.argv.includes('quantised');
/** A client's view is looked at in every so many ticks, a part of all clients in each. */
const VIEW_TICKS = 8;
// Above the largest full state, so that the encoder never has to grow its buffer.
Encoder.BUFFER_SIZE = 1 << 20;

const Ship = schema({
  x: QUANTISED ? t.uint16() : t.float32(),
  y: QUANTISED ? t.uint16() : t.float32(),
  heading: QUANTISED ? t.uint16() : t.float32(),
  hp: t.uint8(),
  score: t.uint16(),
}, 'Ship');

const ships = t.map(Ship);
const State = schema({ tick: t.uint32(), ships: WORLD === 'near' ? ships.view() : ships }, 'State');

/** Makes the peer's ship what the world's is. */
function copy(ship, to) {
  to.x = QUANTISED ? place(ship.x) : place(ship.x) / 16;
  to.y = QUANTISED ? place(ship.y) : place(ship.y) / 16;
  to.heading = QUANTISED ? ship.heading : (ship.heading * 2 * Math.PI) / DIRECTIONS;
  to.hp = ship.hp;
  to.score = ship.score;
}

class Ships extends Room {
  onCreate() {
    this.autoDispose = false;
    this.maxClients = 100000;
    this.state = new State();
    this.state.ships ??= new MapSchema();
    this.world = makeWorld();
    this.near = new Near();
    this.mirrors = [];
    this.slots = new Map();
    this.world.ships.forEach((_, slot) => this.add(slot, `d${slot}`));
    this.onMessageBytes('i', (client, bytes) => {
      this.world.steer(this.slots.get(client.sessionId), bytes[0]);
    });
    this.setFixedTimestep(() => timed(() => this.tick()), HZ);
    // After the line above: before it, the room would turn its clock by another timer, which takes
    // the time away from the fixed steps.
    this.patchRate = null;
  }

  add(slot, key) {
    const mirror = new Ship();
    copy(this.world.ships[slot], mirror);
    this.state.ships.set(key, mirror);
    this.mirrors[slot] = mirror;
  }

  onJoin(client) {
    const slot = this.world.enter();
    this.slots.set(client.sessionId, slot);
    this.add(slot, client.sessionId);
    if (WORLD !== 'near') return;
    client.view = new StateView();
    client.view.add(this.mirrors[slot]);
    client.seen = new Set([slot]);
  }

  onLeave(client) {
    const slot = this.slots.get(client.sessionId);
    // Who saw it must not go on to hold what a later ship of this slot is.
    for (const other of this.clients) {
      if (other.seen?.delete(slot)) other.view.remove(this.mirrors[slot]);
    }
    this.slots.delete(client.sessionId);
    this.world.leave(slot);
    this.state.ships.delete(client.sessionId);
    this.mirrors[slot] = undefined;
  }

  tick() {
    const { world, mirrors } = this;
    world.step();
    this.state.tick = world.tick;
    world.ships.forEach((ship, slot) => ship && copy(ship, mirrors[slot]));
    if (WORLD === 'near') this.look();
    else show(this.slots.size, this.clients.length);
    this.broadcastPatch();
  }

  look() {
    this.near.rebuild(this.world);
    this.clients.forEach((client, index) => {
      show(client.seen.size);
      if ((index + this.world.tick) % VIEW_TICKS !== 0) return;
      const eye = this.world.ships[this.slots.get(client.sessionId)];
      const now = new Set(this.near.seenBy(this.world, eye));
      for (const slot of client.seen) if (!now.has(slot)) client.view.remove(this.mirrors[slot]);
      for (const slot of now) if (!client.seen.has(slot)) client.view.add(this.mirrors[slot]);
      client.seen = now;
    });
  }
}

const http = serveStats(createServer());
const server = new Server({ transport: new WebSocketTransport({ server: http }), greet: false });
server.define('ships', Ships);
await server.listen(0, '127.0.0.1');
await matchMaker.createRoom('ships', {});
announce(http);
