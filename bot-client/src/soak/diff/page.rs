//! The comparison as a page, with the curves of both runs over each other.

use serde::Serialize;

use super::{Diff, Direction, Finding, Measure, Outcome, text};
use crate::soak::{
    html::{Chart, Curve, Page, Text, cards, charts, class, date, json, section, span, value},
    report::{PhaseSpan, Series, SoakReport},
};

const LINKS: [(&str, &str); 3] =
    [("measures", "What differs"), ("curves", "Over time"), ("runs", "The runs")];

/// The width of the picture of an interval.
const WIDTH: f64 = 220.0;
/// What differs by more would leave no room to tell the others apart.
const MOST_PERCENT: f64 = 60.0;

/// What the script draws.
#[derive(Serialize)]
struct Figures<'a> {
    series: Vec<Series>,
    phases: &'a [PhaseSpan],
    seconds: f64,
}

/// The comparison of these reports as one file that shows itself.
#[must_use]
pub fn render(diff: &Diff, reports: [&SoakReport; 2]) -> String {
    let (figures, charts) = overlaid(reports);
    let hint = format!(
        "B against A in percent; the bar is the interval of 95%, the shade what is less than {}%",
        diff.threshold_percent
    );
    let body = [
        section("measures", "What differs", &hint, &measures(diff)),
        section("curves", "Over time", "A and B over each other", &cards(&charts)),
        section("runs", "The runs", "", &runs(diff)),
    ];
    let title = format!("Soaks {} and {}", diff.a.file, diff.b.file);
    let data = [("report", json(diff)), ("figures", json(&figures)), ("charts", json(&charts))];
    Page {
        title: &title,
        banner: &banner(diff),
        links: &LINKS,
        body: &body.concat(),
        data: &data,
        has_charts: true,
    }
    .to_string()
}

fn banner(diff: &Diff) -> String {
    let (class, word, picture) = match diff.outcome {
        Outcome::Same => ("pass", "NO DIFFERENCE", "M5 9h14M5 15h14"),
        Outcome::Better => ("pass", "BETTER", "M12 19V6M6 11l6-6 6 6"),
        Outcome::Worse => ("fail", "WORSE", "M12 5v13M6 13l6 6 6-6"),
        Outcome::Void => ("void", "VOID", "M12 5v9M12 18.5v.5"),
    };
    let reason = |(finding, line): (Finding, String)| {
        let class = if finding == Finding::Worse { "fail" } else { "pass" };
        format!("<li class=\"{class}\"><span class=\"detail\">{}</span></li>", Text(&line))
    };
    let reasons: String = text::sentences(diff).map(reason).collect();
    let head = match diff.outcome {
        Outcome::Void => "Nothing can be said of the server.".to_owned(),
        _ => format!("{}.", text::tested(diff)),
    };
    let notes: String =
        diff.notes.iter().map(|note| format!("<li><bdi>{}</bdi></li>", Text(note))).collect();
    format!(
        "<header class=\"verdict {class}\"><div class=\"wrap\">\
         <p class=\"kicker\">Soaks <b><bdi>{}</bdi></b> (A) and <b><bdi>{}</bdi></b> (B)</p>\
         <h1 class=\"headline\"><span class=\"stamp\"><svg viewBox=\"0 0 24 24\" aria-hidden=\"true\" \
         fill=\"none\" stroke=\"currentColor\" stroke-width=\"3\" stroke-linecap=\"round\" \
         stroke-linejoin=\"round\"><path d=\"{picture}\"/></svg>{word}</span>\
         <span class=\"said\">{}</span></h1><ul class=\"reasons\">{reasons}</ul>\
         <ul class=\"notes\">{notes}</ul></div></header>",
        Text(&diff.a.file),
        Text(&diff.b.file),
        Text(&head)
    )
}

fn measures(diff: &Diff) -> String {
    let scale = scale(diff);
    let row = |measure: &Measure| row(measure, scale, diff.threshold_percent);
    let rows: String = diff.measures.iter().map(row).collect();
    if rows.is_empty() {
        return rows;
    }
    format!(
        "<div class=\"scroll\" tabindex=\"0\"><table class=\"facts\"><thead><tr><th scope=\"col\">what</th>\
         <th scope=\"col\">finding</th><th scope=\"col\" class=\"number\">A</th><th scope=\"col\" class=\"number\">B</th>\
         <th scope=\"col\">difference</th><th scope=\"col\" class=\"number\">B against A</th>\
         <th scope=\"col\" class=\"number\">p</th></tr></thead>\
         <tbody>{rows}</tbody></table></div>"
    )
}

/// How many percent the pictures reach to either side; what lies beyond is shown at their ends.
fn scale(diff: &Diff) -> f64 {
    let judged = diff.measures.iter().filter(|measure| measure.is_judged());
    let reach = judged.filter_map(|measure| Some(measure.percent?[0].abs())).fold(0.0, f64::max);
    reach.clamp(2.0 * diff.threshold_percent.max(1.0), MOST_PERCENT) * 1.15
}

