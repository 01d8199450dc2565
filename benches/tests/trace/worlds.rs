//! The named worlds as traces: they take exactly what they take without the way round.

use std::io::Write;

use tickwire_benches::{
    recording::Recording,
    trace::{Report, export::TraceWriter, measure},
    worlds::{CUBES, arena, drift, r1, record_cubes, record_drift},
};
use tickwire_shared::{
    codec::{Encoder, Priors, model},
    rows::Rows,
};

/// What `--bin table` counts: every tick at the baseline of the one before.
fn table_bytes(recording: &Recording) -> u64 {
    let layout = &recording.layout;
    let priors = Priors::new(layout, model::BUILTIN).expect("the table fits");
    let (mut encoder, mut bytes) = (Encoder::default(), Vec::new());
    for pair in recording.ticks.windows(2) {
        encoder.encode(layout, &priors, (&pair[0], 1), &pair[1], &mut bytes);
    }
    bytes.len() as u64
}

/// A trace does not say how things moved before it began, nor so what was expected at first.
fn forget_how_it_moved(recording: &mut Recording) {
    let layout = &recording.layout;
    let still = |rows: &Rows| {
        let mut still = Rows::default();
        rows.iter(layout).for_each(|row| still.push_still(row.id, row.values, row.motion.len()));
        still
    };
    let first = still(&recording.ticks[0]);
    let mut second = still(&recording.ticks[1]);
    second.derive_motion(layout, &first);
    (recording.ticks[0], recording.ticks[1]) = (first, second);
}

fn traced(recording: &Recording, hz: u32) -> Report {
    let mut bytes = Vec::new();
    let mut trace = TraceWriter::new(&mut bytes, &recording.schema, hz).expect("memory is there");
    for (tick, rows) in (1..).zip(&recording.ticks) {
        trace.rows(tick, rows).unwrap_or_else(|error| panic!("{error}"));
    }
    trace.finish().expect("memory is there");
    measure(&bytes[..], &recording.name, None, |_| {}).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_drifting_world_takes_as_a_trace_what_it_takes_in_the_table() {
    for (name, config) in &drift::WORLDS[..2] {
        let mut recording = record_drift(name, config, 10);
        forget_how_it_moved(&mut recording);
        assert_eq!(traced(&recording, 30).bytes, table_bytes(&recording), "{name}");
    }
}

#[test]
fn worlds_whose_entities_come_and_go_take_nearly_the_same() {
    let (name, config) = &drift::WORLDS[2];
    for mut recording in [record_drift(name, config, 40), arena::record(16, 200, 1)] {
        forget_how_it_moved(&mut recording);
        // Slots are given anew, so who comes in may stand in another order.
        let (traced, table) = (traced(&recording, 30).bytes as f64, table_bytes(&recording) as f64);
        let ratio = traced / table;
        assert!((0.98..1.02).contains(&ratio), "{}: {traced} against {table}", recording.name);
    }
}

#[test]
fn the_recorded_cubes_take_as_a_trace_what_they_take_in_the_table() {
    // Where the most happens, and where rotations have two parts that are nearly equal.
    let Some(mut cubes) = record_cubes(220) else {
        // Not `eprintln!`: the line must be seen although the test passes.
        let _ = writeln!(std::io::stderr(), "SKIPPED the cubes: {CUBES} is not there");
        return;
    };
    cubes.ticks.drain(..180);
    forget_how_it_moved(&mut cubes);
    assert_eq!(traced(&cubes, 60).bytes, table_bytes(&cubes));
}

#[test]
fn ships_as_plain_numbers_are_a_trace() {
    let mut bytes = Vec::new();
    let mut trace = TraceWriter::new(&mut bytes, &r1::schema(), 30).expect("memory is there");
    let mut world = r1::R1::new(16, 3);
    for tick in 1..=100 {
        world.step();
        let ships: Vec<_> = (0..).zip(world.ships()).map(|(id, ship)| (id, "ship", ship)).collect();
        trace.entities(tick, &ships).expect("memory is there");
    }
    trace.finish().expect("memory is there");
    let report = measure(&bytes[..], "r1", None, |_| {}).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((report.ticks, report.entities_most), (100, 16));
    assert!(report.fields.iter().all(|field| field.clamped == 0));
    // All of them move and most of them turn in every tick.
    assert!(report.updates > 15 * 99, "{}", report.updates);
}
