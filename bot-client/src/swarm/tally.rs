//! What a swarm counts. Bots count for themselves and add to the whole once a second.

use std::{
    ops::AddAssign,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU32, AtomicUsize, Ordering},
    },
};

use parking_lot::Mutex;

use super::{
    ages::Ages,
    carriage::{self, CarriageTally, TransportReport},
    faults::{Fault, Faults},
    histogram::Histogram,
    kinds::{KINDS, Kind},
};
use crate::client::{Core, MismatchReport, TRANSPORTS, Transport};

/// The most mismatches that are kept in detail.
pub const MOST_DETAILS: usize = 8;

/// The most stays whose corrections are kept: a run of days has no end of them.
const MOST_CORRECTIONS: usize = 1 << 16;

/// Sums over bots and time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Frames applied.
    pub frames: u64,
    /// Of these, frames that stood alone.
    pub full_frames: u64,
    /// Of these, frames that merged more than one tick.
    pub merged_frames: u64,
    /// Their bytes.
    pub payload_bytes: u64,
    /// Their bytes with WebSocket headers.
    pub wire_bytes: u64,
    /// Entities that came into view or changed, summed over frames.
    pub entity_updates: u64,
    /// Hashes that were the bot's own.
    pub hashes_verified: u64,
    /// Hashes that were not.
    pub hash_mismatches: u64,
    /// Welcomes.
    pub joins: u64,
    /// Proper leaves: the bot asked, and the server closed as it should.
    pub leaves: u64,
    /// Connections that broke off while a bot was leaving.
    pub broken_leaves: u64,
    /// Of these, connections of bots whose own network explains it.
    pub excused_leaves: u64,
    /// Inputs sent.
    pub inputs_sent: u64,
    /// Inputs that came too late, as the server's echoes tell.
    pub late_inputs: u64,
    /// Ticks that went by while bots that keep up were in.
    pub passed: u64,
    /// Of these, ticks that had no input of the bot's, as far as frames tell.
    pub starved: u64,
    /// Closes because it was too slow, of bots that were asked to be.
    pub given_up: u64,
    /// Chat lines said.
    pub chat_lines: u64,
    /// Connections that were cut.
    pub cuts: u64,
    /// Sessions that went on, whose next frame built upon what was held.
    pub resumed_from_history: u64,
    /// Sessions that went on, whose next frame stood alone.
    pub resumed_full: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, more: Counts) {
        self.frames += more.frames;
        self.full_frames += more.full_frames;
        self.merged_frames += more.merged_frames;
        self.payload_bytes += more.payload_bytes;
        self.wire_bytes += more.wire_bytes;
        self.entity_updates += more.entity_updates;
        self.hashes_verified += more.hashes_verified;
        self.hash_mismatches += more.hash_mismatches;
        self.joins += more.joins;
        self.leaves += more.leaves;
        self.broken_leaves += more.broken_leaves;
        self.excused_leaves += more.excused_leaves;
        self.inputs_sent += more.inputs_sent;
        self.late_inputs += more.late_inputs;
        self.passed += more.passed;
        self.starved += more.starved;
        self.given_up += more.given_up;
        self.chat_lines += more.chat_lines;
        self.cuts += more.cuts;
        self.resumed_from_history += more.resumed_from_history;
        self.resumed_full += more.resumed_full;
    }
}

/// What the bots of one kind add to.
#[derive(Debug, Default)]
pub struct KindTally {
    counts: Mutex<Counts>,
    /// How many ticks old their frames were.
    pub ages: Ages,
}

impl KindTally {
    /// The sums so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        *self.counts.lock()
    }
}

/// What all the bots of a swarm add to.
#[derive(Debug, Default)]
pub struct Tally {
    kinds: [KindTally; KINDS.len()],
    transports: [CarriageTally; TRANSPORTS.len()],
    counts: Mutex<Counts>,
    faults: Mutex<Faults>,
    details: Mutex<Vec<MismatchReport>>,
    inside: AtomicUsize,
    tick_hz: AtomicU32,
    game: OnceLock<String>,
    /// Round trips of pings.
    pub rtt: Histogram,
    /// Times from one frame of a bot to the next.
    pub frame_interval: Histogram,
    /// From when the tick of a frame was due to when a bot that keeps up applied it.
    pub frame_age: Histogram,
    /// How long inputs of bots that keep up waited at the server for their ticks.
    pub input_wait: Histogram,
    /// By how much they came too late.
    pub input_lateness: Histogram,
    /// Corrections a minute, of each of the first stays of bots that predicted their own ships.
    corrections: Mutex<Vec<f64>>,
    /// Times from an open socket to the first frame applied.
    pub join: Histogram,
    /// How late tasks ran that were due.
    pub lag: Histogram,
}

