//! How a run is doing while it runs: a view on a terminal, else a line now and then.

use std::{
    io::IsTerminal,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

use super::{record::Record, report::Verdict};
use crate::swarm::{Counts, grouped, table::bytes};

/// Where there is no terminal, a line is printed this often, or a hundred times if that is less often.
const LINE: Duration = Duration::from_secs(5);
/// So many columns show how something changed.
const COLUMNS: usize = 24;
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// What is shown.
#[derive(Debug)]
pub struct Scene<'a> {
    /// Which part of the run it is.
    pub phase: &'a str,
    /// How many bots there are to be.
    pub wanted: u32,
    /// What was seen.
    pub record: &'a Record,
    /// What all bots counted.
    pub counts: Counts,
    /// What would follow if it ended now.
    pub verdict: Verdict,
    /// The first reason for that.
    pub reason: Option<String>,
}

/// Shows it, in one way or the other.
#[derive(Debug)]
pub enum Live {
    /// Nothing is shown.
    Quiet,
    /// A view that is drawn again and again.
    View(ProgressBar, bool),
    /// A line now and then, and when the next is due.
    Lines(Duration, Instant),
}

impl Live {
    /// What fits a run of this length and where it is shown.
    ///
    /// # Panics
    /// Never: the template is fixed.
    #[must_use]
    pub fn new(quiet: bool, run: Duration) -> Live {
        if quiet {
            return Live::Quiet;
        }
        if !std::io::stderr().is_terminal() {
            return Live::Lines((run / 100).max(LINE), Instant::now() + LINE);
        }
        let bar = ProgressBar::new(run.as_millis() as u64);
        let style = ProgressStyle::with_template("{prefix} {wide_bar:.cyan/dim}\n{msg}");
        bar.set_style(style.expect("the template is fixed"));
        Live::View(bar, std::env::var_os("NO_COLOR").is_none())
    }

    /// Shows how it is, so long after the start.
    pub fn show(&mut self, age: Duration, run: Duration, scene: &Scene<'_>) {
        match self {
            Live::Quiet => {}
            Live::View(bar, colours) => {
                bar.set_prefix(format!("{} {}", clock(age, run), scene.phase));
                bar.set_message(view(scene, *colours));
                bar.set_position(age.as_millis() as u64);
            }
            Live::Lines(pause, due) => {
                if Instant::now() >= *due {
                    *due += *pause;
                    eprintln!("{}", line(age, run, scene));
                }
            }
        }
    }

    /// Says something beside.
    pub fn say(&self, words: &str) {
        match self {
            Live::Quiet => {}
            Live::View(bar, _) => bar.set_message(words.to_owned()),
            Live::Lines(..) => eprintln!("{words}"),
        }
    }
}

impl Drop for Live {
    /// The view makes way for the summary, however the run ends.
    fn drop(&mut self) {
        if let Live::View(bar, _) = self {
            bar.finish_and_clear();
        }
    }
}

fn clock(age: Duration, run: Duration) -> String {
    let text = |time: Duration| format!("{}:{:02}", time.as_secs() / 60, time.as_secs() % 60);
    format!("{:>6}/{}", text(age), text(run))
}

/// One line that says the most important.
fn line(age: Duration, run: Duration, scene: &Scene<'_>) -> String {
    let last = |name| scene.record.last(name).unwrap_or(0.0);
    let Scene { phase, counts, verdict, .. } = scene;
    format!(
        "{} {phase}: {:.0}/{} bots in {:.0} rooms, {:.0} frames/s, tick p99 {:.1} ms, frame age p99 {:.0} ms, \
         {} hashes right, {} wrong, server {}, so far {verdict}",
        clock(age, run),
        last("bots"),
        scene.wanted,
        last("rooms"),
        last("frames"),
        last("tick_p99"),
        last("frame_age_p99"),
        grouped(counts.hashes_verified),
        grouped(counts.hash_mismatches),
        bytes(last("server_memory")),
    )
}

