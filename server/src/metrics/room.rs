//! What a room counts and what goes up and down in it, as numbers that can be kept and added without locks.

use std::{
    ops::AddAssign,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
};

use tickwire_room::{RATES, RoomCounters};

/// How many counters a room has.
pub const ROOM_COUNTERS: usize = 32;

/// The names of a room's counters, in the order of [`room_values`].
const ROOM_NAMES: [&str; ROOM_COUNTERS] = [
    "ticks",
    "frames",
    "full_frames",
    "merged_frames",
    "skipped_frames",
    "thinned_frames",
    "lag_keyframes",
    "slowed_viewers",
    "stalled_viewers",
    "overflowed_viewers",
    "deferred_segments",
    "inputs_accepted",
    "inputs_replaced",
    "inputs_late",
    "inputs_early",
    "inputs_starved",
    "hash_mismatches",
    "dropped_messages",
    "evictions",
    "dropped_sessions",
    "resumed_sessions",
    "resumed_in_full",
    "expired_sessions",
    "chat_lines",
    "chat_dropped",
    "game_requests",
    "game_requests_dropped",
    "refused_messages",
    "kicks",
    "bans",
    "restores",
    "unlogged",
];

/// A room's counters as a row.
#[must_use]
pub fn room_values(counters: &RoomCounters) -> [u64; ROOM_COUNTERS] {
    [
        counters.ticks,
        counters.frames,
        counters.full_frames,
        counters.merged_frames,
        counters.skipped_frames,
        counters.thinned_frames,
        counters.lag_keyframes,
        counters.slowed_viewers,
        counters.stalled_viewers,
        counters.overflowed_viewers,
        counters.deferred_segments,
        counters.inputs,
        counters.replaced_inputs,
        counters.late_inputs,
        counters.early_inputs,
        counters.starved_inputs,
        counters.mismatches,
        counters.dropped_messages,
        counters.evictions,
        counters.dropped_sessions,
        counters.resumed_sessions,
        counters.resumed_in_full,
        counters.expired_sessions,
        counters.chat_lines,
        counters.chat_dropped,
        counters.requests,
        counters.requests_dropped,
        counters.refused_messages,
        counters.kicks,
        counters.bans,
        counters.restores,
        counters.unlogged,
    ]
}

/// Such a row with its names.
pub fn named(values: &[u64; ROOM_COUNTERS]) -> impl Iterator<Item = (&'static str, u64)> {
    ROOM_NAMES.into_iter().zip(*values)
}

/// What goes up and down in a room, or in several together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RoomGauges {
    /// Sessions: who has a seat and has come in.
    pub sessions: u64,
    /// Of these, those whose connection is lost.
    pub away: u64,
    /// Viewers by their rate: every tick, every 2nd, 4th and 8th.
    pub rates: [u64; RATES],
    /// Bytes that sockets have not taken yet.
    pub unsent_bytes: u64,
    /// Bytes that wait in links over HTTP, to be read or to be asked for.
    pub link_bytes: u64,
}

impl AddAssign for RoomGauges {
    fn add_assign(&mut self, other: RoomGauges) {
        self.sessions += other.sessions;
        self.away += other.away;
        self.rates.iter_mut().zip(other.rates).for_each(|(sum, one)| *sum += one);
        self.unsent_bytes += other.unsent_bytes;
        self.link_bytes += other.link_bytes;
    }
}

/// How many numbers that is.
const GAUGES: usize = 4 + RATES;

/// The same where its room shows it and others look, without locks.
#[derive(Debug, Default)]
pub struct ShownGauges([AtomicU32; GAUGES]);

impl ShownGauges {
    /// Shows them.
    pub fn show(&self, gauges: &RoomGauges) {
        let RoomGauges { sessions, away, rates, unsent_bytes, link_bytes } = gauges;
        let values = [sessions, away, unsent_bytes, link_bytes].into_iter().chain(rates);
        for (shown, value) in self.0.iter().zip(values) {
            // A room with 4 GiB under way has other worries.
            shown.store(u32::try_from(*value).unwrap_or(u32::MAX), Relaxed);
        }
    }

    /// What was shown last.
    pub fn get(&self) -> RoomGauges {
        let values = self.0.each_ref().map(|shown| u64::from(shown.load(Relaxed)));
        let [sessions, away, unsent_bytes, link_bytes, rates @ ..] = values;
        RoomGauges { sessions, away, rates, unsent_bytes, link_bytes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_what_others_see() {
        let gauges = RoomGauges {
            sessions: 5,
            away: 1,
            rates: [4, 3, 2, 1],
            unsent_bytes: 7,
            link_bytes: u64::MAX,
        };
        let shown = ShownGauges::default();
        shown.show(&gauges);
        assert_eq!(shown.get(), RoomGauges { link_bytes: u64::from(u32::MAX), ..gauges });
        shown.show(&RoomGauges::default());
        assert_eq!(shown.get(), RoomGauges::default());
    }
}
