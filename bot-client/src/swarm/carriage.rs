//! How bots' messages are carried, whose connections are cut, and what became of that.

use std::{str::FromStr, time::Duration};

use clap::Args;
use parking_lot::Mutex;
use serde::Serialize;

use super::{histogram::Histogram, report::Spread};
use crate::client::{Choice, TRANSPORTS, Traffic, Transport};

const SHARE_MOST: u32 = 1000;
/// 2^32 over the golden ratio: steps of this length fill a circle as evenly as can be.
const GOLDEN: u32 = 0x9E37_79B9;

/// What the command line says of it.
#[derive(Clone, Debug, Args)]
pub struct CarriageOptions {
    /// How messages are carried: ws, stream, long-poll or poll; a mix such as ws=70,stream=20,poll=10;
    /// or auto, which takes the first of these that works. Bots then reserve their seats by HTTP
    #[arg(long, value_name = "TRANSPORT")]
    pub transport: Option<TransportMix>,

    /// How often a second those ask that poll
    #[arg(long, value_name = "TIMES", default_value_t = 20, allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=240))]
    pub poll_hz: u32,

    /// How many percent of the bots lose their connection every few seconds and resume their session
    /// over a new one. Proves that they go on where they were
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0, allow_negative_numbers = true, value_parser = parse_drop)]
    pub drop: f64,
}

impl Default for CarriageOptions {
    fn default() -> Self {
        CarriageOptions { transport: None, poll_hz: 20, drop: 0.0 }
    }
}

fn parse_drop(text: &str) -> Result<f64, &'static str> {
    let number = text.trim_end_matches('%').parse().ok();
    let number = number.filter(|number| (0.0..=100.0).contains(number));
    number.ok_or("give percent of the bots, 0 to 100")
}

impl CarriageOptions {
    /// How the messages of a bot are carried.
    #[must_use]
    pub fn choice_of(&self, seed: u64, index: u32) -> Choice {
        let chosen = self.transport.as_ref().map(|mix| mix.choice(seed, index));
        chosen.unwrap_or(Choice::Only(Transport::WebSocket))
    }

    /// Whether a bot's connection is cut now and then; those are spread evenly over all, and at least
    /// one when there is a share.
    #[must_use]
    pub fn is_cut(&self, index: u32, bots: u32) -> bool {
        let cut = u64::from(((f64::from(bots) * self.drop / 100.0).round() as u32).min(bots));
        let cut = if self.drop > 0.0 { cut.max(1) } else { 0 };
        let before = |index: u32| u64::from(index) * cut / u64::from(bots.max(1));
        before(index) != before(index + 1)
    }
}

/// Transports and their shares, which are whole numbers that need not add up to anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransportMix(Vec<(Choice, u32)>);

impl TransportMix {
    /// How the messages of a bot are carried.
    #[must_use]
    pub fn choice(&self, seed: u64, index: u32) -> Choice {
        let place =
            (seed as u32).wrapping_mul(0x85EB_CA6B).wrapping_add(index.wrapping_mul(GOLDEN));
        let all: u32 = self.0.iter().map(|(_, share)| share).sum();
        let place = ((u64::from(place) * u64::from(all)) >> 32) as u32;
        let mut end = 0;
        let found = self.0.iter().find(|(_, share)| {
            end += share;
            place < end
        });
        found.expect("a place lies within the sum of all shares").0
    }
}

impl FromStr for TransportMix {
    type Err = String;

    fn from_str(text: &str) -> Result<TransportMix, String> {
        let mut parts = Vec::new();
        for word in text.split(',') {
            let (name, share) = word.split_once('=').unwrap_or((word, "1"));
            let choice = match name.trim() {
                "auto" => Choice::Auto,
                name => Choice::Only(name.parse()?),
            };
            let share = share.trim().trim_end_matches('%').parse().ok();
            let share = share.filter(|share| (1..=SHARE_MOST).contains(share));
            let share = share.ok_or_else(|| format!("the share of {name} must be 1 to 1000"))?;
            if parts.iter().any(|(known, _)| *known == choice) {
                return Err(format!("{name} is named twice"));
            }
            parts.push((choice, share));
        }
        Ok(TransportMix(parts))
    }
}

/// Sums over bots on one transport, from a second after the first frame of each on: without what
/// coming in takes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Sums {
    bots: u32,
    frames: u64,
    traffic: Traffic,
    seconds: f64,
}

