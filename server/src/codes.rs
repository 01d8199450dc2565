//! Join codes, and the randomness that a seed repeats.
//!
//! A code is the only key to a private room, so nobody may foresee one: codes come from the system's
//! randomness, and have nothing to do with the seeds of games, which their players may come to know. Only
//! an operator who asks for a run that can be repeated, by giving a seed, gets codes that follow from it.

use crate::tickets::random_bytes;

/// How many characters a join code has.
pub const CODE_LENGTH: usize = 5;
/// No vowels, so that no words come out; no `0 O 1 I L`, which people confuse.
const ALPHABET: &[u8; 27] = b"BCDFGHJKMNPQRSTVWXZ23456789";

/// SplitMix64: small, and good enough for seeds, which are no secrets. From one number the next follows.
#[derive(Clone, Debug)]
pub struct SplitMix(u64);

impl SplitMix {
    /// Begins at `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        SplitMix(seed)
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

/// Where join codes come from.
#[derive(Clone, Debug)]
pub(crate) enum Codes {
    /// Nobody can foresee them.
    Random,
    /// A seed repeats them.
    Seeded(SplitMix),
}

impl Codes {
    /// Another join code.
    pub(crate) fn next(&mut self) -> String {
        let mut rest = match self {
            Codes::Random => u64::from_le_bytes(random_bytes()),
            Codes::Seeded(random) => random.next(),
        };
        let mut letter = || {
            let index = rest % ALPHABET.len() as u64;
            rest /= ALPHABET.len() as u64;
            char::from(ALPHABET[index as usize])
        };
        (0..CODE_LENGTH).map(|_| letter()).collect()
    }
}

/// A join code as it is looked up, in capitals; `None` for what is none.
#[must_use]
pub fn code_key(code: &str) -> Option<[u8; CODE_LENGTH]> {
    let mut key: [u8; CODE_LENGTH] = code.as_bytes().try_into().ok()?;
    key.make_ascii_uppercase();
    Some(key)
}

/// The seed of a server's `ordinal`-th room. The first room has the server's own
/// seed, so that a run of one room is repeated by what was logged.
#[must_use]
pub fn room_seed(seed: u64, ordinal: u64) -> u64 {
    match ordinal {
        0 => seed,
        _ => SplitMix::new(seed ^ ordinal.wrapping_mul(0xA24B_AED4_963E_E407)).next(),
    }
}

/// A seed that nobody chose. The standard library's hasher keys are random, so no crate is needed.
#[must_use]
pub fn random_seed() -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    RandomState::new().build_hasher().finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_repeated_by_a_seed_only_and_use_the_alphabet_only() {
        let codes = |mut codes: Codes| (0..1000).map(|_| codes.next()).collect::<Vec<_>>();
        let seeded = |seed| codes(Codes::Seeded(SplitMix::new(seed)));
        assert_eq!(seeded(7), seeded(7));
        assert_ne!(seeded(7), seeded(8));
        assert_ne!(codes(Codes::Random), codes(Codes::Random));
        for code in [seeded(7), codes(Codes::Random)].concat() {
            assert_eq!(code.len(), CODE_LENGTH);
            assert!(!code.contains(['0', 'O', '1', 'I', 'L', 'A', 'E', 'U', 'Y']), "{code}");
        }
    }

    #[test]
    fn rooms_have_different_seeds_and_the_first_has_the_servers() {
        assert_eq!(room_seed(42, 0), 42);
        assert_ne!(room_seed(42, 1), room_seed(42, 2));
    }
}
