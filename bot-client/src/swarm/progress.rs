//! How a run is doing while it runs: a bar on a terminal, else a line now and then.

use std::{
    io::IsTerminal,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

use super::{
    options::SwarmOptions,
    table::{bytes, grouped},
    tally::{Counts, Tally},
};

/// How often a terminal is brought up to date.
const REDRAW: Duration = Duration::from_millis(500);
/// How often a line is printed where there is no terminal.
const LINE: Duration = Duration::from_secs(5);

/// Shows a swarm's progress on standard error; without end.
pub async fn show(options: &SwarmOptions, tally: &Tally) {
    if options.quiet {
        return std::future::pending().await;
    }
    if std::io::stderr().is_terminal() {
        show_bar(options, tally).await;
    } else {
        show_lines(options, tally).await;
    }
}

async fn show_bar(options: &SwarmOptions, tally: &Tally) {
    let bar = ProgressBar::new(options.time.as_millis() as u64);
    let style = ProgressStyle::with_template("{prefix} {wide_bar:.cyan/dim}\n{msg}");
    bar.set_style(style.expect("the template is fixed"));
    let _cleared = ClearOnDrop(&bar);
    let start = Instant::now();
    let mut pulse = Pulse::new(start);
    loop {
        let age = start.elapsed();
        bar.set_prefix(clock(age, options.time));
        bar.set_message(pulse.line(options, tally));
        bar.set_position(age.as_millis().min(u128::from(u64::MAX)) as u64);
        tokio::time::sleep(REDRAW).await;
    }
}

/// The bar makes way for the summary, however the run ends.
struct ClearOnDrop<'a>(&'a ProgressBar);

impl Drop for ClearOnDrop<'_> {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

async fn show_lines(options: &SwarmOptions, tally: &Tally) {
    let start = Instant::now();
    let mut pulse = Pulse::new(start);
    loop {
        tokio::time::sleep(LINE).await;
        let line = pulse.line(options, tally);
        eprintln!("{} {line}", clock(start.elapsed(), options.time));
    }
}

fn clock(age: Duration, whole: Duration) -> String {
    format!("{:>3}/{} s", age.as_secs(), whole.as_secs())
}

/// What happened since the last look.
struct Pulse {
    at: Instant,
    counts: Counts,
    rate: f64,
}

impl Pulse {
    fn new(at: Instant) -> Pulse {
        Pulse { at, counts: Counts::default(), rate: 0.0 }
    }

    fn line(&mut self, options: &SwarmOptions, tally: &Tally) -> String {
        let counts = tally.counts();
        let seconds = self.at.elapsed().as_secs_f64();
        // Bots report once a second, so a shorter look would show waves that are not there.
        if seconds >= 2.0 {
            self.rate = (counts.wire_bytes - self.counts.wire_bytes) as f64 / seconds;
            (self.at, self.counts) = (Instant::now(), counts);
        }
        let wrong = match counts.hash_mismatches {
            0 => String::new(),
            wrong => format!(", {} WRONG", grouped(wrong)),
        };
        format!(
            "{}/{} bots in, {}/s, round trip {:.1} ms, {} hashes right{wrong}",
            tally.inside(),
            options.bots,
            bytes(self.rate),
            tally.rtt.quantile_ms(0.5),
            grouped(counts.hashes_verified),
        )
    }
}