/// What the bots on one transport add to.
#[derive(Debug, Default)]
pub struct CarriageTally {
    sums: Mutex<Sums>,
    /// From when the tick of a frame was due to when it was applied.
    pub frame_age: Histogram,
}

impl CarriageTally {
    /// A bot plays over this transport.
    pub(super) fn enter(&self) {
        self.sums.lock().bots += 1;
    }

    /// This went over a bot's sockets in so much time.
    pub(super) fn add(&self, frames: u64, more: Traffic, time: Duration) {
        let mut sums = self.sums.lock();
        sums.frames += frames;
        sums.traffic.received += more.received;
        sums.traffic.sent += more.sent;
        sums.traffic.requests += more.requests;
        sums.seconds += time.as_secs_f64();
    }
}

/// How the bots on one transport fared. Bytes are those of their sockets, with the headers of HTTP and
/// of WebSocket frames and without those of TCP and IP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names are those of the whole report")]
pub struct TransportReport {
    pub transport: &'static str,
    /// How often a bot came in over it.
    pub bots: u32,
    /// What the other figures are summed over: the time of each from a second after its first frame on.
    pub client_seconds: f64,
    pub frames: u64,
    pub received_bytes: u64,
    pub sent_bytes: u64,
    pub requests: u64,
    pub frame_age_ms: Spread,
}

impl TransportReport {
    /// A sum as so much for each client and second.
    #[must_use]
    pub fn a_client_second(&self, sum: u64) -> f64 {
        if self.client_seconds > 0.0 { sum as f64 / self.client_seconds } else { 0.0 }
    }
}

/// How those fared that were there, in the order of [`TRANSPORTS`].
pub(super) fn reports(tallies: &[CarriageTally; TRANSPORTS.len()]) -> Vec<TransportReport> {
    let report = |(transport, tally): (Transport, &CarriageTally)| {
        let Sums { bots, frames, traffic, seconds } = *tally.sums.lock();
        let age = |share| (tally.frame_age.quantile_ms(share) * 1000.0).round() / 1000.0;
        TransportReport {
            transport: transport.name(),
            bots,
            client_seconds: (seconds * 1000.0).round() / 1000.0,
            frames,
            received_bytes: traffic.received,
            sent_bytes: traffic.sent,
            requests: traffic.requests,
            frame_age_ms: Spread { p50: age(0.5), p99: age(0.99) },
        }
    };
    let all = TRANSPORTS.into_iter().zip(tallies).map(report);
    all.filter(|report| report.bots > 0).collect()
}

/// What became of connections that were cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ResumeReport {
    /// Connections that were cut.
    pub cuts: u64,
    /// Sessions that went on, whose next frame built upon what the bot held.
    pub resumed_from_history: u64,
    /// Sessions that went on, whose next frame stood alone.
    pub resumed_full: u64,
    /// Sessions that did not go on.
    pub resumes_failed: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_transport_gets_its_share() {
        let mix: TransportMix = "ws=70,stream=10,long-poll=10,poll=10%".parse().unwrap();
        let count = |seed, transport| {
            let is = |index: &u32| mix.choice(seed, *index) == Choice::Only(transport);
            (0..100).filter(is).count() as i32
        };
        for seed in 0..50 {
            let counted = TRANSPORTS.map(|transport| count(seed, transport));
            let wanted = [70, 10, 10, 10];
            assert!(counted.iter().zip(wanted).all(|(a, b)| (a - b).abs() <= 2), "{counted:?}");
        }
        assert_eq!("auto".parse::<TransportMix>().unwrap().choice(1, 5), Choice::Auto);
    }

    #[test]
    fn what_is_no_mix_is_refused_in_words() {
        for (bad, words) in [
            ("", "none of ws"),
            ("udp", "none of ws"),
            ("ws=0", "1 to 1000"),
            ("ws=1,ws=2", "twice"),
            ("ws,", "none of ws"),
        ] {
            let text = bad.parse::<TransportMix>().unwrap_err();
            assert!(text.contains(words), "{bad}: {text}");
        }
    }

    #[test]
    fn those_who_are_cut_are_as_many_as_asked_for_and_at_least_one() {
        for (drop, bots, wanted) in
            [(0.0, 50, 0), (5.0, 100, 5), (1.0, 10, 1), (100.0, 7, 7), (33.0, 10, 3)]
        {
            let options = CarriageOptions { drop, ..CarriageOptions::default() };
            let cut = (0..bots).filter(|index| options.is_cut(*index, bots)).count();
            assert_eq!(cut, wanted, "{drop}% of {bots}");
        }
    }
}
