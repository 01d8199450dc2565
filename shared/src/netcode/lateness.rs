//! How far ahead inputs have to be: a histogram that forgets slowly.
//!
//! Each input that the server has seen tells how far ahead of the client's time it would have had
//! to be to arrive just in time: its *need*, in ticks. The network's usual delay is where most of
//! them lie; jitter is how wide they lie; stalls are those far out, and stay for a while, so that the
//! next one does not come as a surprise.
//!
//! `assets/sdk/lateness.js` is the same program: both must come to the same bits, so there is
//! nothing here but additions, multiplications, divisions and roundings down, in one order.

/// Bins to a tick.
const BINS_A_TICK: f64 = 32.0;
const BINS: usize = 256;
/// Where the first need is put: most of what comes later is later than that.
const FIRST_BIN: f64 = 64.0;
/// By how much less each need counts than the one after it: half as much after some 350.
const GROWTH: f64 = 1.002;
/// Weights are scaled down when they get here.
const MOST_WEIGHT: f64 = 1e9;
/// So many needs in a row beyond the last bin come to stay.
const BEYOND_FOR_GOOD: u32 = 10;
/// An input that is lost is as bad as so many ticks by which all inputs take longer, for one input.
const PRICE_OF_LOSS: f64 = 100.0;
/// Bins to spare: what comes next may be a little later than all that came before.
const SPARE_BINS: f64 = 1.0;

/// Needs, and how often they came lately.
#[derive(Clone, Debug)]
pub struct Lateness {
    price: f64,
    growth: f64,
    weights: [f64; BINS],
    /// The need at which the first bin begins, in bins; whole.
    base: f64,
    /// What the next need weighs.
    weight: f64,
    total: f64,
    /// How many of the last needs in a row were beyond the last bin.
    beyond: u32,
}

impl Default for Lateness {
    fn default() -> Self {
        Lateness::new(PRICE_OF_LOSS, GROWTH)
    }
}

impl Lateness {
    /// Weighs needs: one that is not met is as bad as `price` ticks by which all take longer, for
    /// once, and each counts `growth` times as much as the one before it.
    #[must_use]
    pub fn new(price: f64, growth: f64) -> Lateness {
        let weights = [0.0; BINS];
        Lateness { price, growth, weights, base: 0.0, weight: 1.0, total: 0.0, beyond: 0 }
    }

