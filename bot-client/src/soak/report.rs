//! The results of a soak: the JSON file, from which the page for people and every comparison is made.
//!
//! Times are in seconds since the start of the run unless a name says otherwise.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tickwire_shared::build::Build;

/// How a soak ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing was wrong.
    Pass,
    /// Something was, and [`SoakReport::reasons`] says what.
    Fail,
    /// Nothing can be said: the bots themselves were held up, or too little was seen.
    Void,
}

/// All that is known of a soak. Its fields are the keys of the JSON file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SoakReport {
    /// Of this form of report; see [`FORMAT`].
    pub version: u32,
    /// How it ended.
    pub verdict: Verdict,
    /// Why, worst first; of a pass there is none.
    pub reasons: Vec<Reason>,
    /// Limits that could not be checked, as nothing was seen of what they are for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unchecked: Vec<String>,
    /// Whether somebody ended it early; the verdict is on what was seen.
    pub interrupted: bool,
    /// What repeats it.
    pub command: String,
    /// What made the bots do what they did.
    pub seed: u64,
    /// What was asked for.
    pub scenario: ScenarioText,
    /// When it began, in seconds since 1970.
    pub started: u64,
    /// How long it took, without the look at what is left when all bots are gone.
    pub seconds: f64,
    /// Where the bots ran.
    pub machine: Machine,
    /// What was tried out, and with what.
    pub versions: Versions,
    /// How the server was started, if the run was told.
    pub server_flags: Option<String>,
    /// The scenario's limits by name, all of them, with those that it left at their defaults.
    pub limits: BTreeMap<String, f64>,
    /// The parts of the run.
    pub phases: Vec<PhaseSpan>,
    /// Sums over all bots and the whole run.
    pub totals: Totals,
    /// How the bots of each persona fared.
    pub personas: Vec<PersonaReport>,
    /// What changed over time.
    pub series: Vec<Series>,
    /// How long things took.
    pub histograms: Vec<HistogramReport>,
    /// What was looked at for growth.
    pub trends: Vec<TrendReport>,
    /// How hard the run was for the one who made it.
    pub generator: Generator,
}

/// The form of report that this program writes. Another number means that a field has another sense.
pub const FORMAT: u32 = 1;

/// Why a run failed, or is void.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// Which limit, by its name in the scenario, or `generator`, `machine`, `server`, `proof`.
    pub what: String,
    /// A sentence for people.
    pub detail: String,
    /// Since when, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since_seconds: Option<f64>,
}

/// A scenario, so that the run can be repeated from the report alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScenarioText {
    /// Its name.
    pub name: String,
    /// The whole file.
    pub text: String,
}

/// A machine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// The cores that the bots could use.
    pub cores: u32,
    /// Its processor, where the system tells.
    pub cpu: Option<String>,
    /// Its memory, where the system tells.
    pub memory_bytes: Option<u64>,
    /// Its kernel, where the system tells.
    pub kernel: Option<String>,
    /// Its system.
    pub os: String,
}

/// The versions of both sides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// This program.
    pub bots: String,
    /// The server, as its status says.
    pub server: Option<String>,
    /// Which build of this program; absent in reports of earlier ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bots_build: Option<Build>,
    /// Which build of the server, as its status says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_build: Option<Build>,
}

impl Versions {
    /// This program, as exactly as is known.
    #[must_use]
    pub fn told_bots(&self) -> String {
        self.bots_build.as_ref().map_or_else(|| self.bots.clone(), Build::to_string)
    }

    /// The server, as exactly as is known.
    #[must_use]
    pub fn told_server(&self) -> Option<String> {
        self.server_build.as_ref().map(Build::to_string).or_else(|| self.server.clone())
    }
}

/// A part of the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PhaseSpan {
    /// Its name in the scenario.
    pub name: String,
    /// When it began.
    pub from: f64,
    /// When it ended.
    pub to: f64,
}

