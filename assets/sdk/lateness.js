// How far ahead inputs have to be: a histogram that forgets slowly.
//
// Each input that the server has seen tells how far ahead of our time it would have had to be to
// arrive just in time: its need, in ticks. The network's usual delay is where most of them lie;
// jitter is how wide they lie; stalls are those far out, and stay for a while, so that the next one
// does not come as a surprise.
//
// `shared/src/netcode/lateness.rs` is the same program, and both come to the same bits.

/** Bins to a tick. */
const BINS_A_TICK = 32;
const BINS = 256;
/** Where the first need is put: most of what comes later is later than that. */
const FIRST_BIN = 64;
/** By how much less each need counts than the one after it: half as much after some 350. */
const GROWTH = 1.002;
/** Weights are scaled down when they get here. */
const MOST_WEIGHT = 1e9;
/** An input that is lost is as bad as so many ticks by which all inputs take longer, for one input. */
const PRICE_OF_LOSS = 100;
/** So many needs in a row beyond the last bin come to stay. */
const BEYOND_FOR_GOOD = 10;
/** Bins to spare: what comes next may be a little later than all that came before. */
const SPARE_BINS = 1;

export class Lateness {
  /**
   * @param {number} [price] how many ticks by which all take longer one need that is not met is worth
   * @param {number} [growth] how many times as much as the one before each need counts
   */
  constructor(price = PRICE_OF_LOSS, growth = GROWTH) {
    this.price = price;
    this.growth = growth;
    this.weights = new Float64Array(BINS);
    /** The need at which the first bin begins, in bins; whole. */
    this.base = 0;
    /** What the next need weighs. */
    this.weight = 1;
    this.total = 0;
    /** How many of the last needs in a row were beyond the last bin. */
    this.beyond = 0;
  }

  /** Forgets all. */
  clear() {
    this.weights.fill(0);
    this.base = 0;
    this.weight = 1;
    this.total = 0;
    this.beyond = 0;
  }

  /**
   * Notes a need.
   * @param {number} need in ticks
   */
  note(need) {
    const bin = Math.floor(need * BINS_A_TICK);
    if (this.total === 0) this.base = bin - FIRST_BIN;
    if (bin < this.base) this.moveDown(this.base - bin);
    const index = Math.min(bin - this.base, BINS - 1);
    this.weights[index] += this.weight;
    this.total += this.weight;
    this.weight *= this.growth;
    // What lies beyond the last bin time and again is not a stall but the new place of all.
    this.beyond = index === BINS - 1 ? this.beyond + 1 : 0;
    if (this.beyond === BEYOND_FOR_GOOD) {
      this.clear();
      this.note(need);
    } else if (this.weight > MOST_WEIGHT) {
      this.scaleDown();
    }
  }

  /**
   * How far ahead of our time inputs should be, in ticks.
   *
   * The choice that costs least, when each tick ahead is a tick by which all inputs take longer, and
   * each need beyond it an input that is lost. So jitter is covered to its end, and a rare long
   * stall is not.
   */
  best() {
    let [beyond, best, least] = [0, 0, Infinity];
    for (let index = BINS - 1; index >= 0; index--) {
      if (this.weights[index] === 0) continue;
      const edge = (this.base + index + 1 + SPARE_BINS) / BINS_A_TICK;
      const cost = edge + (this.price * beyond) / this.total;
      if (cost < least) [least, best] = [cost, edge];
      beyond += this.weights[index];
    }
    return best;
  }

  /**
   * Makes room below; what falls off the other end is kept in the last bin.
   * @param {number} bins
   */
  moveDown(bins) {
    const by = Math.min(bins, BINS);
    let beyond = 0;
    for (let index = BINS - by; index < BINS; index++) beyond += this.weights[index];
    this.weights.copyWithin(by, 0, BINS - by);
    this.weights.fill(0, 0, by);
    this.weights[BINS - 1] += beyond;
    this.base -= bins;
  }

  scaleDown() {
    const by = 1 / this.weight;
    for (let index = 0; index < BINS; index++) this.weights[index] *= by;
    this.total *= by;
    this.weight = 1;
  }
}
