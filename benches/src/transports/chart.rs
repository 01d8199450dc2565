//! The comparison as a picture: bytes and CPU by tick rate, and the age of frames by round trip.

use std::fmt::Write;

use tickwire_bots::client::TRANSPORTS;

use super::{measure::Row, table::Report};

/// A panel's size, and the room around it, in pixels.
const PANEL: (f64, f64) = (300.0, 220.0);
const MARGIN: (f64, f64) = (60.0, 56.0);
/// Of transports, in the order of [`TRANSPORTS`].
const COLOURS: [&str; TRANSPORTS.len()] = ["#0b7285", "#5f3dc4", "#e8590c", "#868e96"];
/// The tick rate and the round trip that a panel keeps to where it does not go by them.
const USUAL: (u32, u32) = (30, 40);

/// What a panel shows: two figures of a row, the second on top of the first.
struct Panel {
    title: &'static str,
    rows: fn(&Row) -> bool,
    group: fn(&Row) -> (u32, &'static str),
    figures: fn(&Row) -> (f64, f64),
}

const PANELS: [Panel; 3] = [
    Panel {
        title: "Bytes a client-second: down, and up (pale)",
        rows: |row| row.round_trip_ms == USUAL.1,
        group: |row| (row.tick_hz, "Hz"),
        figures: |row| (row.down, row.up),
    },
    Panel {
        title: "Server CPU a client-second, µs",
        rows: |row| row.round_trip_ms == USUAL.1,
        group: |row| (row.tick_hz, "Hz"),
        figures: |row| (row.cpu_us, 0.0),
    },
    Panel {
        title: "Frame age, ms: p50, and up to p99 (pale)",
        rows: |row| row.tick_hz == USUAL.0,
        group: |row| (row.round_trip_ms, "ms"),
        figures: |row| (row.age.p50, (row.age.p99 - row.age.p50).max(0.0)),
    },
];

/// The picture as SVG.
#[must_use]
pub fn svg(report: &Report) -> String {
    let (width, height) = (3.0 * (PANEL.0 + MARGIN.0) + 30.0, PANEL.1 + 2.0 * MARGIN.1 + 16.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" font-family=\"DejaVu Sans, Verdana, sans-serif\" font-size=\"12\" fill=\"#212529\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
    );
    for (index, panel) in PANELS.iter().enumerate() {
        let left = MARGIN.0 + index as f64 * (PANEL.0 + MARGIN.0);
        let rows: Vec<&Row> = report.rows.iter().filter(|row| (panel.rows)(row)).collect();
        draw(&mut svg, panel, &rows, left);
    }
    let note = format!(
        "{} players; left and middle at a round trip of {} ms, right at {} Hz",
        report.players, USUAL.1, USUAL.0
    );
    text(&mut svg, (width - 30.0, height - 10.0), "end", &note);
    legend(&mut svg, height - 10.0);
    svg + "</svg>\n"
}

fn draw(svg: &mut String, panel: &Panel, rows: &[&Row], left: f64) {
    let Panel { title, .. } = panel;
    let _ = writeln!(
        svg,
        "<text x=\"{left}\" y=\"32\" font-size=\"13\" font-weight=\"bold\">{title}</text>"
    );
    let sum = |row: &Row| {
        let (first, second) = (panel.figures)(row);
        first + second
    };
    let most = rows.iter().map(|row| sum(row)).fold(0.0, f64::max);
    if most <= 0.0 {
        return;
    }
    let step = round_step(most / 4.0);
    let top = (most / step).ceil() * step;
    let y = |value: f64| MARGIN.1 + PANEL.1 * (1.0 - value / top);
    for line in 0..=(top / step).round() as u32 {
        let value = f64::from(line) * step;
        rule(svg, (left, left + PANEL.0), y(value));
        text(svg, (left - 6.0, y(value) + 4.0), "end", &short(value));
    }
    let mut groups: Vec<(u32, &str)> = rows.iter().map(|row| (panel.group)(row)).collect();
    groups.sort_unstable();
    groups.dedup();
    let wide = PANEL.0 / groups.len() as f64;
    for row in rows {
        let place = groups.iter().position(|group| *group == (panel.group)(row)).unwrap_or(0);
        let bar = TRANSPORTS.iter().position(|known| known.name() == row.transport).unwrap_or(0);
        let thick = wide * 0.84 / TRANSPORTS.len() as f64;
        let x = left + wide * (place as f64 + 0.08) + thick * bar as f64;
        let (first, second) = (panel.figures)(row);
        rect(svg, (x, thick), (y(first), y(0.0)), COLOURS[bar], 1.0);
        rect(svg, (x, thick), (y(first + second), y(first)), COLOURS[bar], 0.4);
    }
    for (place, (number, unit)) in groups.iter().enumerate() {
        let at = (left + wide * (place as f64 + 0.5), MARGIN.1 + PANEL.1 + 18.0);
        text(svg, at, "middle", &format!("{number} {unit}"));
    }
}

/// The next larger of 1, 2 and 5 times a power of ten.
fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    let found = [1.0, 2.0, 5.0, 10.0].into_iter().find(|times| times * power >= least);
    found.unwrap_or(10.0) * power
}