/// Several lines with the course of things.
fn view(scene: &Scene<'_>, colours: bool) -> String {
    let Scene { record, counts, .. } = scene;
    let last = |name| record.last(name).unwrap_or(0.0);
    let course = |name| sparkline(record.points(name));
    let wrong = paint(
        format!("{} wrong", grouped(counts.hash_mismatches)),
        colours.then_some(if counts.hash_mismatches == 0 { GREEN } else { RED }),
    );
    let verdict = paint(
        scene.verdict.to_string(),
        colours.then_some(match scene.verdict {
            Verdict::Pass => GREEN,
            Verdict::Fail => RED,
            Verdict::Void => YELLOW,
        }),
    );
    let why = scene.reason.as_ref().map_or_else(String::new, |why| format!(": {why}"));
    [
        row(
            "bots",
            format!(
                "{:.0} of {} in {:.0} rooms, {:.1} joins/s",
                last("bots"),
                scene.wanted,
                last("rooms"),
                last("joins")
            ),
            course("bots"),
        ),
        row(
            "frames",
            format!("{:.0}/s, {}/s", last("frames"), bytes(last("sent"))),
            course("frames"),
        ),
        row("frame age p99", format!("{:.1} ms", last("frame_age_p99")), course("frame_age_p99")),
        row(
            "tick p99",
            format!("{:.2} ms, {:.0}% CPU", last("tick_p99"), 100.0 * last("server_cpu")),
            course("tick_p99"),
        ),
        row(
            "server memory",
            format!(
                "{}, {:.0} files, {:.0} tasks",
                bytes(last("server_memory")),
                last("server_files"),
                last("tasks")
            ),
            course("server_memory"),
        ),
        row(
            "bots' own CPU",
            format!(
                "{:.0}%, p99 {:.1} ms late",
                100.0 * last("generator_cpu"),
                last("generator_lag_p99")
            ),
            course("generator_cpu"),
        ),
        format!("  hashes         {} right, {wrong}", grouped(counts.hashes_verified)),
        format!("  so far         {verdict}{why}"),
    ]
    .join("\n")
}

const GREEN: u8 = 32;
const RED: u8 = 31;
const YELLOW: u8 = 33;

fn paint(text: String, colour: Option<u8>) -> String {
    colour.map_or(text.clone(), |colour| format!("\x1b[{colour}m{text}\x1b[0m"))
}

fn row(name: &str, value: String, course: String) -> String {
    format!("  {name:<14} {value:<36} {course}")
}

/// The course of the whole run in a few columns, each as high as the mean of what it stands for.
fn sparkline(points: &[(f64, f64)]) -> String {
    let each = points.len().div_ceil(COLUMNS).max(1);
    let means: Vec<f64> = points
        .chunks(each)
        .map(|few| few.iter().map(|(_, value)| value).sum::<f64>() / few.len() as f64)
        .collect();
    let most = means.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    let block = |mean: &f64| {
        let height = (mean / most * (BLOCKS.len() - 1) as f64).round().max(0.0) as usize;
        BLOCKS[height.min(BLOCKS.len() - 1)]
    };
    means.iter().map(block).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Record {
        let mut record = Record::default();
        for n in 0..100 {
            record.note(("tick_p99", "ms"), f64::from(n), Some(f64::from(n)));
            record.note(("server_memory", "bytes"), f64::from(n), Some(3e7));
        }
        record
    }

    #[test]
    fn a_course_is_as_wide_as_its_columns_and_as_high_as_its_highest() {
        let drawn: Vec<char> = sparkline(record().points("tick_p99")).chars().collect();
        assert!((10..=COLUMNS).contains(&drawn.len()), "{drawn:?}");
        assert_eq!((drawn[0], drawn[drawn.len() - 1]), ('▁', '█'));
        assert_eq!(sparkline(&[]), "");
        assert_eq!(sparkline(&[(0.0, 0.0)]), "▁");
        assert_eq!(sparkline(&[(0.0, -5.0)]), "▁");
    }

    #[test]
    fn a_line_and_a_view_say_the_most_important_and_colours_are_left_out_if_not_wanted() {
        let record = record();
        let counts = Counts { hashes_verified: 1234, hash_mismatches: 1, ..Counts::default() };
        let reason = Some("a hash was wrong".to_owned());
        let (phase, verdict) = ("evening", Verdict::Fail);
        let scene = Scene { phase, wanted: 60, record: &record, counts, verdict, reason };
        let line = line(Duration::from_secs(65), Duration::from_secs(600), &scene);
        assert!(line.starts_with("  1:05/10:00 evening: "), "{line}");
        assert!(line.contains("tick p99 99.0 ms") && line.ends_with("so far FAIL"), "{line}");
        let plain = view(&scene, false);
        assert!(plain.contains("FAIL: a hash was wrong") && !plain.contains('\x1b'), "{plain}");
        assert!(view(&scene, true).contains("\x1b[31m1 wrong\x1b[0m"));
    }
}
