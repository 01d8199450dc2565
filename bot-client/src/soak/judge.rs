//! From what was seen to a verdict: pure, so that each kind of failure can be tried.

mod trends;

use super::{
    record::Record,
    report::{Reason, TrendReport, Verdict},
    scenario::Limits,
};

/// What a run is judged by.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// How long it took, in seconds.
    pub seconds: f64,
    /// The percentage of that after which growth counts.
    pub warm_up: f64,
    /// Hashes that were the server's, and that were not.
    pub hashes: (u64, u64),
    /// Frames applied.
    pub frames: u64,
    /// Connections that ended for no reason that a bot gave, with the most frequent in words.
    pub disconnects: (u64, Option<String>),
    /// Refusals that nothing explains, with the most frequent in words.
    pub refusals: (u64, Option<String>),
    /// Frames that could not be applied.
    pub bad_frames: u64,
    /// Rooms whose game panicked.
    pub panicked_rooms: u64,
    /// Ticks that took longer than their time.
    pub overruns: u64,
    /// What ticks took at the 99th percentile of the whole run.
    pub tick_p99_ms: Option<f64>,
    /// How old frames were of those who keep up, at the 99th percentile.
    pub frame_age_p99_ms: Option<f64>,
    /// How late the latest of all ticks began.
    pub stall_ms: Option<f64>,
    /// The most looks in a row in which the server did not tell of itself.
    pub silent_looks: u32,
    /// When the first of these was.
    pub silent_since: Option<f64>,
    /// Whether it did not tell in the last look either.
    pub is_silent: bool,
    /// In how many looks it told, and in how many it should have.
    pub looks: (u32, u32),
    /// What the server still had when all were gone; nothing if nobody looked.
    pub left: Option<Vec<Reason>>,
    /// Of what it may keep it does not tell, by the names of the limits.
    pub untold: Vec<&'static str>,
    /// How long the run was to take, if somebody ended it early.
    pub interrupted: Option<f64>,
    /// The share of the machine that was busy, the part of that which neither the bots nor the server had,
    /// and that of the bots, if they are on one machine.
    pub others: Option<(f64, f64, f64)>,
    /// Whether the run is over: growth is looked for only then, as it takes a while to find.
    pub is_over: bool,
    /// The share of its cores that the generator used, and how late it ran at the 99th percentile.
    pub generator: (f64, f64),
    /// How late the generator ran at worst.
    pub generator_stall_ms: f64,
}

/// What follows from a run.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// How it ended.
    pub verdict: Verdict,
    /// Why, worst first.
    pub reasons: Vec<Reason>,
    /// Limits that could not be checked.
    pub unchecked: Vec<String>,
    /// What was looked at for growth.
    pub trends: Vec<TrendReport>,
    /// Whether the generator was the bottleneck.
    pub bottleneck: bool,
}

/// From this share on a machine has hardly any time left.
const FULL_MACHINE: f64 = 0.9;
/// When others have this share of a full machine, the server may have waited for them.
const MOST_OTHERS: f64 = 0.25;
/// When the bots have this share of a full machine, the server waited for them.
const MOST_OWN: f64 = 1.0 / 3.0;
/// A run in which the server told of itself in a smaller share of looks was not seen well enough.
const LEAST_LOOKS: f64 = 0.9;
/// So many looks may always be missing: the first, and one at an end.
const SPARE_LOOKS: f64 = 2.0;
/// Of a run that was ended before this share of its time too little is known.
const LEAST_TIME: f64 = 0.5;
/// What comes also of bots that were too late themselves.
const DOUBTFUL: [&str; 3] = ["disconnects", "refusals", "server"];
/// A server that misses so many looks is gone.
const MOST_SILENT: u32 = 5;

