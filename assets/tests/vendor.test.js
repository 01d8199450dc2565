// What was taken from elsewhere is as it is there: each vendored file against the npm package that it is from.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

const OURS = new URL('../../bot-client/src/soak/html/vendor/', import.meta.url);
const THEIRS = new URL('../node_modules/uplot/', import.meta.url);

test('uPlot in the report of a soak is that of its package, with its licence', async () => {
  const { version, license } = JSON.parse(await readFile(new URL('package.json', THEIRS), 'utf8'));
  assert.equal(license, 'MIT');
  assert.match(await readFile(new URL('README.md', OURS), 'utf8'), new RegExp(`^uPlot ${version},`));
  for (const [ours, theirs] of [
    ['uPlot.iife.min.js', 'dist/uPlot.iife.min.js'],
    ['uPlot.min.css', 'dist/uPlot.min.css'],
    ['LICENSE', 'LICENSE'],
  ]) {
    const files = await Promise.all([readFile(new URL(ours, OURS)), readFile(new URL(theirs, THEIRS))]);
    assert.ok(files[0].equals(files[1]), `${ours} differs from the package's`);
  }
});
