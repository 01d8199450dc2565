//! How connections ended, in words and by number.

use std::collections::BTreeMap;

use parking_lot::Mutex;

/// The most different texts that are kept; the rest are counted together.
const MOST_TEXTS: usize = 32;

/// How the connections of those who mean harm ended.
#[derive(Debug, Default)]
pub struct Endings(Mutex<Told>);

/// What was told so far.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// How often something was tried.
    pub attacks: u64,
    /// As it is documented.
    pub expected: BTreeMap<String, u64>,
    /// In another way.
    pub unexpected: BTreeMap<String, u64>,
}

impl Endings {
    /// Something is tried.
    pub fn note_attack(&self) {
        self.0.lock().attacks += 1;
    }

    /// It ended so, which was to be expected or not.
    pub fn note(&self, text: String, is_expected: bool) {
        let mut told = self.0.lock();
        let texts = if is_expected { &mut told.expected } else { &mut told.unexpected };
        let is_known = texts.contains_key(&text) || texts.len() < MOST_TEXTS;
        let text = if is_known { text } else { "other ends".to_owned() };
        *texts.entry(text).or_default() += 1;
    }

    /// What was told so far.
    #[must_use]
    pub fn told(&self) -> Told {
        self.0.lock().clone()
    }
}

impl Told {
    /// How many ends were to be expected.
    #[must_use]
    pub fn explained(&self) -> u64 {
        self.expected.values().sum()
    }

    /// How many were not.
    #[must_use]
    pub fn unexplained(&self) -> u64 {
        self.unexpected.values().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_counted_by_their_words_and_bounded() {
        let endings = Endings::default();
        endings.note_attack();
        (0..100).for_each(|n| endings.note(n.to_string(), true));
        endings.note("odd".to_owned(), false);
        let told = endings.told();
        assert_eq!((told.attacks, told.explained(), told.unexplained()), (1, 100, 1));
        assert_eq!(told.expected.len(), MOST_TEXTS + 1);
    }
}
