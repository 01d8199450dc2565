//! A chunk's keyframe: who is there, and the whole world.

use serde::{Deserialize, Serialize};
use tickwire_shared::{PlayerId, Tick, control, control::SaveError, frame::Reader};

use super::LogError;

/// The version of the format.
const VERSION: u8 = 1;

/// What stands before the world.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Head {
    /// The hash of the game's schema.
    pub(crate) schema: u32,
    /// The last tick made.
    pub(crate) tick: Tick,
    /// The number of the next player who comes in.
    pub(crate) next_player: u32,
    /// The world hash.
    pub(crate) hash: u64,
    /// The players, in order of joining.
    pub(crate) players: Vec<Present>,
}

/// A player that is there.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Present {
    pub(crate) id: PlayerId,
    pub(crate) name: Box<str>,
    pub(crate) spectator: bool,
}

/// More players than this are not let in at once.
pub(crate) const MAX_PLAYERS: usize = 1 << 14;

/// Writes a keyframe to `out`, and says where in it the world begins.
pub(crate) fn write<G: Serialize>(
    head: &Head,
    game: &G,
    out: &mut Vec<u8>,
) -> Result<usize, SaveError> {
    out.push(VERSION);
    write_part(head, out)?;
    write_part(game, out)
}

/// Writes a value behind its length, and says where it begins.
fn write_part<T: Serialize>(value: &T, out: &mut Vec<u8>) -> Result<usize, SaveError> {
    out.extend_from_slice(&[0; 4]);
    let start = out.len();
    control::save(value, out)?;
    let length = (out.len() - start) as u32;
    out[start - 4..start].copy_from_slice(&length.to_le_bytes());
    Ok(start)
}

/// Reads a keyframe: its head, its world, and what follows.
pub(crate) fn read(chunk: &[u8]) -> Result<(Head, &[u8], &[u8]), LogError> {
    let mut reader = Reader(chunk);
    let version = reader.byte()?;
    if version != VERSION {
        return Err(LogError::Version(version));
    }
    let head = read_part(&mut reader)?;
    let head: Head = control::load(head).map_err(LogError::Head)?;
    if let Some(pair) = head.players.windows(2).find(|pair| pair[0].id >= pair[1].id) {
        return Err(LogError::Player(pair[1].id));
    }
    if let Some(player) = head.players.get(MAX_PLAYERS) {
        return Err(LogError::Player(player.id));
    }
    let world = read_part(&mut reader)?;
    Ok((head, world, reader.0))
}

fn read_part<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], LogError> {
    let length = reader.u32()? as usize;
    Ok(reader.take(length)?)
}
