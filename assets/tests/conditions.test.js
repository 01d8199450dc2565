// The networks that a page offers by name are those that the server and the bots know by it.

import assert from 'node:assert/strict';
import test from 'node:test';

import { profile } from '../pages/common/conditions.js';
import { golden } from './golden.js';

test('a network of a name is the same on a page as everywhere', () => {
  const profiles = golden('profiles');
  assert.ok(profiles.length > 5);
  for (const { name, net } of profiles) assert.deepEqual(profile(name), net, name);
});
