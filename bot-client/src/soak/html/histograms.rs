//! How long things took, as pictures: bars by time, both on logarithmic scales.

use std::fmt::Write;

use super::{
    escape::Text,
    units::{plain, value},
    words::title,
};
use crate::{
    soak::report::{HistogramReport, SoakReport},
    swarm::table::grouped,
};

const WIDTH: f64 = 380.0;
const HEIGHT: f64 = 132.0;
/// Where the bars stand.
const FLOOR: f64 = HEIGHT - 18.0;
/// More bars than this are put together, two and two.
const MOST_BARS: usize = 90;

/// A card for each histogram that holds anything.
pub fn cards(report: &SoakReport) -> String {
    let holds =
        |it: &&HistogramReport| it.buckets.iter().any(|(end, count)| *count > 0 && *end > 0.0);
    let cards: String = report.histograms.iter().filter(holds).map(card).collect();
    if cards.is_empty() { cards } else { format!("<div class=\"smalls\">{cards}</div>") }
}

fn card(histogram: &HistogramReport) -> String {
    let HistogramReport { name, unit, buckets, p50, p99, p999, max } = histogram;
    let count: u64 = buckets.iter().map(|(_, count)| count).sum();
    let told = |number: f64| Text(&value(number, unit)).to_string();
    let (title, count) = (title(name), grouped(count));
    format!(
        "<article class=\"card\"><header><h3><bdi>{}</bdi></h3><p>{count} times</p></header>{}\
         <p class=\"quantiles\"><span>p50 <b>{}</b></span><span>p99 <b>{}</b></span><span>p99.9 <b>{}</b></span>\
         <span>most <b>{}</b></span></p></article>\n",
        Text(&title),
        picture(histogram, &title),
        told(*p50),
        told(*p99),
        told(*p999),
        told(*max)
    )
}

/// A bar: from where to where, and how many.
type Bar = (f64, f64, u64);

/// The buckets as bars, each from the end of the one before; wide enough to be seen.
fn bars(buckets: &[(f64, u64)]) -> Vec<Bar> {
    let filled: Vec<_> =
        buckets.iter().copied().filter(|(end, count)| *end > 0.0 && *count > 0).collect();
    let together = filled.len().div_ceil(MOST_BARS).max(1);
    let mut before: Option<f64> = None;
    let bar = |group: &[(f64, u64)]| {
        let end = group.last().map_or(1.0, |(end, _)| *end);
        // Empty buckets are not told of, so a bar is no wider than its neighbours could be.
        let start = before.unwrap_or(0.0).max(end / 1.25_f64.powi(together as i32));
        before = Some(end);
        (start, end, group.iter().map(|(_, count)| count).sum())
    };
    filled.chunks(together).map(bar).collect()
}

fn picture(histogram: &HistogramReport, title: &str) -> String {
    let bars = bars(&histogram.buckets);
    let least = bars.iter().map(|bar| bar.0).fold(f64::INFINITY, f64::min);
    let most = bars.iter().map(|bar| bar.1).fold(0.0, f64::max);
    let tallest = bars.iter().map(|bar| bar.2).max().unwrap_or(1);
    let place = |time: f64| {
        let whole = (most / least).ln().max(1e-9);
        4.0 + (time.max(least) / least).ln() / whole * (WIDTH - 8.0)
    };
    let height =
        |count: u64| (count as f64 + 1.0).ln() / (tallest as f64 + 1.0).ln() * (FLOOR - 18.0);
    let unit = &histogram.unit;
    let mut inside = decades(least, most, unit, place);
    for (start, end, count) in bars {
        let (x, tall) = (place(start), height(count).max(1.0));
        let width = (place(end) - x - 0.6).max(0.8);
        let (from, to, times) =
            (plain(start, 3), Text(&value(end, unit)).to_string(), grouped(count));
        write!(
            inside,
            "<rect class=\"bar\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{tall:.1}\">\
             <title>{from} to {to}: {times}</title></rect>",
            FLOOR - tall
        )
        .expect("a string takes all that is written to it");
    }
    let marks = [("p50", histogram.p50), ("p99", histogram.p99), ("p99.9", histogram.p999)];
    let is_apart = |name: &str, x: f64| name != "p99.9" || x - place(histogram.p99) > 30.0;
    let marks = marks.into_iter().filter(|(_, time)| *time >= least && *time <= most);
    let marks = marks.map(|(name, time)| (name, place(time)));
    let marks = marks.map(|(name, x)| mark(if is_apart(name, x) { name } else { "" }, x));
    let label =
        format!("{title}: p50 {}, p99 {}", value(histogram.p50, unit), value(histogram.p99, unit));
    format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"100%\" role=\"img\" aria-label=\"{}\">{inside}{}</svg>",
        Text(&label),
        marks.collect::<String>()
    )
}

/// A line at a quantile, with its name over it.
fn mark(name: &str, x: f64) -> String {
    format!(
        "<line class=\"mark\" x1=\"{x:.1}\" y1=\"14\" x2=\"{x:.1}\" y2=\"{FLOOR}\"/>\
         <text x=\"{:.1}\" y=\"10\" text-anchor=\"middle\">{name}</text>",
        x.clamp(16.0, WIDTH - 18.0)
    )
}

/// Lines at 0.1, 1, 10 and so on, and the axis.
fn decades(least: f64, most: f64, unit: &str, place: impl Fn(f64) -> f64) -> String {
    let first = least.log10().ceil() as i32;
    let lines =
        (first..first + 12).map(|power| 10.0_f64.powi(power)).take_while(|time| *time <= most);
    let line = |time: f64| {
        let (x, told) = (place(time), value(time, unit));
        format!(
            "<line class=\"grid\" x1=\"{x:.1}\" y1=\"14\" x2=\"{x:.1}\" y2=\"{FLOOR}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            x.clamp(18.0, WIDTH - 22.0),
            HEIGHT - 5.0,
            Text(&told)
        )
    };
    let axis =
        format!("<line class=\"axis\" x1=\"0\" y1=\"{FLOOR}\" x2=\"{WIDTH}\" y2=\"{FLOOR}\"/>");
    lines.map(line).chain([axis]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stand_where_their_buckets_were() {
        let bars = bars(&[(0.9, 0), (1.0, 5), (1.1, 6), (50.0, 1)]);
        assert_eq!(bars, [(0.8, 1.0, 5), (1.0, 1.1, 6), (40.0, 50.0, 1)]);
    }

    #[test]
    fn many_buckets_lose_no_count() {
        let buckets: Vec<_> = (1..1000).map(|index| (f64::from(index), 3)).collect();
        let bars = bars(&buckets);
        assert!(bars.len() <= MOST_BARS);
        assert_eq!(bars.iter().map(|bar| bar.2).sum::<u64>(), 2997);
    }

    #[test]
    fn one_bucket_makes_a_picture_too() {
        let (name, unit) = ("tick_duration".to_owned(), "ms".to_owned());
        let buckets = vec![(2.0, 7)];
        let histogram =
            HistogramReport { name, unit, buckets, p50: 2.0, p99: 2.0, p999: 2.0, max: 2.0 };
        let html = card(&histogram);
        assert!(html.contains("1.6 to 2 ms: 7") && !html.contains("NaN"), "{html}");
    }
}
