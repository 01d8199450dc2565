use tickwire_games::common::rng::Rng;
use tickwire_shared::build::Build;

use super::*;
use crate::soak::{
    record::Record,
    report::{Machine, Reason, Series},
};

/// A run of the sample's, whose values come with noise of a seed.
fn run(seed: u64) -> SoakReport {
    let mut report: SoakReport =
        serde_json::from_str(include_str!("../../../tests/soak/sample.json")).unwrap();
    let mut rng = Rng::new(seed.wrapping_mul(0x9E6D_62D0_6F6A_9A9B));
    for series in &mut report.series {
        let mut wander = 0.0;
        for (_, value) in &mut series.points {
            wander = 0.6 * wander + f64::from(rng.between(-1.0, 1.0));
            *value *= 1.0 + 0.05 * wander;
        }
    }
    for trend in &mut report.trends {
        let width = (trend.high - trend.low) / 4.0;
        let noise: f64 = (0..12).map(|_| f64::from(rng.unit())).sum::<f64>() - 6.0;
        let moved = noise * width;
        trend.slope_per_hour += moved;
        trend.low += moved;
        trend.high += moved;
    }
    SoakReport { seed, ..report }
}

fn compared(a: &SoakReport, b: &SoakReport) -> Diff {
    Diff::new([a, b], ["a.json", "b.json"], 5.0)
}

fn scaled(mut report: SoakReport, name: &str, factor: f64) -> SoakReport {
    let is_it = |series: &&mut Series| series.name == name;
    let series = report.series.iter_mut().find(is_it).unwrap();
    series.points.iter_mut().for_each(|point| point.1 *= factor);
    report
}

fn measure<'a>(diff: &'a Diff, name: &str) -> &'a Measure {
    diff.measures.iter().find(|measure| measure.name == name).unwrap()
}

#[test]
fn two_runs_of_the_same_differ_significantly_in_no_more_than_a_twentieth_of_seeds() {
    let differ = |seed: &u64| {
        let diff = compared(&run(2 * seed), &run(2 * seed + 1));
        assert!(diff.paired && diff.tested >= 15, "{diff:?}");
        diff.measures.iter().any(Measure::is_significant)
    };
    // 5% are 2; more than three times as many do not come by chance.
    let differ = (0..40).filter(differ).count();
    assert!(differ <= 6, "{differ} of 40");
}

#[test]
fn what_is_worse_by_a_tenth_is_found_and_told() {
    for (name, factor) in [("tick_p99", 1.1), ("server_memory", 1.1), ("frames", 0.9)] {
        let found = |seed: &u64| {
            let diff = compared(&run(2 * seed), &scaled(run(2 * seed + 1), name, factor));
            let measure = measure(&diff, name);
            let [percent, low, high] = measure.percent.unwrap();
            assert!(low <= percent && percent <= high);
            diff.code() == WORSE && measure.finding == Finding::Worse
        };
        let found = (0..10).filter(found).count();
        assert!(found >= 9, "{name}: {found} of 10");
    }
}

/// A run of so many seconds, of which only overruns are known: about one in twenty seconds.
fn overruns(seconds: u32, seed: u64) -> SoakReport {
    let (mut rng, mut record) = (Rng::new(seed), Record::default());
    for second in 0..seconds {
        let count = f64::from(u8::from(rng.unit() < 0.05));
        record.note(("overruns", "1/s"), second.into(), Some(count));
    }
    let (series, trends) = (record.series(), Vec::new());
    SoakReport { series, trends, seconds: seconds.into(), ..run(1) }
}

#[test]
fn the_level_of_a_long_run_is_that_of_a_short_one_with_the_same_noise() {
    let worse = |seed: &u64| {
        let diff = compared(&overruns(590, 2 * seed), &overruns(3600, 2 * seed + 1));
        let level = measure(&diff, "overruns");
        assert!((0.02..0.09).contains(&level.a) && (0.03..0.07).contains(&level.b), "{level:?}");
        diff.outcome != Outcome::Same
    };
    let differ = (0..20).filter(worse).count();
    assert!(differ <= 3, "{differ} of 20");
}

#[test]
fn what_only_the_second_failed_for_is_told_and_worse_if_it_must_not_be() {
    let failed = |what: &str| {
        let reason = Reason { what: what.to_owned(), detail: "so".to_owned(), since_seconds: None };
        let mut report = run(1);
        report.reasons.push(reason);
        report
    };
    for what in ["left_rooms", "panicked_rooms", "server"] {
        let diff = compared(&run(1), &failed(what));
        assert_eq!((diff.outcome, diff.code()), (Outcome::Worse, WORSE), "{what}");
        assert!(diff.notes[0].contains(what), "{:?}", diff.notes);
        assert_eq!(compared(&failed(what), &failed(what)).outcome, Outcome::Same);
    }
    let lost = compared(&run(1), &failed("disconnects"));
    assert_eq!(lost.outcome, Outcome::Same);
    assert!(lost.notes[0].contains("B failed for disconnects, and A did not: so"), "{lost:?}");
}

#[test]
fn what_is_better_is_told_and_no_failure() {
    let diff = compared(&run(2), &scaled(run(3), "tick_p99", 0.7));
    assert_eq!((diff.outcome, diff.code()), (Outcome::Better, 0));
    assert!(Table(&diff).to_string().contains("B is better in tick p99: -"), "{}", Table(&diff));
}