impl Tally {
    /// Adds a bot's counts and sets them to zero.
    pub fn add(&self, kind: Kind, counts: &mut Counts) {
        let counts = std::mem::take(counts);
        *self.kind(kind).counts.lock() += counts;
        *self.counts.lock() += counts;
    }

    /// What the bots of one kind added.
    #[must_use]
    pub fn kind(&self, kind: Kind) -> &KindTally {
        &self.kinds[kind as usize]
    }

    /// What the bots on one transport added.
    #[must_use]
    pub fn transport(&self, transport: Transport) -> &CarriageTally {
        &self.transports[transport as usize]
    }

    /// How the bots on each transport fared that there were.
    #[must_use]
    pub fn transports(&self) -> Vec<TransportReport> {
        carriage::reports(&self.transports)
    }

    /// The sums so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        *self.counts.lock()
    }

    /// A bot that predicted its own ship was corrected so often a minute.
    pub fn correct(&self, a_minute: f64) {
        let mut corrections = self.corrections.lock();
        if corrections.len() < MOST_CORRECTIONS {
            corrections.push(a_minute);
        }
    }

    /// Corrections a minute: what this share of the stays had at most, if there were any.
    #[must_use]
    pub fn corrections(&self, share: f64) -> Option<f64> {
        let mut rates = self.corrections.lock().clone();
        rates.sort_by(f64::total_cmp);
        rates.get((rates.len().checked_sub(1)? as f64 * share).round() as usize).copied()
    }

    /// Notes what befell a bot.
    pub fn fault(&self, fault: Fault, text: String) {
        self.faults.lock().note(fault, text);
    }

    /// What befell bots so far.
    #[must_use]
    pub fn faults(&self) -> Faults {
        self.faults.lock().clone()
    }

    /// What befell bots since this was asked last.
    #[must_use]
    pub fn take_faults(&self) -> Faults {
        std::mem::take(&mut self.faults.lock())
    }

    /// Keeps a mismatch, if it is one of the first.
    pub fn mismatch(&self, report: MismatchReport) {
        let mut details = self.details.lock();
        if details.len() < MOST_DETAILS {
            details.push(report);
        }
    }

    /// The first mismatches.
    #[must_use]
    pub fn mismatches(&self) -> Vec<MismatchReport> {
        self.details.lock().clone()
    }

    /// A bot is in; its welcome says what the room is.
    pub fn enter(self: &Arc<Self>, core: &Core) -> Inside {
        self.inside.fetch_add(1, Ordering::Relaxed);
        self.tick_hz.store(core.tick_hz().unwrap_or_default(), Ordering::Relaxed);
        if let Some(replica) = core.replica() {
            self.game.get_or_init(|| replica.schema().game.clone());
        }
        Inside(Arc::clone(self))
    }

    /// The game's name, as the first welcome told it.
    #[must_use]
    pub fn game(&self) -> Option<&str> {
        self.game.get().map(String::as_str)
    }

    /// The ticks a second of the last room that a bot came into; 0 if there was none.
    #[must_use]
    pub fn tick_hz(&self) -> u32 {
        self.tick_hz.load(Ordering::Relaxed)
    }

    /// How many bots are in.
    #[must_use]
    pub fn inside(&self) -> usize {
        self.inside.load(Ordering::Relaxed)
    }
}

/// A bot that is in, for as long as this lives, however it ends.
#[derive(Debug)]
pub struct Inside(Arc<Tally>);

impl Drop for Inside {
    fn drop(&mut self) {
        self.0.inside.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bots_counts_are_added_once() {
        let tally = Tally::default();
        let mut counts = Counts { frames: 3, leaves: 1, ..Counts::default() };
        tally.add(Kind::Slow, &mut counts);
        tally.add(Kind::Slow, &mut counts);
        assert_eq!(tally.counts(), Counts { frames: 3, leaves: 1, ..Counts::default() });
        assert_eq!(tally.kind(Kind::Slow).counts(), tally.counts());
        assert_eq!(tally.kind(Kind::Healthy).counts(), Counts::default());
    }
}
