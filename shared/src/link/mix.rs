//! Many clients, each on a network of its own.

use std::{fmt, str::FromStr};

use super::{
    chance::{below, scramble},
    conditions::Conditions,
    error::NetError,
    profile::Profile,
};

/// Networks and their shares: `wifi`, `wifi=70,4g=25,train=5`, or the text of [`Conditions`].
///
/// Shares are whole numbers from 1 to 1000 that need not add up to anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mix {
    parts: Vec<Part>,
}

/// A network of a [`Mix`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The profile's name, or the conditions as text.
    pub name: String,
    /// What it is like.
    pub conditions: Conditions,
    share: u32,
}

const SHARE_MOST: u32 = 1000;
/// 2^32 over the golden ratio: steps of this length fill a circle as evenly as can be.
const GOLDEN: u32 = 0x9E37_79B9;

impl Mix {
    /// The network of a client. The shares of the first `n` clients are as asked for to within one
    /// or two, whatever the seed, which says who gets which.
    #[must_use]
    pub fn part(&self, seed: u64, index: u32) -> &Part {
        let place = (scramble(seed) as u32).wrapping_add(index.wrapping_mul(GOLDEN));
        let all: u32 = self.parts.iter().map(|part| part.share).sum();
        let place = below(u64::from(place) << 32, u64::from(all)) as u32;
        let mut end = 0;
        let found = self.parts.iter().find(|part| {
            end += part.share;
            place < end
        });
        found.expect("a place lies within the sum of all shares")
    }

    /// The networks, in the order in which they were given.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }
}

impl From<Conditions> for Mix {
    fn from(conditions: Conditions) -> Mix {
        Mix { parts: vec![Part { name: conditions.to_string(), conditions, share: 1 }] }
    }
}

impl FromStr for Mix {
    type Err = NetError;

    fn from_str(text: &str) -> Result<Mix, NetError> {
        if !is_mix(text) {
            return text.parse().map(|conditions: Conditions| conditions.into());
        }
        let mut parts: Vec<Part> = Vec::new();
        for word in text.split(',') {
            let (name, share) = word.split_once('=').unwrap_or((word, ""));
            let profile: Profile = name.trim().parse()?;
            let number = share.trim().trim_end_matches('%').parse().ok();
            let number = number.filter(|number| (1..=SHARE_MOST).contains(number));
            let bad = || NetError::Share(profile.name().to_owned(), share.trim().to_owned());
            let share = number.ok_or_else(bad)?;
            if parts.iter().any(|part| part.name == profile.name()) {
                return Err(NetError::Twice(profile.name()));
            }
            let (name, conditions) = (profile.name().to_owned(), profile.conditions());
            parts.push(Part { name, conditions, share });
        }
        Ok(Mix { parts })
    }
}

/// Whether a text gives profiles shares.
pub(super) fn is_mix(text: &str) -> bool {
    let shared = |word: &str| {
        word.split_once('=').is_some_and(|(name, _)| name.trim().parse::<Profile>().is_ok())
    };
    text.split(',').any(shared)
}

impl fmt::Display for Mix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [one] = &self.parts[..] {
            return f.write_str(&one.name);
        }
        for (index, part) in self.parts.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            write!(f, "{comma}{}={}", part.name, part.share)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(mix: &Mix, seed: u64, clients: u32) -> Vec<usize> {
        let got: Vec<_> = (0..clients).map(|index| mix.part(seed, index)).collect();
        let count = |part: &Part| got.iter().filter(|one| **one == part).count();
        mix.parts().iter().map(count).collect()
    }

    #[test]
    fn shares_are_dealt_out_as_asked_for() {
        let mix: Mix = "wifi=70,4g=25,train=5".parse().unwrap();
        assert_eq!(mix.to_string(), "wifi=70,4g=25,train=5");
        for seed in 0..50 {
            for (got, asked) in counts(&mix, seed, 200).into_iter().zip([140, 50, 10]) {
                assert!(got.abs_diff(asked) <= 2, "{got} instead of {asked} with seed {seed}");
            }
        }
        let of_another_seed = (0..20).any(|index| mix.part(1, index) != mix.part(2, index));
        assert!(of_another_seed, "the seed says who gets which");
    }

    #[test]
    fn one_network_is_a_mix_of_one() {
        let mix: Mix = "wifi".parse().unwrap();
        assert_eq!((mix.parts().len(), mix.to_string()), (1, "wifi".to_owned()));
        assert_eq!(mix.part(1, 9).conditions, Profile::Wifi.conditions());
        let custom: Mix = "latency=30ms".parse().unwrap();
        assert_eq!(custom.parts()[0].name, "latency=30ms");
    }

    #[test]
    fn a_wrong_mix_is_told_what_to_write() {
        let refused = |text: &str| text.parse::<Mix>().unwrap_err().to_string();
        assert_eq!(
            refused("wifi=0,4g=1"),
            "the share of wifi cannot be \"0\"; write a whole number from 1 to 1000, as in wifi=70,4g=30"
        );
        assert!(refused("wifi=70,4g").starts_with("the share of 4g"));
        assert!(
            refused("wifi=70,5g=30").starts_with("there is no network \"5g\"; write one of none")
        );
        assert_eq!(refused("wifi=70,wifi=30"), "wifi is given twice; leave one of them out");
    }
}
