// One entity's recent past, and where it is at any time in or shortly after it.
//
// Between two states of neighbouring ticks it moves in a straight line; where ticks are missing
// in between, along a curve with the speeds that its states show. After the last state
// it goes on as it was going and comes to a halt. When more is known then, what is drawn differs from
// where it should be; the difference is kept and fades, so that nothing is seen to jump.

/** @typedef {import('./blend.js').Blender} Blender */
/** @typedef {import('./entities.js').Entity} Entity */

/**
 * How many states are kept at most: a quarter of a second of delay and the longest lag fit in, at up to
 * 190 ticks a second. When there are more, nobody draws them, and the oldest is dropped.
 */
const HISTORY = 64;
/** How long a difference takes to fade to a third, in seconds. */
const FADE_SECONDS = 0.09;
/**
 * What is not sent evenly rests when frames have said nothing of it for so many ticks: that is how
 * seldom servers send what is far.
 */
const SILENCE = 8;
/** The most ticks between two states that say how often it is sent. */
const MOST_SPACING = 16;

/**
 * What an entity was at a tick; without an entity it was gone.
 * @typedef {object} Sample
 * @property {number} tick
 * @property {Entity | null} entity
 * @property {Float64Array} values what moves of it
 * @property {boolean} jump whether it was put there, and did not move there
 * @property {Float64Array | null} speed a tick, when it has been asked for
 */

export class Track {
  /**
   * @param {Blender} blender
   * @param {number} coasting how many ticks far it goes on after the last state
   */
  constructor(blender, coasting) {
    this.blender = blender;
    this.coasting = coasting;
    /** In order of their ticks; the first is at or before what is drawn. @type {Sample[]} */
    this.samples = [];
    /** The one before those, for the speed of the first. @type {Sample | null} */
    this.earlier = null;
    /** How many ticks further behind than others it is drawn. */
    this.lag = 0;
    /** Ticks between its last two samples, if frames in between said nothing of it. */
    this.spacing = 1;
    /** For how many ticks after its last sample frames have said nothing of it. */
    this.silence = 0;
    /** The silence that says that it stays where it is: its turn has come, and nothing was sent. */
    this.turn = SILENCE;
    /** What is shown, changed in place. @type {Entity} */
    this.drawn = {};
    /** The tick that was drawn last, or NaN when it was not to be seen. */
    this.at = NaN;
    /** Whether it was only guessed where to go from there. */
    this.guessed = false;
    /** Whether more has become known since. */
    this.news = false;
    this.values = new Float64Array(blender.count);
    /** By how much what is drawn differs from where it should be. */
    this.error = new Float64Array(blender.count);
    this.off = false;
    this.scratch = new Float64Array(blender.count);
  }

  /** The latest state. */
  get last() {
    return this.samples.at(-1);
  }

  /**
   * Takes the state at a tick, which came with the frame of another. What the frame said nothing of
   * shows what it has shown before: its tick is an old one.
   * @param {number} frame
   * @param {number} tick
   * @param {Entity} entity
   * @param {(before: Entity, after: Entity) => boolean} isJump
   */
  add(frame, tick, entity, isJump) {
    const { last, blender } = this;
    if (last?.entity && tick <= last.tick) {
      this.stay(frame - last.tick);
      return;
    }
    if (last?.entity) this.space(this.silence > 0 ? Math.min(tick - last.tick, MOST_SPACING) : 1);
    this.silence = 0;
    const values = blender.read(entity);
    let jump = true;
    if (last?.entity) {
      blender.way(last.values, values, this.scratch);
      jump = blender.isJump(this.scratch, tick - last.tick) || isJump(last.entity, entity);
    }
    // What has come back is not older than the time when it was gone.
    const at = Math.max(tick, last?.tick ?? tick);
    this.push({ tick: at, entity: { ...entity }, values, jump, speed: null });
  }

  /**
   * Nothing was said of it for so many ticks.
   * @param {number} silence
   */
  stay(silence) {
    const rested = this.rests;
    this.silence = silence;
    if (this.rests !== rested) this.news = true;
  }

  get rests() {
    return this.silence >= this.turn;
  }

  /** @param {number} spacing */
  space(spacing) {
    this.turn = spacing > 1 && spacing === this.spacing ? spacing : Math.max(spacing, SILENCE);
    this.spacing = spacing;
  }

  /**
   * The entity is gone.
   * @param {number} tick the first without it
   */
  end(tick) {
    if (this.last?.entity) this.push({ tick, entity: null, values: this.values, jump: true, speed: null });
  }

  /** @param {Sample} sample */
  push(sample) {
    this.samples.push(sample);
    this.news = true;
    if (this.samples.length > HISTORY) {
      this.forget();
      this.guessed = true;
    }
  }

