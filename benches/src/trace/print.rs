//! A report for people: a bar for each codec, then a table by field.

use std::fmt::{self, Write as _};

use tickwire_bots::swarm::grouped;

use super::report::{CodecRow, Report};

/// How many characters the longest bar takes.
const BAR: f64 = 32.0;
/// Parts of a character, in eighths.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        head(self, f)?;
        codecs(self, f)?;
        fields(self, f)?;
        advice(self, f)
    }
}

fn head(report: &Report, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Report { file, ticks, hz, updates, entities_most, .. } = report;
    writeln!(
        f,
        "{file}: {} ticks at {hz} Hz, at most {} entities, {} updates",
        grouped(*ticks),
        grouped(*entities_most as u64),
        grouped(*updates),
    )?;
    let keyframes = match report.keyframes {
        1 => format!("the first is a keyframe of {} bytes", grouped(report.keyframe_bytes)),
        many => format!("{many} are keyframes, {} bytes in all", grouped(report.keyframe_bytes)),
    };
    writeln!(f, "every tick was decoded again and is equal; {keyframes}, not counted below\n")
}

fn codecs(report: &Report, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    writeln!(f, "{:<28} {:>10} {:>9} {:>9}", "codec", "bytes/tick", "B/update", "kbit/s")?;
    let longest = report.codecs.iter().map(|codec| codec.bytes).max().unwrap_or(0);
    let ours = report.bytes;
    for codec in &report.codecs {
        let CodecRow { name, bytes_per_tick, bytes_per_update, kilobits_per_second, .. } = codec;
        writeln!(
            f,
            "{name:<28} {:>10} {:>9} {:>9}  {}{}",
            number(*bytes_per_tick, 1),
            number(*bytes_per_update, 2),
            number(*kilobits_per_second, 1),
            bar(codec.bytes, longest),
            times(codec.bytes, ours),
        )?;
    }
    writeln!(f)
}

fn bar(bytes: u64, longest: u64) -> String {
    let eighths = (bytes as f64 / longest.max(1) as f64 * BAR * 8.0).round() as usize;
    // What takes anything is seen to.
    let eighths = eighths.max(usize::from(bytes > 0));
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

fn times(bytes: u64, ours: u64) -> String {
    match ours == bytes || ours == 0 {
        true => String::new(),
        false => format!(" {:.1}x", bytes as f64 / ours as f64),
    }
}

fn fields(report: &Report, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let names = report.fields.iter().map(|row| format!("{}.{}", row.kind, row.field));
    let names: Vec<String> = names.collect();
    let others = report.overhead.iter().map(|row| &row.name);
    let width = names.iter().chain(others).map(|name| name.chars().count()).max().unwrap_or(0);
    let width = width.max(16);
    writeln!(f, "{:<width$} {:>11} {:>7}  one bit fewer saves", "field", "bits/update", "share")?;
    for (row, name) in report.fields.iter().zip(&names) {
        let (bits, share) = (number(row.bits_per_update, 2), percent(row.share));
        let saves = row.one_bit_fewer_saves.map_or("·".into(), |share| percent(Some(share)));
        writeln!(f, "{name:<width$} {bits:>11} {share:>7} {saves:>7}")?;
    }
    for row in &report.overhead {
        let (bits, share) = (number(row.bits_per_update, 2), percent(row.share));
        writeln!(f, "{:<width$} {bits:>11} {share:>7}", row.name)?;
    }
    Ok(())
}

/// What the tables say that can be acted on.
fn advice(report: &Report, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut text = String::new();
    let saving = |row: &&super::report::FieldRow| row.one_bit_fewer_saves.unwrap_or(0.0);
    let best = report.fields.iter().max_by(|a, b| saving(a).total_cmp(&saving(b)));
    if let Some(row) = best.filter(|row| saving(row) >= 0.01) {
        let share = percent(row.one_bit_fewer_saves);
        writeln!(text, "one bit fewer on {}.{} saves {share} of all bytes", row.kind, row.field)?;
    }
    for row in report.fields.iter().filter(|row| row.clamped > 0) {
        let (kind, field, count) = (&row.kind, &row.field, grouped(row.clamped));
        writeln!(
            text,
            "{kind}.{field}: {count} values did not fit and were clamped; widen its range"
        )?;
    }
    if text.is_empty() { Ok(()) } else { write!(f, "\n{text}") }
}

fn number(value: Option<f64>, digits: usize) -> String {
    value.map_or("·".into(), |value| format!("{value:.digits$}"))
}

fn percent(share: Option<f64>) -> String {
    // Adding nought makes nought of minus nought.
    share.map_or("·".into(), |share| format!("{:.1}%", (share * 1000.0).round() / 10.0 + 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_share() {
        assert_eq!(bar(100, 100), "█".repeat(32));
        assert_eq!(bar(1, 64), "▌");
        assert_eq!(bar(1, 1_000_000), "▏");
        assert_eq!(bar(0, 0), "");
    }

    #[test]
    fn numbers_that_there_are_none_of_are_dots() {
        assert_eq!((number(None, 1), percent(None)), ("·".into(), "·".into()));
        assert_eq!(percent(Some(-0.0001)), "0.0%");
    }
}
