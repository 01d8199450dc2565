//! A report as a person reads it.

use std::fmt::{self, Display};

use super::{
    carriage::ResumeReport,
    report::{NetReport, Report, Spread, Verdict, ratio},
    verdict::plural,
};

/// The whole report: table, warnings, mismatches and verdict.
#[derive(Debug)]
pub struct Table<'a>(pub &'a Report);

/// What is told even when little is to be told: a warning in one line, and the verdict.
#[derive(Debug)]
pub struct Brief<'a>(pub &'a Report);

/// The verdict and its reasons only.
#[derive(Debug)]
pub struct VerdictLine<'a>(pub &'a Report);

impl Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = self.0;
        if report.joins > 0 {
            write_head(f, report)?;
            write_traffic(f, report)?;
            write_timing(f, report)?;
            write_kinds(f, report)?;
            write_nets(f, report)?;
            write_carriage(f, report)?;
            write_generator(f, report)?;
        }
        write_saturation(f, report)?;
        for mismatch in &report.mismatch_details {
            writeln!(f, "\nMISMATCH at {mismatch}")?;
        }
        let gap = if report.joins > 0 { "\n" } else { "" };
        write!(f, "{gap}{}", VerdictLine(report))
    }
}

fn row(f: &mut fmt::Formatter<'_>, name: &str, value: impl Display) -> fmt::Result {
    writeln!(f, "  {name:<18} {value}")
}

fn write_head(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    let (bots, rooms) = (u64::from(report.bots), u64::from(report.rooms));
    let (bots, rooms) = (plural(bots, "bot", "bots"), plural(rooms, "room", "rooms"));
    let Report { url, seconds, seed, .. } = report;
    let game = report.game.as_deref().unwrap_or("a game");
    writeln!(f, "{bots} in {rooms} of {game} at {url} for {seconds:.1} s, seed {seed}\n")
}

fn write_traffic(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    let Report { frames, full_frames, merged_frames, wire_bytes, entity_updates, .. } = report;
    let (verified, wrong) = (grouped(report.hashes_verified), grouped(report.hash_mismatches));
    row(f, "hashes", format_args!("{verified} verified, {wrong} mismatches"))?;
    let (full, merged) = (grouped(*full_frames), grouped(*merged_frames));
    row(f, "frames", format_args!("{}, of them {full} full, {merged} merged", grouped(*frames)))?;
    let updates = format_args!(
        "{}, {:.2} bytes each",
        grouped(*entity_updates),
        report.bytes_per_entity_update
    )
    .to_string();
    row(f, "entity updates", updates)?;
    let a_second = *wire_bytes as f64 / report.seconds.max(0.001);
    let each = ratio(*wire_bytes, *frames);
    let traffic =
        format!("{}, {}/s, {each:.0} bytes a frame", bytes(*wire_bytes as f64), bytes(a_second));
    row(f, "received", traffic)?;
    let late = 100.0 * ratio(report.inputs.late_inputs, report.inputs.inputs_sent);
    let (sent, missed) = (grouped(report.inputs.inputs_sent), grouped(report.inputs.late_inputs));
    row(f, "inputs", format_args!("{sent} sent, {missed} late ({late:.2}%)"))?;
    if report.inputs.inputs_sent > 0 {
        let starved = 100.0 * report.inputs.starvation;
        row(
            f,
            "input wait",
            format_args!("{}; {starved:.2}% of ticks starved", report.inputs.input_wait_ms),
        )?;
    }
    let Some(Spread { p50, p99 }) = report.inputs.corrections_per_minute else { return Ok(()) };
    row(f, "corrections", format_args!("p50 {p50:.1}, p99 {p99:.1} a minute of the own ship"))
}

fn write_timing(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    let (joins, leaves) = (grouped(report.joins), grouped(report.leaves));
    let broken = broken(report.broken_leaves);
    row(f, "came and went", format_args!("{joins} joins, {leaves} leaves{broken}"))?;
    let ticks = report.join_ticks;
    let join = format!("{} ({:.1} and {:.1} ticks)", report.join_ms, ticks.p50, ticks.p99);
    row(f, "first frame after", join)?;
    row(f, "frame interval", report.frame_interval_ms)?;
    row(f, "frame age", report.frame_age_ms)?;
    if let Some(written) = report.frame_written_ms {
        row(f, "  of that, server", written)?;
    }
    row(f, "round trip", report.rtt_ms)?;
    let Some(worst) = report.tick_rate.worst else { return Ok(()) };
    let expected = report.tick_rate.expected;
    row(f, "ticks", format_args!("{worst:.1} of {expected} a second in the slowest room"))
}

/// A row for each kind of bots, when there are several.
fn write_kinds(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    if report.kinds.len() < 2 {
        return Ok(());
    }
    for fared in &report.kinds {
        let (frames, age) = (grouped(fared.frames), fared.frame_age_ticks);
        let (merged, full) = (grouped(fared.merged_frames), grouped(fared.full_frames));
        let wrong = match fared.hash_mismatches {
            0 => String::new(),
            wrong => format!(", {} WRONG", grouped(wrong)),
        };
        let closed = match fared.given_up {
            0 => String::new(),
            closed => format!(", {} closed", grouped(closed)),
        };
        let name = format!("{} {}", fared.bots, fared.kind);
        let ages = format!("{} ticks old at p50, {} at p99", age.p50, age.p99);
        let told = format!("{frames} frames, {merged} merged, {full} full; {ages}{wrong}{closed}");
        row(f, &name, told)?;
    }
    Ok(())
}

