//! What was measured, as tables for people.

use std::fmt::Write;

use serde::Serialize;
use tickwire_bots::swarm::grouped;

use super::{capacity::Capacity, measure::Measured, stall::Stalled};

/// Everything that a run found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// The machine, the kernel and the versions of everything.
    pub about: Vec<String>,
    /// One host at one size in one world.
    pub rows: Vec<Row>,
    /// The most clients, by host.
    pub capacities: Vec<(&'static str, Capacity)>,
    /// Who was in a stall, by host.
    pub stalls: Vec<(&'static str, Stalled)>,
    /// What could not be measured, and why.
    pub missing: Vec<String>,
}

/// One host at one size in one world.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Row {
    /// The world.
    pub world: &'static str,
    /// Clients.
    pub clients: usize,
    /// The host.
    pub host: &'static str,
    /// Medians.
    pub measured: Measured,
}

const HEAD: [&str; 10] = [
    "host",
    "entities shown",
    "B/client-s",
    "B/update",
    "CPU us/client-tick",
    "tick p50/p99 ms",
    "join ms",
    "KB/client",
    "input p50/p99 ms",
    "rate",
];

/// All tables, in Markdown.
#[must_use]
pub fn text(report: &Report) -> String {
    let mut text = report.about.iter().map(|line| format!("- {line}\n")).collect::<String>();
    let mut before = ("", 0);
    for row in &report.rows {
        if before != (row.world, row.clients) {
            before = (row.world, row.clients);
            let _ = write!(text, "\n**`{}`, {} clients**\n\n", row.world, row.clients);
            text += &line(&HEAD.map(str::to_owned));
            text += &line(&HEAD.map(|_| "---".to_owned()));
        }
        text += &line(&cells(row));
    }
    if !report.capacities.is_empty() {
        text += "\n**Most clients at the full rate on one core**, `everyone`\n\n| host | clients |\n| --- | --- |\n";
    }
    for (host, Capacity { clients, at_least }) in &report.capacities {
        let _ =
            writeln!(text, "| {host} | {}{clients} |", if *at_least { "at least " } else { "" });
    }
    if !report.stalls.is_empty() {
        text += "\n**After a network that stalled for 4 s**, `everyone`\n\n| host | entities wrong at the end | ticks wrong | |\n| --- | --- | --- | --- |\n";
    }
    for (host, stalled) in &report.stalls {
        let wrong = stalled.wrong.map_or("never came back".to_owned(), |wrong| {
            format!("{wrong} of {}", stalled.entities)
        });
        let Stalled { ticks_wrong, ticks, note, .. } = stalled;
        let _ = writeln!(text, "| {host} | {wrong} | {ticks_wrong} of {ticks} | {note} |");
    }
    report.missing.iter().for_each(|line| _ = write!(text, "\nNot measured: {line}\n"));
    text
}

fn line(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

fn cells(row: &Row) -> [String; 10] {
    let measured = &row.measured;
    let two = |a: f64, b: f64| format!("{} / {}", short(a), short(b));
    let void = if measured.void { " VOID: the load could not keep up" } else { "" };
    [
        row.host.to_owned(),
        format!("{:.0}", measured.shown),
        grouped(measured.bytes_a_second.round() as u64),
        format!("{:.2}", measured.bytes_an_update),
        format!("{:.1}", measured.cpu_us),
        two(measured.tick_p50_ms, measured.tick_p99_ms),
        short(measured.join_ms),
        short(measured.memory_kb),
        two(measured.latency_p50_ms, measured.latency_p99_ms),
        format!("{:.2}{void}", measured.rate),
    ]
}

/// A number with as many digits as mean something.
fn short(number: f64) -> String {
    match number {
        nothing if nothing.is_nan() => "-".to_owned(),
        small if small < 1.0 => format!("{small:.2}"),
        middle if middle < 10.0 => format!("{middle:.1}"),
        large => format!("{large:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_long_as_they_are_precise() {
        assert_eq!([0.123, 4.56, 78.9, 1234.5].map(short), ["0.12", "4.6", "79", "1234"]);
        assert_eq!(short(f64::NAN), "-");
    }

    #[test]
    fn rows_of_one_size_share_a_table_and_a_void_one_says_so() {
        let row = |clients, host, void| Row {
            world: "everyone",
            clients,
            host,
            measured: Measured { void, ..Measured::default() },
        };
        let rows = vec![row(64, "a", false), row(64, "b", true), row(128, "a", false)];
        let text = text(&Report { rows, ..Report::default() });
        assert_eq!(text.matches("| host |").count(), 2);
        assert_eq!(text.matches("VOID").count(), 1);
    }

    #[test]
    fn a_stalled_client_that_never_came_back_is_not_called_right() {
        let stalls = vec![
            ("a", Stalled { wrong: Some(0), entities: 9, ..Stalled::default() }),
            ("b", Stalled { note: "closed".to_owned(), ..Stalled::default() }),
        ];
        let text = text(&Report { stalls, ..Report::default() });
        assert!(
            text.contains("| a | 0 of 9 |")
                && text.contains("| b | never came back | 0 of 0 | closed |")
        );
    }
}