    /// Whether nothing was noted yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.total == 0.0
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        *self = Lateness::new(self.price, self.growth);
    }

    /// Notes a need, in ticks.
    pub fn note(&mut self, need: f64) {
        let bin = (need * BINS_A_TICK).floor();
        if self.is_empty() {
            self.base = bin - FIRST_BIN;
        }
        if bin < self.base {
            self.move_down(self.base - bin);
        }
        let index = (bin - self.base).min(BINS as f64 - 1.0) as usize;
        self.weights[index] += self.weight;
        self.total += self.weight;
        self.weight *= self.growth;
        // What lies beyond the last bin time and again is not a stall but the new place of all.
        self.beyond = if index == BINS - 1 { self.beyond + 1 } else { 0 };
        if self.beyond == BEYOND_FOR_GOOD {
            self.clear();
            return self.note(need);
        }
        if self.weight > MOST_WEIGHT {
            self.scale_down();
        }
    }

    /// How far ahead of the client's time its inputs should be, in ticks.
    ///
    /// The choice that costs least, when each tick ahead is a tick by which all inputs take longer, and
    /// each need beyond it an input that is lost. So jitter is covered to its end, and a rare long stall is not.
    #[must_use]
    pub fn best(&self) -> f64 {
        let (mut beyond, mut best, mut least) = (0.0, 0.0, f64::INFINITY);
        for index in (0..BINS).rev() {
            if self.weights[index] == 0.0 {
                continue;
            }
            let edge = (self.base + index as f64 + 1.0 + SPARE_BINS) / BINS_A_TICK;
            let cost = edge + self.price * beyond / self.total;
            if cost < least {
                (least, best) = (cost, edge);
            }
            beyond += self.weights[index];
        }
        best
    }

    /// Makes room below; what falls off the other end is kept in the last bin.
    fn move_down(&mut self, bins: f64) {
        let by = bins.min(BINS as f64) as usize;
        let mut beyond = 0.0;
        for index in BINS - by..BINS {
            beyond += self.weights[index];
        }
        for index in (by..BINS).rev() {
            self.weights[index] = self.weights[index - by];
        }
        for index in 0..by {
            self.weights[index] = 0.0;
        }
        self.weights[BINS - 1] += beyond;
        self.base -= bins;
    }

    fn scale_down(&mut self) {
        let by = 1.0 / self.weight;
        for weight in &mut self.weights {
            *weight *= by;
        }
        self.total *= by;
        self.weight = 1.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Needs that lie between two bounds, evenly, in an order without a pattern.
    fn between(low: f64, high: f64, count: u32) -> impl Iterator<Item = f64> {
        let share =
            |index: u32| f64::from(index.wrapping_mul(2_654_435_769) >> 8) / f64::from(1 << 24);
        (0..count).map(move |index| low + (high - low) * share(index))
    }

    #[test]
    fn jitter_is_covered_to_its_end_and_hardly_further() {
        let mut lateness = Lateness::default();
        between(2.0, 2.3, 600).for_each(|need| lateness.note(need));
        let best = lateness.best();
        assert!((2.3..2.37).contains(&best), "{best}");
    }

    #[test]
    fn a_rare_long_stall_is_not_waited_for_and_a_frequent_one_is() {
        let mut lateness = Lateness::default();
        for (index, need) in between(2.0, 2.3, 1000).enumerate() {
            lateness.note(if index % 100 == 99 { need + 3.0 } else { need });
        }
        assert!(lateness.best() < 2.5, "a hundredth lost costs less than three ticks for all");
        for (index, need) in between(2.0, 2.3, 1000).enumerate() {
            lateness.note(if index % 10 == 9 { need + 3.0 } else { need });
        }
        assert!((5.2..5.4).contains(&lateness.best()), "{}", lateness.best());
    }

    #[test]
    fn a_stall_is_remembered_and_at_last_forgotten() {
        let mut lateness = Lateness::default();
        let calm = |lateness: &mut Lateness, count| {
            between(2.0, 2.1, count).for_each(|need| lateness.note(need));
        };
        calm(&mut lateness, 300);
        (0..20).for_each(|_| lateness.note(3.0));
        assert!(lateness.best() > 3.0);
        calm(&mut lateness, 300);
        assert!(lateness.best() > 3.0, "it is remembered");
        calm(&mut lateness, 2000);
        assert!(lateness.best() < 2.2, "and forgotten: {}", lateness.best());
    }

    #[test]
    fn what_moves_for_good_is_followed_however_far() {
        let mut lateness = Lateness::default();
        between(2.0, 2.1, 300).for_each(|need| lateness.note(need));
        between(60.0, 60.1, 9).for_each(|need| lateness.note(need));
        assert!(lateness.best() < 10.0, "that may have been a stall: {}", lateness.best());
        between(60.0, 60.1, 100).for_each(|need| lateness.note(need));
        assert!((60.1..60.2).contains(&lateness.best()), "{}", lateness.best());
        between(-60.0, -59.9, 3000).for_each(|need| lateness.note(need));
        assert!((-59.9..-59.8).contains(&lateness.best()), "{}", lateness.best());
    }

    #[test]
    fn weights_stay_small_for_as_long_as_it_takes() {
        let mut lateness = Lateness::default();
        between(2.0, 2.3, 100_000).for_each(|need| lateness.note(need));
        assert!(lateness.total < 1e12 && (2.3..2.37).contains(&lateness.best()));
    }
}
