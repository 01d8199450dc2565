//! Two soaks compared: what differs, by how much, and whether that can be chance.
//!
//! [`main`] is the program, [`Diff::new`] the comparison. Values over time are compared by the
//! means of windows: window by window when both runs did the same at the same times (then a
//! load that comes and goes does not count), else as two samples; see [`stats`](super::stats)
//! for the tests. Growth is compared by its intervals, and what must not happen by exact
//! counts. All chances are corrected by Holm's method for how many were asked about.

mod count;
mod measure;
mod notes;
mod options;
mod over_time;
mod page;
mod text;

use std::{fs, io::Write, path::Path, process::ExitCode};

use serde::Serialize;

pub use self::{
    measure::{Direction, Finding, Measure},
    options::{ABOUT, DiffOptions, EXAMPLES},
    page::render,
    text::Table,
};
use super::{
    report::{FORMAT, SoakReport, Verdict},
    stats::holm,
};

/// What is called significant: a chance below this, corrected for the number of questions.
pub const SIGNIFICANT: f64 = 0.05;

const WORSE: u8 = 1;
const USAGE: u8 = 2;
const VOID: u8 = 3;

/// How the second run stands to the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing is significantly and materially different.
    Same,
    /// Something is better and nothing is worse.
    Better,
    /// Something is worse, whatever else is better.
    Worse,
    /// Nothing can be said, since nothing can be said of one of the runs.
    Void,
}

/// A run, as the comparison tells of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names are those of the report")]
pub struct Side {
    pub file: String,
    pub scenario: String,
    pub verdict: Verdict,
    pub started: u64,
    pub seconds: f64,
    pub server: Option<String>,
    pub command: String,
}

/// The comparison. Its fields are the keys of the JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diff {
    /// How the second run stands to the first.
    pub outcome: Outcome,
    /// The first run, which is what the second is held against.
    pub a: Side,
    /// The second run.
    pub b: Side,
    /// What whoever reads the figures must know.
    pub notes: Vec<String>,
    /// By how many percent something must differ to be called worse or better.
    pub threshold_percent: f64,
    /// Whether windows were compared one by one.
    pub paired: bool,
    /// How many differences were tested, for which chances are corrected.
    pub tested: usize,
    /// What was compared; what is worse comes first.
    pub measures: Vec<Measure>,
}

impl Diff {
    /// Compares two runs; `files` are what they are called.
    #[must_use]
    pub fn new(reports: [&SoakReport; 2], files: [&str; 2], threshold_percent: f64) -> Diff {
        let [a, b] = reports;
        let paired = notes::is_same_course(a, b);
        let mut measures = over_time::series(a, b, paired);
        measures.extend(over_time::growth(a, b));
        measures.extend(count::counts(a, b));
        measures.extend(count::faults(a, b));
        let is_asked = |measure: &&mut Measure| measure.is_judged() && measure.chance.is_some();
        let mut asked: Vec<_> = measures.iter_mut().filter(is_asked).collect();
        let chances: Vec<f64> = asked.iter().filter_map(|measure| measure.chance).collect();
        for (measure, corrected) in asked.iter_mut().zip(holm(&chances)) {
            measure.corrected = Some(corrected);
        }
        let tested = chances.len();
        measures.iter_mut().for_each(|measure| measure.conclude(threshold_percent));
        measures.sort_by_key(|measure| measure.finding);
        let is_void = reports.iter().any(|report| report.verdict == Verdict::Void);
        let [a, b] = [(a, files[0]), (b, files[1])].map(|(report, file)| Side::new(report, file));
        let notes = notes::notes(reports, paired);
        let outcome = if is_void { Outcome::Void } else { outcome(&measures) };
        Diff { outcome, a, b, notes, threshold_percent, paired, tested, measures }
    }

    /// The exit code that tells a script.
    #[must_use]
    pub fn code(&self) -> u8 {
        match self.outcome {
            Outcome::Same | Outcome::Better => 0,
            Outcome::Worse => WORSE,
            Outcome::Void => VOID,
        }
    }
}

fn outcome(measures: &[Measure]) -> Outcome {
    let is_any = |finding| measures.iter().any(|measure| measure.finding == finding);
    match (is_any(Finding::Worse), is_any(Finding::Better)) {
        (true, _) => Outcome::Worse,
        (false, true) => Outcome::Better,
        (false, false) => Outcome::Same,
    }
}

impl Side {
    fn new(report: &SoakReport, file: &str) -> Side {
        Side {
            file: file.to_owned(),
            scenario: report.scenario.name.clone(),
            verdict: report.verdict,
            started: report.started,
            seconds: report.seconds,
            server: report.versions.told_server(),
            command: report.command.clone(),
        }
    }
}

/// Compares two files as a program; the exit codes are in its help.
#[must_use]
pub fn main(options: &DiffOptions) -> ExitCode {
    match run(options) {
        Ok(code) => ExitCode::from(code),
        Err(problem) => {
            eprintln!("tickwire-bots: {problem}");
            ExitCode::from(USAGE)
        }
    }
}

fn run(options: &DiffOptions) -> Result<u8, String> {
    let (a, b) = (read(&options.a)?, read(&options.b)?);
    let files = [&options.a, &options.b].map(|path| path.display().to_string());
    let diff = Diff::new([&a, &b], [&files[0], &files[1]], options.threshold);
    if let Some(path) = &options.report {
        let written = fs::write(path, render(&diff, [&a, &b]));
        written.map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
    }
    let text = if options.json {
        serde_json::to_string_pretty(&diff).map_err(|error| error.to_string())?
    } else {
        Table(&diff).to_string()
    };
    // Whoever closed our output has seen enough; the exit code still counts.
    let _ = writeln!(std::io::stdout(), "{text}");
    Ok(diff.code())
}

/// Reads a report.
fn read(path: &Path) -> Result<SoakReport, String> {
    let problem = |what: String| format!("{}: {what}", path.display());
    let text = fs::read_to_string(path).map_err(|error| problem(error.to_string()))?;
    let report: SoakReport = serde_json::from_str(&text)
        .map_err(|error| problem(format!("not the JSON of a soak: {error}")))?;
    match report.version {
        FORMAT => Ok(report),
        other => {
            Err(problem(format!("a report of form {other}, and this program reads form {FORMAT}")))
        }
    }
}

#[cfg(test)]
mod tests;
