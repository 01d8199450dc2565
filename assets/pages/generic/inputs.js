// Controls for an input of any schema: keys where a key will do, sliders for the rest.

/** @typedef {import('/sdk/tickwire.js').Schema} Schema */
/** @typedef {Schema['input']['fields'][number]} Field */

/** Pairs of keys for numbers that go both ways: the first pair is for what goes across. */
const PAIRS = [
  ['KeyA', 'KeyD', 'ArrowLeft', 'ArrowRight'],
  ['KeyW', 'KeyS', 'ArrowUp', 'ArrowDown'],
  ['KeyQ', 'KeyE'],
  ['KeyZ', 'KeyC'],
];
/** Keys for what is on or off. */
const SINGLES = ['Space', 'ShiftLeft', 'KeyF', 'KeyG', 'KeyH', 'Digit1', 'Digit2', 'Digit3'];

/** @type {Record<string, string>} */
const ARROWS = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓' };
/** The most that a key can mean; what goes further is finer than on or off. */
const MOST_BY_KEY = 128;

/** Names of fields that go up and down. */
const UP_AND_DOWN = /^(y|up|down|dy|move_?y|thrust|forward|throttle|vertical)$/i;
/** Names of fields in which more is up. */
const UP_IS_MORE = /^(up|thrust|forward|throttle)$/i;

export class Inputs {
  /**
   * @param {HTMLFormElement} form
   * @param {Field[]} fields
   * @param {() => number} aim where the pointer points from the own entity, in radians
   * @param {AbortSignal} signal gives the keys back
   */
  constructor(form, fields, aim, signal) {
    this.fields = fields;
    this.aim = aim;
    /** @type {Set<string>} */
    this.held = new Set();
    /** How to read each field's value. @type {Map<string, () => any>} */
    this.readers = new Map();
    const pairs = [...PAIRS];
    const singles = [...SINGLES];
    form.replaceChildren(...fields.flatMap((field) => this.control(field, pairs, singles)));
    form.addEventListener('submit', (event) => event.preventDefault(), { signal });
    window.addEventListener('keydown', (event) => this.key(event, true), { signal });
    window.addEventListener('keyup', (event) => this.key(event, false), { signal });
    window.addEventListener('blur', () => this.held.clear(), { signal });
  }

  /**
   * @param {KeyboardEvent} event
   * @param {boolean} down
   */
  key(event, down) {
    // What goes up is let go of in any case, or it would stick.
    if (down && (event.ctrlKey || event.metaKey || event.altKey)) return;
    if (down && event.target instanceof HTMLInputElement && event.target.type === 'text') return;
    const moves = event.code.startsWith('Arrow') || event.code === 'Space';
    // A slider, a list or a box that has the focus keeps its own keys.
    if (moves && down && event.target instanceof Element && event.target.matches('input, select')) return;
    if (moves) event.preventDefault();
    if (down) this.held.add(event.code);
    else this.held.delete(event.code);
  }

  /** What the player does now. */
  read() {
    return Object.fromEntries([...this.readers].map(([name, reader]) => [name, reader()]));
  }

  /**
   * @param {Field} field
   * @param {string[][]} pairs keys that are still free
   * @param {string[]} singles
   * @returns {HTMLElement[]}
   */
  control(field, pairs, singles) {
    const { name, type } = field;
    switch (type.type) {
      case 'bool':
        return this.checkbox(name, singles.shift());
      case 'int':
        return this.whole(name, Number(type.min), Number(type.max), pairs);
      case 'float':
        return this.slider(name, type.min, type.max, type.step);
      case 'angle':
        this.readers.set(name, this.aim);
        return [hint(name, 'the pointer')];
      case 'enum':
        return this.choice(name, type.names);
      case 'vec2':
        return this.vector(name, type.min, type.max, type.step, ['x', 'y']);
      case 'vec3':
        return this.vector(name, type.min, type.max, type.step, ['x', 'y', 'z']);
      case 'text':
        return this.text(name, type.bytes);
      default:
        return [hint(name, 'cannot be set here')];
    }
  }

