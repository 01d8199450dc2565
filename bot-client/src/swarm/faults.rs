//! What befell bots, in words and by number.

use std::collections::BTreeMap;

/// The most different texts that are kept for one fault; the rest are counted together.
const MOST_TEXTS: usize = 32;

/// What can befall a bot, in the order in which it is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// It was not let in.
    Refused,
    /// It lost its connection.
    Lost,
    /// It lost its connection and did not get its session back.
    NotResumed,
    /// A frame could not be applied.
    BadFrame,
    /// It never got as far as being let in.
    NeverJoined,
    /// It got in, and no frame came.
    NoFrame,
}

/// What befell bots, and how often each in the same words.
#[derive(Clone, Debug, Default)]
pub struct Faults(BTreeMap<Fault, BTreeMap<String, u64>>);

impl Faults {
    /// Notes a fault.
    pub fn note(&mut self, fault: Fault, text: String) {
        let texts = self.0.entry(fault).or_default();
        let text = if texts.contains_key(&text) || texts.len() < MOST_TEXTS {
            text
        } else {
            "other reasons".to_owned()
        };
        *texts.entry(text).or_default() += 1;
    }

    /// How often it happened.
    #[must_use]
    pub fn count(&self, fault: Fault) -> u64 {
        self.0.get(&fault).map_or(0, |texts| texts.values().sum())
    }

    /// Each fault with its words and how often, most frequent first within a fault.
    pub fn iter(&self) -> impl Iterator<Item = (Fault, &str, u64)> {
        self.0.iter().flat_map(|(fault, texts)| {
            let mut texts: Vec<_> = texts.iter().collect();
            texts.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
            texts.into_iter().map(|(text, count)| (*fault, text.as_str(), *count))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_grouped_and_bounded() {
        let mut faults = Faults::default();
        for text in ["full", "closed", "closed"] {
            faults.note(Fault::Refused, text.to_owned());
        }
        let listed: Vec<_> = faults.iter().collect();
        assert_eq!(listed, [(Fault::Refused, "closed", 2), (Fault::Refused, "full", 1)]);
        (0..1000).for_each(|n| faults.note(Fault::Lost, n.to_string()));
        assert_eq!(faults.count(Fault::Lost), 1000);
        assert_eq!(faults.iter().count(), 2 + MOST_TEXTS + 1);
    }
}
