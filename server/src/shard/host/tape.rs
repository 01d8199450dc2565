//! What a room's shard keeps of it for the disk: its recording, and the flight of what goes wrong.

use std::{
    collections::VecDeque,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tickwire_recording::{Ending, Header, Incident, Timing, Why};
use tickwire_room::{HostedRoom, log_span};
use tickwire_shared::Tick;

use super::TickTimes;
use crate::{
    directory::RoomEntry,
    recorder::{Chunk, Flight, Recorder},
};

/// For how many seconds it is remembered how long ticks took: as long as two chunks of a room's log.
const REMEMBERED_SECONDS: u32 = 10;

/// No more of what is said of a fault is kept, in bytes: a panic may say any amount.
const MOST_DETAIL: usize = 1024;

/// What is kept of a room.
#[derive(Debug, Default)]
pub(super) struct Tape {
    /// The room keeps no log any more: what is still to be had of it is the last.
    is_unlogged: bool,
    /// How long the last ticks took, and which was the last; only where flights are kept.
    timings: VecDeque<Timing>,
    last: Tick,
}

impl Tape {
    /// Hands over what the room has recorded since the last tick.
    pub(super) fn turn(&self, room: &mut dyn HostedRoom, entry: &RoomEntry, to: &Recorder) {
        if !to.records() || entry.recording.is_over() {
            return;
        }
        let mut bytes = Vec::new();
        if room.take_chunk(&mut bytes) {
            hand_over(bytes, room, entry, to);
        }
        if self.is_unlogged {
            to.end(&entry.recording, room.now(), Ending::Unlogged);
        }
    }

    /// The room's log may begin anew or end, so what it has is handed over, up to the last whole tick.
    pub(super) fn flush(&self, room: &mut dyn HostedRoom, entry: &RoomEntry, to: &Recorder) {
        self.turn(room, entry, to);
        if to.records() && !entry.recording.is_over() {
            hand_over(room.log().whole.to_vec(), room, entry, to);
        }
    }

    /// The room sleeps.
    pub(super) fn sleep(&mut self, room: &mut dyn HostedRoom, entry: &RoomEntry, to: &Recorder) {
        self.flush(room, entry, to);
        // Who sleeps needs no memory of what was.
        self.timings = VecDeque::new();
    }

    /// The room keeps no log any more.
    pub(super) fn unlogged(&mut self) {
        self.is_unlogged = true;
    }

    /// The room closes.
    pub(super) fn close(&self, room: &mut dyn HostedRoom, entry: &RoomEntry, to: &Recorder) {
        self.flush(room, entry, to);
        to.end(&entry.recording, room.now(), Ending::Closed);
    }

    /// Remembers how long the parts of a tick took.
    pub(super) fn time(&mut self, room: &dyn HostedRoom, times: TickTimes, to: &Recorder) {
        if !to.keeps_flights() {
            return;
        }
        // After a panic the same tick is made again.
        if room.now() != self.last.next() {
            self.timings.clear();
        }
        if self.timings.len() >= (REMEMBERED_SECONDS * room.tick_hz()) as usize {
            self.timings.pop_front();
        }
        self.timings.push_back(timing(times));
        self.last = room.now();
    }

    /// Something went wrong: the first time it does in this room, what led to it is kept.
    pub(super) fn fly(
        &mut self,
        (reason, detail): (Incident, &str),
        room: &dyn HostedRoom,
        entry: &RoomEntry,
        to: &Recorder,
    ) {
        if !to.keeps_flights() || !entry.flies(reason) {
            return;
        }
        let log = room.log();
        let make = || {
            let chunk = |bytes: &[u8]| {
                let (first, last) = log_span(bytes).ok()?;
                Some(Chunk { first, last, bytes: bytes.to_vec() })
            };
            let chunks = [log.older, log.newer].into_iter().filter_map(chunk).collect();
            let first = self.last.offset(1 - self.timings.len() as i32);
            let timings = (first, self.timings.iter().copied().collect());
            let why = Why::Flight { reason, tick: room.now(), detail: cut(detail).to_owned() };
            Flight { header: Box::new(header(room, entry, why)), chunks, timings }
        };
        if to.flight(log.older.len() + log.newer.len(), make).is_err() {
            tracing::warn!(room = entry.code, "the disk does not keep up; no flight is kept");
        }
    }
}

/// Hands a stretch of a room's log over, behind the recording's beginning if it is the first.
fn hand_over(bytes: Vec<u8>, room: &dyn HostedRoom, entry: &RoomEntry, to: &Recorder) {
    // Of an empty log there is nothing to be had, and of one without a tick nothing to be played.
    let Ok((first, last)) = log_span(&bytes) else { return };
    if !last.is_after(first) {
        return;
    }
    let recording = &entry.recording;
    let given = match recording.goes_on() {
        true => Ok(()),
        false => to.begin(recording, header(room, entry, Why::Recording)),
    };
    let given = given.and_then(|()| to.go(recording, Chunk { first, last, bytes }));
    if given.is_err() {
        tracing::warn!(room = entry.code, "the disk does not keep up; recording ends");
    }
}

/// As much of a detail as is kept.
fn cut(detail: &str) -> &str {
    &detail[..detail.floor_char_boundary(MOST_DETAIL)]
}

fn timing(times: TickTimes) -> Timing {
    let micros = |time: Duration| time.as_micros().min(u32::MAX.into()) as u32;
    Timing {
        lateness: micros(times.lateness),
        receive: micros(times.receive),
        step: micros(times.step),
        send: micros(times.send),
    }
}

fn header(room: &dyn HostedRoom, entry: &RoomEntry, why: Why) -> Header {
    let config = room.config();
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Header {
        server: env!("CARGO_PKG_VERSION").to_owned(),
        game: entry.game.to_owned(),
        schema_hash: room.schema_hash(),
        room: config.code.clone(),
        tick_hz: config.tick_hz,
        seed: config.seed,
        hash_interval: config.hash_interval,
        rewind: config.rewind,
        max_players: config.max_players,
        started: since.as_secs(),
        why,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_word_about_a_fault_is_cut_between_two_letters() {
        assert_eq!(cut("short"), "short");
        let long = format!("a{}", "é".repeat(MOST_DETAIL));
        assert_eq!(cut(&long).len(), MOST_DETAIL - 1);
    }
}
