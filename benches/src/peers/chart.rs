//! The comparison as a picture: bytes and CPU by size, and the most clients.

use std::fmt::Write;

use super::{measure::Measured, table::Report};

/// A panel's size, and the room around it, in pixels.
const PANEL: (f64, f64) = (300.0, 230.0);
const MARGIN: (f64, f64) = (64.0, 60.0);
/// Of hosts, in the order of the report.
const COLOURS: [&str; 6] = ["#0b7285", "#868e96", "#e8590c", "#c2255c", "#5f3dc4", "#9775fa"];

/// The picture as SVG; of the world `everyone`.
#[must_use]
pub fn svg(report: &Report) -> String {
    let hosts = hosts(report);
    let (width, height) = (3.0 * (PANEL.0 + MARGIN.0) + 30.0, PANEL.1 + 2.0 * MARGIN.1 + 24.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" font-family=\"DejaVu Sans, Verdana, sans-serif\" font-size=\"12\" fill=\"#212529\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
    );
    lines(&mut svg, report, &hosts, 0, "Bytes a client-second, by clients", |row| {
        row.bytes_a_second
    });
    lines(&mut svg, report, &hosts, 1, "Server CPU a client-tick, µs, by clients", |row| {
        row.cpu_us
    });
    bars(&mut svg, report, &hosts);
    let note = "A line ends, and ≥ stands, where the load could not keep up with the host.";
    text(&mut svg, (width - 30.0, height - 6.0), "end", note);
    legend(&mut svg, &hosts, height - 18.0);
    svg + "</svg>\n"
}

/// The hosts that something was measured of.
fn hosts(report: &Report) -> Vec<&'static str> {
    let mut hosts = Vec::new();
    let all = report
        .rows
        .iter()
        .map(|row| row.host)
        .chain(report.capacities.iter().map(|(host, _)| *host));
    for host in all {
        if !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    hosts
}

fn left(panel: usize) -> f64 {
    MARGIN.0 + panel as f64 * (PANEL.0 + MARGIN.0)
}

fn title(svg: &mut String, panel: usize, title: &str) {
    let x = left(panel);
    let _ = writeln!(
        svg,
        "<text x=\"{x}\" y=\"34\" font-size=\"14\" font-weight=\"bold\">{title}</text>"
    );
}

fn text(svg: &mut String, (x, y): (f64, f64), anchor: &str, text: &str) {
    let _ = writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>");
}

fn rule(svg: &mut String, from: (f64, f64), to: (f64, f64)) {
    let ((x1, y1), (x2, y2)) = (from, to);
    let _ = writeln!(
        svg,
        "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"#dee2e6\"/>"
    );
}

/// A figure by the number of clients, both on logarithmic scales.
fn lines(
    svg: &mut String,
    report: &Report,
    hosts: &[&str],
    panel: usize,
    name: &str,
    figure: fn(&Measured) -> f64,
) {
    let rows: Vec<_> =
        report.rows.iter().filter(|row| row.world == "everyone" && !row.measured.void).collect();
    let values = rows.iter().map(|row| figure(&row.measured));
    let (low, high) =
        values.fold((f64::MAX, 1.0_f64), |(low, high), value| (low.min(value), high.max(value)));
    let (low, high) = (low.log10().floor(), high.log10().ceil());
    let sizes = rows.iter().map(|row| row.clients as f64);
    let (few, many) =
        sizes.fold((f64::MAX, 1.0_f64), |(few, many), size| (few.min(size), many.max(size)));
    if rows.is_empty() {
        return;
    }
    title(svg, panel, name);
    let x =
        |clients: f64| left(panel) + PANEL.0 * (clients / few).ln() / (many / few).ln().max(0.1);
    let y = |value: f64| MARGIN.1 + PANEL.1 * (1.0 - (value.log10() - low) / (high - low).max(1.0));
    for power in low as i32..=high as i32 {
        let at = y(10_f64.powi(power));
        rule(svg, (left(panel), at), (left(panel) + PANEL.0, at));
        text(svg, (left(panel) - 6.0, at + 4.0), "end", &power_of_ten(power));
    }
    let mut size = few;
    while size <= many {
        text(svg, (x(size), MARGIN.1 + PANEL.1 + 18.0), "middle", &format!("{size}"));
        size *= 2.0;
    }
    for (index, host) in hosts.iter().enumerate() {
        let points = rows.iter().filter(|row| row.host == *host);
        let points: Vec<(f64, f64)> =
            points.map(|row| (x(row.clients as f64), y(figure(&row.measured)))).collect();
        let path: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let (colour, stroke) = (COLOURS[index % COLOURS.len()], if index == 0 { 3.5 } else { 2.0 });
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{stroke}\"/>",
            path.join(" ")
        );
        for (x, y) in points {
            let _ = writeln!(
                svg,
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{stroke}\" fill=\"{colour}\"/>"
            );
        }
    }
}

