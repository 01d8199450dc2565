//! `cubes`: 901 physics cubes at 60 Hz, recorded by Glenn Fiedler for his articles on
//! snapshot compression.
//!
//! Each frame of the recording is 901 cubes of eight little-endian 32-bit integers:
//! largest quaternion component, the three others (9 bits), x, y, z, interacting.

use std::{io::Read, path::Path};

use tickwire_shared::{
    EntityId,
    codec::Layout,
    rows::Rows,
    schema::{FieldType, Kind, Predict, Schema},
};

use super::public;

/// Ticks a second.
pub const TICK_HZ: u32 = 60;
const CUBES: usize = 901;
const CUBE_BYTES: usize = 32;
/// Positions are in 1/512 units within ±256 units across and 0 to 32 units up.
const ACROSS: i64 = 256 * 512;
const UP: i64 = 32 * 512;

/// The cubes' schema.
#[must_use]
pub fn schema() -> Schema {
    let across = || FieldType::Int { min: -ACROSS, max: ACROSS };
    let fields = vec![
        public("x", across(), Predict::Linear),
        public("y", across(), Predict::Linear),
        public("z", FieldType::Int { min: 0, max: UP }, Predict::Linear),
        public("turn", FieldType::Quat { bits: 9 }, Predict::Linear),
        public("interacting", FieldType::Bool, Predict::Hold),
    ];
    let input = Kind { name: "input".into(), fields: Vec::new() };
    let kinds = vec![Kind { name: "cube".into(), fields }];
    Schema { game: "cubes".into(), kinds, input, messages: Vec::new(), requests: Vec::new() }
}

/// Reads a recording, one [`Rows`] a tick, or says why it cannot.
///
/// # Errors
/// Whatever opening, unpacking or the recording's length has against it.
pub fn load(path: &Path, layout: &Layout) -> std::io::Result<Vec<Rows>> {
    let mut bytes = Vec::new();
    let file = std::io::BufReader::new(std::fs::File::open(path)?);
    lzma_rust2::XzReader::new(file, true).read_to_end(&mut bytes)?;
    let mut ticks: Vec<Rows> = Vec::new();
    for frame in bytes.chunks_exact(CUBES * CUBE_BYTES) {
        let rows = read_frame(frame, ticks.last(), layout);
        ticks.push(rows);
    }
    Ok(ticks)
}

fn read_frame(frame: &[u8], before: Option<&Rows>, layout: &Layout) -> Rows {
    let mut rows = Rows::default();
    for (slot, cube) in frame.chunks_exact(CUBE_BYTES).enumerate() {
        let id = EntityId::new(0, slot as u16, 0);
        rows.push_still(id, &read_cube(cube), layout.kinds[0].motions);
    }
    if let Some(before) = before {
        rows.derive_motion(layout, before);
    }
    rows
}

fn read_cube(bytes: &[u8]) -> [u32; 8] {
    let word = |index: usize| {
        i32::from_le_bytes(bytes[index * 4..index * 4 + 4].try_into().expect("four bytes"))
    };
    let offset = |value: i32, by: i64| (i64::from(value) + by) as u32;
    [
        offset(word(4), ACROSS),
        offset(word(5), ACROSS),
        word(6) as u32,
        word(0) as u32,
        word(1) as u32,
        word(2) as u32,
        word(3) as u32,
        u32::from(word(7) != 0),
    ]
}
