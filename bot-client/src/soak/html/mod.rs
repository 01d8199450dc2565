//! A soak's report as one page that shows itself: everything is in it, and nothing is fetched.
//!
//! What reads without a script is written here; the curves are drawn in the browser by uPlot
//! (see `vendor/`) from the report's own JSON, which the page holds. A report may come from
//! anywhere and tell of names that anybody chose: all of it is text, see [`escape`].

mod charts;
mod escape;
mod histograms;
mod shell;
mod sparkline;
mod tables;
mod tiles;
mod trends;
mod units;
mod verdict;
mod words;

pub(super) use self::{
    charts::{Chart, Curve, cards, charts},
    escape::{Text, json},
    shell::Page,
    units::{date, span, value},
    words::title,
};
use super::report::{SoakReport, Verdict};

/// The report as a page.
#[must_use]
pub fn render(report: &SoakReport) -> String {
    let charts = charts(report);
    let parts = [
        section("curves", "Over time", HOW, &cards(&charts)),
        section("trends", "What must not grow", GROWTH, &trends::table(report)),
        section("times", "How long things took", COUNTS, &histograms::cards(report)),
        section("personas", "The bots", "", &tables::personas(report)),
        section("run", "The run", "", &tables::run(report)),
    ];
    let sums = format!(
        "<section aria-label=\"In numbers\"><div class=\"wrap\">{}</div></section>",
        tiles::tiles(report)
    );
    let title = format!("Soak {} {}", report.scenario.name, date(report.started));
    let data = [("report", json(report)), ("charts", json(&charts))];
    Page {
        title: &title,
        banner: &verdict::banner(report),
        links: &LINKS,
        body: &format!("{sums}{}", parts.concat()),
        data: &data,
        has_charts: true,
    }
    .to_string()
}

const LINKS: [(&str, &str); 5] = [
    ("curves", "Over time"),
    ("trends", "What must not grow"),
    ("times", "How long things took"),
    ("personas", "The bots"),
    ("run", "The run"),
];

const HOW: &str =
    "drag over a chart to look closer, double-click for all; with the keyboard: arrows, + and −, 0";
const GROWTH: &str = "growth an hour by Theil and Sen, with its 99% confidence interval";
const COUNTS: &str = "counts and times on logarithmic scales";

/// A part of the page; nothing if there is nothing in it.
pub(super) fn section(id: &str, title: &str, hint: &str, body: &str) -> String {
    if body.is_empty() {
        return String::new();
    }
    let hint =
        if hint.is_empty() { String::new() } else { format!("<small>{}</small>", Text(hint)) };
    let title = Text(title);
    format!(
        "<section id=\"{id}\" aria-labelledby=\"{id}-title\"><div class=\"wrap\">\
         <h2 id=\"{id}-title\">{title}{hint}</h2>{body}</div></section>\n"
    )
}

/// The class that gives something the colour of a verdict.
pub(super) fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Void => "void",
    }
}

#[cfg(test)]
mod tests;