/// Who is on which network, when one was asked for.
fn write_nets(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    if report.nets.is_empty() {
        return Ok(());
    }
    let on =
        |net: &NetReport| format!("{} on {}", plural(u64::from(net.bots), "bot", "bots"), net.net);
    row(f, "networks", report.nets.iter().map(on).collect::<Vec<_>>().join("; "))
}

/// What went over sockets, when there was more than WebSockets, and what became of cuts.
fn write_carriage(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    let is_usual = report.transports.iter().all(|told| told.transport == "ws");
    for told in report.transports.iter().filter(|_| !is_usual) {
        let name = format!("{} on {}", told.bots, told.transport);
        let each = |sum| told.a_client_second(sum);
        let (down, up) = (bytes(each(told.received_bytes)), bytes(each(told.sent_bytes)));
        let (frames, requests) = (each(told.frames), each(told.requests));
        row(
            f,
            &name,
            format_args!(
                "{frames:.1} frames, {down} down, {up} up, {requests:.1} requests a second each; \
                 frame age {}",
                told.frame_age_ms
            ),
        )?;
    }
    let ResumeReport {
        cuts,
        resumed_from_history: kept,
        resumed_full: full,
        resumes_failed: failed,
    } = report.resumes;
    if cuts == 0 {
        return Ok(());
    }
    // Some were cut right before the end, or left before they came back.
    let open = cuts.saturating_sub(kept + full + failed);
    row(
        f,
        "resumed",
        format_args!(
            "of {cuts} cuts {kept} from what they held, {full} anew; {failed} failed, {open} ended first"
        ),
    )
}

fn write_generator(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    let cores = report.generator_cores;
    let lag = report.generator_lag_ms;
    let Some(cpu) = report.generator_cpu_seconds else {
        return row(f, "this program", format_args!("late by {lag}"));
    };
    let share = 100.0 * cpu / (report.seconds.max(0.001) * cores.max(1) as f64);
    let cores = plural(cores as u64, "core", "cores");
    row(f, "this program", format_args!("{cpu:.1} s of CPU, {share:.0}% of {cores}; late by {lag}"))
}

fn write_saturation(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    let Some(why) = &report.saturation else { return Ok(()) };
    writeln!(
        f,
        "\n{WARNING}{why}{}.\n\
         The times above are theirs as much as the server's. Run fewer bots, or on more cores,\n\
         or on a machine of their own.",
        also(report),
    )
}

/// What may have come of the bots being held up.
fn also(report: &Report) -> String {
    report.slowness.as_ref().map(|words| format!("; {words}")).unwrap_or_default()
}

const WARNING: &str = "WARNING: the bots themselves were held up: ";

impl Display for Brief<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(why) = &self.0.saturation {
            writeln!(f, "{WARNING}{why}{}", also(self.0))?;
        }
        write!(f, "{}", VerdictLine(self.0))
    }
}

impl Display for VerdictLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = self.0;
        let verdict = if report.verdict == Verdict::Pass { "PASS" } else { "FAIL" };
        write!(f, "VERDICT: {verdict}")?;
        if report.interrupted {
            write!(f, " (interrupted after {:.1} s)", report.seconds)?;
        }
        for reason in &report.reasons {
            write!(f, "\n  - {reason}")?;
        }
        Ok(())
    }
}

/// How many leaves broke off, behind how many there were; nothing if none did.
#[must_use]
pub fn broken(leaves: u64) -> String {
    if leaves > 0 { format!(" and {} that broke off", grouped(leaves)) } else { String::new() }
}

/// A number with its thousands apart.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number of bytes with the unit that suits it.
#[must_use]
pub fn bytes(number: f64) -> String {
    match number {
        ..1e3 => format!("{number:.0} B"),
        ..1e6 => format!("{:.1} kB", number / 1e3),
        ..1e9 => format!("{:.1} MB", number / 1e6),
        _ => format!("{:.2} GB", number / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::{
        super::options::{Cli, Command},
        *,
    };

    fn report() -> Report {
        let Command::Swarm(options) = Cli::parse_from(["tickwire-bots", "swarm"]).command else {
            unreachable!("it says swarm")
        };
        Report::not_begun(&options, "nobody is there".to_owned())
    }

    #[test]
    fn the_brief_form_warns_when_the_bots_were_held_up() {
        let calm = report();
        assert_eq!(Brief(&calm).to_string(), "VERDICT: FAIL\n  - nobody is there");
        let held_up = Report { saturation: Some("it was slow".to_owned()), ..calm };
        let warning = "WARNING: the bots themselves were held up: it was slow";
        assert_eq!(
            Brief(&held_up).to_string(),
            format!("{warning}\nVERDICT: FAIL\n  - nobody is there")
        );
    }

    #[test]
    fn numbers_read_well() {
        let groups = [0, 999, 1000, 1_234_567].map(grouped);
        assert_eq!(groups, ["0", "999", "1,000", "1,234,567"]);
        let sizes = [0.0, 999.0, 1500.0, 2.5e6, 3e9].map(bytes);
        assert_eq!(sizes, ["0 B", "999 B", "1.5 kB", "2.5 MB", "3.00 GB"]);
    }
}
