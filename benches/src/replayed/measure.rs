//! Playing a recording once: CPU time, bytes and allocations of its ticks.

use std::{fs::File, io::BufReader, path::Path};

use serde::{Deserialize, Serialize};
use tickwire_games::{arena::Arena, field::Field};
use tickwire_recording::{Header, Recording};
use tickwire_room::{HostedRoom, Poll, Room, RoomConfig};
use tickwire_shared::{Game, PlayerId, build::Build, message::ClientMessage};

use crate::clock::timed;

/// What a recording came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Which build played it; nothing of earlier ones is known.
    #[serde(default)]
    pub build: Build,
    /// The game.
    pub game: String,
    /// Ticks that were played.
    pub ticks: u64,
    /// Views that were made, summed over ticks: one for each player that was in when the chunk began.
    #[serde(default)]
    pub views: u64,
    /// Frames that were made of them.
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
        build: tickwire_shared::this_build!(),
        game: recording.header().game.clone(),
        ticks: 0,
        views: 0,
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
        let mut taken = Taken::open(room.as_mut())?;
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
    /// For all players that there are.
    fn open(room: &mut dyn HostedRoom) -> Result<Self, String> {
        let mut players = Vec::new();
        room.players(&mut |player| {
            if !player.spectator {
                players.push(player.id);
            }
        });
        let like = |player: &PlayerId| room.handle_observe(Some(*player));
        let observers = players.iter().map(like).collect::<Result<_, _>>();
        let observers = observers.map_err(|refused| format!("not all can be seen: {refused:?}"))?;
        Ok(Taken { observers, frame: Vec::new(), said: Vec::new() })
    }

    /// Plays a tick and makes its frames; true at the end of the chunk.
    fn tick(&mut self, room: &mut dyn HostedRoom, to: &mut Measured) -> Result<bool, String> {
        let Some(replayed) = room.replay().map_err(|error| error.to_string())? else {
            return Ok(true);
        };
        to.ticks += 1;
        to.views += self.observers.len() as u64;
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
        max_observers: header.max_players,
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

#[cfg(test)]
mod tests {
    use std::fs;

    use tickwire_recording::{Ending, Why, Writer};
    use tickwire_room::{Newcomer, log_span};

    use super::*;

    /// A recording of an arena of so many players, who do nothing.
    fn recorded(players: u32, path: &Path) {
        let config = RoomConfig::new("TAPES", Arena::TICK_HZ, 3);
        let mut room = Room::<Arena>::new(config, &Default::default());
        for _ in 0..players {
            room.handle_join(&Newcomer::named("bench")).expect("there is a place");
        }
        let config = room.config().clone();
        let header = Header {
            server: String::new(),
            game: Arena::NAME.to_owned(),
            schema_hash: room.schema_hash(),
            room: config.code,
            tick_hz: config.tick_hz,
            seed: config.seed,
            hash_interval: config.hash_interval,
            rewind: config.rewind,
            max_players: config.max_players,
            started: 0,
            why: Why::Recording,
        };
        let mut writer =
            Writer::new(File::create(path).expect("a file"), &header).expect("a header");
        let mut chunk = Vec::new();
        for _ in 0..1000 {
            room.tick();
            chunk.clear();
            if room.take_chunk(&mut chunk) {
                let (first, last) = log_span(&chunk).expect("it has ticks");
                writer.chunk(first, last, &chunk).expect("it is written");
            }
        }
        writer.end(room.now(), Ending::Closed).expect("it is written");
    }

    #[test]
    fn the_frames_of_all_players_are_made_however_many_there_are() {
        let path = std::env::temp_dir().join(format!("tickwire-seen-{}.twrec", std::process::id()));
        let seen = |players| {
            recorded(players, &path);
            let measured = measure(&path, &|work| {
                work();
                0
            });
            measured.expect("it is played")
        };
        let (few, many) = (seen(2), seen(11));
        fs::remove_file(&path).expect("it was there");
        assert!(few.ticks > 100 && few.ticks == many.ticks, "{few:?}");
        // In the first chunk nobody was there when it began.
        assert!(few.views > few.ticks && 2 * many.views == 11 * few.views, "{few:?} {many:?}");
        for measured in [&few, &many] {
            assert!(measured.frames > 0 && measured.frames <= measured.views, "{measured:?}");
            assert!(measured.hashes_verified > 10 && measured.hash_mismatches == 0);
        }
        assert!(many.frames > 4 * many.ticks, "more than four see it: {many:?}");
    }
}
