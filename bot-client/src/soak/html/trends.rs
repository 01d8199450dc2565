//! What must not grow: each with its curve, its slope, and how sure that is.

use super::{
    class,
    escape::Text,
    sparkline::{Frame, Range, path},
    units::{change, clock},
    words::title,
};
use crate::soak::{
    report::{SoakReport, TrendReport, Verdict},
    stats::{mean, median},
};

const CURVE: Frame = Frame { width: 180.0, height: 40.0 };
const INTERVAL: Frame = Frame { width: 240.0, height: 40.0 };

/// The table; nothing if nothing was looked at.
pub fn table(report: &SoakReport) -> String {
    if report.trends.is_empty() {
        return String::new();
    }
    let rows: String = report.trends.iter().map(|trend| row(report, trend)).collect();
    format!(
        "<div class=\"scroll\" tabindex=\"0\"><table class=\"facts\"><thead><tr><th scope=\"col\">what</th>\
         <th scope=\"col\">verdict</th><th scope=\"col\">over time</th>\
         <th scope=\"col\" class=\"number\">grew an hour</th><th scope=\"col\">99% interval, and the limit</th>\
         <th scope=\"col\" class=\"number\">limit an hour</th></tr></thead>\
         <tbody>{rows}</tbody></table></div>"
    )
}

fn row(report: &SoakReport, trend: &TrendReport) -> String {
    let TrendReport { counter, unit, slope_per_hour, limit, verdict, .. } = trend;
    let TrendReport { since_seconds, detectable_per_hour, .. } = trend;
    let is_unknown = *verdict == Verdict::Void && detectable_per_hour.is_none();
    let class = class(*verdict);
    let word = match verdict {
        Verdict::Pass => "holds".to_owned(),
        Verdict::Void => match detectable_per_hour {
            Some(least) => {
                let least = Text(&change(*least, unit)).to_string();
                format!("too little seen: {least} an hour would have shown")
            }
            None => "too little seen".to_owned(),
        },
        Verdict::Fail => match since_seconds {
            Some(since) => format!("grows since {}", clock(*since)),
            None => "grows".to_owned(),
        },
    };
    format!(
        "<tr class=\"{class}\"><th scope=\"row\"><bdi>{}</bdi></th><td><span class=\"chip\">{word}</span></td>\
         <td>{}</td><td class=\"number\">{}</td><td>{}</td><td class=\"number\">{}</td></tr>\n",
        Text(&title(counter)),
        curve(report, trend),
        Text(&if is_unknown { "–".to_owned() } else { change(*slope_per_hour, unit) }),
        if is_unknown { "–".to_owned() } else { interval(trend) },
        Text(&change(*limit, unit)),
    )
}

/// The curve with its slope through the middle of what grew.
fn curve(report: &SoakReport, trend: &TrendReport) -> String {
    let series = report.series.iter().find(|series| series.name == trend.counter);
    let Some((points, range)) =
        series.and_then(|it| Some((&it.points[..], Range::of(&it.points)?)))
    else {
        return String::new();
    };
    let (d, Frame { width, height }) = (path(points, range, CURVE), CURVE);
    let since = trend.since_seconds.unwrap_or(range.from);
    let grown: Vec<_> = points.iter().copied().filter(|(time, _)| *time >= since).collect();
    let (times, values): (Vec<_>, Vec<_>) = grown.into_iter().unzip();
    let (middle, level) = (mean(&times), median(&values));
    let at = |time: f64| (time, level + (time - middle) * trend.slope_per_hour / 3600.0);
    let ((x1, y1), (x2, y2)) = (range.place(at(since), CURVE), range.place(at(range.to), CURVE));
    format!(
        "<svg width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" aria-hidden=\"true\">\
         <path class=\"curve\" d=\"{d}\"/>\
         <line class=\"slope\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/></svg>"
    )
}

/// The interval on an axis with zero and the limit.
fn interval(trend: &TrendReport) -> String {
    let TrendReport { slope_per_hour, low, high, limit, unit, .. } = trend;
    let ends = [*low, *high, *limit, 0.0, *slope_per_hour];
    let (least, most) = ends
        .iter()
        .fold((0.0_f64, 0.0_f64), |(least, most), end| (least.min(*end), most.max(*end)));
    let room = (most - least).max(1e-9) * 0.08;
    let Frame { width, height } = INTERVAL;
    let place = |value: f64| (value - least + room) / (most - least + 2.0 * room) * width;
    let (zero, end) = (place(0.0), place(*limit));
    let (from, to, middle) = (place(*low), place(*high), place(*slope_per_hour));
    let (told_low, told_high) = (change(*low, unit), change(*high, unit));
    let label = format!("{told_low} to {told_high}");
    // A letter is about six wide.
    let half = 3.0 * label.chars().count() as f64;
    let (label, at) = (
        Text(&label),
        f64::midpoint(from, to).clamp(half.min(width / 2.0), (width - half).max(width / 2.0)),
    );
    format!(
        "<svg width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
         aria-label=\"from {label}\"><line class=\"axis\" x1=\"0\" y1=\"27\" x2=\"{width}\" y2=\"27\"/>\
         <line class=\"axis\" x1=\"{zero:.1}\" y1=\"17\" x2=\"{zero:.1}\" y2=\"37\"/>\
         <line class=\"limit\" x1=\"{end:.1}\" y1=\"15\" x2=\"{end:.1}\" y2=\"39\"/>\
         <rect class=\"reach\" x=\"{from:.1}\" y=\"21\" width=\"{:.1}\" height=\"12\" rx=\"3\"/>\
         <circle class=\"centre\" cx=\"{middle:.1}\" cy=\"27\" r=\"3.6\"/>\
         <text x=\"{at:.1}\" y=\"11\" text-anchor=\"middle\">{label}</text></svg>",
        (to - from).max(1.5)
    )
}
