//! What grew that should not.

use super::{
    super::{
        record::Record,
        report::{Reason, TrendReport, Verdict},
        scenario::Limits,
        stats::{self, Shape, Slope},
    },
    Facts,
};

/// Growth is looked for in no less than this, in seconds: what is shorter says nothing of an hour.
const LEAST_SECONDS: f64 = 60.0;
/// And in no fewer points.
const LEAST_POINTS: usize = 30;
/// How sure it has to be that something grew: there are several things that may seem to.
const CONFIDENCE: f64 = 0.99;
const MIB: f64 = 1024.0 * 1024.0;
/// What was divided by hours and multiplied by them again is nearly the same.
const ROUNDING: f64 = 1.0 + 1e-9;
/// The series of what ticks take.
const TICKS: &str = "tick_p99";
/// Ticks that take less than this more than before are no worse, whatever the percentage is.
const LEAST_DRIFT_MS: f64 = 4.0;

/// Something that must not grow.
struct Counter {
    series: &'static str,
    unit: &'static str,
    /// What explains a part of it.
    load: Option<&'static str>,
    /// By how much it may grow in an hour.
    limit: f64,
    /// Growth below this in the whole run is noise: a page of memory, a handshake under way.
    floor: f64,
}

fn counters(limits: &Limits) -> [Counter; 5] {
    let count = |series, load, limit| Counter { series, unit: "", load, limit, floor: 4.0 };
    let memory = Counter {
        series: "server_memory",
        unit: "bytes",
        load: Some("bots"),
        limit: limits.memory_mib_per_hour * MIB,
        floor: 8.0 * MIB,
    };
    [
        memory,
        count("files_beyond_bots", Some("bots"), limits.files_per_hour),
        count("tasks_beyond_bots", Some("bots"), limits.tasks_per_hour),
        count("rooms_beyond_open", None, limits.rooms_per_hour),
        count("sessions_beyond_bots", None, limits.sessions_per_hour),
    ]
}

/// Looks at all that must not grow, from when the server was warm.
pub(super) fn find(facts: &Facts, record: &Record, limits: &Limits) -> Vec<TrendReport> {
    let from = facts.seconds * facts.warm_up / 100.0;
    let counters = counters(limits);
    let found = counters.iter().filter_map(|counter| trend(counter, record, from));
    found.chain(ticks(record, from, limits)).collect()
}

/// The points from a moment on.
fn later(points: &[(f64, f64)], from: f64) -> &[(f64, f64)] {
    &points[points.partition_point(|(at, _)| *at < from)..]
}

fn hours(points: &[(f64, f64)]) -> f64 {
    let span = points.first().zip(points.last()).map_or(0.0, |(first, last)| last.0 - first.0);
    span / 3600.0
}

fn trend(counter: &Counter, record: &Record, from: f64) -> Option<TrendReport> {
    let points = later(record.points(counter.series), from);
    let freed = match counter.load {
        Some(load) => stats::without_load(points, record.points(load)),
        None => points.to_vec(),
    };
    judged((counter.series, counter.unit), &freed, (counter.limit, counter.floor))
}

/// Whether ticks take longer and longer, in proportion to what they took.
fn ticks(record: &Record, from: f64, limits: &Limits) -> Option<TrendReport> {
    let points = later(record.points(TICKS), from);
    let freed = stats::without_load(points, record.points("bots"));
    let values: Vec<f64> = points.iter().map(|(_, value)| *value).collect();
    let allowed = (stats::median(&values) * limits.tick_drift_percent / 100.0).max(LEAST_DRIFT_MS);
    let an_hour = allowed / hours(points).max(f64::MIN_POSITIVE);
    judged((TICKS, "ms"), &freed, (an_hour, LEAST_DRIFT_MS))
}

/// Whether something grew by more than a limit an hour, and by more than noise in all.
fn judged(
    (name, unit): (&str, &str),
    points: &[(f64, f64)],
    (limit, floor): (f64, f64),
) -> Option<TrendReport> {
    let whole = stats::slope(points, CONFIDENCE)?;
    let report = |slope: Slope, since_seconds, verdict| TrendReport {
        counter: name.to_owned(),
        unit: unit.to_owned(),
        slope_per_hour: an_hour(slope.slope),
        low: an_hour(slope.low),
        high: an_hour(slope.high),
        limit,
        since_seconds,
        verdict,
        detectable_per_hour: None,
    };
    if !is_long(points) {
        return Some(report(whole, None, Verdict::Void));
    }
    let onset = stats::onset(points);
    if grew(&whole, points, (limit, floor)) {
        return Some(report(whole, onset.map(|onset| onset.since), Verdict::Fail));
    }
    // Of what began to grow late a line through all says little.
    let bend = onset.filter(|onset| onset.shape == Shape::Bend);
    if let Some(late) = bend.and_then(|onset| late_growth(points, onset.since, (limit, floor))) {
        return Some(report(late, bend.map(|onset| onset.since), Verdict::Fail));
    }
    if !(whole.low.is_finite() && whole.high.is_finite()) {
        return Some(report(whole, None, Verdict::Void));
    }
    // What grows by as much as it may has to be seen, else nothing is known of the limit.
    let least = (limit + an_hour(whole.high - whole.slope)).max(floor / hours(points));
    let holds = an_hour(whole.high) <= limit && floor <= limit * hours(points) * ROUNDING;
    let detectable_per_hour = (!holds).then_some(least);
    let verdict = if holds { Verdict::Pass } else { Verdict::Void };
    Some(TrendReport { detectable_per_hour, ..report(whole, None, verdict) })
}