fn power_of_ten(power: i32) -> String {
    match power {
        ..0 => format!("{}", 10_f64.powi(power)),
        0..3 => format!("{}", 10_i64.pow(power as u32)),
        3..6 => format!("{}k", 10_i64.pow(power as u32 - 3)),
        _ => format!("{}M", 10_i64.pow(power as u32 - 6)),
    }
}

/// The most clients of each host.
fn bars(svg: &mut String, report: &Report, hosts: &[&str]) {
    let most = report.capacities.iter().map(|(_, capacity)| capacity.clients).max().unwrap_or(0);
    if most == 0 {
        return;
    }
    title(svg, 2, "Most clients at 30 Hz on one core");
    let step = PANEL.1 / hosts.len() as f64;
    for (host, capacity) in &report.capacities {
        let index = hosts.iter().position(|other| other == host).unwrap_or(0);
        let y = MARGIN.1 + step * index as f64;
        let width = (PANEL.0 - 70.0) * capacity.clients as f64 / most as f64;
        let colour = COLOURS[index % COLOURS.len()];
        let _ = writeln!(
            svg,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{:.1}\" fill=\"{colour}\"/>",
            left(2),
            y + step * 0.15,
            step * 0.7
        );
        let more = if capacity.at_least { "≥ " } else { "" };
        let label = format!("{more}{}", capacity.clients);
        text(svg, (left(2) + width + 8.0, y + step * 0.5 + 4.0), "start", &label);
    }
}

fn legend(svg: &mut String, hosts: &[&str], y: f64) {
    let mut x = MARGIN.0;
    for (index, host) in hosts.iter().enumerate() {
        let colour = COLOURS[index % COLOURS.len()];
        let _ = writeln!(
            svg,
            "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"14\" height=\"14\" fill=\"{colour}\"/>",
            y - 12.0
        );
        text(svg, (x + 20.0, y), "start", host);
        x += 60.0 + 8.0 * host.len() as f64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers::{capacity::Capacity, table::Row};

    #[test]
    fn every_host_has_a_line_a_bar_and_a_place_in_the_legend() {
        let row = |clients, host| Row {
            world: "everyone",
            clients,
            host,
            measured: Measured { bytes_a_second: 1000.0, cpu_us: 5.0, ..Measured::default() },
        };
        let rows = vec![row(64, "a"), row(128, "a"), row(64, "b"), row(128, "b")];
        let capacities =
            ["a", "b"].map(|host| (host, Capacity { clients: 77, at_least: false })).to_vec();
        let svg = svg(&Report { rows, capacities, ..Report::default() });
        assert_eq!(svg.matches("<polyline").count(), 4);
        assert_eq!(svg.matches(">77</text>").count(), 2);
        assert_eq!(svg.matches(">b</text>").count(), 1);
        assert!(!svg.contains("NaN"));
    }
}
