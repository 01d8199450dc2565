//! What should not happen at all, counted.

use super::measure::{Direction, Finding, Measure};
use crate::soak::{
    html::title,
    report::{Reason, SoakReport, Totals, Verdict},
    stats::uneven_counts,
};

/// What is counted: its name, its number, and whether a single one is a fault of the server for certain.
type Counted = (&'static str, fn(&Totals) -> u64, bool);

const COUNTED: [Counted; 5] = [
    ("hash_mismatches", |totals| totals.hash_mismatches, true),
    ("bad_frames", |totals| totals.bad_frames, true),
    ("disconnects_unexplained", |totals| totals.disconnects_unexplained, false),
    ("resumes_failed", |totals| totals.resumes_failed, false),
    ("refusals_unexplained", |totals| totals.refusals_unexplained, false),
];

/// The counts of which there are any; where neither run has one there is nothing to ask.
pub fn counts(a: &SoakReport, b: &SoakReport) -> Vec<Measure> {
    let is_any = |(_, count, _): &&Counted| count(&a.totals) + count(&b.totals) > 0;
    COUNTED.iter().filter(is_any).map(|counted| measure(counted, a, b)).collect()
}

/// What is a fault of the server for certain, beside what is counted, by the names of reasons.
const FAULTS: [&str; 7] = [
    "panicked_rooms",
    "server",
    "left_rooms",
    "left_sessions",
    "left_files",
    "left_tasks",
    "left_memory_mib",
];

/// What the second run failed for and the first did not.
pub fn new_reasons<'a>(a: &SoakReport, b: &'a SoakReport) -> Vec<&'a Reason> {
    let is_new = |reason: &&Reason| a.reasons.iter().all(|known| known.what != reason.what);
    let failed = b.verdict == Verdict::Fail;
    b.reasons.iter().filter(|_| failed).filter(is_new).collect()
}

/// The faults among them, each as something that was not there and is.
pub fn faults(a: &SoakReport, b: &SoakReport) -> Vec<Measure> {
    let new = new_reasons(a, b).into_iter();
    new.filter(|reason| FAULTS.contains(&reason.what.as_str())).map(fault).collect()
}

fn fault(reason: &Reason) -> Measure {
    Measure {
        name: reason.what.clone(),
        title: title(&reason.what),
        unit: String::new(),
        direction: Direction::Lower,
        method: "reasons of the verdicts",
        a: 0.0,
        b: 1.0,
        difference: [1.0; 3],
        percent: None,
        effect: None,
        chance: None,
        rank_chance: None,
        corrected: None,
        finding: Finding::Told,
        must_not_be: true,
    }
}

/// A count, an hour.
fn measure((name, count, must_not_be): &Counted, a: &SoakReport, b: &SoakReport) -> Measure {
    let (counted_a, counted_b) = (count(&a.totals), count(&b.totals));
    let an_hour = |count: f64, report: &SoakReport| count * 3600.0 / report.seconds.max(0.001);
    let (rate_a, rate_b) = (an_hour(counted_a as f64, a), an_hour(counted_b as f64, b));
    let chance = uneven_counts((counted_a, a.seconds), (counted_b, b.seconds));
    // The spread of a count is about its root, of none about one.
    let spread = |count: u64, report| an_hour((count.max(1) as f64).sqrt(), report);
    let reach = 1.96 * spread(counted_a, a).hypot(spread(counted_b, b));
    let value = rate_b - rate_a;
    let difference = [value, value - reach, value + reach];
    Measure {
        name: (*name).to_owned(),
        title: format!("{} an hour", title(name)),
        unit: String::new(),
        direction: Direction::Lower,
        method: "exact counts",
        a: rate_a,
        b: rate_b,
        difference,
        percent: (rate_a > 0.0).then(|| difference.map(|it| 100.0 * it / rate_a)),
        effect: None,
        chance: Some(chance),
        rank_chance: None,
        corrected: None,
        finding: Finding::Told,
        must_not_be: *must_not_be,
    }
}
