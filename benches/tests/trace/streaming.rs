//! A trace of any length takes the memory of a line and two ticks.

use std::{
    cell::Cell,
    io::{self, BufReader, Read},
    rc::Rc,
};

use tickwire_benches::trace::{Problem, TraceReader, measure};

use crate::SHIPS;

/// As little as can be, so that many ticks are read soon.
const LAMPS: &str = r#"{"kinds":{"lamp":{"on":{"type":"bool"}}}}"#;

/// A trace that is made while it is read, so that nobody ever holds more of it than they took.
struct Endless {
    ticks: u64,
    made: u64,
    pending: Vec<u8>,
    given: Rc<Cell<u64>>,
}

impl Endless {
    fn new(ticks: u64) -> (Endless, Rc<Cell<u64>>) {
        let given = Rc::new(Cell::new(0));
        let pending = format!("{LAMPS}\n").into_bytes();
        (Endless { ticks, made: 0, pending, given: Rc::clone(&given) }, given)
    }

    fn line(tick: u64) -> String {
        // Ids that are never used again must not pile up either.
        let (on, passing) = (tick.is_multiple_of(2), 1000 + tick);
        format!(
            "{{\"tick\":{tick},\"entities\":[[7,\"lamp\",{{\"on\":{on}}}],\
             [{passing},\"lamp\",{{\"on\":true}}]]}}\n"
        )
    }
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.pending.len() < buffer.len() && self.made < self.ticks {
            self.made += 1;
            self.pending.extend(Endless::line(self.made).as_bytes());
        }
        let taken = self.pending.len().min(buffer.len());
        buffer[..taken].copy_from_slice(&self.pending[..taken]);
        self.pending.drain(..taken);
        self.given.set(self.given.get() + taken as u64);
        Ok(taken)
    }
}

/// A trace behind a small buffer, how far it was read, and how long its schema is.
fn buffered(ticks: u64) -> (BufReader<Endless>, Rc<Cell<u64>>, u64) {
    let (trace, given) = Endless::new(ticks);
    (BufReader::with_capacity(BUFFER, trace), given, LAMPS.len() as u64 + 1)
}

const BUFFER: usize = 4096;

#[test]
fn two_hundred_thousand_ticks_are_read_no_further_than_they_are_taken() {
    let (reader, given, mut used) = buffered(200_000);
    let mut trace = TraceReader::new(reader, "endless").expect("it has a schema");
    let mut ticks = 0;
    while let Some(tick) = trace.next_tick().expect("it is a trace") {
        ticks += 1;
        used += Endless::line(tick.number).len() as u64;
        let ahead = given.get() - used;
        assert!(ahead <= BUFFER as u64, "{ahead} bytes were read ahead of tick {ticks}");
        // All that a tick hands on is two lamps, whose slots are used again and again.
        assert_eq!((tick.number, tick.ids.len(), tick.values.len()), (ticks, 2, 2));
        assert!(tick.ids.iter().all(|id| id.slot() < 2));
    }
    assert_eq!(ticks, 200_000);
}

#[test]
fn a_tick_is_measured_before_the_next_is_read() {
    let (reader, given, mut used) = buffered(5000);
    let report = measure(reader, "endless", None, |tick| {
        used += Endless::line(tick).len() as u64;
        assert!(given.get() - used <= BUFFER as u64, "tick {tick}");
    })
    .expect("it is a trace");
    assert_eq!((report.ticks, report.updates), (5000, 2 * 4999));
}

#[test]
fn a_line_without_an_end_is_refused_at_the_limit() {
    let endless = SHIPS.as_bytes().chain(&b"\n"[..]).chain(io::repeat(b' '));
    let reader = BufReader::new(endless);
    let mut trace = TraceReader::with_limit(reader, "endless", 10_000).expect("it has a schema");
    let error = trace.next_tick().expect_err("the line does not end");
    assert!(matches!(*error.problem, Problem::TooLong(10_000)));
    assert!(error.to_string().starts_with("endless:2: the line is longer than 10000 bytes"));
}
