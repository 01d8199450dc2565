// Small charts. Shapes are made of elements and attributes, never of text, so nothing in them can be markup.

const SPACE = 'http://www.w3.org/2000/svg';
const CURVE = { width: 120, height: 32 };

/**
 * @param {string} tag
 * @param {Record<string, string | number>} [attributes]
 * @param {SVGElement[]} [children]
 */
export function shape(tag, attributes = {}, children = []) {
  const made = /** @type {SVGElement} */ (document.createElementNS(SPACE, tag));
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, `${value}`);
  made.append(...children);
  return made;
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 100) / 100;
}

/**
 * The line through some values, from left to right, as a path; the highest of them touches the upper edge.
 * @param {number[]} values
 * @param {{width: number, height: number}} box
 */
export function curve(values, { width, height }) {
  const most = Math.max(...values, Number.MIN_VALUE);
  const step = width / Math.max(values.length - 1, 1);
  const points = values.map((value, index) => `${round(index * step)} ${round(height - (value / most) * (height - 2) - 1)}`);
  return points.length > 1 ? `M${points.join('L')}` : '';
}

/** A line of how something went lately, with its area below. It tells nothing that is not said in words. */
export class Sparkline {
  constructor() {
    this.area = shape('path', { class: 'area' });
    this.line = shape('path', { class: 'line', 'vector-effect': 'non-scaling-stroke' });
    const { width, height } = CURVE;
    const look = { class: 'spark', viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' };
    this.root = shape('svg', look, [this.area, this.line]);
  }

  /** @param {number[]} values */
  show(values) {
    const path = curve(values, CURVE);
    this.line.setAttribute('d', path);
    this.area.setAttribute('d', path && `${path}L${CURVE.width} ${CURVE.height}L0 ${CURVE.height}Z`);
  }
}

/**
 * Parts of a whole side by side.
 * @param {{share: number, name: string}[]} parts shares of the bar's own width; the name is that of a colour's class
 */
export function stack(parts) {
  let left = 0;
  const pieces = parts.map(({ share, name }) => {
    const piece = shape('rect', { class: `fill ${name}`, x: round(left), y: 0, width: round(share * 100), height: 10 });
    left += share * 100;
    return piece;
  });
  return shape('svg', { class: 'stack', viewBox: '0 0 100 10', preserveAspectRatio: 'none', 'aria-hidden': 'true' }, pieces);
}