fn row(measure: &Measure, scale: f64, threshold: f64) -> String {
    let (class, word) = match measure.finding {
        Finding::Worse => ("fail", "worse"),
        Finding::Better => ("pass", "better"),
        Finding::Small => ("void", "different, but little"),
        Finding::NotSignificant => ("", "no significant difference"),
        Finding::Told => ("", "not judged"),
    };
    let chip = match class {
        "" => format!("<span class=\"dim number\">{word}</span>"),
        _ => format!("<span class=\"chip\">{word}</span>"),
    };
    let (a, b) = (value(measure.a, &measure.unit), value(measure.b, &measure.unit));
    let chance = measure.corrected.map(text::chance).unwrap_or_default();
    format!(
        "<tr class=\"{class}\"><th scope=\"row\"><bdi>{}</bdi></th><td>{chip}</td>\
         <td class=\"number\">{}</td><td class=\"number\">{}</td><td>{}</td>\
         <td class=\"number\">{}</td><td class=\"number\">{}</td></tr>\n",
        Text(&measure.title),
        Text(&a),
        Text(&b),
        picture(measure, scale, threshold),
        Text(&text::change(measure)),
        Text(&chance)
    )
}

/// The interval on an axis of percent, whose better side is told by the arrow at its end.
fn picture(measure: &Measure, scale: f64, threshold: f64) -> String {
    let Some([middle, low, high]) = measure.percent else { return String::new() };
    let place = |percent: f64| (percent.clamp(-scale, scale) / scale * 0.97 + 1.0) / 2.0 * WIDTH;
    let (from, to, middle) = (place(low), place(high), place(middle));
    let (shade, shade_end) = (place(-threshold), place(threshold));
    let arrow = match measure.direction {
        Direction::Lower => "<text x=\"0\" y=\"9\">\u{2190} better</text>".to_owned(),
        Direction::Higher => {
            format!("<text x=\"{WIDTH}\" y=\"9\" text-anchor=\"end\">better \u{2192}</text>")
        }
        Direction::Neither => String::new(),
    };
    format!(
        "<svg width=\"{WIDTH}\" height=\"34\" viewBox=\"0 0 {WIDTH} 34\" aria-hidden=\"true\">\
         <rect class=\"rail\" x=\"{shade:.1}\" y=\"12\" width=\"{:.1}\" height=\"20\"/>\
         <line class=\"axis\" x1=\"0\" y1=\"22\" x2=\"{WIDTH}\" y2=\"22\"/>\
         <line class=\"axis\" x1=\"{:.1}\" y1=\"10\" x2=\"{:.1}\" y2=\"34\"/>\
         <rect class=\"reach\" x=\"{from:.1}\" y=\"17\" width=\"{:.1}\" height=\"10\" rx=\"3\"/>\
         <circle class=\"centre\" cx=\"{middle:.1}\" cy=\"22\" r=\"3.6\"/>{arrow}</svg>",
        shade_end - shade,
        WIDTH / 2.0,
        WIDTH / 2.0,
        (to - from).max(1.5)
    )
}

/// The series of both runs, and a chart for each that both have.
fn overlaid(reports: [&SoakReport; 2]) -> (Figures<'_>, Vec<Chart>) {
    let [a, b] = reports;
    let named = |report: &SoakReport, name: &'static str| {
        let series = report.series.iter().cloned();
        series.map(|it| Series { name: format!("{name} {}", it.name), ..it }).collect::<Vec<_>>()
    };
    let series = [named(a, "A"), named(b, "B")].concat();
    let figures = Figures { series, phases: &a.phases, seconds: a.seconds.max(b.seconds) };
    let both = |curve: &Curve| b.series.iter().any(|series| series.name == curve.name);
    let curves = charts(a).into_iter().flat_map(|chart| {
        let from_zero = chart.from_zero;
        let unit = chart.unit;
        chart.curves.into_iter().filter(both).map(move |curve| (curve, unit.clone(), from_zero))
    });
    let chart = |(index, (curve, unit, from_zero)): (usize, (Curve, String, bool))| {
        let own = |name: &str| Curve {
            name: format!("{name} {}", curve.name),
            label: name.to_owned(),
            limit: None,
        };
        let (title, summary) = (curve.label.clone(), "A and B over time".to_owned());
        let curves = vec![own("A"), own("B")];
        Chart { id: format!("chart-{index}"), title, unit, from_zero, curves, since: None, summary }
    };
    let charts = curves.enumerate().map(chart).collect();
    (figures, charts)
}

fn runs(diff: &Diff) -> String {
    let side = |(name, side): (&str, &super::Side)| {
        let server = side.server.as_deref().unwrap_or("unknown");
        format!(
            "<tr class=\"{}\"><th scope=\"row\">{name}</th><td><bdi>{}</bdi></td><td><bdi>{}</bdi></td>\
             <td>{}</td><td>{}</td><td><bdi>{}</bdi></td><td><span class=\"chip\">{}</span></td>\
             <td><code>{}</code></td></tr>\n",
            class(side.verdict),
            Text(&side.file),
            Text(&side.scenario),
            date(side.started),
            span(side.seconds),
            Text(server),
            class(side.verdict),
            Text(&side.command)
        )
    };
    let rows: String = [("A", &diff.a), ("B", &diff.b)].map(side).concat();
    format!(
        "<div class=\"scroll\" tabindex=\"0\"><table class=\"facts\"><thead><tr><th></th><th scope=\"col\">file</th>\
         <th scope=\"col\">scenario</th><th scope=\"col\">began</th><th scope=\"col\">took</th>\
         <th scope=\"col\">server</th><th scope=\"col\">verdict</th><th scope=\"col\">command</th></tr>\
         </thead><tbody>{rows}</tbody></table></div>"
    )
}
