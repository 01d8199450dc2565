//! The last lines of the log, for who looks at them from elsewhere.
//!
//! They are kept as text in a ring whose lines are written over and keep their memory, so once it is
//! full no line allocates. The lock is held for a copy of one line by whoever logs, and of a page
//! of them by whoever reads.

use std::{
    cell::RefCell,
    fmt::{self, Write},
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use parking_lot::Mutex;
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{Layer, layer::Context};

/// How many lines are kept; the oldest is forgotten first.
const MOST_LINES: usize = 1000;
/// How much of a line is kept, in bytes; the rest of a longer one is left out.
const MOST_BYTES: usize = 512;
/// What stands at the end of a line that was longer.
const CUT: &str = " …";

thread_local! {
    /// A line while it is written, so that nobody's `Debug` runs under the lock.
    static SCRATCH: RefCell<String> = const { RefCell::new(String::new()) };
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its number, from 1.
    pub(crate) number: u64,
    /// When it was logged, in milliseconds since 1970.
    pub(crate) millis: u64,
    pub(crate) level: Level,
    /// What happened, then what it happened to.
    pub(crate) text: String,
}

/// Lines that follow upon others.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    /// In order.
    pub(crate) lines: Vec<Line>,
    /// How many between those that were known and these are not kept any more or did not fit.
    pub(crate) missed: u64,
    /// The number of the last line that there was.
    pub(crate) last: u64,
}

#[derive(Debug, Default)]
struct Ring {
    /// The line of a number is at that number modulo how many are kept.
    lines: Vec<Line>,
    last: u64,
}

/// A ring of lines, and the layer that fills it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tail(Arc<Mutex<Ring>>);

impl Tail {
    /// The lines after the one of this number, the newest `most` of them.
    pub(crate) fn after(&self, number: u64, most: usize) -> Page {
        let ring = self.0.lock();
        let kept = ring.last.saturating_sub(ring.lines.len() as u64);
        // Whoever knows more than there is knows another run of the server.
        let known = if number > ring.last { 0 } else { number };
        let first = known.max(kept).max(ring.last.saturating_sub(most as u64));
        let line = |number: u64| ring.lines[(number % MOST_LINES as u64) as usize].clone();
        let lines = (first + 1..=ring.last).map(line).collect();
        let missed = if known == 0 { 0 } else { first - known };
        Page { lines, missed, last: ring.last }
    }

    fn keep(&self, level: Level, text: &str) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let mut ring = self.0.lock();
        ring.last += 1;
        let number = ring.last;
        let place = (number % MOST_LINES as u64) as usize;
        // The line of number 1 is at place 1: the first place waits for the last one.
        while ring.lines.len() <= place {
            ring.lines.push(Line { number: 0, millis: 0, level, text: String::new() });
        }
        let line = &mut ring.lines[place];
        (line.number, line.millis, line.level) = (number, now.as_millis() as u64, level);
        line.text.clear();
        line.text.push_str(text);
    }
}

impl<S: Subscriber> Layer<S> for Tail {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        SCRATCH.with(|scratch| {
            // A value that logs while it is written would want it twice.
            let Ok(mut text) = scratch.try_borrow_mut() else { return };
            text.clear();
            event.record(&mut Words(&mut text));
            self.keep(*event.metadata().level(), &text);
        });
    }
}

/// Writes an event's message and fields as text, as far as there is space.
struct Words<'a>(&'a mut String);

impl Visit for Words<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "message" => self.record_debug(field, &format_args!("{value}")),
            _ => self.record_debug(field, &value),
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let gap = if self.0.is_empty() { "" } else { " " };
        // Writing to a text does not fail.
        let _ = match field.name() {
            "message" => write!(self, "{gap}{value:?}"),
            name => write!(self, "{gap}{name}={value:?}"),
        };
    }
}

impl Write for Words<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let space = MOST_BYTES.saturating_sub(self.0.len());
        if text.len() <= space {
            self.0.push_str(text);
        } else if space > 0 {
            self.0.push_str(&text[..text.floor_char_boundary(space)]);
            // From here on there is no space for anything.
            let end = MOST_BYTES - CUT.len();
            self.0.truncate(self.0.floor_char_boundary(end));
            self.0.push_str(CUT);
            while self.0.len() < MOST_BYTES {
                self.0.push(' ');
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    fn logged(log: impl FnOnce()) -> Tail {
        let tail = Tail::default();
        let subscriber = tracing_subscriber::registry().with(tail.clone());
        tracing::subscriber::with_default(subscriber, log);
        tail
    }

    fn numbers(page: &Page) -> Vec<u64> {
        page.lines.iter().map(|line| line.number).collect()
    }

    #[test]
    fn a_line_says_what_happened_and_then_to_what() {
        let tail = logged(|| {
            let address = std::net::Ipv4Addr::LOCALHOST;
            tracing::warn!(room = "BCDFG", players = 3, %address, "players came or went");
        });
        let page = tail.after(0, 10);
        let [line] = &page.lines[..] else { panic!("{page:?}") };
        assert_eq!(line.text, r#"players came or went room="BCDFG" players=3 address=127.0.0.1"#);
        assert_eq!((line.number, line.level, page.missed, page.last), (1, Level::WARN, 0, 1));
    }

    #[test]
    fn what_turns_the_direction_of_text_is_written_out() {
        let tail = logged(|| tracing::info!(name = "\u{202e}gnp\n", "joined"));
        assert_eq!(tail.after(0, 10).lines[0].text, r#"joined name="\u{202e}gnp\n""#);
    }

    #[test]
    fn a_long_line_is_cut_between_characters() {
        let tail = logged(|| tracing::info!(more = 1, "{}", "ä".repeat(1000)));
        let text = &tail.after(0, 10).lines[0].text;
        assert!(text.len() == MOST_BYTES && text.trim_end().ends_with("ä …"), "{text}");
    }

    #[test]
    fn whoever_knows_a_line_gets_what_follows_upon_it() {
        let tail = logged(|| (1..=5).for_each(|n| tracing::info!(n)));
        assert_eq!(numbers(&tail.after(3, 10)), [4, 5]);
        assert!(numbers(&tail.after(5, 10)).is_empty());
        assert_eq!(numbers(&tail.after(0, 2)), [4, 5]);
        assert_eq!(tail.after(1, 2).missed, 2);
        assert_eq!(numbers(&tail.after(77, 10)), [1, 2, 3, 4, 5], "of a run before this one");
        assert_eq!(Tail::default().after(0, 10), Page::default());
    }

    #[test]
    fn a_full_ring_forgets_the_oldest_and_keeps_its_memory() {
        let most = MOST_LINES as u64;
        let tail = logged(|| (1..=most + 7).for_each(|n| tracing::info!(n)));
        let page = tail.after(1, usize::MAX);
        assert_eq!((page.lines.len(), page.lines[0].number), (MOST_LINES, 8));
        assert_eq!((page.missed, page.last), (6, most + 7));
        assert!(page.lines.iter().all(|line| line.text == format!("n={}", line.number)));
        let memory = |tail: &Tail| {
            tail.0.lock().lines.iter().map(|line| line.text.capacity()).sum::<usize>()
        };
        let before = memory(&tail);
        let subscriber = tracing_subscriber::registry().with(tail.clone());
        tracing::subscriber::with_default(subscriber, || {
            (1..=most).for_each(|n| tracing::info!(n))
        });
        assert_eq!(memory(&tail), before);
        assert!(before <= MOST_LINES * MOST_BYTES);
    }
}
