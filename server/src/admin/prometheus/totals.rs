//! What all rooms have counted, those that are gone included.

use super::exposition::Exposition;
use crate::metrics::{ROOM_COUNTERS, named};

/// The counters of rooms by their names in `/status`, their names here, and what they mean. The ticks are
/// the shards' to count.
const FAMILIES: [(&str, &str, &str); ROOM_COUNTERS - 1] = [
    ("frames", "tickwire_frames_total", "Frames made."),
    ("full_frames", "tickwire_frames_full_total", "Frames that stood alone, of those made."),
    (
        "merged_frames",
        "tickwire_frames_merged_total",
        "Frames that merged more than one tick, of those made.",
    ),
    (
        "skipped_frames",
        "tickwire_frames_skipped_total",
        "Frames not made because enough were under way.",
    ),
    (
        "thinned_frames",
        "tickwire_frames_thinned_total",
        "Frames not made because the viewer was on a lower rate.",
    ),
    (
        "lag_keyframes",
        "tickwire_lag_keyframes_total",
        "Frames that stood alone because the viewer's last one had left the history.",
    ),
    (
        "slowed_viewers",
        "tickwire_viewers_slowed_total",
        "Times that a viewer was put on a lower rate, or on one lower still.",
    ),
    (
        "stalled_viewers",
        "tickwire_viewers_stalled_total",
        "Connections given up because they acknowledged nothing for too long.",
    ),
    (
        "overflowed_viewers",
        "tickwire_viewers_overflowed_total",
        "Viewers given up because their messages piled up.",
    ),
    (
        "deferred_segments",
        "tickwire_segments_deferred_total",
        "Segments that a frame left out because the viewer's byte budget was spent.",
    ),
    ("inputs_accepted", "tickwire_inputs_total", "Inputs used or waiting."),
    (
        "inputs_replaced",
        "tickwire_inputs_replaced_total",
        "Inputs that took the place of another one for the same tick.",
    ),
    ("inputs_late", "tickwire_inputs_late_total", "Inputs that came too late."),
    ("inputs_early", "tickwire_inputs_early_total", "Inputs for ticks too far ahead."),
    (
        "inputs_starved",
        "tickwire_inputs_starved_total",
        "Ticks of players that sent inputs but none for that tick.",
    ),
    (
        "hash_mismatches",
        "tickwire_hash_mismatches_total",
        "Times that a client held something else than the server.",
    ),
    (
        "dropped_messages",
        "tickwire_messages_dropped_total",
        "Messages of the game that did not fit a tick.",
    ),
    (
        "evictions",
        "tickwire_evictions_total",
        "Connections given up by their room, whether or not their players may come back.",
    ),
    (
        "dropped_sessions",
        "tickwire_sessions_dropped_total",
        "Times that a player lost its connection.",
    ),
    (
        "resumed_sessions",
        "tickwire_sessions_resumed_total",
        "Times that a player came back on a new connection.",
    ),
    (
        "resumed_in_full",
        "tickwire_sessions_resumed_in_full_total",
        "Times that the next frame had to stand alone, of those.",
    ),
    (
        "expired_sessions",
        "tickwire_sessions_expired_total",
        "Players that did not come back in time.",
    ),
    ("chat_lines", "tickwire_chat_lines_total", "Chat lines that were passed on."),
    ("chat_dropped", "tickwire_chat_lines_dropped_total", "Chat lines that were too many."),
    (
        "game_requests",
        "tickwire_game_requests_total",
        "Requests of players to the game that were passed on.",
    ),
    (
        "game_requests_dropped",
        "tickwire_game_requests_dropped_total",
        "Requests of players to the game that were too many for a tick.",
    ),
    (
        "refused_messages",
        "tickwire_messages_refused_total",
        "Messages by who may not send such: inputs of spectators, and what only the host may ask for.",
    ),
    ("kicks", "tickwire_kicks_total", "Players that the host or the operator threw out."),
    ("bans", "tickwire_bans_total", "Players that the host or the operator threw out for good."),
    (
        "restores",
        "tickwire_room_restores_total",
        "Times that a room's game was made again from its log after a panic.",
    ),
    (
        "unlogged",
        "tickwire_rooms_unlogged_total",
        "Rooms of which no log could be kept any more, so that a panic ends them.",
    ),
];

pub(super) fn write(out: &mut Exposition, totals: &[u64; ROOM_COUNTERS]) {
    for (counter, value) in named(totals) {
        let family = FAMILIES.iter().find(|(known, ..)| *known == counter);
        if let Some((_, name, what)) = family {
            out.counter(name, what, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_counter_of_rooms_but_the_ticks_is_there_and_has_its_value() {
        let mut out = Exposition::default();
        write(&mut out, &std::array::from_fn(|index| index as u64));
        let text = out.into_text();
        let values = text.lines().filter(|line| !line.starts_with('#'));
        let values = values.filter_map(|line| line.split_once(' ')?.1.parse::<u64>().ok());
        assert!(values.eq(1..ROOM_COUNTERS as u64), "{text}");
    }
}
