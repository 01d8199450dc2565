//! One table: what a world costs in bytes and in CPU, for each named world.
//!
//! `cargo run --release -p tickwire-benches --bin table [-- --json FILE]`

use std::process::ExitCode;

use tickwire_benches::{
    clock::timed,
    recording::Recording,
    worlds::{arena, record_all},
};
use tickwire_shared::{
    codec::{Decoder, Encoder, Priors, model},
    rows::Rows,
};

fn main() -> ExitCode {
    println!("codec, one viewer, previous-tick baseline");
    println!(
        "{:<8} {:>8} {:>10} {:>12} {:>12} {:>12} {:>10}",
        "world", "rows", "updates", "bytes/tick", "bytes/update", "encode µs", "decode µs"
    );
    for recording in record_all(2838) {
        codec_row(&recording);
    }
    println!("\nroom of the arena, everything but the sockets");
    println!(
        "{:<8} {:>10} {:>12} {:>12} {:>16} {:>18}",
        "players", "frame B", "bytes/update", "tick µs", "µs/client-tick", "updates/core-s"
    );
    for players in [8, 16, 64, 200] {
        room_row(players);
    }
    ExitCode::SUCCESS
}

fn codec_row(recording: &Recording) {
    let layout = &recording.layout;
    let priors = Priors::new(layout, model::BUILTIN).expect("the built-in table fits");
    let mut encoder = Encoder::default();
    let (mut bytes, mut ends, mut updates) = (Vec::new(), Vec::new(), 0u64);
    let pairs = || recording.ticks.windows(2);
    let ((), encode) = timed(|| {
        for pair in pairs() {
            let encoded = encoder.encode(layout, &priors, (&pair[0], 1), &pair[1], &mut bytes);
            updates += u64::from(encoded.updates);
            ends.push((bytes.len(), encoded.as_predicted));
        }
    });
    let (mut decoder, mut rows) = (Decoder::default(), Rows::default());
    let ((), decode) = timed(|| {
        let mut start = 0;
        for (pair, (end, as_predicted)) in pairs().zip(&ends) {
            if *as_predicted {
                decoder.advance(layout, (&pair[0], 1), &mut rows);
            } else {
                decoder
                    .decode(layout, &priors, (&pair[0], 1), &bytes[start..*end], &mut rows)
                    .expect("what was encoded can be decoded");
            }
            assert_eq!(rows, pair[1]);
            start = *end;
        }
    });
    let ticks = ends.len() as f64;
    println!(
        "{:<8} {:>8} {:>10.1} {:>12.1} {:>12.2} {:>12.1} {:>10.1}",
        recording.name,
        recording.ticks[0].len(),
        updates as f64 / ticks,
        bytes.len() as f64 / ticks,
        bytes.len() as f64 / updates as f64,
        encode.as_secs_f64() * 1e6 / ticks,
        decode.as_secs_f64() * 1e6 / ticks,
    );
}

fn room_row(players: usize) {
    let mut session = arena::session(players, 2);
    (0..150).for_each(|_| session.tick());
    session.reset();
    (0..600).for_each(|_| session.tick());
    let tally = session.tally;
    let cpu = tally.server_cpu.as_secs_f64();
    println!(
        "{:<8} {:>10.1} {:>12.2} {:>12.1} {:>16.2} {:>18.0}",
        players,
        tally.payload_bytes as f64 / tally.frames as f64,
        tally.payload_bytes as f64 / tally.updates as f64,
        cpu * 1e6 / tally.ticks as f64,
        cpu * 1e6 / tally.frames as f64,
        tally.updates as f64 / cpu,
    );
}
