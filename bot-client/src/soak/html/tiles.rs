//! What counts most, in a few numbers.

use super::{
    class,
    escape::Text,
    sparkline::{Frame, Range, path},
    units::{change, plain, span, value},
};
use crate::{
    soak::report::{HistogramReport, SoakReport, TrendReport, Verdict},
    swarm::table::{broken, bytes, grouped},
};

const FRAME: Frame = Frame { width: 160.0, height: 24.0 };

/// A number with what belongs to it.
struct Tile {
    name: &'static str,
    value: String,
    note: String,
    /// Whether it is as it must be, where that can be said.
    verdict: Option<Verdict>,
    /// A small picture, as HTML.
    picture: String,
}

/// All the numbers.
pub fn tiles(report: &SoakReport) -> String {
    let timed = [
        ("Tick p99", "tick_duration", "tick_p99"),
        ("Age of frames p99", "frame_age", "frame_age_p99"),
    ];
    let timed =
        timed.iter().filter_map(|(name, histogram, series)| time(report, name, histogram, series));
    let all = [proof(report), connections(report)].into_iter().chain(timed).chain(memory(report));
    let all = all.chain([joins(report), traffic(report), generator(report)]);
    format!("<div class=\"tiles\">{}</div>", all.map(|tile| tile.html()).collect::<String>())
}

impl Tile {
    fn html(&self) -> String {
        let Tile { name, value, note, verdict, picture } = self;
        let class = verdict.map_or("", class);
        let dot = match verdict {
            Some(Verdict::Pass) => {
                "<span class=\"dot\" role=\"img\" aria-label=\"as it must be\"></span>"
            }
            Some(_) => "<span class=\"dot\" role=\"img\" aria-label=\"not as it must be\"></span>",
            None => "",
        };
        format!(
            "<div class=\"tile {class}\"><div class=\"name\"><span>{name}</span>{dot}</div>\
             <div class=\"value\">{}</div><div class=\"note\">{}</div>{picture}</div>\n",
            Text(value),
            Text(note)
        )
    }
}

fn fails_if(is_bad: bool) -> Option<Verdict> {
    Some(if is_bad { Verdict::Fail } else { Verdict::Pass })
}

fn proof(report: &SoakReport) -> Tile {
    let totals = &report.totals;
    let is_bad = totals.hash_mismatches > 0 || totals.hashes_verified == 0;
    let note = match totals.hash_mismatches {
        0 => format!("all verified, in {}", span(report.seconds)),
        wrong => format!("and {} that were not the server\u{2019}s", grouped(wrong)),
    };
    let value = grouped(totals.hashes_verified);
    Tile {
        name: "Hashes",
        value,
        note,
        verdict: fails_if(is_bad),
        picture: curve(report, "hashes"),
    }
}

fn connections(report: &SoakReport) -> Tile {
    let totals = &report.totals;
    let lost = totals.disconnects_unexplained;
    let note = format!(
        "{} had to end; {} cut, {} resumed",
        grouped(totals.disconnects_explained),
        grouped(totals.cuts),
        grouped(totals.resumes)
    );
    let (value, verdict) = (grouped(lost), fails_if(lost > 0));
    Tile { name: "Connections lost", value, note, verdict, picture: curve(report, "sessions") }
}

/// A time with how near it is to its limit.
fn time(report: &SoakReport, name: &'static str, histogram: &str, series: &str) -> Option<Tile> {
    let HistogramReport { p99, unit, p50, .. } =
        report.histograms.iter().find(|it| it.name == histogram)?;
    let limit = report.limits.get(&format!("{series}_ms")).copied().filter(|limit| *limit > 0.0);
    let is_blamed = report.reasons.iter().any(|reason| reason.what == format!("{series}_ms"));
    let (within, verdict) = match limit {
        None => (String::new(), None),
        Some(limit) if is_blamed => {
            (format!(", limit {}", value(limit, unit)), Some(Verdict::Fail))
        }
        // A machine that was too busy excuses the server, and its figures say little.
        Some(limit) if *p99 > limit => (
            format!(", limit {}, not held against the server", value(limit, unit)),
            Some(Verdict::Void),
        ),
        Some(limit) => (format!(", limit {}", value(limit, unit)), Some(Verdict::Pass)),
    };
    Some(Tile {
        name,
        value: value(*p99, unit),
        note: format!("half are below {}{within}", value(*p50, unit)),
        verdict,
        picture: limit.map(|limit| rail(p99 / limit)).unwrap_or_default(),
    })
}

