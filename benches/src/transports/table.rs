//! What was measured, as a table for people.

use std::fmt::Write;

use serde::Serialize;
use tickwire_bots::swarm::grouped;

use super::measure::Row;

/// Everything that a run found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// The machine and the kernel.
    pub about: String,
    /// How many players are in the room.
    pub players: u32,
    /// How long each case was played, in seconds.
    pub seconds: u64,
    /// One transport at one tick rate and round trip.
    pub rows: Vec<Row>,
    /// What could not be measured, and why.
    pub missing: Vec<String>,
}

const HEAD: [&str; 9] = [
    "round trip",
    "transport",
    "frames/s",
    "down B/s",
    "up B/s",
    "requests/s",
    "server CPU us/s",
    "frame age p50 ms",
    "p99 ms",
];

/// A table for each tick rate, in Markdown. All figures are those of one client.
#[must_use]
pub fn text(report: &Report) -> String {
    let Report { about, players, seconds, rows, missing } = report;
    let mut text =
        format!("{players} players in one room of the arena, {seconds} s each. {about}\n");
    let mut before = 0;
    for row in rows {
        if before != row.tick_hz {
            before = row.tick_hz;
            let _ = write!(text, "\n**{before} ticks a second**\n\n");
            text += &line(&HEAD.map(str::to_owned));
            text += &line(&HEAD.map(|_| "---".to_owned()));
        }
        text += &line(&cells(row));
    }
    missing.iter().for_each(|what| _ = write!(text, "\nNot measured: {what}\n"));
    text
}

fn line(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

fn cells(row: &Row) -> [String; 9] {
    let whole = |number: f64| grouped(number.round() as u64);
    let void = if row.void { " VOID: the bots could not keep up" } else { "" };
    [
        format!("{} ms", row.round_trip_ms),
        row.transport.to_owned(),
        format!("{:.1}", row.frames),
        whole(row.down),
        whole(row.up),
        format!("{:.1}", row.requests),
        whole(row.cpu_us),
        format!("{:.1}", row.age.p50),
        format!("{:.1}{void}", row.age.p99),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tick_rate_has_a_table_and_a_void_row_says_so() {
        let row = |tick_hz, void| Row { transport: "ws", tick_hz, void, ..Row::default() };
        let rows = vec![row(10, false), row(10, true), row(20, false)];
        let missing = vec!["poll at 20 Hz: it ended".to_owned()];
        let text = text(&Report { rows, missing, ..Report::default() });
        assert_eq!(text.matches("| round trip |").count(), 2);
        assert_eq!(text.matches("VOID").count(), 1);
        assert!(text.ends_with("Not measured: poll at 20 Hz: it ended\n"));
    }
}
