//! The results of a run, for a script as JSON and for a person as a table.

use std::fmt;

use serde::Serialize;
use tickwire_shared::{build::Build, link::Part};

use super::{
    carriage::{ResumeReport, TransportReport},
    cpu::Load,
    faults::Fault,
    histogram::Histogram,
    kinds::{KINDS, Kind},
    options::SwarmOptions,
    pace::{self, Pace},
    tally::Tally,
    verdict::{Facts, reasons},
};
use crate::{build, client::MismatchReport};

/// The median and the 99th percentile, in milliseconds where nothing else is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Spread {
    /// Half of all are at or below this.
    pub p50: f64,
    /// All but one in a hundred are at or below this.
    pub p99: f64,
}

/// The median and the 99th percentile, in ticks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TickSpread {
    /// Half of all are at or below this.
    pub p50: u32,
    /// All but one in a hundred are at or below this.
    pub p99: u32,
}

/// How the bots of one kind fared.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names are those of the whole report")]
pub struct KindReport {
    pub kind: &'static str,
    pub bots: u32,
    pub frames: u64,
    pub full_frames: u64,
    pub merged_frames: u64,
    /// By how many ticks a frame was older than the newest that any bot of the room had.
    pub frame_age_ticks: TickSpread,
    pub hashes_verified: u64,
    pub hash_mismatches: u64,
    /// Closes with 4007 that were to be expected.
    pub given_up: u64,
}

/// How many bots were on a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NetReport {
    /// Its name, or its conditions as text.
    pub net: String,
    /// How many bots were on it.
    pub bots: u32,
}

/// The ticks a second that a room made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct TickRate {
    /// Those that it should make.
    pub expected: u32,
    /// Those of the slowest room, if any was watched for long enough to tell.
    pub worst: Option<f64>,
}

/// How inputs fared.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names are those of the whole report")]
pub struct InputReport {
    pub inputs_sent: u64,
    pub late_inputs: u64,
    /// How long inputs waited at the server for their ticks: of each frame the least of those that it tells of.
    pub input_wait_ms: Spread,
    /// By how much those came too late that did.
    pub input_lateness_ms: Spread,
    /// The share of ticks that found no input of the bot's, as far as frames tell.
    pub starvation: f64,
    /// How often a minute a bot's own ship was not where it had been predicted, if bots predicted any.
    pub corrections_per_minute: Option<Spread>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing was wrong.
    Pass,
    /// Something was.
    Fail,
}

/// The results of a run. Its fields are the keys of the JSON file.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs, reason = "the names are documented by the help and by the table")]
pub struct Report {
    pub version: &'static str,
    pub build: &'static Build,
    pub verdict: Verdict,
    pub reasons: Vec<String>,
    pub interrupted: bool,
    pub url: String,
    /// As the server calls it; before anybody was let in, as it was asked for.
    pub game: Option<String>,
    pub seed: u64,
    pub bots: u32,
    pub rooms: u32,
    pub seconds: f64,
    pub frames: u64,
    pub full_frames: u64,
    pub merged_frames: u64,
    pub payload_bytes: u64,
    pub wire_bytes: u64,
    pub entity_updates: u64,
    pub bytes_per_entity_update: f64,
    pub hashes_verified: u64,
    pub hash_mismatches: u64,
    pub mismatch_details: Vec<MismatchReport>,
    pub joins: u64,
    pub leaves: u64,
    pub broken_leaves: u64,
    pub refused: u64,
    pub disconnects: u64,
    pub bad_frames: u64,
    pub join_ms: Spread,
    pub join_ticks: Spread,
    pub rtt_ms: Spread,
    pub frame_interval_ms: Spread,
    /// From when the tick was due, which is known from the quickest frame, to when it was applied.
    pub frame_age_ms: Spread,
    /// From when the tick was due to when the server had written the frame, as it says itself of all its
    /// frames meanwhile.
    pub frame_written_ms: Option<Spread>,
    pub tick_rate: TickRate,
    #[serde(flatten)]
    pub inputs: InputReport,
    /// How each kind of bots fared that there was.
    pub kinds: Vec<KindReport>,
    /// The networks that bots were on, if any were asked for.
    pub nets: Vec<NetReport>,
    /// How the bots on each transport fared.
    pub transports: Vec<TransportReport>,
    #[serde(flatten)]
    pub resumes: ResumeReport,
    pub generator_cpu_seconds: Option<f64>,
    pub generator_cores: usize,
    pub generator_lag_ms: Spread,
    pub machine_busy: Option<f64>,
    pub generator_saturated: bool,
    /// Why it counts as saturated.
    #[serde(skip)]
    pub saturation: Option<String>,
    /// That rooms were slow, in words.
    #[serde(skip)]
    pub slowness: Option<String>,
}