#[test]
fn a_difference_below_the_threshold_is_told_and_no_failure() {
    let (a, b) = (run(2), scaled(run(3), "server_memory", 1.1));
    let diff = Diff::new([&a, &b], ["a", "b"], 20.0);
    assert_eq!(measure(&diff, "server_memory").finding, Finding::Small);
    assert_eq!(diff.code(), 0);
    assert!(Table(&diff).to_string().contains("NO DIFFERENCE of 20% or more"), "{}", Table(&diff));
}

#[test]
fn a_run_is_no_different_from_itself() {
    let diff = compared(&run(1), &run(1));
    assert_eq!((diff.outcome, diff.code()), (Outcome::Same, 0));
    assert!(diff.measures.iter().all(|measure| measure.difference[0] == 0.0));
    let text = Table(&diff).to_string();
    assert!(text.contains("NO SIGNIFICANT DIFFERENCE"), "{text}");
}

#[test]
fn the_first_wrong_hash_is_worse_whatever_its_chance() {
    let mut wrong = run(1);
    wrong.totals.hash_mismatches = 1;
    let diff = compared(&run(1), &wrong);
    assert_eq!(diff.code(), WORSE);
    assert!(Table(&diff).to_string().contains("a single one is a fault"));
    // A lost connection may be the network's: one alone is no proof, a hundred are.
    let mut lost = run(1);
    lost.totals.disconnects_unexplained = 1;
    assert_eq!(compared(&run(1), &lost).code(), 0);
    lost.totals.disconnects_unexplained = 100;
    assert_eq!(compared(&run(1), &lost).code(), WORSE);
}

#[test]
fn what_did_not_change_though_the_load_did_is_compared_with_words() {
    let mut other = scaled(run(3), "bots", 1.5);
    other.scenario.text.push_str("# another\n");
    other.machine = Machine { cores: 64, ..other.machine };
    other.versions.server = Some("0.2.0".to_owned());
    other.seconds *= 2.0;
    let diff = compared(&run(2), &other);
    assert!(!diff.paired);
    let notes = diff.notes.join("\n");
    for word in [
        "scenario",
        "machines differ",
        "0.2.0",
        "loads differ",
        "A took 1 h and B 2 h",
        "seeds differ",
        "single runs",
    ] {
        assert!(notes.contains(word), "{word}: {notes}");
    }
    assert_eq!(measure(&diff, "bots").finding, Finding::Told);
}

#[test]
fn a_build_held_against_itself_or_made_to_be_debugged_is_told() {
    let built = |revision, is_debug| {
        let mut report = run(1);
        report.versions.server_build = Some(Build::new("0.1.0", revision, is_debug));
        report
    };
    let told = |a: &SoakReport, b: &SoakReport| compared(a, b).notes.join("\n");
    let (first, second) = (built(Some("abc"), false), built(Some("def"), false));
    let same = told(&first, &first);
    assert!(same.contains("the same build, 0.1.0 (abc, release)"), "{same}");
    let other = told(&first, &second);
    assert!(other.contains("0.1.0 (abc, release) and 0.1.0 (def, release)"), "{other}");
    assert!(!other.contains("Both servers") && !other.contains("debug"), "{other}");
    let unknown = told(&built(None, false), &built(None, false));
    assert!(unknown.contains("does not tell whether they are the same build"), "{unknown}");
    let debug = told(&first, &built(Some("def"), true));
    assert!(debug.contains("server of B came from a debug build"), "{debug}");
    assert!(!debug.contains("server of A came"), "{debug}");
}

#[test]
fn of_a_void_run_nothing_is_said() {
    let reason = |detail: &str| Reason {
        what: "generator".to_owned(),
        detail: detail.to_owned(),
        since_seconds: None,
    };
    let reasons = vec![reason("the bots were held up")];
    let void = SoakReport { verdict: Verdict::Void, reasons, ..scaled(run(3), "tick_p99", 2.0) };
    let diff = compared(&run(2), &void);
    assert_eq!((diff.outcome, diff.code()), (Outcome::Void, VOID));
    assert!(diff.notes[0].starts_with("B is void") && diff.notes[0].contains("held up"));
}

#[test]
fn runs_with_nothing_in_common_are_compared_by_nothing() {
    let empty = SoakReport { series: Vec::new(), trends: Vec::new(), ..run(1) };
    let diff = compared(&empty, &run(2));
    assert_eq!((diff.tested, diff.code()), (0, 0));
    assert!(Table(&diff).to_string().contains("NOTHING to compare"));
}

#[test]
fn the_page_holds_both_runs_and_names_are_text_in_it() {
    let hostile = "<script>alert(1)</script>";
    let (a, mut b) = (run(2), scaled(run(3), "tick_p99", 1.5));
    b.scenario.name = hostile.to_owned();
    b.series[0].name = hostile.to_owned();
    let diff = Diff::new([&a, &b], [hostile, "b.json"], 5.0);
    let page = render(&diff, [&a, &b]);
    assert!(
        page.contains("WORSE</span>") && page.contains("A tick_p99") && page.contains("B tick_p99")
    );
    assert!(!page.contains(hostile) && page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(!page.contains("NaN"));
}
