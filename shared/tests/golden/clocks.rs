//! The clock of inputs, on lines of all sorts, bit for bit.

use std::time::Duration;

use serde_json::{Value, json};
use tickwire_shared::{Tick, frame::InputEcho, netcode::InputClock};

use crate::world::Rng;

/// How many times each clock is read.
const READINGS: u64 = 500;

/// A clock a case: how it is read, with what the frame said that came then, and what it reads.
pub fn cases() -> Vec<Value> {
    [(30, 1000), (60, u32::MAX - 50), (20, 7), (144, 0)].map(|(hz, first)| case(hz, first)).to_vec()
}

fn case(hz: u32, first: u32) -> Value {
    let (mut clock, mut rng) = (InputClock::new(hz), Rng::new(hz.into()));
    let (mut micros, round_trip) = (5_000_000, 20_000 + u64::from(hz) * 300);
    let mut steps = Vec::new();
    for index in 0..READINGS {
        micros += match index {
            250 => 3_000_000,
            _ => 1000 + rng.below(16_000) as u64,
        };
        let gone = micros as f64 / 1e6 * f64::from(hz);
        let frame = (index % 3 == 0).then(|| Tick(first.wrapping_add(gone as u32 - 2)));
        let slack = frame.filter(|_| index > 6).and_then(|_| slack(index, &mut rng));
        clock.advance(Duration::from_micros(micros));
        if let Some(tick) = frame {
            clock.start(tick, Duration::from_micros(micros), Duration::from_micros(round_trip));
            clock.observe(tick, InputEcho { slack, age: 0 });
        }
        let due: Vec<_> = std::iter::from_fn(|| clock.poll_due(4)).map(|tick| tick.0).collect();
        let (tick, share) = clock.reading();
        let next = clock.next_due().map(|due| due.as_micros() as u64);
        let frame = frame.map(|tick| tick.0);
        steps.push(json!([micros, frame, slack, tick.0, share, due, next]));
    }
    json!({ "tickHz": hz, "roundTrip": round_trip, "steps": steps })
}

/// Usually a little to spare, at times none, now and then nothing, and once far too much.
fn slack(index: u64, rng: &mut Rng) -> Option<i16> {
    let shaken = rng.below(120) as i16;
    match index {
        350..356 => Some(i16::MAX - shaken),
        _ if index.is_multiple_of(97) => Some(-900 + shaken),
        _ if index.is_multiple_of(31) => None,
        _ => Some(40 - (index / 40 % 5) as i16 * 9 + shaken),
    }
}
