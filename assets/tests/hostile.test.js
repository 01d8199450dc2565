// Whatever bytes arrive: an error of ours or a state, and never anything else.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readServerMessage } from '../sdk/message.js';
import { ControlReader, readSchema } from '../sdk/control.js';
import { TickwireError } from '../sdk/errors.js';
import { FrameReader, KEYFRAME } from '../sdk/frame.js';
import { Replica } from '../sdk/replica.js';
import { MAX_HELD_ROWS } from '../sdk/rows.js';
import { OWNER, PUBLIC } from '../sdk/schema.js';
import { ADDED, REMOVED } from '../sdk/changes.js';
import { bytes, golden } from './golden.js';

const sessions = golden('sessions');

/** @param {any} session */
function replicaOf({ schema, priors, tickHz }) {
  return new Replica(readSchema(new ControlReader(bytes(schema))), bytes(priors), tickHz);
}

/**
 * Numbers below `end` in a fixed sequence.
 * @param {number} seed
 */
function generator(seed) {
  return (/** @type {number} */ end) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * end);
  };
}

/**
 * @param {Uint8Array} data
 * @param {(end: number) => number} below
 */
function mutated(data, below) {
  const list = [...data];
  for (let times = 1 + below(4); times > 0; times--) {
    const at = below(list.length + 1);
    const what = below(5);
    if (what === 0) list.splice(at, 1 + below(4));
    else if (what === 1) list.splice(at, 0, below(256));
    else if (what === 2) list.length = at;
    else list[Math.min(at, Math.max(0, list.length - 1))] = below(256);
  }
  return Uint8Array.from(list);
}

/** @param {() => void} action */
function onlyOurErrors(action) {
  try {
    action();
  } catch (error) {
    if (!(error instanceof TickwireError)) throw error;
  }
}

test('mutated frames give a state or an error of ours, and errors change nothing', () => {
  const below = generator(1);
  for (let round = 0; round < 4000; round++) {
    const session = sessions[below(sessions.length)];
    const replica = replicaOf(session);
    for (const step of session.steps) {
      if (step.refused) continue;
      if (below(3) > 0) {
        replica.apply(bytes(step.hex));
        continue;
      }
      const before = [replica.tick, replica.hash()];
      const data = mutated(bytes(step.hex), below);
      try {
        replica.apply(data);
      } catch (error) {
        assert.ok(error instanceof TickwireError, `round ${round}: ${error}`);
        assert.deepEqual([replica.tick, replica.hash()], before);
      }
      break;
    }
  }
});

test('noise gives errors of ours', () => {
  const below = generator(2);
  for (let round = 0; round < 3000; round++) {
    const replica = replicaOf(sessions[below(sessions.length)]);
    const noise = Uint8Array.from({ length: below(200) }, () => below(256));
    noise[0] = 0x82;
    noise[1] = below(16);
    onlyOurErrors(() => replica.apply(noise));
    onlyOurErrors(() => replica.readEvidence(noise.subarray(1)));
  }
});

test('mutated welcomes give errors of ours', () => {
  const below = generator(3);
  const whole = bytes(golden('welcomes')[0].hex);
  for (let round = 0; round < 3000; round++) {
    const data = mutated(whole, below);
    onlyOurErrors(() => {
      const received = readServerMessage(data);
      if (received.kind === 'welcome') {
        new Replica(received.welcome.schema, received.welcome.priors, received.welcome.tickHz);
      }
    });
  }
});

test('a small frame cannot make the client hold millions of rows', () => {
  const [{ schema, table }] = golden('refusals');
  const replica = new Replica(readSchema(new ControlReader(bytes(schema))), bytes(table), 30);
  replica.build.rows = MAX_HELD_ROWS;
  assert.throws(() => {
    replica.count(/** @type {any} */ ({ count: 1 }));
  }, /rows to hold/);
});

test('a handle that comes back for another audience is taken away and added', () => {
  const session = sessions.find((/** @type {any} */ it) => it.name === 'ships, skipping ticks');
  const replica = replicaOf(session);
  const first = bytes(session.steps[0].hex);
  replica.apply(first);
  const owner = keyframe(first, OWNER);
  assert.ok(owner);
  // The next tick: handle 0, which was public, as a keyframe of the owner's.
  replica.apply(Uint8Array.from([0x82, 0, 1, KEYFRAME, OWNER, ...varint(owner.length), ...owner]));
  const { list, count } = replica.changes;
  const seen = new Set(list.slice(0, count).map(({ audience, what }) => `${audience} ${what}`));
  assert.ok(seen.has(`${PUBLIC} ${REMOVED}`), [...seen].join(', '));
  assert.equal(seen.has(`${PUBLIC} ${ADDED}`), false);
});

/**
 * The bytes of a frame's first keyframe for an audience.
 * @param {Uint8Array} frame
 * @param {number} audience
 */
function keyframe(frame, audience) {
  const session = sessions.find((/** @type {any} */ it) => it.name === 'ships, skipping ticks');
  const messages = session.steps[0].messages.length;
  // Header, tick, hash, and messages of an index and two bytes each.
  const reader = new FrameReader(frame, 2 + 4 + 4 + (messages ? 1 + messages * 3 : 0));
  while (reader.segment()) {
    if (reader.audience === audience) return frame.subarray(reader.start, reader.end);
  }
}

/** @param {number} value */
function varint(value) {
  return value < 128 ? [value] : [(value & 127) | 128, value >> 7];
}
