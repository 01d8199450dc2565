//! What is measured over time: the level of each series, and how fast what must not grow grew.

use super::measure::{Direction, Finding, Measure};
use crate::soak::{
    html::title,
    report::{Series, SoakReport, TrendReport, Verdict},
    stats::{Comparison, compare, compare_pairs, mean, normal_above},
};

/// Into how many windows a run is cut at most.
const WINDOWS: usize = 40;
/// What share of a run is left out at its start, while bots come in.
const WARM_UP: f64 = 0.1;
const CONFIDENCE: f64 = 0.95;
/// A comparison can be made again: its chance is always the same.
const SEED: u64 = 0x5EED;

/// What less of is better. What counts up over the run is no level: `count` compares it by its end.
const LOWER: [&str; 12] = [
    "tick_p99",
    "tick_mean",
    "frame_age_p50",
    "frame_age_p99",
    "overruns",
    "slipped",
    "sent",
    "server_memory",
    "server_files",
    "server_threads",
    "tasks",
    "server_cpu",
];

fn direction(name: &str) -> Direction {
    match name {
        "frames" => Direction::Higher,
        name if LOWER.contains(&name) => Direction::Lower,
        _ => Direction::Neither,
    }
}

/// The levels of all series that both runs have.
pub fn series(a: &SoakReport, b: &SoakReport, paired: bool) -> Vec<Measure> {
    let both = a.series.iter().filter_map(|series| {
        let other = b.series.iter().find(|other| other.name == series.name)?;
        Some((series, other))
    });
    both.filter_map(|(series, other)| level((series, a.seconds), (other, b.seconds), paired))
        .collect()
}

/// The level of a series; nothing if too little was seen of it.
fn level(a: (&Series, f64), b: (&Series, f64), paired: bool) -> Option<Measure> {
    // As many as the one with fewer points can fill.
    let most = a.0.levels().len().min(b.0.levels().len()).min(WINDOWS);
    let (first, second) = (windows(a.0, a.1, most), windows(b.0, b.1, most));
    let found = match paired {
        true => {
            let pairs = first.iter().zip(&second);
            let pairs: Vec<_> = pairs.filter_map(|(a, b)| Some(((*a)?, (*b)?))).collect();
            compare_pairs(&pairs, CONFIDENCE, SEED)
        }
        false => {
            let filled = |windows: Vec<Option<f64>>| windows.into_iter().flatten().collect();
            let (first, second): (Vec<f64>, Vec<f64>) = (filled(first), filled(second));
            compare(&first, &second, CONFIDENCE, SEED)
        }
    }?;
    Some(measure(a.0, &found, paired))
}

fn measure(series: &Series, found: &Comparison, paired: bool) -> Measure {
    let Comparison { a, b, difference, effect, chance, rank_chance } = *found;
    let difference = [difference.value, difference.low, difference.high];
    let percent = (a != 0.0).then(|| difference.map(|it| 100.0 * it / a.abs()));
    Measure {
        name: series.name.clone(),
        title: title(&series.name),
        unit: series.unit.clone(),
        direction: direction(&series.name),
        method: if paired { "pairs of windows" } else { "windows" },
        a,
        b,
        difference,
        percent,
        effect: Some(effect),
        chance: Some(chance),
        rank_chance: Some(rank_chance),
        corrected: None,
        finding: Finding::Told,
        must_not_be: false,
    }
}

/// The means of equal stretches of time after the warm-up; nothing where nothing was measured.
fn windows(series: &Series, seconds: f64, count: usize) -> Vec<Option<f64>> {
    let from = seconds * WARM_UP;
    let length = (seconds - from) / count.max(1) as f64;
    let mut values = vec![Vec::new(); count];
    for (time, value) in series.levels() {
        let place = ((time - from) / length).floor();
        if place >= 0.0 && place < count as f64 && value.is_finite() {
            values[place as usize].push(*value);
        }
    }
    let filled = |values: Vec<f64>| (!values.is_empty()).then(|| mean(&values));
    values.into_iter().map(filled).collect()
}

/// By how much faster what must not grow grew.
pub fn growth(a: &SoakReport, b: &SoakReport) -> Vec<Measure> {
    let is_known = |trend: &&TrendReport| {
        trend.verdict != Verdict::Void || trend.detectable_per_hour.is_some()
    };
    let both = a.trends.iter().filter(is_known).filter_map(|trend| {
        let mut others = b.trends.iter().filter(is_known);
        Some((trend, others.find(|other| other.counter == trend.counter)?))
    });
    both.map(|(trend, other)| faster(trend, other)).collect()
}

/// Two slopes that were measured apart: their intervals tell how sure each is.
fn faster(a: &TrendReport, b: &TrendReport) -> Measure {
    let error = |trend: &TrendReport| (trend.high - trend.low) / 2.0 / GROWTH_NORMAL;
    let (value, error) = (b.slope_per_hour - a.slope_per_hour, error(a).hypot(error(b)));
    let chance = match error > 0.0 {
        true => 2.0 * normal_above((value / error).abs()),
        false => f64::from(u8::from(value == 0.0)),
    };
    let difference = [value, value - NORMAL * error, value + NORMAL * error];
    // A growth of nearly nothing doubles easily, so it is held against what it may be.
    let percent = (a.limit > 0.0).then(|| difference.map(|it| 100.0 * it / a.limit));
    Measure {
        name: format!("growth of {}", a.counter),
        title: format!("growth an hour: {}", title(&a.counter)),
        unit: a.unit.clone(),
        direction: Direction::Lower,
        method: "intervals of slopes, in percent of the limit",
        a: a.slope_per_hour,
        b: b.slope_per_hour,
        difference,
        percent,
        effect: None,
        chance: Some(chance),
        rank_chance: None,
        corrected: None,
        finding: Finding::Told,
        must_not_be: false,
    }
}

/// How many standard errors an interval of 95% reaches.
const NORMAL: f64 = 1.959_964;
/// The same of 99%, which is what those of growth are.
const GROWTH_NORMAL: f64 = 2.575_829;
