// The colours of players, which all games have in common.

const HUES = 16;

/**
 * A player's colour, of sixteen round the colour circle.
 * @param {number} hue
 * @param {number} [lightness]
 * @param {number} [alpha]
 */
export function hueColour(hue, lightness = 62, alpha = 1) {
  return `hsl(${(hue * 360) / HUES} 85% ${lightness}% / ${alpha})`;
}
