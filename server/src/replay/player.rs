//! A recording and the room that it is played in.

use std::io::{self, Read, Seek};

use thiserror::Error;
use tickwire_recording::{Block, Header, Incident, Recording, RecordingError, Timing, Why};
use tickwire_room::{HostedRoom, LogError, Refusal, Replayed, RoomConfig};
use tickwire_shared::Tick;

use crate::{Games, games::RoomFactory, panics::quietly};

/// Why something cannot be played.
#[derive(Debug, Error)]
pub(super) enum ReplayError {
    /// The file cannot be opened, or the page not be served.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] RecordingError),
    /// A chunk makes no sense to the game.
    #[error("the log at tick {0}: {1}")]
    Log(Tick, LogError),
    /// The game panics when a chunk is loaded.
    #[error("the log at tick {0}: the game panics when it is loaded: {1}")]
    Panicked(Tick, String),
    /// It is of a game that this program does not have.
    #[error("it is of the game {0:?}, and this program has: {1}")]
    Game(String, String),
    /// It is of another version of the game.
    #[error("it was made by a build of {0:?} with another schema; play it with that one")]
    Schema(String),
    /// Nobody can look on.
    #[error("nobody can look on: {0}")]
    Observer(Refusal),
    /// There is nothing in it.
    #[error("it holds not one whole tick")]
    Empty,
    /// The ticks that were asked for end before they begin.
    #[error("tick {0}, to begin with, is behind tick {1}, to end with")]
    Backwards(Tick, Tick),
    /// A tick that was asked for is not in it.
    #[error("tick {asked} is not in it; it goes from {first} to {last}")]
    Tick {
        /// What was asked for.
        asked: Tick,
        /// The first tick that can be played.
        first: Tick,
        /// The last one.
        last: Tick,
    },
}

/// What the next tick came to.
pub(super) enum Played {
    /// It was made.
    Tick(Replayed),
    /// The chunk has no more.
    End,
    /// The game panicked, with this to say.
    Panicked(String),
}

/// A recording that is played.
pub(super) struct Player<R> {
    recording: Recording<R>,
    room: Box<dyn HostedRoom>,
    make: RoomFactory,
    /// The chunk that is loaded, by its place among all.
    loaded: Option<usize>,
}

impl<R: Read + Seek> Player<R> {
    /// Opens a recording for one of these games.
    pub(super) fn open(input: R, games: &Games) -> Result<Self, ReplayError> {
        let recording = Recording::open(input)?;
        let header = recording.header();
        let game = games.get(&header.game);
        let game = game.ok_or_else(|| ReplayError::Game(header.game.clone(), games.list()))?;
        let make = game.make.clone();
        let room = new_room(&make, header);
        if room.schema_hash() != header.schema_hash {
            return Err(ReplayError::Schema(header.game.clone()));
        }
        let player = Player { recording, room, make, loaded: None };
        // The game may have panicked before its first tick.
        let leads_on = player.is_of_panic() && !player.recording.chunks().is_empty();
        if player.has_ticks() || leads_on { Ok(player) } else { Err(ReplayError::Empty) }
    }

    /// Whether there is a whole tick in it.
    pub(super) fn has_ticks(&self) -> bool {
        self.recording.chunks().iter().any(|chunk| chunk.ticks() > 0)
    }

    /// Whether it was kept because the game panicked.
    pub(super) fn is_of_panic(&self) -> bool {
        let why = &self.recording.header().why;
        matches!(why, Why::Flight { reason: Incident::Panic, .. })
    }

    pub(super) fn recording(&self) -> &Recording<R> {
        &self.recording
    }

    pub(super) fn room(&mut self) -> &mut dyn HostedRoom {
        self.room.as_mut()
    }

    /// Whether a chunk is loaded.
    pub(super) fn is_loaded(&self) -> bool {
        self.loaded.is_some()
    }

    /// How long ticks took, where that was kept and can be read: the first tick, and one entry for each.
    pub(super) fn timings(&mut self) -> Option<(Tick, Vec<Timing>)> {
        self.recording.read_timings().ok().flatten()
    }

