//! Playing a recording once: CPU time, bytes and allocations of its ticks.

use std::{fs::File, io::BufReader, path::Path};

use serde::{Deserialize, Serialize};
use tickwire_games::{arena::Arena, field::Field};
use tickwire_recording::{Header, Recording};
use tickwire_room::{HostedRoom, Poll, Room, RoomConfig};
use tickwire_shared::{Game, PlayerId, message::ClientMessage};

use crate::clock::timed;

/// Of so many players at most the frames are made: a room takes no more observers.
pub const MOST_EYES: usize = 4;

/// What a recording came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The game.
    pub game: String,
    /// Ticks that were played.
    pub ticks: u64,
    /// Frames that were made, one a tick for each of the first players of a chunk.
    pub frames: u64,
    /// Hashes of the world that held.
    pub hashes_verified: u64,
    /// Hashes that did not: what was measured is then another game.
    pub hash_mismatches: u64,
    /// The CPU time of ticks, their frames included, in microseconds.
    pub cpu_us: f64,
    /// The bytes of all frames.
    pub bytes: u64,
    /// How often memory was asked for.
    pub allocations: u64,
}

/// Counts how often what it is given asks for memory. There is one of these for a whole program, so it is
/// the program's.
pub type Allocations<'a> = &'a dyn Fn(&mut dyn FnMut()) -> u64;

/// Plays a whole recording.
///
/// # Errors
/// What is wrong with the file.
pub fn measure(path: &Path, allocations: Allocations<'_>) -> Result<Measured, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let recording = Recording::open(BufReader::new(file));
    let mut recording = recording.map_err(|error| error.to_string())?;
    let mut room = room(recording.header())?;
    let mut measured = Measured {
        game: recording.header().game.clone(),
        ticks: 0,
        frames: 0,
        hashes_verified: 0,
        hash_mismatches: 0,
        cpu_us: 0.0,
        bytes: 0,
        allocations: 0,
    };
    for index in 0..recording.chunks().len() {
        let chunk = recording.read_chunk(index).map_err(|error| error.to_string())?;
        room.load(&chunk).map_err(|error| error.to_string())?;
        let mut taken = Taken::open(room.as_mut());
        let mut ended = Ok(false);
        while ended == Ok(false) {
            let (asked, took) =
                timed(|| allocations(&mut || ended = taken.tick(room.as_mut(), &mut measured)));
            // The end of a chunk is no tick.
            if ended == Ok(false) {
                measured.cpu_us += took.as_secs_f64() * 1e6;
                measured.allocations += asked;
            }
        }
        ended?;
        taken.close(room.as_mut());
    }
    Ok(measured)
}

/// The frames of a room, as they are made.
struct Taken {
    observers: Vec<PlayerId>,
    frame: Vec<u8>,
    said: Vec<u8>,
}

impl Taken {
    /// For the first players that there are.
    fn open(room: &mut dyn HostedRoom) -> Self {
        let mut players = Vec::new();
        room.players(&mut |player| {
            if !player.spectator && players.len() < MOST_EYES {
                players.push(player.id);
            }
        });
        let like = |player: &PlayerId| room.handle_observe(Some(*player)).ok();
        let observers = players.iter().filter_map(like).collect();
        Taken { observers, frame: Vec::new(), said: Vec::new() }
    }

    /// Plays a tick and makes its frames; true at the end of the chunk.
    fn tick(&mut self, room: &mut dyn HostedRoom, to: &mut Measured) -> Result<bool, String> {
        let Some(replayed) = room.replay().map_err(|error| error.to_string())? else {
            return Ok(true);
        };
        to.ticks += 1;
        if let Some(check) = replayed.check {
            to.hashes_verified += u64::from(check.holds());
            to.hash_mismatches += u64::from(!check.holds());
        }
        for observer in &self.observers {
            self.frame.clear();
            if room.poll_frame(*observer, &mut self.frame) == Poll::Frame {
                to.frames += 1;
                to.bytes += self.frame.len() as u64;
                self.said.clear();
                ClientMessage::Ack(room.now()).write(&mut self.said);
                room.handle_message(*observer, &self.said).map_err(|error| error.to_string())?;
            }
        }
        while room.poll_event().is_some() {}
        Ok(false)
    }

    fn close(self, room: &mut dyn HostedRoom) {
        self.observers.into_iter().for_each(|observer| room.handle_leave(observer));
    }
}

fn room(header: &Header) -> Result<Box<dyn HostedRoom>, String> {
    let config = RoomConfig {
        hash_interval: header.hash_interval,
        rewind: header.rewind,
        max_players: header.max_players,
        keyframe_ticks: 0,
        ..RoomConfig::new(&header.room, header.tick_hz, header.seed)
    };
    let room: Box<dyn HostedRoom> = match header.game.as_str() {
        Arena::NAME => Box::new(Room::<Arena>::new(config, &Default::default())),
        Field::NAME => Box::new(Room::<Field>::new(config, &Default::default())),
        other => return Err(format!("this program has no game {other:?}")),
    };
    match room.schema_hash() == header.schema_hash {
        true => Ok(room),
        false => Err(format!("it was made by a build of {:?} with another schema", header.game)),
    }
}
