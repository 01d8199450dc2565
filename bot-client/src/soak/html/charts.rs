//! Which curves go into which chart, and what is drawn with them.

use serde::Serialize;

use super::{
    escape::Text,
    units::value,
    words::{series_of, title},
};
use crate::soak::report::{Series, SoakReport, Verdict};

/// A curve of a chart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Curve {
    /// The name of its series.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// What it should stay below, if there is such a limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
}

/// A chart, as the page's script takes it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Chart {
    /// The id of its element.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// The unit of its values.
    pub unit: String,
    /// Whether its values are shown from 0 on; those of memory are not, so that growth is seen.
    pub from_zero: bool,
    /// Its curves.
    pub curves: Vec<Curve>,
    /// Since when something in it grew that must not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<f64>,
    /// What it says to whoever does not see it.
    #[serde(skip)]
    pub summary: String,
}

/// Titles and the series that are shown together. A series of none has a chart of its own.
const GROUPS: [(&str, &[&str]); 16] = [
    ("Bots and sessions", &["bots", "sessions"]),
    ("Ticks of the server", &["tick_p99", "tick_mean"]),
    ("How late the latest tick began", &["tick_most_late"]),
    ("Age of frames", &["frame_age_p99", "frame_age_p50"]),
    ("Memory of the server", &["server_memory"]),
    ("Traffic of the server", &["sent", "received"]),
    ("Frames applied by the bots", &["frames"]),
    ("Open files, tasks and threads", &["server_files", "tasks", "server_threads"]),
    ("Rooms", &["server_rooms", "rooms"]),
    (
        "What the bots do not explain",
        &["files_beyond_bots", "tasks_beyond_bots", "sessions_beyond_bots", "rooms_beyond_open"],
    ),
    ("Faults so far", &["mismatches", "disconnects_unexplained", "refusals_unexplained"]),
    ("Ticks that overran or were left out", &["overruns", "slipped"]),
    ("Cores that the server used", &["server_cpu"]),
    ("Load of the cores", &["machine_busy", "machine_others", "generator_cpu"]),
    ("Lag of the bots", &["generator_lag_p99"]),
    ("Joins", &["joins"]),
];

/// The charts of a report.
pub fn charts(report: &SoakReport) -> Vec<Chart> {
    let find = |name: &&str| report.series.iter().find(|series| series.name == **name);
    let known = GROUPS.iter().map(|(title, names)| {
        ((*title).to_owned(), names.iter().filter_map(find).collect::<Vec<_>>())
    });
    let is_grouped =
        |series: &&Series| GROUPS.iter().any(|(_, names)| names.contains(&series.name.as_str()));
    let others = report.series.iter().filter(|series| !is_grouped(series));
    let others = others.map(|series| (capital(&title(&series.name)), vec![series]));
    let all =
        known.chain(others).filter(|(_, series)| series.iter().any(|it| !it.points.is_empty()));
    all.enumerate().map(|(index, (title, series))| chart(report, index, title, &series)).collect()
}

fn chart(report: &SoakReport, index: usize, title: String, series: &[&Series]) -> Chart {
    let unit = series.first().map(|series| series.unit.clone()).unwrap_or_default();
    let is_in = |name: &str| series.iter().any(|series| series.name == name);
    let failed = report.trends.iter().filter(|trend| trend.verdict == Verdict::Fail);
    let since = failed.filter(|trend| is_in(&trend.counter)).find_map(|trend| trend.since_seconds);
    Chart {
        id: format!("chart-{index}"),
        summary: series.iter().map(|series| summary(series)).collect::<Vec<_>>().join("; "),
        title,
        from_zero: unit != "bytes",
        unit,
        curves: series.iter().map(|series| curve(report, series)).collect(),
        since,
    }
}

fn curve(report: &SoakReport, series: &Series) -> Curve {
    let own = |limit: &String| {
        series_of(limit) == series.name && limit.strip_prefix(&series.name) == Some("_ms")
    };
    let limit = report.limits.iter().find(|(limit, _)| own(limit)).map(|(_, limit)| *limit);
    Curve { name: series.name.clone(), label: title(&series.name), limit }
}

fn summary(series: &Series) -> String {
    let values = || series.points.iter().map(|point| point.1);
    let (Some(low), Some(high)) =
        (values().min_by(f64::total_cmp), values().max_by(f64::total_cmp))
    else {
        return format!("{}: nothing", title(&series.name));
    };
    let told = |number| value(number, &series.unit);
    format!("{} from {} to {}", title(&series.name), told(low), told(high))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The id of the chart that shows a series.
pub fn id_of(report: &SoakReport, series: &str) -> Option<String> {
    let shows = |chart: &Chart| chart.curves.iter().any(|curve| curve.name == series);
    charts(report).into_iter().find(shows).map(|chart| chart.id)
}

/// The places that the script draws into.
pub fn cards(charts: &[Chart]) -> String {
    let cards: String = charts.iter().map(card).collect();
    if cards.is_empty() { cards } else { format!("<div class=\"charts\">{cards}</div>") }
}

fn card(chart: &Chart) -> String {
    let (id, title, summary) = (&chart.id, Text(&chart.title), Text(&chart.summary));
    let limits = chart.curves.iter().filter_map(|curve| Some((&curve.label, curve.limit?)));
    let told =
        limits.map(|(label, limit)| format!("limit of {label}: {}", value(limit, &chart.unit)));
    let told = told.collect::<Vec<_>>().join(", ");
    format!(
        "<article class=\"card\" id=\"{id}\"><header><h3>{title}</h3><p>{}</p></header>\
         <div class=\"plot\" tabindex=\"0\" role=\"img\" aria-label=\"{title}: {summary}\"></div></article>\n",
        Text(&told)
    )
}