/// Judges a run.
///
/// What is wrong whatever the bots felt fails a run. What may come of a machine that was too busy does so
/// only if the bots were not held up themselves, and nobody else had the machine; else the run is void.
#[must_use]
pub fn judge(facts: &Facts, record: &Record, limits: &Limits) -> Judgement {
    let trends = if facts.is_over { trends::find(facts, record, limits) } else { Vec::new() };
    let mut certain = wrong(facts, record, limits);
    certain.extend(trends::reasons(&trends, limits));
    certain.extend(facts.left.iter().flatten().cloned());
    let held_up = held_up(facts, limits);
    let bottleneck = held_up.is_some();
    // Who never answers again is gone, however busy the bots were.
    let is_certain = |what: &str| what == "server" && facts.is_silent;
    let is_doubtful =
        |it: &mut Reason| DOUBTFUL.contains(&it.what.as_str()) && !is_certain(&it.what);
    let mut slow: Vec<_> = certain.extract_if(.., |it| bottleneck && is_doubtful(it)).collect();
    slow.extend(slow_by(facts, record, limits).into_iter().chain(trends::drift(&trends, limits)));
    // A machine that is full of something else takes nothing from a run that was quick enough.
    let crowd = || crowded(facts.others).or_else(|| crowded(others_when_slow(record, limits)));
    let held_up = held_up.or_else(|| crowd().filter(|_| !slow.is_empty()));
    let unproved = unproved(facts);
    let (verdict, reasons) = match (certain.is_empty(), held_up, unproved) {
        (false, held_up, _) => {
            let slow = if held_up.is_some() { Vec::new() } else { slow };
            (Verdict::Fail, certain.into_iter().chain(slow).collect())
        }
        (true, Some(why), _) => (Verdict::Void, std::iter::once(why).chain(slow).collect()),
        (true, None, Some(why)) => (Verdict::Void, vec![why]),
        (true, None, None) if slow.is_empty() => (Verdict::Pass, slow),
        (true, None, None) => (Verdict::Fail, slow),
    };
    let unchecked = unchecked(facts, &trends, limits);
    Judgement { verdict, reasons, unchecked, trends, bottleneck }
}

fn reason(what: &str, detail: String, since_seconds: Option<f64>) -> Reason {
    Reason { what: what.to_owned(), detail, since_seconds }
}

/// What is wrong however busy the machine was.
fn wrong(facts: &Facts, record: &Record, limits: &Limits) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let mut check = |what: &str, count: u64, limit: f64, words: String, series: &str| {
        if count as f64 > limit {
            let detail = format!("{words}; {limit} may be");
            reasons.push(reason(what, detail, record.first_above(series, limit)));
        }
    };
    let because = |words: &Option<String>| {
        words.as_ref().map_or_else(String::new, |words| format!(", most often: {words}"))
    };
    let (verified, mismatches) = facts.hashes;
    let words = format!("{mismatches} hashes were not the server's, {verified} were");
    check("hash_mismatches", mismatches, limits.hash_mismatches, words, "mismatches");
    let (count, why) = &facts.disconnects;
    let words = format!("{count} connections ended for no reason of the bots{}", because(why));
    check("disconnects", *count, limits.disconnects, words, "disconnects_unexplained");
    let (count, why) = &facts.refusals;
    let words = format!("{count} refusals that nothing explains{}", because(why));
    check("refusals", *count, limits.refusals, words, "refusals_unexplained");
    let words = format!("{} frames could not be applied", facts.bad_frames);
    check("bad_frames", facts.bad_frames, limits.bad_frames, words, "");
    let words = format!("the game of {} rooms panicked", facts.panicked_rooms);
    check("panicked_rooms", facts.panicked_rooms, limits.panicked_rooms, words, "");
    if facts.silent_looks >= MOST_SILENT {
        let count = facts.silent_looks;
        let detail = format!("the server did not tell of itself, in {count} looks in a row");
        reasons.push(reason("server", detail, facts.silent_since));
    }
    reasons
}

/// What may come of a machine that was too busy.
fn slow_by(facts: &Facts, record: &Record, limits: &Limits) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let mut check = |what: &str, value: Option<f64>, limit: f64, words: &str, series: &str| {
        if let Some(value) = value.filter(|value| *value > limit) {
            let detail = format!("{words} {value:.1}, and {limit} may be");
            reasons.push(reason(what, detail, record.first_above(series, limit)));
        }
    };
    let words = "ticks took, in milliseconds at the 99th percentile,";
    check("tick_p99_ms", facts.tick_p99_ms, limits.tick_p99_ms, words, "tick_p99");
    let words = "frames were old, in milliseconds at the 99th percentile,";
    check(
        "frame_age_p99_ms",
        facts.frame_age_p99_ms,
        limits.frame_age_p99_ms,
        words,
        "frame_age_p99",
    );
    // A machine that held up the bots as well, at whatever time, may have held up the server.
    let stall_ms = facts.stall_ms.filter(|stall| facts.generator_stall_ms < stall / 2.0);
    let words = "a tick began late, in milliseconds, by";
    check("stall_ms", stall_ms, limits.stall_ms, words, "tick_most_late");
    let a_minute = facts.overruns as f64 * 60.0 / facts.seconds.max(1.0);
    let words = "ticks took longer than their time, so many a minute:";
    check("overruns_per_minute", Some(a_minute), limits.overruns_per_minute, words, "");
    reasons
}

