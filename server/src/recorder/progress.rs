//! How far the recording of a room is.

use std::sync::atomic::{
    AtomicU8,
    Ordering::{AcqRel, Acquire},
};

/// Nothing was handed over yet.
const FRESH: u8 = 0;
/// It has begun.
const BEGUN: u8 = 1;
/// Nothing of the room is recorded any more.
const OVER: u8 = 2;

/// How far the recording of a room is, wherever the room runs: its shard and whoever writes the file both know
/// it from here, so neither has to tell the other of an end through a queue that may be full.
#[derive(Debug)]
pub(crate) struct Progress {
    room: u64,
    stage: AtomicU8,
}

impl Progress {
    /// That of a room with this number.
    pub(crate) fn of(room: u64) -> Self {
        Progress { room, stage: AtomicU8::new(FRESH) }
    }

    /// The number of the room.
    pub(super) fn room(&self) -> u64 {
        self.room
    }

    /// Whether it has begun, and goes on.
    pub(crate) fn goes_on(&self) -> bool {
        self.stage.load(Acquire) == BEGUN
    }

    /// Whether nothing of the room is recorded any more.
    pub(crate) fn is_over(&self) -> bool {
        self.stage.load(Acquire) == OVER
    }

    /// It begins; false if it has before.
    pub(super) fn begin(&self) -> bool {
        self.stage.compare_exchange(FRESH, BEGUN, AcqRel, Acquire).is_ok()
    }

    /// It is over. True for the one of all who say so that is to end the file, if there is one.
    pub(super) fn end(&self) -> bool {
        self.stage.swap(OVER, AcqRel) == BEGUN
    }
}
