// How numbers and times are written on the axes and in the legends of a report.

/**
 * A number with about so many digits that count, and no zeros that do not.
 * @param {number} value
 * @param {number} [digits]
 */
export function plain(value, digits = 3) {
  if (value === 0) return '0';
  const size = Math.floor(Math.log10(Math.abs(value)));
  const fraction = Math.max(0, Math.min(6, digits - 1 - size));
  const text = value.toFixed(fraction);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** @type {[number, string][]} */
const BINARY = [[2 ** 40, 'TiB'], [2 ** 30, 'GiB'], [2 ** 20, 'MiB'], [2 ** 10, 'KiB']];
/** @type {[number, string][]} */
const THOUSANDS = [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k']];

/**
 * A value with its unit. `scale` is the size that chooses the prefix, so that an axis has one for all.
 * @param {number | null | undefined} value
 * @param {string} unit
 * @param {number} [scale]
 */
export function withUnit(value, unit, scale = Math.abs(value ?? 0)) {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  if (unit === 'ms' && scale >= 2000) return `${plain(value / 1000)} s`;
  const isBytes = unit === 'bytes';
  const [by, prefix] = (isBytes ? BINARY : THOUSANDS).find(([least]) => scale >= least && unit !== 'ms') ?? [1, ''];
  const number = plain(value / by, isBytes || by > 1 ? 4 : 3);
  if (isBytes) return `${number} ${prefix || 'B'}`;
  if (unit === 'bytes/s') return `${number} ${prefix}B/s`;
  const after = { '': prefix, '1/s': `${prefix}/s` }[unit] ?? ` ${prefix}${unit}`;
  return `${number}${after}`;
}

/**
 * Seconds since the start as hours, minutes and seconds.
 * @param {number | null | undefined} seconds
 */
export function clock(seconds) {
  if (seconds === null || seconds === undefined) return '–';
  const whole = Math.round(Math.abs(seconds));
  const two = (/** @type {number} */ part) => String(part).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const start = hours > 0 ? `${hours}:${two(minutes)}` : `${minutes}`;
  return `${seconds < 0 ? '-' : ''}${start}:${two(whole % 60)}`;
}
