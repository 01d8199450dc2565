//! Randomness that a seed repeats, and the join codes made from it.

/// How many characters a join code has.
pub const CODE_LENGTH: usize = 5;
/// No vowels, so that no words come out; no `0 O 1 I L`, which people confuse.
const ALPHABET: &[u8; 27] = b"BCDFGHJKMNPQRSTVWXZ23456789";

/// SplitMix64: small, and good enough for codes and seeds, which are no secrets.
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

    /// A join code.
    pub fn code(&mut self) -> String {
        let mut rest = self.next();
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
    fn codes_are_repeated_by_their_seed_and_use_the_alphabet_only() {
        let codes = |seed| {
            let mut random = SplitMix::new(seed);
            (0..1000).map(|_| random.code()).collect::<Vec<_>>()
        };
        assert_eq!(codes(7), codes(7));
        assert_ne!(codes(7), codes(8));
        for code in codes(7) {
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