    /// The first tick that can be played, and the last one.
    pub(super) fn ends(&self) -> (Tick, Tick) {
        let chunks = self.recording.chunks();
        let ends = chunks.first().zip(chunks.last());
        let (first, last) = ends.expect("an empty recording is not opened");
        (first.first.next(), last.last)
    }

    /// The ticks that were asked for.
    pub(super) fn range(
        &self,
        from: Option<u32>,
        to: Option<u32>,
    ) -> Result<(Tick, Tick), ReplayError> {
        let (first, last) = self.ends();
        if from.is_none() && to.is_none() {
            return Ok((first, last));
        }
        let (from, to) = (from.map_or(first, Tick), to.map_or(last, Tick));
        let outside = |tick: Tick| tick.since(first) < 0 || tick.is_after(last);
        for asked in [from, to] {
            if outside(asked) {
                return Err(ReplayError::Tick { asked, first, last });
            }
        }
        if from.is_after(to) { Err(ReplayError::Backwards(from, to)) } else { Ok((from, to)) }
    }

    /// The chunk that makes a tick, by its place among all.
    pub(super) fn chunk_of(&self, tick: Tick) -> Option<usize> {
        let chunk = self.recording.chunk_of(tick.offset(-1))?;
        self.chunk(chunk).holds(tick).then_some(chunk)
    }

    pub(super) fn chunk(&self, index: usize) -> Block {
        self.recording.chunks()[index]
    }

    /// Makes the room what it was at a chunk's keyframe.
    pub(super) fn load(&mut self, index: usize) -> Result<(), ReplayError> {
        let bytes = self.recording.read_chunk(index)?;
        self.loaded = None;
        let first = self.chunk(index).first;
        let room = &mut self.room;
        match quietly(|| room.load(&bytes)) {
            Ok(loaded) => loaded.map_err(|error| ReplayError::Log(first, error))?,
            Err(what) => {
                self.begin_anew();
                return Err(ReplayError::Panicked(first, what));
            }
        };
        self.loaded = Some(index);
        Ok(())
    }

    /// Goes on with the next chunk, if it follows the loaded one without a gap.
    pub(super) fn load_next(&mut self) -> Result<bool, ReplayError> {
        let next = self.loaded.map_or(0, |index| index + 1);
        let follows = self.recording.chunks().get(next).map(|chunk| chunk.first);
        if follows != Some(self.room.now()) {
            return Ok(false);
        }
        self.load(next).map(|()| true)
    }

    /// Plays the next tick of the chunk that is loaded.
    pub(super) fn play(&mut self) -> Result<Played, ReplayError> {
        let room = &mut self.room;
        match quietly(|| room.replay()) {
            Ok(Ok(Some(replayed))) => Ok(Played::Tick(replayed)),
            Ok(Ok(None)) => Ok(Played::End),
            Ok(Err(error)) => {
                // Nor is there anything to be gone on with behind that.
                self.loaded = None;
                Err(ReplayError::Log(self.room.now(), error))
            }
            Err(what) => {
                self.begin_anew();
                Ok(Played::Panicked(what))
            }
        }
    }

    /// Asks the game what it was asked besides ticks, after the last of them; gives where it panics, and what it
    /// says then.
    pub(super) fn ask(&mut self) -> Option<(Tick, String)> {
        let room = &mut self.room;
        let now = room.now();
        let what = quietly(|| room.ask()).err()?;
        self.begin_anew();
        Some((now, what))
    }

    /// What a panic left behind is not to be gone on with.
    fn begin_anew(&mut self) {
        self.room = new_room(&self.make, self.recording.header());
        self.loaded = None;
    }
}

fn new_room(make: &RoomFactory, header: &Header) -> Box<dyn HostedRoom> {
    make(RoomConfig {
        hash_interval: header.hash_interval,
        rewind: header.rewind,
        max_players: header.max_players,
        // What is played is not logged again.
        keyframe_ticks: 0,
        ..RoomConfig::new(&header.room, header.tick_hz, header.seed)
    })
}
