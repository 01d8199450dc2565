//! The chance of a link: SplitMix64, seeded by whoever makes the link.

/// A small generator; the same seed gives the same numbers everywhere.
#[derive(Clone, Debug)]
pub(super) struct Chance(u64);

const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// Bits that look unrelated to those of any other number.
pub(super) fn scramble(number: u64) -> u64 {
    let mut bits = number.wrapping_add(STEP);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// Maps any number evenly to `0..count`; 0 when there is nothing to choose from.
pub(super) fn below(bits: u64, count: u64) -> u64 {
    ((u128::from(bits) * u128::from(count)) >> 64) as u64
}

impl Chance {
    pub(super) fn new(seed: u64) -> Chance {
        Chance(seed)
    }

    /// The next 64 bits.
    pub(super) fn next(&mut self) -> u64 {
        let bits = scramble(self.0);
        self.0 = self.0.wrapping_add(STEP);
        bits
    }

    /// Whether something happens that does so this many times in a million.
    pub(super) fn hits(&mut self, ppm: u32) -> bool {
        below(self.next(), 1_000_000) < u64::from(ppm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_splitmix64() {
        let mut chance = Chance::new(1_234_567);
        assert_eq!(chance.next(), 6_457_827_717_110_365_317);
        assert_eq!(chance.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn what_is_to_happen_once_in_a_hundred_times_does() {
        let mut chance = Chance::new(3);
        let hits = (0..100_000).filter(|_| chance.hits(10_000)).count();
        assert!((900..1100).contains(&hits), "{hits} of 100,000");
        assert!(!(0..1000).any(|_| chance.hits(0)));
    }
}
