// The browser's half of the golden files: `shared/tests/golden.rs` wrote them with the
// server's code, and everything here must come to the same bytes, values and refusals.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ControlReader, fnv1a, readFieldType, readSchema } from '../sdk/control.js';
import { describe, differences } from '../sdk/differences.js';
import { TickwireError } from '../sdk/errors.js';
import { quantise, restore } from '../sdk/field.js';
import * as message from '../sdk/message.js';
import { RecordLayout } from '../sdk/record.js';
import { Replica } from '../sdk/replica.js';
import { columnsOf, fieldColumns, validate } from '../sdk/schema.js';
import { bytes, golden, hex } from './golden.js';

/**
 * Runs `action`, which must be refused as a case says.
 * @param {{name?: string, refused: string, says?: string}} expected
 * @param {() => void} action
 */
function refused(expected, action) {
  assert.throws(action, (error) => {
    assert.ok(error instanceof TickwireError, `${expected.name}: ${error}`);
    assert.equal(error.code, expected.refused, expected.name);
    if (expected.says !== undefined) assert.equal(error.message, expected.says);
    return true;
  });
}

/** @param {string} text */
function schemaOf(text) {
  const reader = new ControlReader(bytes(text));
  const schema = readSchema(reader);
  reader.end();
  return schema;
}

test('fields become the same columns and values', () => {
  for (const { type, wraps, value, columns, restored } of golden('fields')) {
    const fieldType = readFieldType(new ControlReader(bytes(type)));
    const predict = /** @type {'wrap' | 'hold'} */ (wraps ? 'wrap' : 'hold');
    const field = { name: 'f', type: fieldType, predict, audience: 0 };
    const got = new Uint32Array(columnsOf(fieldType).length);
    quantise(field, value, got, 0);
    assert.deepEqual([...got], columns, `${JSON.stringify(fieldType)} ${JSON.stringify(value)}`);
    near(restore(fieldType, got, 0), restored, fieldType.type === 'quat' ? 1e-6 : 0);
  }
});

/**
 * @param {any} got
 * @param {any} want
 * @param {number} tolerance
 */
function near(got, want, tolerance) {
  if (tolerance === 0) return assert.deepEqual(got, want);
  for (const part of Object.keys(want)) {
    assert.ok(Math.abs(got[part] - want[part]) <= tolerance, `${got[part]} is not ${want[part]}`);
  }
}

test('schemas have the same columns and hash, and broken ones are refused', () => {
  for (const expected of golden('schemas')) {
    const schema = schemaOf(expected.hex);
    assert.equal(fnv1a(bytes(expected.hex)), expected.hash);
    if (expected.refused) {
      refused(expected, () => validate(schema));
      continue;
    }
    validate(schema);
    const columns = schema.kinds.map(({ fields }) =>
      fields.flatMap((field) => fieldColumns(field).map(({ max, wrap }) => [max, wrap])),
    );
    assert.deepEqual(columns, expected.columns);
  }
});

test('welcomes are read, and broken ones refused', () => {
  for (const expected of golden('welcomes')) {
    const data = bytes(expected.hex, expected.length);
    if (expected.refused) {
      refused(expected, () => message.readServerMessage(data));
      continue;
    }
    const read = message.readServerMessage(data);
    assert.ok(read.kind === 'welcome');
    const { schema, priors, token, ...rest } = read.welcome;
    const { name, hex: _, ...want } = expected;
    assert.deepEqual({ ...rest, token: hex(token), game: schema.game, priors: hex(priors) }, want, name);
  }
});

/** @type {Record<string, (...args: any[]) => Uint8Array>} */
const WRITERS = {
  join: message.joinMessage,
  input: message.inputMessage,
  ack: message.ackMessage,
  leave: message.leaveMessage,
  ping: message.pingMessage,
  mismatch: message.mismatchMessage,
  net: message.netMessage,
  resume: (token, attempt, applied) =>
    message.resumeMessage(Uint8Array.from(token), Uint8Array.from(attempt), applied),
  chat: message.chatMessage,
  request: message.requestMessage,
  moderate: message.moderateMessage,
};

test('messages to the server have the same bytes', () => {
  const written = golden('messages').filter((it) => it.from === 'client' && it.args);
  for (const { name, args, hex: want } of written) assert.equal(hex(WRITERS[name](...args)), want);
});

test('messages of the server are read, and broken ones refused', () => {
  for (const { from, name, hex: text, read } of golden('messages')) {
    if (from !== 'server') continue;
    if (read.refused) {
      refused({ name, ...read }, () => message.readServerMessage(bytes(text)));
      continue;
    }
    const entries = Object.entries(message.readServerMessage(bytes(text)));
    const seen = entries.map(([key, value]) => [key, value instanceof Uint8Array ? hex(value) : value]);
    assert.deepEqual(Object.fromEntries(seen), read);
  }
});