/// The limits of which nothing is known when all is over.
fn unchecked(facts: &Facts, trends: &[TrendReport], limits: &Limits) -> Vec<String> {
    if !facts.is_over {
        return Vec::new();
    }
    let measured =
        [("tick_p99_ms", facts.tick_p99_ms), ("frame_age_p99_ms", facts.frame_age_p99_ms)];
    let unmeasured = measured.into_iter().filter(|(_, value)| value.is_none());
    let names = unmeasured.map(|(name, _)| name).chain(trends::unseen(trends, limits));
    names.chain(facts.untold.iter().copied()).map(str::to_owned).collect()
}

/// That the bots themselves were held up.
fn held_up(facts: &Facts, limits: &Limits) -> Option<Reason> {
    let (busy, lag) = facts.generator;
    let percent = busy * 100.0;
    let detail = if percent > limits.generator_busy_percent {
        format!(
            "the bots used {percent:.0}% of their cores, so that it is them who were measured; \
             {} may be",
            limits.generator_busy_percent
        )
    } else if lag > limits.generator_lag_p99_ms {
        format!(
            "the bots ran {lag:.0} ms late at the 99th percentile, so that it is them who were measured; \
             {} may be",
            limits.generator_lag_p99_ms
        )
    } else {
        return None;
    };
    Some(reason("generator", detail, None))
}

/// The share of the machine that was busy in the looks in which something took longer than it may, the part that
/// others had, and that of the bots.
fn others_when_slow(record: &Record, limits: &Limits) -> Option<(f64, f64, f64)> {
    let series = [
        ("frame_age_p99", limits.frame_age_p99_ms),
        ("tick_p99", limits.tick_p99_ms),
        ("tick_most_late", limits.stall_ms),
    ];
    let slow = series.iter().flat_map(|(name, limit)| {
        record.points(name).iter().filter(|(_, value)| value > limit).map(|(at, _)| *at)
    });
    // What one look saw has one time in all series. A look that does not know it all says nothing.
    let seen = |name, at: f64| {
        let points = record.points(name);
        let point = points.get(points.partition_point(|(time, _)| *time < at));
        point.filter(|(time, _)| *time == at).map(|(_, value)| *value)
    };
    let looks: Vec<(f64, f64)> = slow
        .filter_map(|at| Some((seen("machine_busy", at)?, seen("machine_others", at)?)))
        .collect();
    let mean = |of: fn(&(f64, f64)) -> f64| looks.iter().map(of).sum::<f64>() / looks.len() as f64;
    (!looks.is_empty()).then(|| (mean(|look| look.0), mean(|look| look.1), 0.0))
}

/// That the server had to wait for others, or for the bots.
fn crowded(others: Option<(f64, f64, f64)>) -> Option<Reason> {
    let (machine, others, own) = others.filter(|(machine, ..)| *machine > FULL_MACHINE)?;
    let (share, whose) = match (others > MOST_OTHERS, own > MOST_OWN) {
        (true, _) => (others, "neither the bots nor the server"),
        (false, true) => (own, "the bots"),
        (false, false) => return None,
    };
    let (machine, share) = (machine * 100.0, share * 100.0);
    let detail = format!(
        "this machine was {machine:.0}% busy, {share:.0}% of it with {whose}, \
         so that what took long may have waited for that"
    );
    Some(reason("machine", detail, None))
}

/// That nothing was proved.
fn unproved(facts: &Facts) -> Option<Reason> {
    let (answered, expected) = facts.looks;
    let is_seen = f64::from(answered) + SPARE_LOOKS >= LEAST_LOOKS * f64::from(expected);
    let is_short = facts.interrupted.is_some_and(|whole| facts.seconds < LEAST_TIME * whole);
    let detail = match (facts.frames, facts.hashes.0) {
        (0, _) => "no bot got a frame, so nothing was proved".to_owned(),
        (_, 0) => "no hash came, so nothing was proved; was the run too short?".to_owned(),
        _ if facts.is_over && facts.left.is_none() => {
            "nobody looked at what the server keeps when all bots are gone, as the look was ended"
                .to_owned()
        }
        _ if !is_seen => format!(
            "the server told of itself in {answered} looks, and there should have been {expected}"
        ),
        _ if is_short => "it was ended before half of its time was over".to_owned(),
        _ => return None,
    };
    Some(reason("proof", detail, None))
}

#[cfg(test)]
mod tests;
