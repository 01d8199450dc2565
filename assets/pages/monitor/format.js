// Figures in few characters, the same everywhere on the page.

const SECOND = 1e6;
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/**
 * A number to three figures, without zeros that say nothing.
 * @param {number} value
 */
function short(value) {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${Number(value.toFixed(digits))}`;
}

/**
 * How many: `999`, `12.3k`, `4.56M`.
 * @param {number} value
 */
export function count(value) {
  if (value < 10_000) return Number.isInteger(value) ? `${value}` : short(value);
  return value < 1e6 ? `${short(value / 1e3)}k` : `${short(value / 1e6)}M`;
}

/**
 * @param {number} value
 */
export function bytes(value) {
  let [left, unit] = [value, 0];
  for (; left >= 1000 && unit < UNITS.length - 1; unit += 1) left /= 1024;
  return `${unit === 0 ? Math.round(left) : short(left)} ${UNITS[unit]}`;
}

/**
 * A short time.
 * @param {number} micros microseconds
 */
export function time(micros) {
  if (micros < 1000) return `${Math.round(micros)} µs`;
  return micros < SECOND ? `${short(micros / 1000)} ms` : `${short(micros / SECOND)} s`;
}

/**
 * A long time, in its two largest units.
 * @param {number} seconds
 */
export function span(seconds) {
  const whole = Math.floor(seconds);
  const parts = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ];
  const first = Math.max(0, parts.findIndex(([value]) => Number(value) > 0));
  const shown = whole === 0 ? parts.slice(-1) : parts.slice(first, first + 2).filter(([value]) => Number(value) > 0);
  return shown.map(([value, unit]) => `${value} ${unit}`).join(' ');
}

/**
 * A part of the whole.
 * @param {number} share 0 to 1
 */
export function percent(share) {
  const value = share * 100;
  return `${value > 0 && value < 0.1 ? '<0.1' : Number(value.toFixed(value < 10 ? 1 : 0))} %`;
}
