// Reads golden files and what stands in them.

import { readFileSync } from 'node:fs';

/**
 * The cases of a golden file.
 * @param {string} name
 * @returns {any[]}
 */
export function golden(name) {
  return JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), 'utf8'));
}

/**
 * Bytes from hexadecimal text, followed by zeros up to `length`.
 * @param {string} hex
 * @param {number} [length]
 * @returns {Uint8Array}
 */
export function bytes(hex, length = hex.length / 2) {
  const out = new Uint8Array(length);
  out.set(Buffer.from(hex.length % 2 ? `${hex}0` : hex, 'hex'));
  return out;
}

/**
 * @param {Uint8Array | number[]} data
 */
export function hex(data) {
  return Buffer.from(data).toString('hex');
}