  /** Drops the oldest state. */
  forget() {
    this.earlier = this.samples.shift() ?? null;
  }

  /**
   * Moves the lag towards what the spacing needs, without a jump.
   * @param {number} most
   */
  follow(most) {
    // What nobody sees yet may begin where it should be.
    const step = Number.isNaN(this.at) ? Infinity : most;
    const error = this.spacing - 1 - this.lag;
    this.lag += Math.max(-step, Math.min(step, error));
  }

  /**
   * Brings `drawn` to a tick.
   * @param {number} tick
   * @param {number} seconds since the last picture
   * @param {boolean} skipped whether time itself has jumped since
   * @returns {boolean} whether the entity is to be seen
   */
  draw(tick, seconds, skipped) {
    if (!Number.isNaN(this.at)) this.settle(tick, skipped);
    while (this.samples.length > 1 && this.samples[1].tick <= tick) {
      this.forget();
      if (this.samples[0].jump) this.off = false;
    }
    const [first] = this.samples;
    // What is in the future has not begun, unless what was before it was only dropped.
    const isToCome = first.tick > tick && !this.earlier?.entity;
    if (isToCome || first.entity === null) {
      this.at = NaN;
      return false;
    }
    this.place(tick, this.values);
    if (this.off) this.fade(seconds);
    this.blender.write(this.values, first.entity, this.drawn);
    this.at = tick;
    this.guessed = this.samples.length === 1;
    this.news = false;
    return true;
  }

  /**
   * Keeps what was drawn where it was, if what has become known since says otherwise.
   * @param {number} tick
   * @param {boolean} skipped
   */
  settle(tick, skipped) {
    if (!skipped && !(this.guessed && this.news)) return;
    const { blender, scratch, error } = this;
    const moved = this.samples.some(({ tick: at, jump }) => jump && at > this.at && at <= tick);
    this.place(skipped ? tick : this.at, scratch);
    blender.way(scratch, this.values, error);
    this.off = !moved && !blender.isJump(error, 1);
  }

  /** @param {number} seconds */
  fade(seconds) {
    const share = Math.exp(-seconds / FADE_SECONDS);
    for (let i = 0; i < this.error.length; i++) this.error[i] *= share;
    this.blender.line(this.values, this.error, 1, this.values);
  }

  /**
   * Where it is at a tick.
   * @param {number} tick
   * @param {Float64Array} out
   */
  place(tick, out) {
    const { samples, blender } = this;
    let index = 0;
    while (index + 1 < samples.length && samples[index + 1].tick <= tick) index += 1;
    const from = samples[index];
    const to = samples[index + 1];
    if (!to?.entity) {
      this.coast(index, tick - from.tick, out);
      return;
    }
    const ticks = to.tick - from.tick;
    const share = (tick - from.tick) / ticks;
    if (to.jump || share <= 0) {
      out.set(from.values);
      return;
    }
    blender.way(from.values, to.values, out);
    if (ticks === 1) blender.line(from.values, out, share, out);
    else blender.curve(from.values, out, ticks, this.speedAt(index), this.speedAt(index + 1), share, out);
  }

  /**
   * Where it is after its last state: it goes on as it was going, ever slower.
   * @param {number} index of that state
   * @param {number} ticks since then
   * @param {Float64Array} out
   */
  coast(index, ticks, out) {
    const { values } = this.samples[index];
    const ends = index + 1 < this.samples.length;
    if (this.rests || ticks <= 0) {
      out.set(values);
      return;
    }
    const most = 2 * this.coasting;
    // What ends has flown to its end.
    const slowing = ticks < most ? ticks - (ticks * ticks) / (2 * most) : this.coasting;
    const way = ends ? Math.min(ticks, this.coasting) : slowing;
    this.blender.line(values, this.speedAt(index), way, out);
  }

  /**
   * How fast it is at a state, from the states around it as far as they are known when it is first
   * asked for: a speed that changed later would make what is drawn jump.
   * @param {number} index
   * @returns {Float64Array}
   */
  speedAt(index) {
    const sample = this.samples[index];
    if (sample.speed !== null) return sample.speed;
    const before = index > 0 ? this.samples[index - 1] : this.earlier;
    const after = this.samples[index + 1];
    const from = before?.entity && !sample.jump ? before : sample;
    const to = after?.entity && !after.jump ? after : sample;
    const speed = new Float64Array(this.blender.count);
    if (to.tick > from.tick) {
      this.blender.way(from.values, to.values, speed);
      for (let i = 0; i < speed.length; i++) {
        speed[i] = this.blender.parts[i].curves ? speed[i] / (to.tick - from.tick) : 0;
      }
    }
    sample.speed = speed;
    return speed;
  }
}
