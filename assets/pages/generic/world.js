// Draws whatever has a place: every entity with a vector is a dot with a label.

/** @typedef {import('/sdk/tickwire.js').Schema} Schema */
/** @typedef {import('/sdk/tickwire.js').Interpolation} Interpolation */
/** @typedef {{kind: string, id: number, own: boolean, x: number, y: number}} Dot */

const COLOURS = ['#5ee7ff', '#ffd166', '#ff5d73', '#6ef2a4', '#c58bff', '#ff9d5c', '#8fb4ff', '#f28ad0'];
const MARGIN = 26;
/** How high a label is. */
const LINE = 9;
/** How far a label is from its dot's middle: beyond the ring. */
const GAP = 18;

/**
 * Names of fields that say whose an entity is, the surest first. It is a guess: nothing in a
 * schema tells a player's number from any other.
 */
const WHOSE = [/^player$/, /(^|_)(player|owner|who)(_id)?$/i];

/**
 * What of a kind says where it is, what it is called and where it points.
 * @param {Schema['kinds'][number]} kind
 * @param {number} index
 */
function lookOf(kind, index) {
  const first = (/** @type {string[]} */ ...types) =>
    kind.fields.find((field) => types.includes(field.type.type));
  const place = first('vec2', 'vec3');
  const type = place?.type;
  const bounds = type && (type.type === 'vec2' || type.type === 'vec3') ? type : null;
  return {
    name: kind.name,
    colour: COLOURS[index % COLOURS.length],
    place: place?.name ?? null,
    bounds,
    label: first('text')?.name ?? null,
    heading: first('angle')?.name ?? null,
    whole: kind.fields.filter((field) => field.type.type === 'int').map((field) => field.name),
    flags: kind.fields.filter((field) => field.type.type === 'bool').map((field) => field.name),
  };
}

export class World {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Schema} schema
   * @param {number} player the own number
   */
  constructor(canvas, schema, player) {
    this.canvas = canvas;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    this.player = player;
    this.looks = schema.kinds.map(lookOf);
    // Where one kind has a field `player`, what merely has an `owner` is no player.
    const placed = this.looks.filter(({ place }) => place !== null).flatMap(({ whole }) => whole);
    this.whose = WHOSE.find((names) => placed.some((name) => names.test(name)));
    /** What was drawn last, to be picked from. @type {Dot[]} */
    this.dots = [];
    const bounds = this.looks.flatMap((look) => look.bounds ?? []);
    this.min = Math.min(0, ...bounds.map(({ min }) => min));
    this.max = Math.max(1, ...bounds.map(({ max }) => max));
    // The declared range may be far larger than what is used of it.
    this.used = 0;
    this.shown = this.max;
  }

  /**
   * @param {Interpolation} view
   * @param {number | null} picked the entity whose fields are shown
   */
  draw(view, picked) {
    const { context, canvas } = this;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    this.drawBounds(width, height);
    this.dots.length = 0;
    for (const look of this.looks) {
      if (look.place === null) continue;
      for (const [id, entity] of view.entities(look.name)) this.drawDot(look, id, entity, picked);
    }
  }

  /**
   * @param {number} width
   * @param {number} height
   */
  drawBounds(width, height) {
    const size = Math.min(width, height) - MARGIN * 2;
    this.shown += (this.extent() - this.shown) * 0.1;
    this.scale = size / (this.shown - this.min);
    this.size = size;
    this.left = (width - size) / 2;
    this.top = (height - size) / 2;
    const { context } = this;
    context.fillStyle = '#0b1120';
    context.fillRect(this.left, this.top, size, size);
    context.strokeStyle = '#22304f';
    context.strokeRect(this.left, this.top, size, size);
    context.strokeStyle = 'rgb(120 150 210 / 0.08)';
    context.beginPath();
    for (let line = 1; line < 10; line++) {
      const at = (size * line) / 10;
      context.moveTo(this.left + at, this.top);
      context.lineTo(this.left + at, this.top + size);
      context.moveTo(this.left, this.top + at);
      context.lineTo(this.left + size, this.top + at);
    }
    context.stroke();
  }

  /** How far the picture reaches: the declared range, or the part of it that is used. */
  extent() {
    if (this.used <= 0) return this.max;
    let extent = this.max;
    while (extent / 2 > this.used) extent /= 2;
    return extent;
  }

  /**
   * @param {ReturnType<typeof lookOf>} look
   * @param {number} id
   * @param {Record<string, any>} entity
   * @param {number | null} picked
   */
  drawDot(look, id, entity, picked) {
    const place = look.place ? entity[look.place] : null;
    if (!place) return;
    this.used = Math.max(this.used, place.x, place.y);
    const x = (this.left ?? 0) + (place.x - this.min) * (this.scale ?? 1);
    const y = (this.top ?? 0) + (place.y - this.min) * (this.scale ?? 1);
    const own = this.isOwn(look, entity);
    this.dots.push({ kind: look.name, id, own, x, y });
    const { context } = this;
    context.fillStyle = look.colour;
    context.beginPath();
    context.arc(x, y, own ? 8 : 6, 0, Math.PI * 2);
    context.fill();
    if (own || id === picked) this.drawRing(x, y, id === picked ? '#ffffff' : look.colour);
    if (look.flags.some((name) => entity[name])) this.drawRing(x, y, '#ff5d73', 10);
    // Fields that this viewer may not see are not there.
    const heading = look.heading === null ? undefined : entity[look.heading];
    if (heading !== undefined) this.drawHeading(x, y, heading, look.colour);
    const label = look.label === null ? undefined : entity[look.label];
    if (label !== undefined) this.drawText(x, y, `${label}`);
  }

  /**
   * Whether an entity is the own one, or one of them.
   * @param {ReturnType<typeof lookOf>} look
   * @param {Record<string, any>} entity
   */
  isOwn(look, entity) {
    return look.whole.some((name) => this.whose?.test(name) && entity[name] === this.player);
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {string} colour
   * @param {number} [radius]
   */
  drawRing(x, y, colour, radius = 13) {
    const { context } = this;
    context.lineWidth = 2;
    context.strokeStyle = colour;
    context.beginPath();
    context.arc(x, y, radius, 0, Math.PI * 2);
    context.stroke();
    context.lineWidth = 1;
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} heading
   * @param {string} colour
   */
  drawHeading(x, y, heading, colour) {
    const { context } = this;
    context.strokeStyle = colour;
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x + Math.cos(heading) * 16, y + Math.sin(heading) * 16);
    context.stroke();
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {string} text
   */
  drawText(x, y, text) {
    const { context } = this;
    context.font = '12px system-ui, sans-serif';
    context.textAlign = 'center';
    context.fillStyle = '#c6d3ea';
    // Near an edge it moves inwards, at the upper one below the dot.
    const half = context.measureText(text).width / 2 + 3;
    const left = (this.left ?? 0) + half;
    const right = (this.left ?? 0) + (this.size ?? 0) - half;
    const above = y - GAP - LINE >= (this.top ?? 0);
    context.fillText(text, Math.max(left, Math.min(x, right)), above ? y - GAP : y + GAP + LINE);
  }

  /**
   * The dot at a place of the canvas, if any.
   * @param {number} x
   * @param {number} y
   */
  pick(x, y) {
    const near = this.dots.map((dot) => ({ dot, distance: Math.hypot(dot.x - x, dot.y - y) }));
    near.sort((a, b) => a.distance - b.distance);
    return near[0]?.distance < 20 ? near[0].dot : null;
  }

  /** Where the own entity is on the canvas. */
  own() {
    return this.dots.find(({ own }) => own) ?? null;
  }
}
