// What a trace costs with @colyseus/schema, next to what it costs with Tickwire.
//
// node measure.js TRACE [--floats | --quantised] [--against TICKWIRE.json] [--json OUT]

import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import { Peer, plain, quantised } from './peer.js';
import { World, lines, readSchema } from './trace.js';

const USAGE = `usage: node measure.js TRACE [options]

  --floats          only with 32-bit floats
  --quantised       only with quantised integers
  --against FILE    what "--bin trace -- TRACE --json FILE" wrote, to compare with
  --json FILE       also write the results as JSON

TRACE is a file of JSON lines as "--bin record" writes it; - is standard input.`;

const MODES = { floats: plain, quantised };
const VERSION = JSON.parse(
  readFileSync(new URL('node_modules/@colyseus/schema/package.json', import.meta.url), 'utf8'),
).version;

/** Measures a trace's lines in each of the modes. The first tick is a full state and counted apart. */
export async function measure(source, modes) {
  let peers;
  let world;
  let hz;
  const total = { ticks: 0, updates: 0 };
  for await (const line of source) {
    if (!world) {
      const header = readSchema(line);
      hz = header.hz;
      world = new World(header.kinds);
      peers = modes.map((mode) => {
        const peer = new Peer(header.kinds, MODES[mode]);
        return { mode, peer, bytes: 0, keyframe: 0 };
      });
      continue;
    }
    const { updates, gone } = world.apply(line);
    for (const sum of peers) count(sum, world, gone, total.ticks === 0);
    if (total.ticks > 0) total.updates += updates;
    total.ticks += 1;
  }
  if (total.ticks === 0) throw new Error('the trace has no ticks');
  return peers.map((sum) => result(sum, total, hz));
}

function count(sum, world, gone, isFirst) {
  sum.peer.update(world, gone);
  const bytes = isFirst ? sum.peer.full() : sum.peer.patch();
  sum.peer.verify(bytes, world);
  if (isFirst) sum.keyframe = bytes.length;
  else sum.bytes += bytes.length;
}

function result({ mode, peer, bytes, keyframe }, { ticks, updates }, hz) {
  const per = (amount) => (amount > 0 ? bytes / amount : null);
  const fields = [...peer.kinds].flatMap(([kind, { mappings }]) =>
    kind.fields.map(({ name }, at) => ({
      kind: kind.name,
      field: name,
      types: mappings[at].types,
    })),
  );
  return {
    name: `@colyseus/schema ${VERSION}, ${mode}`,
    ticks,
    updates,
    bytes,
    bytes_per_tick: per(ticks - 1),
    bytes_per_update: per(updates),
    kilobits_per_second: ticks > 1 ? (bytes * 8 * hz) / 1000 / (ticks - 1) : null,
    keyframe_bytes: keyframe,
    verified: true,
    fields,
  };
}

/** The two codecs side by side; the ratio is how many times what Tickwire takes. */
export function table(results, ours) {
  const rows = ours ? [{ ...ours, name: 'tickwire' }, ...results] : results;
  const number = (value, digits) => value?.toFixed(digits) ?? '·';
  const ratio = (row) => {
    const times = ours?.bytes ? row.bytes / ours.bytes : null;
    return times === null ? '' : `${times.toFixed(1)}x`;
  };
  const head = ['codec', 'bytes/tick', 'B/update', 'keyframe', ours ? 'ratio' : ''];
  const lines = rows.map((row) => [
    row.name,
    number(row.bytes_per_tick, 1),
    number(row.bytes_per_update, 2),
    String(row.keyframe_bytes),
    ratio(row),
  ]);
  const format = ([name, ...rest]) =>
    (name.padEnd(36) + rest.map((cell) => cell.padStart(11)).join('')).trimEnd();
  return [head, ...lines].map(format).join('\n');
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      floats: { type: 'boolean' },
      quantised: { type: 'boolean' },
      against: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help || positionals.length !== 1) {
    console.log(USAGE);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const chosen = Object.keys(MODES).filter((mode) => values[mode]);
  const [file] = positionals;
  const ours = values.against && JSON.parse(readFileSync(values.against, 'utf8'));
  const modes = chosen.length > 0 ? chosen : Object.keys(MODES);
  const results = await measure(lines(file), modes);
  if (ours) refuseAnother(values.against, ours, results[0]);
  const { ticks, updates } = results[0];
  console.log(`${file}: ${ticks} ticks, ${updates} updates; every patch was decoded and is the world`);
  console.log(table(results, ours));
  if (values.json) {
    writeFileSync(values.json, `${JSON.stringify(report(file, results), null, 2)}\n`);
  }
}

/** Both must have measured the same, and agree on what an update is. */
function refuseAnother(file, ours, { ticks, updates }) {
  if (ours.ticks === ticks && ours.updates === updates) return;
  throw new Error(
    `${file} is of ${ours.ticks} ticks and ${ours.updates} updates, but the trace has ` +
      `${ticks} and ${updates}; measure the same trace with both`,
  );
}

/** The results under the names that Tickwire's own report has for them. */
export function report(file, results) {
  const [{ name, fields, ...first }] = results;
  const codecs = results.map(({ fields, ticks, updates, verified, ...row }) => row);
  return { file, codec: name, ...first, codecs, fields };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await main();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