/// What a run took, beside what its bots counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Effort {
    /// How long it ran, in seconds.
    pub seconds: f64,
    /// The CPU time that it used, in seconds.
    pub cpu_seconds: Option<f64>,
    /// The share of the machine's time that was used by anybody.
    pub machine_busy: Option<f64>,
    /// The room's ticks a second, 0 if no bot got in.
    pub tick_hz: u32,
    /// How many cores it may use.
    pub cores: usize,
    /// Whether it was ended early.
    pub interrupted: bool,
    /// How long after their ticks were due the server wrote its frames, if it told.
    pub written: Option<Spread>,
}

impl Effort {
    fn core_seconds(&self) -> f64 {
        self.seconds * self.cores as f64
    }

    /// That the bots themselves were held up, in words, if they were.
    fn saturation(&self, lag_ms: f64) -> Option<String> {
        let own = self.cpu_seconds.unwrap_or(0.0) / self.core_seconds().max(0.001);
        Load { own, machine: self.machine_busy.unwrap_or(0.0), lag_ms }.saturation()
    }
}

impl InputReport {
    fn new(tally: &Tally) -> InputReport {
        let counts = tally.counts();
        InputReport {
            inputs_sent: counts.inputs_sent,
            late_inputs: counts.late_inputs,
            input_wait_ms: spread(&tally.input_wait),
            input_lateness_ms: spread(&tally.input_lateness),
            starvation: (ratio(counts.starved, counts.passed) * 1e6).round() / 1e6,
            corrections_per_minute: corrections(tally),
        }
    }
}

impl Report {
    /// The results of a run that is over.
    #[must_use]
    pub fn new(options: &SwarmOptions, tally: &Tally, effort: Effort, paces: &[Pace]) -> Report {
        let (counts, faults) = (tally.counts(), tally.faults());
        let ticks = |ms: f64| round(ms * f64::from(effort.tick_hz) / 1000.0);
        let (join, lag) = (spread(&tally.join), spread(&tally.lag));
        let saturation = effort.saturation(lag.p99);
        let slowness = pace::slowness(paces);
        let kinds: Vec<_> =
            KINDS.into_iter().filter_map(|kind| fared(kind, options, tally)).collect();
        // Bots that are out of breath may have slowed a server that shares their machine, and on a
        // bad network, or between polls, frames are old and merged whoever else there is.
        let calm = saturation.is_none();
        let is_usual = options.net.is_none() && options.carriage.transport.is_none();
        let judged = options.has_hindered() && is_usual && calm;
        let reasons = reasons(&Facts {
            counts: &counts,
            faults: &faults,
            bots: options.bots,
            slowness: slowness.as_deref().filter(|_| calm),
            healthy: kinds.first().filter(|_| judged),
        });
        let slowest = pace::slowest(paces);
        let tick_rate = TickRate {
            expected: slowest.map_or(effort.tick_hz, |pace| pace.tick_hz),
            worst: slowest.and_then(Pace::rate).map(round),
        };
        Report {
            version: &build().version,
            build: build(),
            verdict: if reasons.is_empty() { Verdict::Pass } else { Verdict::Fail },
            reasons,
            interrupted: effort.interrupted,
            url: options.url.clone(),
            game: tally.game().map(str::to_owned).or_else(|| options.game.clone()),
            seed: options.seed,
            bots: options.bots,
            rooms: options.rooms,
            seconds: round(effort.seconds),
            frames: counts.frames,
            full_frames: counts.full_frames,
            merged_frames: counts.merged_frames,
            payload_bytes: counts.payload_bytes,
            wire_bytes: counts.wire_bytes,
            entity_updates: counts.entity_updates,
            bytes_per_entity_update: round(ratio(counts.payload_bytes, counts.entity_updates)),
            hashes_verified: counts.hashes_verified,
            hash_mismatches: counts.hash_mismatches,
            mismatch_details: tally.mismatches(),
            joins: counts.joins,
            leaves: counts.leaves,
            broken_leaves: counts.broken_leaves,
            refused: faults.count(Fault::Refused),
            disconnects: faults.count(Fault::Lost),
            bad_frames: faults.count(Fault::BadFrame),
            join_ms: join,
            join_ticks: Spread { p50: ticks(join.p50), p99: ticks(join.p99) },
            rtt_ms: spread(&tally.rtt),
            frame_interval_ms: spread(&tally.frame_interval),
            frame_age_ms: spread(&tally.frame_age),
            frame_written_ms: effort.written,
            tick_rate,
            inputs: InputReport::new(tally),
            kinds,
            nets: nets(options),
            transports: tally.transports(),
            resumes: ResumeReport {
                cuts: counts.cuts,
                resumed_from_history: counts.resumed_from_history,
                resumed_full: counts.resumed_full,
                resumes_failed: faults.count(Fault::NotResumed),
            },
            generator_cpu_seconds: effort.cpu_seconds.map(round),
            generator_cores: effort.cores,
            generator_lag_ms: lag,
            machine_busy: effort.machine_busy.map(round),
            generator_saturated: saturation.is_some(),
            saturation,
            slowness,
        }
    }

