//! Networks by name.
//!
//! Figures are one way, so a round trip is twice the latency. Where they come from:
//!
//! - *WebPageTest*: the connectivity profiles that it ships, `www/settings/connectivity.ini.sample`
//!   (3G 1.6 Mbit/s and 768 kbit/s with a round trip of 300 ms, "3G fast" the same with 150 ms, which is
//!   also Lighthouse's slow 4G; LTE 12 Mbit/s both ways with 70 ms; fibre 20 and 5 Mbit/s).
//! - *Firefox*: the throttling table of its network monitor (Wi-Fi 30 and 15 Mbit/s).
//! - *Loadero*: its network conditions for tests of calls, which have loss and jitter too (4G 0.2% and
//!   5 to 15 ms, 3G 0.5% and 50 ms).
//! - *Verizon*: its service levels (New York to London and back within 90 ms, 99.5% of packets delivered).
//! - *Pei et al.*, "WiFi can be the weakest link of round trip network latency in the wild",
//!   INFOCOM 2016: half of all packets spend more than 20 ms in the Wi-Fi hop alone.
//! - *Xu et al.*, "A first look at disconnection-centric TCP performance on high-speed railways",
//!   IEEE JSAC 38(12), 2020: stalls of TCP come with disconnections at handovers.

use std::{fmt, str::FromStr};

use super::{conditions::Conditions, error::NetError};

/// A network that many people have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Nothing is done to what passes.
    None,
    /// Two machines at one switch: half a millisecond there and back, nothing lost.
    Lan,
    /// Wi-Fi at home, then a wired line to a server nearby. The rates are Firefox's; the round trip of
    /// 40 ± 20 ms is half the Wi-Fi hop (Pei et al.) and half the line. The loss is a choice: a
    /// stall about every ten seconds of play.
    Wifi,
    /// A phone at rest with good reception: WebPageTest's LTE, with Loadero's loss and jitter for 4G.
    FourG,
    /// A phone with poor reception: WebPageTest's 3G, with Loadero's loss, and of its jitter a part.
    ThreeG,
    /// A good wired line to a server on the other side of the Atlantic: Verizon's round trip of 90 ms
    /// on WebPageTest's fibre, with a fifth of the loss that the service level allows.
    Transatlantic,
    /// A phone on a train: WebPageTest's fast 3G, with more loss and jitter than at rest, and handovers
    /// and tunnels that cut it off (Xu et al.). How long and how often, two seconds in thirty, is a choice.
    Train,
}

/// All profiles.
pub const PROFILES: [Profile; 7] = [
    Profile::None,
    Profile::Lan,
    Profile::Wifi,
    Profile::FourG,
    Profile::ThreeG,
    Profile::Transatlantic,
    Profile::Train,
];

/// In the order of the fields: milliseconds, milliseconds, percent, Mbit/s up and down.
const fn wired(latency: f64, jitter: f64, loss: f64, up: f64, down: f64) -> Conditions {
    Conditions {
        latency_us: (latency * 1000.0) as u32,
        jitter_us: (jitter * 1000.0) as u32,
        loss_ppm: (loss * 10_000.0) as u32,
        up_bps: (up * 1_000_000.0) as u32,
        down_bps: (down * 1_000_000.0) as u32,
        ..Conditions::NONE
    }
}

impl Profile {
    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Profile::None => "none",
            Profile::Lan => "lan",
            Profile::Wifi => "wifi",
            Profile::FourG => "4g",
            Profile::ThreeG => "3g",
            Profile::Transatlantic => "transatlantic",
            Profile::Train => "train",
        }
    }

    /// What it is like.
    #[must_use]
    pub fn conditions(self) -> Conditions {
        match self {
            Profile::None => Conditions::NONE,
            Profile::Lan => wired(0.25, 0.1, 0.0, 1000.0, 1000.0),
            Profile::Wifi => wired(20.0, 10.0, 0.3, 15.0, 30.0),
            Profile::FourG => wired(35.0, 15.0, 0.2, 12.0, 12.0),
            Profile::ThreeG => wired(150.0, 30.0, 0.5, 0.768, 1.6),
            Profile::Transatlantic => wired(45.0, 3.0, 0.1, 5.0, 20.0),
            Profile::Train => Conditions {
                blackout_ms: 2_000,
                blackout_every_ms: 30_000,
                ..wired(75.0, 40.0, 1.0, 0.768, 1.6)
            },
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Profile {
    type Err = NetError;

    fn from_str(text: &str) -> Result<Profile, NetError> {
        let named = |profile: &Profile| profile.name().eq_ignore_ascii_case(text);
        let found = PROFILES.into_iter().find(named);
        found.ok_or_else(|| NetError::Profile(text.to_owned()))
    }
}

/// The names of all profiles, to choose from.
pub(super) fn names() -> String {
    PROFILES.map(Profile::name).join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_profile_is_found_by_its_name_and_in_range() {
        for profile in PROFILES {
            assert_eq!(profile.name().parse(), Ok(profile));
            assert_eq!(profile.conditions().check(), Ok(()), "{profile}");
        }
        assert_eq!("WiFi".parse(), Ok(Profile::Wifi));
        assert_eq!(Profile::ThreeG.conditions().up_bps, 768_000);
    }
}