/// A slope a second as one an hour; what cannot be told is 0.
fn an_hour(slope: f64) -> f64 {
    if slope.is_finite() { slope * 3600.0 } else { 0.0 }
}

fn is_long(points: &[(f64, f64)]) -> bool {
    hours(points) * 3600.0 >= LEAST_SECONDS && points.len() >= LEAST_POINTS
}

fn grew(slope: &Slope, points: &[(f64, f64)], (limit, floor): (f64, f64)) -> bool {
    an_hour(slope.low) > limit && an_hour(slope.slope) * hours(points) > floor
}

/// The slope since a moment, if something grew since then to where it had never been before: what only
/// goes up and down with the load has been there.
fn late_growth(points: &[(f64, f64)], since: f64, bounds: (f64, f64)) -> Option<Slope> {
    let (before, after) = points.split_at(points.partition_point(|(at, _)| *at < since));
    let values = |points: &[(f64, f64)]| points.iter().map(|(_, value)| *value).collect::<Vec<_>>();
    let end = &after[after.len() - after.len() / 10..];
    let is_new = stats::median(&values(end)) > stats::quantile(&values(before), 0.95) + bounds.1;
    let slope = stats::slope(after, CONFIDENCE).filter(|_| is_new && is_long(after))?;
    grew(&slope, after, bounds).then_some(slope)
}

/// The limits of what is not among these.
pub(super) fn unseen(
    trends: &[TrendReport],
    limits: &Limits,
) -> impl Iterator<Item = &'static str> {
    let all = counters(limits).map(|counter| counter.series).into_iter().chain([TICKS]);
    let is_unseen = |series: &&str| trends.iter().all(|trend| trend.counter != *series);
    all.filter(is_unseen).map(limit_of)
}

/// The limit of the growth of something, by its name in a scenario.
fn limit_of(series: &str) -> &'static str {
    match series {
        "server_memory" => "memory_mib_per_hour",
        "files_beyond_bots" => "files_per_hour",
        "tasks_beyond_bots" => "tasks_per_hour",
        "rooms_beyond_open" => "rooms_per_hour",
        TICKS => "tick_drift_percent",
        _ => "sessions_per_hour",
    }
}

/// What grew that is kept, as reasons.
pub(super) fn reasons(trends: &[TrendReport], limits: &Limits) -> Vec<Reason> {
    let grew = |trend: &&TrendReport| trend.verdict == Verdict::Fail && trend.counter != TICKS;
    trends.iter().filter(grew).map(|trend| reason(trend, limits)).collect()
}

fn reason(trend: &TrendReport, limits: &Limits) -> Reason {
    let what = limit_of(&trend.counter);
    let (noun, scale, unit, limit) = match trend.counter.as_str() {
        "server_memory" => ("memory", MIB, " MiB", limits.memory_mib_per_hour),
        "files_beyond_bots" => ("open files", 1.0, "", limits.files_per_hour),
        "tasks_beyond_bots" => ("tasks", 1.0, "", limits.tasks_per_hour),
        "rooms_beyond_open" => ("rooms", 1.0, "", limits.rooms_per_hour),
        _ => ("players and spectators", 1.0, "", limits.sessions_per_hour),
    };
    let number = |value: f64| format!("{:.1}", value / scale);
    let detail = format!(
        "the server's {noun} grew by {}{unit} an hour (99% sure: {} to {}), and {limit} may be",
        number(trend.slope_per_hour),
        number(trend.low),
        number(trend.high),
    );
    Reason { what: what.to_owned(), detail, since_seconds: trend.since_seconds }
}

/// That ticks took longer and longer, as a reason.
pub(super) fn drift(trends: &[TrendReport], limits: &Limits) -> Option<Reason> {
    let drifted = |trend: &&TrendReport| trend.verdict == Verdict::Fail && trend.counter == TICKS;
    let trend = trends.iter().find(drifted)?;
    let detail = format!(
        "what ticks take at the 99th percentile grew by {:.1} ms an hour (99% sure: {:.1} to {:.1}), \
         which is more than {}% in this run",
        trend.slope_per_hour, trend.low, trend.high, limits.tick_drift_percent,
    );
    let what = "tick_drift_percent".to_owned();
    Some(Reason { what, detail, since_seconds: trend.since_seconds })
}
