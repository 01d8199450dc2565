//! The sizes that we promise, counted in bytes and so the same on every machine.

use std::io::Write;

use tickwire_benches::{
    recording::Recording,
    worlds::{CUBES, arena, noise, record_cubes},
};
use tickwire_shared::codec::{BUILTIN, Encoder, Priors};

/// Bytes a tick at the baseline of the tick before, with the built-in priors.
fn bytes_a_tick(recording: &Recording) -> f64 {
    let priors = Priors::new(&recording.layout, BUILTIN).expect("the built-in priors fit");
    let (mut encoder, mut bytes) = (Encoder::default(), Vec::new());
    for pair in recording.ticks.windows(2) {
        encoder.encode(&recording.layout, &priors, (&pair[0], 1), &pair[1], &mut bytes);
    }
    bytes.len() as f64 / (recording.ticks.len() - 1) as f64
}

#[test]
fn the_recorded_cubes_take_at_most_185_bytes_a_packet() {
    let Some(cubes) = record_cubes(usize::MAX) else {
        // Not `eprintln!`: the line must be seen although the test passes.
        let _ = writeln!(std::io::stderr(), "SKIPPED the cubes: {CUBES} is not there");
        return;
    };
    let bytes = bytes_a_tick(&cubes);
    assert!(bytes <= 185.0, "{bytes:.1} bytes a packet");
}

#[test]
fn the_arena_with_64_players_takes_at_most_1_2_bytes_an_entity_update() {
    let mut session = arena::session(64, 2);
    (0..150).for_each(|_| session.tick());
    session.reset();
    (0..600).for_each(|_| session.tick());
    let tally = session.tally;
    assert!(tally.hashes > 4000, "every client checked its hashes");
    // All of the payload counts: headers, messages and what only owners see.
    let bytes = tally.payload_bytes as f64 / tally.updates as f64;
    assert!(bytes <= 1.2, "{bytes:.2} bytes an entity update");
}

#[test]
fn white_noise_expands_by_at_most_3_percent() {
    let recording = noise::record(500, 1, 40);
    let raw = f64::from(noise::raw_bits(&recording.schema)) * 500.0 / 8.0;
    let share = bytes_a_tick(&recording) / raw;
    assert!(share <= 1.03, "{:.2}% more than the raw bits", (share - 1.0) * 100.0);
}