/// Sums over all bots and the whole run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    /// Frames applied.
    pub frames: u64,
    /// Of these, frames that stood alone.
    pub full_frames: u64,
    /// Of these, frames that merged more than one tick.
    pub merged_frames: u64,
    /// Their bytes.
    pub payload_bytes: u64,
    /// Their bytes with the headers of what carried them.
    pub wire_bytes: u64,
    /// Entities that came into view or changed, summed over frames.
    pub entity_updates: u64,
    /// Hashes that were the server's.
    pub hashes_verified: u64,
    /// Hashes that were not.
    pub hash_mismatches: u64,
    /// Times that a bot was let in.
    pub joins: u64,
    /// Times that a bot left as one should.
    pub leaves: u64,
    /// Connections that broke off while a bot was leaving, whether or not its own network explains it.
    #[serde(default)]
    pub broken_leaves: u64,
    /// Connections that bots cut themselves.
    pub cuts: u64,
    /// Sessions that went on after a cut.
    pub resumes: u64,
    /// Sessions that did not, where they should have.
    pub resumes_failed: u64,
    /// Connections that ended as they had to, because of what the bot did.
    pub disconnects_explained: u64,
    /// Connections that ended for no such reason.
    pub disconnects_unexplained: u64,
    /// Frames that could not be applied.
    pub bad_frames: u64,
    /// Refusals that bots were told, by reason; those that had to come are among them.
    pub refusals: BTreeMap<String, u64>,
    /// Of these, refusals that nothing explains.
    pub refusals_unexplained: u64,
    /// Inputs sent.
    pub inputs: u64,
    /// Inputs that came too late for their ticks.
    pub late_inputs: u64,
    /// Chat lines sent.
    pub chat_lines: u64,
    /// Attacks made: garbage sent, tickets guessed, connections left half open, floods.
    pub attacks: u64,
    /// Rooms that bots opened.
    pub rooms_opened: u64,
}

/// The median and the 99th percentile, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Quantiles {
    /// Half of all are at or below this.
    pub p50: f64,
    /// All but one in a hundred are at or below this.
    pub p99: f64,
}

/// How the bots of one persona fared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonaReport {
    /// Its name in the scenario.
    pub name: String,
    /// The most of them that were there at once.
    pub bots: u32,
    /// Times that one was let in.
    pub joins: u64,
    /// Frames applied.
    pub frames: u64,
    /// Hashes that were the server's.
    pub hashes_verified: u64,
    /// Hashes that were not.
    pub hash_mismatches: u64,
    /// How old frames were when they were applied; nothing of those who do not mean to keep up.
    pub age_ms: Option<Quantiles>,
    /// Connections that ended as they had to.
    pub disconnects_explained: u64,
    /// Connections that ended for no such reason.
    pub disconnects_unexplained: u64,
    /// How its stays and attempts ended, in words and by number, the most frequent first.
    pub endings: Vec<(String, u64)>,
}

/// What changed over time: at most 600 points, with the extremes of all that they stand for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// What it is, such as `tick_p99` or `server_memory`.
    pub name: String,
    /// `ms`, `bytes`, `bytes/s`, `1/s`, or nothing for a plain count.
    pub unit: String,
    /// When, and how much; in order of time.
    pub points: Vec<(f64, f64)>,
    /// If some were left out: the means of neighbours among all that was measured, at most 600.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub means: Vec<(f64, f64)>,
}

impl Series {
    /// What levels are taken from, as extremes say nothing of one: the means, or all points if none was
    /// left out.
    #[must_use]
    pub fn levels(&self) -> &[(f64, f64)] {
        if self.means.is_empty() { &self.points } else { &self.means }
    }
}

/// How long things took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistogramReport {
    /// What it is, such as `tick_duration` or `frame_age`.
    pub name: String,
    /// `ms`.
    pub unit: String,
    /// The largest value of each bucket and how many there were; in order, only those that are not empty.
    pub buckets: Vec<(f64, u64)>,
    /// Half of all are at or below this.
    pub p50: f64,
    /// All but one in a hundred are at or below this.
    pub p99: f64,
    /// All but one in a thousand are at or below this.
    pub p999: f64,
    /// The largest of all, or the end of the bucket that it is in.
    pub max: f64,
}

/// What was found of something that must not grow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrendReport {
    /// The name of the series.
    pub counter: String,
    /// Its unit.
    pub unit: String,
    /// By how much it grew in an hour, over the part of the run that was looked at.
    pub slope_per_hour: f64,
    /// The lower end of the 99% confidence interval of that.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// What it may grow by in an hour.
    pub limit: f64,
    /// Since when it grew, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since_seconds: Option<f64>,
    /// What follows; void when too little was seen.
    pub verdict: Verdict,
    /// What would have had to grow in an hour to be found, if that is more than the limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detectable_per_hour: Option<f64>,
}

/// How hard the run was for the one who made it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Generator {
    /// The share of its cores' time that it used.
    pub busy: f64,
    /// How late its tasks ran at the 99th percentile.
    pub lag_p99_ms: f64,
    /// The share of the machine's time that anybody used, where the system tells.
    pub machine_busy: Option<f64>,
    /// Whether it was the bottleneck, which makes the run void.
    pub bottleneck: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let text = include_str!("../../tests/soak/sample.json");
        let report: SoakReport = serde_json::from_str(text).unwrap();
        assert_eq!((report.version, report.verdict), (FORMAT, Verdict::Fail));
        let again = serde_json::to_string(&report).unwrap();
        assert_eq!(serde_json::from_str::<SoakReport>(&again).unwrap(), report);
    }
}
