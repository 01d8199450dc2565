// What happened lately, told from counters that only ever grow: two looks, and what lies between them.

/** A look at the counters. @typedef {{at: number, values: Record<string, number>, times: Record<string, Buckets>}} Look */
/** The largest time of a bucket in microseconds, and how many there were. @typedef {[number, number][]} Buckets */

export class Figures {
  /** @param {number} window for how long looks are kept, in milliseconds */
  constructor(window) {
    this.window = window;
    /** @type {Look[]} */
    this.looks = [];
  }

  /**
   * Takes a look. Counters that fell are those of a server that was started anew: what was before is forgotten.
   * @param {Look} look
   */
  add(look) {
    const last = this.looks.at(-1);
    if (last && look.values.uptime < last.values.uptime) this.looks = [];
    this.looks.push(look);
    while (this.looks[0].at < look.at - this.window) this.looks.shift();
  }

  /**
   * How fast a counter grows, by the second, from each look to the next one.
   * @param {string} name
   */
  rates(name) {
    return this.looks.slice(1).map((look, index) => {
      const before = this.looks[index];
      const seconds = Math.max(look.at - before.at, 1) / 1000;
      return Math.max(0, look.values[name] - before.values[name]) / seconds;
    });
  }

  /**
   * How fast a counter grew over the last milliseconds, by the second.
   * @param {string} name
   * @param {number} lately
   */
  rate(name, lately) {
    const [first, last] = this.ends(lately);
    if (!first || !last || first === last) return 0;
    return (Math.max(0, last.values[name] - first.values[name]) / (last.at - first.at)) * 1000;
  }

  /**
   * By how much a counter grew within the last milliseconds.
   * @param {string} name
   * @param {number} lately
   */
  growth(name, lately) {
    const [first, last] = this.ends(lately);
    return first && last ? Math.max(0, last.values[name] - first.values[name]) : 0;
  }

  /**
   * What a figure was at each look.
   * @param {string} name
   */
  series(name) {
    return this.looks.map(({ values }) => values[name]);
  }

  /**
   * A histogram of the last milliseconds; of all time while there was only one look.
   * @param {string} name
   * @param {number} lately
   */
  times(name, lately) {
    const [first, last] = this.ends(lately);
    if (!last) return [];
    return first && first !== last ? between(first.times[name], last.times[name]) : last.times[name];
  }

  /**
   * A percentile of a histogram, from each look to the next one.
   * @param {string} name
   * @param {number} share
   */
  percentiles(name, share) {
    return this.looks.slice(1).map((look, index) => percentile(between(this.looks[index].times[name], look.times[name]), share));
  }

  /**
   * The last look, and the first one that is not older than so many milliseconds.
   * @param {number} lately
   * @returns {[Look | undefined, Look | undefined]}
   */
  ends(lately) {
    const last = this.looks.at(-1);
    return [this.looks.find(({ at }) => last && at >= last.at - lately), last];
  }
}

/**
 * What came into a histogram between two looks.
 * @param {Buckets} before
 * @param {Buckets} after
 * @returns {Buckets}
 */
export function between(before, after) {
  const known = new Map(before);
  /** @type {Buckets} */
  const grown = after.map(([most, count]) => [most, count - (known.get(most) ?? 0)]);
  return grown.filter(([, count]) => count > 0);
}

/**
 * The time below which that share lies, in microseconds; 0 of nothing.
 * @param {Buckets} buckets in rising order
 * @param {number} share
 */
export function percentile(buckets, share) {
  const wanted = total(buckets) * share;
  let seen = 0;
  for (const [most, count] of buckets) {
    seen += count;
    if (seen >= wanted) return most;
  }
  return 0;
}

/** @param {Buckets} buckets */
export function total(buckets) {
  return buckets.reduce((sum, [, count]) => sum + count, 0);
}

/**
 * The buckets of a histogram, four a doubling, gathered into one a doubling or half of one, without gaps: as many
 * bars as a picture shows.
 * @param {Buckets} buckets in rising order
 * @param {number} [finer] bars a doubling
 * @returns {{from: number, to: number, count: number}[]}
 */
export function bars(buckets, finer = 2) {
  if (buckets.length === 0) return [];
  const place = (/** @type {number} */ micros) => Math.floor(Math.log2(Math.max(micros, 1)) * finer + 1e-9);
  const [first, last] = [place(buckets[0][0]), place(buckets[buckets.length - 1][0])];
  const made = Array.from({ length: last - first + 1 }, (_, index) => ({
    from: 2 ** ((first + index) / finer),
    to: 2 ** ((first + index + 1) / finer),
    count: 0,
  }));
  for (const [most, count] of buckets) made[place(most) - first].count += count;
  return made;
}