  /**
   * @param {string} name
   * @param {string | undefined} key
   */
  checkbox(name, key) {
    const box = Object.assign(document.createElement('input'), { type: 'checkbox' });
    this.readers.set(name, () => box.checked || (key !== undefined && this.held.has(key)));
    return [labelled(name, box, key ? short(key) : '')];
  }

  /**
   * Two keys for a number that goes both ways, else a slider.
   * @param {string} name
   * @param {number} min
   * @param {number} max
   * @param {string[][]} pairs
   */
  whole(name, min, max, pairs) {
    const most = Math.min(-min, max);
    if (most <= 0 || most > MOST_BY_KEY || pairs.length === 0) return this.slider(name, min, max, 1);
    const wanted = pairs.indexOf(PAIRS[UP_AND_DOWN.test(name) ? 1 : 0]);
    const [keys] = pairs.splice(Math.max(wanted, 0), 1);
    const sign = UP_IS_MORE.test(name) ? -most : most;
    const any = (/** @type {number} */ parity) =>
      keys.some((key, index) => index % 2 === parity && this.held.has(key)) ? 1 : 0;
    // Without this, "no key" would be minus zero for reversed pairs.
    this.readers.set(name, () => sign * (any(1) - any(0)) || 0);
    return [hint(name, keys.map(short).join(' '))];
  }

  /**
   * @param {string} name
   * @param {number} min
   * @param {number} max
   * @param {number} step
   */
  slider(name, min, max, step) {
    const value = `${Math.min(Math.max(0, min), max)}`;
    const range = document.createElement('input');
    // The value comes last: it is cut to the range that is set when it is set.
    Object.assign(range, { type: 'range', min, max, step, value });
    this.readers.set(name, () => Number(range.value));
    const output = document.createElement('output');
    const show = () => (output.textContent = `${Math.round(Number(range.value) * 1000) / 1000}`);
    range.addEventListener('input', show);
    show();
    const label = labelled(name, range, '');
    label.className = 'ranged';
    label.append(output);
    return [label];
  }

  /**
   * @param {string} name
   * @param {number} min
   * @param {number} max
   * @param {number} step
   * @param {string[]} parts
   */
  vector(name, min, max, step, parts) {
    const sliders = parts.flatMap((part) => this.slider(`${name}.${part}`, min, max, step));
    const readers = parts.map((part) => {
      const reader = this.readers.get(`${name}.${part}`);
      this.readers.delete(`${name}.${part}`);
      return [part, reader];
    });
    this.readers.set(name, () =>
      Object.fromEntries(readers.map(([part, reader]) => [part, /** @type {any} */ (reader)()])),
    );
    return sliders;
  }

  /**
   * @param {string} name
   * @param {string[]} names
   */
  choice(name, names) {
    const select = document.createElement('select');
    select.append(...names.map((it) => new Option(it, it)));
    this.readers.set(name, () => select.value);
    return [labelled(name, select, '')];
  }

  /**
   * @param {string} name
   * @param {number} bytes
   */
  text(name, bytes) {
    const field = Object.assign(document.createElement('input'), { maxLength: bytes });
    field.addEventListener('keydown', (event) => event.stopPropagation());
    this.readers.set(name, () => field.value);
    return [labelled(name, field, '')];
  }
}

/**
 * @param {string} name
 * @param {string} text
 */
function hint(name, text) {
  const span = document.createElement('span');
  span.className = 'keys';
  span.textContent = text;
  return labelled(name, span, '');
}

/**
 * @param {string} name
 * @param {HTMLElement} control
 * @param {string} key
 */
function labelled(name, control, key) {
  const label = document.createElement('label');
  const title = document.createElement('span');
  title.textContent = key ? `${name} (${key})` : name;
  label.append(title, control);
  return label;
}

/** @param {string} code of a key */
function short(code) {
  return ARROWS[code] ?? code.replace(/^(Key|Digit)|Left$/g, '').toLowerCase();
}