/// A share of a limit as a bar; the limit is where the rail ends.
fn rail(share: f64) -> String {
    let filled = share.clamp(0.0, 1.0) * 160.0;
    format!(
        "<svg viewBox=\"0 0 160 8\" height=\"8\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{:.0}% of the \
         limit\"><rect class=\"rail\" width=\"160\" height=\"8\" rx=\"4\"/>\
         <rect class=\"fill\" width=\"{filled:.1}\" height=\"8\" rx=\"4\"/></svg>",
        100.0 * share
    )
}

fn memory(report: &SoakReport) -> Option<Tile> {
    let trend = report.trends.iter().find(|trend| trend.counter == "server_memory")?;
    let TrendReport { slope_per_hour, low, high, limit, verdict, unit, .. } = trend;
    // What a minute would make in an hour is no figure that anybody should see.
    let is_unknown = *verdict == Verdict::Void && trend.detectable_per_hour.is_none();
    let grew =
        if is_unknown { "–".to_owned() } else { format!("{}/h", change(*slope_per_hour, unit)) };
    let sure = match verdict {
        Verdict::Void => "too little seen to be sure".to_owned(),
        _ => format!("99% sure: {} to {}", change(*low, unit), change(*high, unit)),
    };
    let note = format!("{sure}; limit {}/h", value(*limit, unit));
    let picture = curve(report, "server_memory");
    Some(Tile { name: "Memory grew", value: grew, note, verdict: Some(*verdict), picture })
}

fn joins(report: &SoakReport) -> Tile {
    let totals = &report.totals;
    let refused: u64 = totals.refusals.values().sum();
    let unexplained = match totals.refusals_unexplained {
        0 => String::new(),
        some => format!(", {} kept out for no reason", grouped(some)),
    };
    let (leaves, broken) = (grouped(totals.leaves), broken(totals.broken_leaves));
    let note = format!("{leaves} leaves{broken}, {} refused{unexplained}", grouped(refused));
    let verdict = fails_if(totals.refusals_unexplained > 0);
    Tile {
        name: "Joins",
        value: grouped(totals.joins),
        note,
        verdict,
        picture: curve(report, "bots"),
    }
}

fn traffic(report: &SoakReport) -> Tile {
    let totals = &report.totals;
    let each = totals.payload_bytes as f64 / totals.frames.max(1) as f64;
    let note = format!("{} on the wire, {each:.0} bytes a frame", bytes(totals.wire_bytes as f64));
    let value = value(totals.frames as f64, "");
    Tile { name: "Frames", value, note, verdict: None, picture: curve(report, "frames") }
}

fn generator(report: &SoakReport) -> Tile {
    let generator = &report.generator;
    let late = format!("late by {} at p99", value(generator.lag_p99_ms, "ms"));
    let note = match generator.machine_busy {
        Some(busy) => format!("{late}; all of the machine {}%", plain(100.0 * busy, 2)),
        None => late,
    };
    let verdict = if generator.bottleneck { Verdict::Void } else { Verdict::Pass };
    let value = format!("{}%", plain(100.0 * generator.busy, 2));
    Tile {
        name: "Load of the bots",
        value,
        note,
        verdict: Some(verdict),
        picture: curve(report, "generator_cpu"),
    }
}

/// A series as a small picture; nothing if it is not there.
fn curve(report: &SoakReport, name: &str) -> String {
    let points = report.series.iter().find(|series| series.name == name).map(|it| &it.points[..]);
    let Some((points, range)) = points.and_then(|points| Some((points, Range::of(points)?))) else {
        return String::new();
    };
    let (d, Frame { width, height }) = (path(points, range, FRAME), FRAME);
    format!(
        "<svg viewBox=\"0 0 {width} {height}\" height=\"{height}\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <path class=\"area\" d=\"{d}L{width} {height}L0 {height}Z\"/>\
         <path class=\"curve own\" d=\"{d}\" vector-effect=\"non-scaling-stroke\"/></svg>"
    )
}
