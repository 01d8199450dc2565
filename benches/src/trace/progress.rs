//! How far a trace has been read, on a terminal; a line that is written over and then removed.

use std::{
    cell::Cell,
    io::{self, IsTerminal, Read, Write},
    rc::Rc,
    time::{Duration, Instant},
};

use tickwire_bots::swarm::grouped;

/// How often the line is written anew.
const REDRAW: Duration = Duration::from_millis(200);
const WIDTH: usize = 30;

/// A reader that counts the bytes that it gave.
#[derive(Debug)]
pub struct Counted<R> {
    inner: R,
    count: Rc<Cell<u64>>,
}

impl<R> Counted<R> {
    /// Counts what is read from `inner`; the second half tells how much.
    pub fn new(inner: R) -> (Counted<R>, Rc<Cell<u64>>) {
        let count = Rc::new(Cell::new(0));
        (Counted { inner, count: Rc::clone(&count) }, count)
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count.set(self.count.get() + read as u64);
        Ok(read)
    }
}

/// A line on standard error, if that is a terminal.
#[derive(Debug)]
pub struct Progress {
    /// Bytes read so far, and how many there are if that is known.
    read: Rc<Cell<u64>>,
    all: Option<u64>,
    drawn: Instant,
    on: bool,
}

impl Progress {
    /// Shows how much of `all` bytes has been read.
    #[must_use]
    pub fn new(read: Rc<Cell<u64>>, all: Option<u64>) -> Progress {
        Progress { read, all, drawn: Instant::now(), on: io::stderr().is_terminal() }
    }

    /// Shows it again, but not too often.
    pub fn tick(&mut self, ticks: u64) {
        if self.on && self.drawn.elapsed() >= REDRAW {
            self.drawn = Instant::now();
            // Progress that cannot be shown is none to fail for.
            let _ = write!(io::stderr(), "\r\x1b[K{}", line(self.read.get(), self.all, ticks));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.on {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

fn line(read: u64, all: Option<u64>, ticks: u64) -> String {
    let ticks = grouped(ticks);
    match all.filter(|all| *all > 0) {
        None => format!("{ticks} ticks"),
        Some(all) => {
            let share = (read as f64 / all as f64).min(1.0);
            let full = (share * WIDTH as f64) as usize;
            let (full, empty) = ("━".repeat(full), "─".repeat(WIDTH - full));
            format!("{:>3.0}% {full}{empty} {ticks} ticks", share * 100.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_much_is_done_if_the_length_is_known() {
        assert_eq!(line(50, None, 1234), "1,234 ticks");
        let half = format!(" 50% {}{} 2 ticks", "━".repeat(15), "─".repeat(15));
        assert_eq!(line(50, Some(100), 2), half);
        assert!(line(0, Some(0), 2).ends_with("2 ticks"));
    }
}
