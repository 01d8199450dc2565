//! The clocks of inputs, bit for bit, and of drawing, on lines of all sorts.

use std::time::Duration;

use serde_json::{Value, json};
use tickwire_shared::{
    Tick,
    frame::InputEcho,
    netcode::{InputClock, RenderClock},
};

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

/// A render clock a case: when it is read, with the frames that came then, counted from the first,
/// and what it reads.
///
/// Readings have nine decimals, because exponential functions differ in their last bits.
pub fn render_cases() -> Vec<Value> {
    [(30, 1000), (60, u32::MAX - 50), (20, 7), (144, 0)]
        .map(|(hz, one)| render_case(hz, one))
        .to_vec()
}

fn render_case(hz: u32, first: u32) -> Value {
    let (mut clock, mut rng) = (RenderClock::new(hz, 1.5), Rng::new(u64::from(hz) + 1));
    let (mut micros, mut newest, mut late) = (5_000_000, -1, 0.0);
    let mut steps = Vec::new();
    for index in 0..2 * READINGS {
        micros += 1000 + rng.below(16_000) as u64;
        let now = Duration::from_micros(micros);
        let gone = (micros - 5_000_000) as f64 / 1e6 * f64::from(hz);
        let reached = (gone - lateness(index, hz, &mut late, &mut rng)).floor() as i64;
        // For a while the server sends only every third tick.
        let stride = if (200..400).contains(&index) { 3 } else { 1 };
        let frames: Vec<i64> = (newest + 1..=reached).filter(|it| it % stride == 0).collect();
        for frame in &frames {
            newest = *frame;
            assert_eq!(
                clock.arrived(Tick(first.wrapping_add(newest as u32)), now),
                newest,
                "counted on"
            );
        }
        let picture = clock.advance(now).map(|it| (rounded(it.tick), it.skipped));
        steps.push(json!([micros, frames, picture, rounded(clock.delay())]));
    }
    json!({ "tickHz": hz, "least": 1.5, "steps": steps })
}

/// By how many ticks the newest frame is late: always some, at times more, once for long, and from
/// some time on for good, because the server stood still.
fn lateness(index: u64, hz: u32, held_up: &mut f64, rng: &mut Rng) -> f64 {
    let second = f64::from(hz);
    *held_up = match index {
        100 | 150 | 500 => 0.2 * second,
        600 => 1.2 * second,
        _ => (*held_up - 0.01 * second).max(0.0),
    };
    let standing = if index < 800 { 0.0 } else { second };
    0.05 * second + *held_up + standing + rng.below(1000) as f64 / 30_000.0 * second
}

fn rounded(number: f64) -> f64 {
    (number * 1e9).round() / 1e9
}
