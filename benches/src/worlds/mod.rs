//! Worlds to measure with: each is a game or a recording, the same on every run.
//!
//! | name | what it is |
//! |---|---|
//! | `sparse` | 1,000 entities of which a twentieth move |
//! | `crowd` | 1,000 entities that all move and turn |
//! | `churn` | 500 entities of which a fifth are replaced each tick |
//! | `arena` | the arena with 64 pilots |
//! | `field` | the field with wanderers; a session only, for no client holds all of it |
//! | `cubes` | the recorded cubes, if the recording is there |
//! | `r1` | ships as plain numbers; for traces only |

pub mod arena;
pub mod cubes;
pub mod drift;
pub mod field;
pub mod r1;

use std::path::Path;

use tickwire_shared::{codec::Layout, schema::Audience};

use crate::recording::Recording;

/// Where the recorded cubes are looked for, from the workspace's root.
pub const CUBES: &str = "../shared/data/cubes_dev.bin.xz";

/// Records every world that there is for `ticks` ticks.
#[must_use]
pub fn record_all(ticks: usize) -> Vec<Recording> {
    let mut all: Vec<Recording> =
        drift::WORLDS.iter().map(|(name, config)| record_drift(name, config, ticks)).collect();
    all.push(arena::record(64, ticks, 1));
    all.extend(record_cubes(ticks));
    all
}

/// Records one of the drifting worlds.
#[must_use]
pub fn record_drift(name: &str, config: &drift::Config, ticks: usize) -> Recording {
    Recording::of(name, &mut drift::session(config, 1), ticks)
}

/// The recorded cubes' first ticks, or nothing with a line that says so.
#[must_use]
pub fn record_cubes(ticks: usize) -> Option<Recording> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
    let schema = cubes::schema();
    let layout = Layout::new(&schema, Audience::Public);
    match cubes::load(&root.join(CUBES), &layout) {
        Ok(mut rows) => {
            rows.truncate(ticks);
            Some(Recording { name: "cubes".into(), schema, layout, ticks: rows })
        }
        Err(error) => {
            eprintln!("cubes: left out, {CUBES} cannot be read: {error}");
            None
        }
    }
}
