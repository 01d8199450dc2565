//! Worlds to measure with: each is a game or a recording, the same on every run.
//!
//! | name | what it is |
//! |---|---|
//! | `sparse` | 1,000 entities of which a twentieth move |
//! | `crowd` | 1,000 entities that all move and turn |
//! | `churn` | 500 entities of which a fifth are replaced each tick |
//! | `arena` | the arena with 64 pilots |
//! | `field` | the field with wanderers; a session only, for no client holds all of it |
//! | `tumble` | a few hundred cubes that fall, bounce, roll and come to rest |
//! | `noise` | every field another at random each tick |
//! | `cubes` | the recorded cubes, if the recording is there |
//! | `r1` | ships as plain numbers; for traces only |
//! | [`replay`] | entities that all move, simulated beforehand; for sessions only |

pub mod arena;
pub mod cubes;
pub mod drift;
pub mod field;
pub mod noise;
pub mod r1;
pub mod replay;
pub mod tumble;

use std::path::Path;

use tickwire_shared::{
    codec::Layout,
    schema::{Audience, Field, FieldType, Predict},
};

use crate::recording::Recording;

/// Where the recorded cubes are looked for, from the workspace's root.
pub const CUBES: &str = "../shared/data/cubes_dev.bin.xz";

/// A field that everybody sees, for worlds whose schema is not derived from types.
fn public(name: &str, ty: FieldType, predict: Predict) -> Field {
    Field { name: name.into(), ty, predict, audience: Audience::Public }
}

/// Records every world that there is for `ticks` ticks.
#[must_use]
pub fn record_all(ticks: usize) -> Vec<Recording> {
    let mut all: Vec<Recording> =
        drift::WORLDS.iter().map(|(name, config)| record_drift(name, config, ticks)).collect();
    all.push(arena::record(64, ticks, 1));
    all.push(tumble::record(20, false, 3, ticks));
    all.push(noise::record(200, 1, ticks.min(100)));
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
    let layout = Layout::new(&schema, Audience::Public, 60);
    match cubes::load(&root.join(CUBES), &layout) {
        Ok(mut rows) => {
            rows.truncate(ticks);
            Some(Recording::public("cubes", schema, layout, rows))
        }
        Err(error) => {
            eprintln!("cubes: left out, {CUBES} cannot be read: {error}");
            None
        }
    }
}

/// Records the world that a description names, such as `world:arena:players=64:seed=11:ticks=1500`.
///
/// # Errors
/// A sentence that says what is wrong with the description.
pub fn named(description: &str) -> Result<Recording, String> {
    let mut parts = description.split(':');
    let (Some("world"), Some(name)) = (parts.next(), parts.next()) else {
        return Err(format!("{description:?} is not of the form world:NAME:KEY=VALUE:..."));
    };
    let mut settings = Settings { players: 64, side: 20, split: 0, seed: 1, ticks: 1000 };
    for part in parts {
        let value = part.split_once('=').and_then(|(key, value)| {
            *settings.of(key)? = value.parse().ok()?;
            Some(())
        });
        value.ok_or_else(|| {
            format!("{part:?} is none of players, side, split, seed and ticks with a number")
        })?;
    }
    let Settings { players, side, split, seed, ticks } = settings;
    let ticks = ticks as usize;
    if let Some((_, config)) = drift::WORLDS.iter().find(|(known, _)| *known == name) {
        return Ok(record_drift(name, config, ticks));
    }
    match name {
        "arena" => Ok(arena::record(players as usize, ticks, seed)),
        "tumble" => Ok(tumble::record(side as u32, split != 0, seed, ticks)),
        _ => Err(format!(
            "no world is called {name:?}; there are sparse, crowd, churn, arena and tumble"
        )),
    }
}

/// What a description can set.
struct Settings {
    players: u64,
    side: u64,
    split: u64,
    seed: u64,
    ticks: u64,
}

impl Settings {
    fn of(&mut self, key: &str) -> Option<&mut u64> {
        match key {
            "players" => Some(&mut self.players),
            "side" => Some(&mut self.side),
            "split" => Some(&mut self.split),
            "seed" => Some(&mut self.seed),
            "ticks" => Some(&mut self.ticks),
            _ => None,
        }
    }
}