fn short(value: f64) -> String {
    if value >= 1000.0 { format!("{}k", value / 1000.0) } else { format!("{value}") }
}

fn text(svg: &mut String, (x, y): (f64, f64), anchor: &str, text: &str) {
    let _ = writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>");
}

fn rule(svg: &mut String, (x1, x2): (f64, f64), y: f64) {
    let _ = writeln!(
        svg,
        "<line x1=\"{x1:.1}\" y1=\"{y:.1}\" x2=\"{x2:.1}\" y2=\"{y:.1}\" stroke=\"#dee2e6\"/>"
    );
}

fn rect(
    svg: &mut String,
    (x, width): (f64, f64),
    (top, bottom): (f64, f64),
    colour: &str,
    opacity: f64,
) {
    let height = bottom - top;
    let _ = writeln!(
        svg,
        "<rect x=\"{x:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" \
         fill=\"{colour}\" opacity=\"{opacity}\"/>"
    );
}

fn legend(svg: &mut String, y: f64) {
    let mut x = MARGIN.0;
    for (transport, colour) in TRANSPORTS.iter().zip(COLOURS) {
        rect(svg, (x, 14.0), (y - 12.0, y + 2.0), colour, 1.0);
        text(svg, (x + 20.0, y), "start", transport.name());
        x += 50.0 + 8.0 * transport.name().len() as f64;
    }
}

#[cfg(test)]
mod tests {
    use tickwire_bots::swarm::Spread;

    use super::*;

    #[test]
    fn every_case_has_a_bar_and_every_transport_a_place_in_the_legend() {
        let row = |transport, tick_hz| Row {
            transport,
            tick_hz,
            round_trip_ms: 40,
            down: 5000.0,
            up: 1000.0,
            cpu_us: 300.0,
            age: Spread { p50: 20.0, p99: 30.0 },
            ..Row::default()
        };
        let rows = vec![row("ws", 30), row("poll", 30), row("ws", 60)];
        let svg = svg(&Report { rows, players: 20, ..Report::default() });
        // Two bars of bytes and of CPU for each of three rows, and of ages for the two at 30 Hz.
        let bars = svg.matches("<rect x=").count() - TRANSPORTS.len();
        assert_eq!(bars, 3 * 2 + 3 * 2 + 2 * 2);
        assert!(TRANSPORTS.iter().all(|known| svg.contains(&format!(">{known}</text>"))));
        assert!(!svg.contains("NaN") && svg.contains(">60 Hz</text>"));
    }

    #[test]
    fn steps_are_round() {
        assert_eq!(
            [0.3, 1.0, 17.0, 1200.0, 6000.0].map(round_step),
            [0.5, 1.0, 20.0, 2000.0, 10_000.0]
        );
    }
}