test('records are packed and unpacked alike, and broken ones refused', () => {
  const schema = schemaOf(golden('schemas')[0].hex);
  const kinds = [...schema.kinds, ...schema.messages, schema.input];
  for (const expected of golden('records')) {
    const kind = kinds.find((it) => it.name === expected.kind);
    assert.ok(kind);
    const layout = new RecordLayout(kind);
    if (expected.refused) {
      refused(expected, () => layout.unpack(bytes(expected.hex)));
      continue;
    }
    assert.deepEqual([...layout.unpack(bytes(expected.hex))], expected.columns);
    /** @type {number[]} */
    const packed = [];
    layout.pack(Uint32Array.from(expected.columns), packed);
    assert.equal(hex(packed), expected.hex);
  }
});

/**
 * What a replica holds, as the golden files write it.
 * @param {Replica} replica
 */
function segmentsOf(replica) {
  return replica.segments.slice(0, replica.held).map(({ handle, audience, rows, tick, rests }) => {
    const list = rows.list(replica.layouts[audience]);
    const content = list.map(({ id, values, motion }) => [id, values, motion]);
    return [handle, audience, content, tick, Number(rests)];
  });
}

/** @param {Replica} replica */
function changesOf({ changes }) {
  return changes.list.slice(0, changes.count).map(({ id, audience, what }) => [id, audience, what]);
}

/**
 * Applies one frame of a session and compares everything that can be seen.
 * @param {Replica} replica
 * @param {any} step
 */
function applyStep(replica, step) {
  if (step.refused) {
    refused(step, () => replica.apply(bytes(step.hex)));
    return;
  }
  const applied = replica.apply(bytes(step.hex));
  const hash = step.hash === null ? null : { expected: step.hash, actual: step.hash };
  assert.deepEqual(applied, { tick: step.tick, full: step.full, hash, updates: step.updates });
  assert.deepEqual(segmentsOf(replica), step.segments);
  assert.equal(replica.hash(), step.held);
  assert.deepEqual(changesOf(replica), step.changes);
  assert.deepEqual([replica.input.slack, replica.input.age], step.input);
  const messages = replica.messages.map(({ index, columns }) => [index, [...columns]]);
  assert.deepEqual(messages, step.messages);
}

const sessions = golden('sessions');

/** @param {any} session */
function replicaOf({ schema, priors, tickHz }) {
  return new Replica(schemaOf(schema), bytes(priors), tickHz);
}

for (const session of sessions) {
  test(`a session leads to the same state after every frame: ${session.name}`, () => {
    const replica = replicaOf(session);
    for (const step of session.steps) applyStep(replica, step);
    const evidence = replica.readEvidence(bytes(session.evidence));
    const { schema, layouts } = replica;
    assert.deepEqual(differences(schema, layouts, evidence, replica.snapshot()), []);
    const found = differences(schema, layouts, evidence.slice(1), replica.snapshot());
    assert.deepEqual(found.map(describe), session.differencesWithoutTheFirst);
  });
}

test('the bytes of a frame are charged to what they tell of', () => {
  const session = sessions.find((it) => it.name === 'ships, tick by tick');
  const replica = replicaOf(session);
  const all = { kinds: [0, 0], messages: 0, rest: 0 };
  for (const step of session.steps) {
    replica.apply(bytes(step.hex));
    const { kinds, messages, rest } = replica.spent;
    const sum = kinds.reduce((a, b) => a + b, messages + rest);
    assert.ok(Math.abs(sum - step.hex.length / 2) < 1e-6, `${sum} of ${step.hex.length / 2}`);
    // Some bytes stand before each segment, and up to four that zeros can stand for are left out.
    assert.ok(rest > -4 * replica.held && rest < 16 + 8 * replica.held, `${rest} of ${sum}`);
    kinds.forEach((kind, index) => (all.kinds[index] += kind));
  }
  assert.ok(all.kinds.every((kind) => kind > 0), JSON.stringify(all));
});

test('broken frames are refused for the same reason and change nothing', () => {
  const [{ schema, table, first }, ...cases] = golden('refusals');
  for (const expected of cases) {
    if (expected.badPriors !== undefined) {
      const priors = bytes(expected.badPriors, expected.length);
      refused(expected, () => new Replica(schemaOf(schema), priors, 30));
      continue;
    }
    const replica = new Replica(schemaOf(schema), bytes(table), 30);
    if (!expected.fresh) replica.apply(bytes(first));
    const before = replica.hash();
    const data = bytes(expected.hex, expected.length);
    if (expected.refused) {
      refused(expected, () => replica.apply(data));
      assert.equal(replica.hash(), before, expected.name);
    } else {
      replica.apply(data);
      assert.equal(replica.hash(), expected.held, expected.name);
    }
  }
});

test('mutated frames meet the same verdict', () => {
  for (const expected of golden('fuzz')) {
    const session = sessions[expected.session];
    const replica = replicaOf(session);
    for (const step of session.steps.slice(0, expected.step)) replica.apply(bytes(step.hex));
    const data = bytes(expected.hex);
    if (expected.refused) {
      refused(expected, () => replica.apply(data));
    } else {
      const { tick, updates } = replica.apply(data);
      assert.deepEqual({ tick, updates }, { tick: expected.tick, updates: expected.updates });
    }
    assert.equal(replica.hash(), expected.held);
  }
});