    /// A run that could not begin.
    #[must_use]
    pub fn not_begun(options: &SwarmOptions, reason: String) -> Report {
        let report = Report::new(options, &Tally::default(), Effort::default(), &[]);
        Report { reasons: vec![reason], ..report }
    }

    /// Whether nothing was wrong.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.verdict == Verdict::Pass
    }
}

/// How a kind of bots fared, if there was any.
fn fared(kind: Kind, options: &SwarmOptions, tally: &Tally) -> Option<KindReport> {
    let (bots, told) = (options.count_of(kind), tally.kind(kind));
    let (counts, age) = (told.counts(), |share| told.ages.quantile(share));
    (bots > 0).then(|| KindReport {
        kind: kind.name(),
        bots,
        frames: counts.frames,
        full_frames: counts.full_frames,
        merged_frames: counts.merged_frames,
        frame_age_ticks: TickSpread { p50: age(0.5), p99: age(0.99) },
        hashes_verified: counts.hashes_verified,
        hash_mismatches: counts.hash_mismatches,
        given_up: counts.given_up,
    })
}

fn nets(options: &SwarmOptions) -> Vec<NetReport> {
    let Some(mix) = &options.net else { return Vec::new() };
    let report = |part: &Part| {
        let is_on = |bot: &u32| options.net_of(*bot) == Some(part);
        let bots = (0..options.bots).filter(is_on).count() as u32;
        NetReport { net: part.name.clone(), bots }
    };
    mix.parts().iter().map(report).collect()
}

fn spread(histogram: &Histogram) -> Spread {
    let quantile = |share| round(histogram.quantile_ms(share));
    Spread { p50: quantile(0.5), p99: quantile(0.99) }
}

/// How often a minute bots were corrected.
fn corrections(tally: &Tally) -> Option<Spread> {
    let rate = |share| tally.corrections(share).map(round);
    Some(Spread { p50: rate(0.5)?, p99: rate(0.99)? })
}

/// To a thousandth: more digits would claim more than was measured.
fn round(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}

/// A part of a whole, which may be nothing.
pub(super) fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p50 {:.1} ms, p99 {:.1} ms", self.p50, self.p99)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use clap::Parser;

    use super::{
        super::options::{Cli, Command},
        *,
    };

    /// The results of a run in which a room of 30 Hz made a third of its ticks.
    fn slow(effort: Effort) -> Report {
        let Command::Swarm(options) = Cli::parse_from(["tickwire-bots", "swarm"]).command else {
            unreachable!("it says swarm")
        };
        let time = Duration::from_secs(10);
        let pace = Pace { room: "ABCD".to_owned(), tick_hz: 30, ticks: 101, time };
        let tally = Tally::default();
        let mut proved = super::super::tally::Counts { hashes_verified: 1, ..Default::default() };
        tally.add(Kind::Healthy, &mut proved);
        Report::new(&options, &tally, effort, &[pace])
    }

    #[test]
    fn a_slow_room_fails_a_run_unless_the_bots_were_held_up_themselves() {
        let words = "room ABCD made 10.1 of 30 ticks a second";
        let calm = slow(Effort { seconds: 10.0, cores: 1, ..Effort::default() });
        assert_eq!((calm.passed(), calm.reasons), (false, vec![words.to_owned()]));
        assert_eq!(calm.tick_rate, TickRate { expected: 30, worst: Some(10.1) });
        let cpu_seconds = Some(9.5);
        let held_up = slow(Effort { seconds: 10.0, cores: 1, cpu_seconds, ..Effort::default() });
        assert!(held_up.passed() && held_up.generator_saturated, "{:?}", held_up.reasons);
        let warning = super::super::table::Brief(&held_up).to_string();
        assert!(warning.starts_with("WARNING: "), "{warning}");
        assert!(warning.lines().next().unwrap().ends_with(words), "{warning}");
    }
}
