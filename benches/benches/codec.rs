//! The segment codec over the named worlds: deltas and keyframes, both ways.
//!
//! Criterion measures wall time; on a busy machine trust ratios within one run,
//! or the table (`--bin table`), which counts CPU time.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tickwire_benches::{recording::Recording, worlds::record_all};
use tickwire_shared::{
    codec::{Decoder, Encoder, Priors, model},
    rows::Rows,
};

/// Ticks of each world that a benchmark goes round in.
const TICKS: usize = 200;

struct Bench {
    recording: Recording,
    priors: Priors,
    at: usize,
}

impl Bench {
    fn new(recording: Recording) -> Self {
        let priors = Priors::new(&recording.layout, model::BUILTIN).expect("the table fits");
        Bench { recording, priors, at: 0 }
    }

    /// Moves on to the next two consecutive ticks and encodes the later one.
    fn encode_next(&mut self, encoder: &mut Encoder, out: &mut Vec<u8>) {
        self.at = (self.at + 1) % (self.recording.ticks.len() - 1);
        let ticks = &self.recording.ticks;
        self.encode(encoder, (&ticks[self.at], 1), black_box(&ticks[self.at + 1]), out);
    }

    fn encode(&self, encoder: &mut Encoder, baseline: (&Rows, u32), now: &Rows, out: &mut Vec<u8>) {
        encoder.encode(&self.recording.layout, &self.priors, baseline, now, out);
    }
}

fn codec(criterion: &mut Criterion) {
    for recording in record_all(TICKS) {
        let rows = recording.ticks[0].len() as u64;
        let name = recording.name.clone();
        let mut group = criterion.benchmark_group("codec");
        group.throughput(Throughput::Elements(rows));
        let mut bench = Bench::new(recording);
        let (mut encoder, mut decoder) = (Encoder::default(), Decoder::default());
        let (mut bytes, mut rows) = (Vec::new(), Rows::default());
        group.bench_function(BenchmarkId::new("encode", &name), |bencher| {
            bencher.iter(|| {
                bytes.clear();
                bench.encode_next(&mut encoder, &mut bytes);
            });
        });
        let (old, now) = (bench.recording.ticks[7].clone(), bench.recording.ticks[8].clone());
        for (what, baseline) in [("decode", (&old, 1)), ("decode keyframe", (Rows::EMPTY, 0))] {
            bytes.clear();
            bench.encode(&mut encoder, baseline, &now, &mut bytes);
            group.bench_function(BenchmarkId::new(what, &name), |bencher| {
                let layout = &bench.recording.layout;
                bencher.iter(|| {
                    decoder
                        .decode(layout, &bench.priors, baseline, black_box(&bytes), &mut rows)
                        .expect("what was encoded can be decoded");
                });
            });
        }
        group.bench_function(BenchmarkId::new("keyframe", &name), |bencher| {
            bencher.iter(|| {
                bytes.clear();
                bench.encode(&mut encoder, (Rows::EMPTY, 0), black_box(&now), &mut bytes);
            });
        });
    }
}

criterion_group!(benches, codec);
criterion_main!(benches);
