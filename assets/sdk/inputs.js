// What the player does, tick by tick: asked for, remembered and sent when the clock of inputs says so.

import { InputClock, TICK_PARTS } from './input_clock.js';
import { inputMessage } from './message.js';
import { RecordLayout, neutralColumns } from './record.js';
import { Listeners, report } from './listeners.js';

/** @typedef {Record<string, any>} Input */
/** @typedef {Input | (() => Input)} InputSource */

/** After a pause, at most so many ticks that went by get an input. */
const MOST_DUE = 4;
/** The farthest behind that an input can say. */
const MOST_BEHIND = 65535;

/**
 * The input of a tick, as its player meant it and as everybody reads it: what the wire has no room
 * for is rounded away.
 * @typedef {object} InputNews
 * @property {number} tick
 * @property {Input} input
 * @property {Uint32Array} columns
 */

export class Inputs {
  /**
   * @param {import('./schema.js').Schema} schema
   * @param {number} tickHz
   */
  constructor(schema, tickHz) {
    this.schema = schema;
    this.clock = new InputClock(tickHz);
    this.layout = new RecordLayout(schema.input);
    /** What gives the input; null while there is none to send. @type {InputSource | null} */
    this.source = null;
    /** The tick of others that is drawn, if somebody draws. @type {(() => number) | null} */
    this.drawn = null;
    /** By how many ticks that was behind the tick of the last input; 0 when nobody draws. */
    this.behind = 0;
    /** @type {Listeners<[InputNews]>} */
    this.listeners = new Listeners();
  }

  /**
   * Sets what gives the input from now on.
   * @param {InputSource} source
   */
  set(source) {
    // What makes no sense is told to whoever says it, and changes nothing.
    if (typeof source !== 'function') this.columnsOf(source);
    this.source = typeof source === 'function' ? source : { ...source };
  }

  /**
   * An input as the wire has it.
   * @param {Input} input
   */
  columnsOf(input) {
    const columns = neutralColumns(this.schema.input);
    this.layout.fromObject(input, columns);
    return columns;
  }

  /**
   * What the player does right now, as everybody would read it; null when there is no input, or none
   * that makes sense.
   */
  current() {
    try {
      const input = this.now();
      return input && this.layout.toObject(this.columnsOf(input));
    } catch {
      // It is told of when the next tick's input would be sent, not with every picture.
      return null;
    }
  }

  /** What the server takes for the input of a player who never gave one. */
  get neutral() {
    return this.layout.toObject(neutralColumns(this.schema.input));
  }

  /** What the source gives. */
  now() {
    return typeof this.source === 'function' ? this.source() : this.source;
  }

  /**
   * The messages that are due now.
   * @param {number} now milliseconds
   * @param {number} applied the tick of the last frame
   * @param {boolean} silent whether nobody plays, so that what is due is passed over
   * @returns {Uint8Array[]}
   */
  due(now, applied, silent) {
    this.clock.advance(now);
    /** @type {Uint8Array[]} */
    const messages = [];
    for (let tick = this.clock.pollDue(MOST_DUE); tick !== null; tick = this.clock.pollDue(MOST_DUE)) {
      const message = silent ? null : this.message(tick, applied);
      if (message !== null) messages.push(message);
    }
    return messages;
  }

  /**
   * The input of a tick. A source that throws, or gives what makes no sense, is that tick's input lost
   * and no more: the error is reported as any uncaught one.
   * @param {number} tick
   * @param {number} applied
   */
  message(tick, applied) {
    try {
      const input = this.now();
      const ahead = (tick - applied) | 0;
      // Beyond that no message can name the tick; the server would not take it either.
      return input === null || ahead < 0 || ahead > 255 ? null : this.pack(tick, applied, input);
    } catch (error) {
      report(error);
      return null;
    }
  }

  /**
   * @param {number} tick
   * @param {number} applied
   * @param {Input} input
   */
  pack(tick, applied, input) {
    const columns = this.columnsOf(input);
    /** @type {number[]} */
    const record = [];
    this.layout.pack(columns, record);
    this.behind = this.behindOf(tick);
    const behind = Math.min(Math.round(this.behind * TICK_PARTS), MOST_BEHIND);
    if (this.listeners.any()) this.listeners.tell({ tick, input: this.layout.toObject(columns), columns });
    return inputMessage(applied, (tick - applied) | 0, behind, record);
  }

  /**
   * How far what is drawn of others is behind a tick.
   * @param {number} tick
   */
  behindOf(tick) {
    const drawn = this.drawn?.() ?? NaN;
    if (Number.isNaN(drawn)) return 0;
    const whole = Math.floor(drawn);
    return Math.max(0, ((tick - whole) | 0) - (drawn - whole));
  }
}
