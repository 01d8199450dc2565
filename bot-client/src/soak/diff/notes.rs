//! What must be known to read a comparison rightly.

use tickwire_shared::build::Build;

use super::count;
use crate::soak::{
    html::span,
    report::{Reason, SoakReport, Verdict, Versions},
    stats::mean,
};

/// Runs whose times differ by less than this share went the same way.
const SAME_TIME: f64 = 0.02;
/// Loads that differ by more than this share are told.
const SAME_LOAD: f64 = 0.05;

/// Whether both did the same at the same times.
pub fn is_same_course(a: &SoakReport, b: &SoakReport) -> bool {
    let is_as_long = (a.seconds - b.seconds).abs() <= SAME_TIME * a.seconds.max(b.seconds);
    a.scenario.text == b.scenario.text && is_as_long && a.interrupted == b.interrupted
}

/// The notes, what weighs most first.
pub fn notes(reports: [&SoakReport; 2], paired: bool) -> Vec<String> {
    let [a, b] = reports;
    let mut notes: Vec<String> =
        ["A", "B"].iter().zip(reports).filter_map(|(name, report)| void(name, report)).collect();
    notes.extend(count::new_reasons(a, b).into_iter().map(failed));
    notes.extend(course(a, b));
    notes.extend(builds(&a.versions, &b.versions));
    notes.extend(around(a, b));
    notes.extend(load(a, b));
    if !paired {
        notes.push("As the runs went different ways, their windows are compared as two samples, which finds only larger differences.".to_owned());
    }
    notes.push(
        "These are single runs. What differs between two runs of the same build, such as other users of the machine, \
         is in no interval: run again before you believe a small difference."
            .to_owned(),
    );
    notes
}

fn void(name: &str, report: &SoakReport) -> Option<String> {
    let why =
        report.reasons.first().map(|reason| format!(": {}", reason.detail)).unwrap_or_default();
    let is_void = report.verdict == Verdict::Void;
    is_void.then(|| format!("{name} is void, so its figures say nothing of the server{why}."))
}

fn failed(Reason { what, detail, .. }: &Reason) -> String {
    format!("B failed for {what}, and A did not: {detail}.")
}

/// What was done differently.
fn course(a: &SoakReport, b: &SoakReport) -> Vec<String> {
    let mut notes = Vec::new();
    if a.scenario.text != b.scenario.text {
        let (a, b) = (&a.scenario.name, &b.scenario.name);
        notes.push(match a == b {
            true => format!("The scenario {a} was changed between the runs: differences may be the scenario\u{2019}s."),
            false => format!("The scenarios differ ({a} and {b}): differences are theirs as much as the server\u{2019}s."),
        });
    }
    if (a.seconds - b.seconds).abs() > SAME_TIME * a.seconds.max(b.seconds) {
        notes.push(format!("A took {} and B {}.", span(a.seconds), span(b.seconds)));
    }
    for (name, report) in [("A", a), ("B", b)] {
        if report.interrupted {
            notes.push(format!("{name} was ended early."));
        }
    }
    if a.seed != b.seed {
        notes.push(format!(
            "The seeds differ ({} and {}), so bots did not do the same.",
            a.seed, b.seed
        ));
    }
    notes
}

/// What ran where.
fn around(a: &SoakReport, b: &SoakReport) -> Vec<String> {
    let known = |text: &Option<String>| text.clone().unwrap_or_else(|| "unknown".to_owned());
    let mut notes = Vec::new();
    let (ours, theirs) = (&a.machine, &b.machine);
    if (ours.cores, &ours.cpu, ours.memory_bytes)
        != (theirs.cores, &theirs.cpu, theirs.memory_bytes)
    {
        let told = |report: &SoakReport| {
            format!("{} cores of {}", report.machine.cores, known(&report.machine.cpu))
        };
        notes.push(format!(
            "The machines differ ({} and {}): times, load and memory cannot be compared.",
            told(a),
            told(b)
        ));
    } else if (&ours.kernel, &ours.os) != (&theirs.kernel, &theirs.os) {
        notes.push(format!(
            "The kernels differ ({} and {}).",
            known(&ours.kernel),
            known(&theirs.kernel)
        ));
    }
    if a.server_flags != b.server_flags {
        notes.push(format!(
            "The server\u{2019}s flags: A {}, B {}.",
            known(&a.server_flags),
            known(&b.server_flags)
        ));
    }
    notes
}

/// What was built, and how.
fn builds(a: &Versions, b: &Versions) -> Vec<String> {
    let mut notes = Vec::new();
    for (name, versions) in [("A", a), ("B", b)] {
        let sides = [("server", &versions.server_build), ("bots", &versions.bots_build)];
        for (side, build) in sides {
            if build.as_ref().is_some_and(Build::is_debug) {
                notes.push(format!("The {side} of {name} came from a debug build, so its times and load say nothing of a release."));
            }
        }
    }
    let servers =
        [a, b].map(|versions| versions.told_server().unwrap_or_else(|| "unknown".to_owned()));
    let is_same = a.server_build.as_ref().zip(b.server_build.as_ref()).map(|(a, b)| a.is_same(b));
    notes.extend(match is_same {
        Some(Some(true)) => Some(format!("Both servers are the same build, {}: what differs is no change of the server\u{2019}s.", servers[0])),
        Some(None) => Some(format!("Both servers are {}, which does not tell whether they are the same build; say TICKWIRE_REVISION when you build.", servers[0])),
        _ if servers[0] != servers[1] => Some(format!("The servers are {} and {}.", servers[0], servers[1])),
        _ => None,
    });
    let bots = [a, b].map(Versions::told_bots);
    if bots[0] != bots[1] {
        notes.push(format!("The bots differ too ({} and {}).", bots[0], bots[1]));
    }
    notes
}

/// Whether as many bots were there.
fn load(a: &SoakReport, b: &SoakReport) -> Option<String> {
    let bots = |report: &SoakReport| {
        let series = report.series.iter().find(|series| series.name == "bots")?;
        let bots: Vec<f64> = series.levels().iter().map(|point| point.1).collect();
        (!bots.is_empty()).then(|| mean(&bots))
    };
    let (a, b) = (bots(a)?, bots(b)?);
    let differ = (a - b).abs() > SAME_LOAD * a.max(b);
    differ.then(|| format!("The loads differ: {a:.0} bots on average in A, {b:.0} in B."))
}
