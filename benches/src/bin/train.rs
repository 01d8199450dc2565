//! Trains the built-in table of priors from the shipped worlds, and writes it.
//!
//! `cargo run --release -p tickwire-benches --bin train -- assets/priors/builtin.bin`
//!
//! The table holds two bytes for each kind of modelled bit: the probability of
//! zero in 1/256ths and how much evidence that stands for. The recorded cubes
//! are never trained on, so that they remain a fair test.

use std::{collections::BTreeMap, process::ExitCode};

use tickwire_benches::{
    recording::Recording,
    worlds::{arena, drift, record_drift},
};
use tickwire_shared::{
    codec::{Encoder, Priors, encode::BitSink, model::TABLE_BITS},
    rows::Rows,
};

/// Evidence is capped here, so that a world unlike those trained on can still have its way.
const MOST_EVIDENCE: f64 = 2.0;
/// Gaps that are trained besides the keyframe: most frames follow on the one before.
const GAPS: [(usize, f64); 4] = [(1, 1.0), (2, 0.05), (4, 0.05), (12, 0.05)];

struct Counts {
    zeros_and_ones: Vec<[f64; 2]>,
    priors: Priors,
    weight: f64,
}

impl BitSink for Counts {
    fn bit(&mut self, model: usize, bit: bool) {
        let entry = self.priors.table_entry(model);
        self.zeros_and_ones[entry][usize::from(bit)] += self.weight;
    }

    fn raw(&mut self, _value: u32, _count: u32) {}
}

fn count(recording: &Recording, table: &[u8]) -> Vec<[f64; 2]> {
    let priors = Priors::new(&recording.layout, table).expect("the table has its length");
    let mut counts = Counts { zeros_and_ones: vec![[0.0; 2]; TABLE_BITS], priors, weight: 1.0 };
    let mut encoder = Encoder::default();
    let layout = &recording.layout;
    for (gap, weight) in GAPS {
        counts.weight = weight;
        for pair in recording.ticks.windows(gap + 1) {
            let priors = counts.priors.clone();
            encoder.encode_into(layout, &priors, (&pair[0], gap as u32), &pair[gap], &mut counts);
        }
    }
    counts.weight = 0.1;
    for rows in recording.ticks.iter().step_by(10) {
        let priors = counts.priors.clone();
        encoder.encode_into(layout, &priors, (Rows::EMPTY, 0), rows, &mut counts);
    }
    counts.zeros_and_ones
}

/// One entry: the probability of zero, and evidence that grows with how often it was seen.
fn entry([zeros, ones]: [f64; 2]) -> [u8; 2] {
    let all = zeros + ones;
    let p0 = (zeros + 0.4) / (all + 0.8);
    [(p0 * 256.0).clamp(0.0, 255.0) as u8, all.min(MOST_EVIDENCE) as u8]
}

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: train OUT.bin");
        return ExitCode::from(2);
    };
    let even = [128, 0].repeat(TABLE_BITS);
    let mut recordings: BTreeMap<&str, Recording> = drift::WORLDS
        .iter()
        .map(|(name, config)| (*name, record_drift(name, config, 200)))
        .collect();
    for (name, players, seed) in [("arena 8", 8, 11), ("arena 24", 24, 12), ("arena 64", 64, 13)] {
        recordings.insert(name, arena::record(players, 1500, seed));
    }
    let mut total = vec![[0.0; 2]; TABLE_BITS];
    for (name, recording) in &recordings {
        eprintln!("{name}: {} ticks", recording.ticks.len());
        let counts = count(recording, &even);
        // Every world counts alike, however much happens in it.
        let all: f64 = counts.iter().flatten().sum();
        for (total, counts) in total.iter_mut().zip(counts) {
            total[0] += counts[0] / all * 1e6;
            total[1] += counts[1] / all * 1e6;
        }
    }
    let table: Vec<u8> = total.into_iter().flat_map(entry).collect();
    match std::fs::write(&path, &table) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{path} cannot be written: {error}");
            ExitCode::FAILURE
        }
    }
}
