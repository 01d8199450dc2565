//! A game, a room and clients in one thread, on virtual time.

#![allow(dead_code, unused_imports, reason = "each test file uses a part of this")]
#![allow(missing_docs, reason = "nobody reads the documentation of tests")]

pub mod drift;
pub mod fake;
pub mod world;

pub use drift::Drift;
pub use world::{World, config};

use tickwire_shared::{
    Game,
    frame::{FrameHeader, read_header},
    record::RecordLayout,
};

/// The frame `lie` under the hash of the frame `truth`; both are of [`Drift`].
pub fn forge(truth: &[u8], lie: &[u8]) -> Vec<u8> {
    let records: Vec<_> = Drift::schema().messages.iter().map(RecordLayout::new).collect();
    let (header, _) = read_header(truth, &records).unwrap();
    let hash = header.hash;
    let (header, rest) = read_header(lie, &records).unwrap();
    let mut forged = Vec::new();
    FrameHeader { hash, ..header }.write(&mut forged);
    forged.extend_from_slice(rest.0);
    forged
}

/// SplitMix64, so that every run of a test is the same.
#[derive(Clone, Debug)]
pub struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    pub fn below(&mut self, count: u64) -> u64 {
        self.next() % count
    }
}
