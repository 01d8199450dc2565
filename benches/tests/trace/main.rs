//! The trace tool: what it counts, what it refuses, and that it needs no more memory than two ticks.

mod command;
mod figures;
mod refusals;
mod streaming;
mod worlds;

use tickwire_benches::trace::{Report, TraceError, measure};

/// A ship with a place and health; each test adds its ticks.
const SHIPS: &str = r#"{"kinds":{"ship":{"pos":{"type":"vec2","min":0,"max":4096,"step":0.0625,"predict":"linear"},"hp":{"type":"int","min":0,"max":100}},"rock":{"size":{"type":"enum","names":["small","large"]}}}}"#;

/// Measures a trace of these lines, called `t.jsonl`.
fn measured(lines: &[&str]) -> Result<Report, TraceError> {
    measure(lines.join("\n").as_bytes(), "t.jsonl", None, |_| {})
}

/// A seeded source of numbers that look random.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % limit
    }
}
