//! What a room counts; a shell adds up its rooms and shows them.

use crate::{
    inputs::InputCounters,
    pace::{Decision, Pace},
};

/// What a room counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RoomCounters {
    /// Ticks made.
    pub ticks: u64,
    /// Frames made.
    pub frames: u64,
    /// Of these, frames that stood alone.
    pub full_frames: u64,
    /// Of these, frames that merged more than one tick.
    pub merged_frames: u64,
    /// Frames not made because enough were under way.
    pub skipped_frames: u64,
    /// Segments that a frame left out because the viewer's byte budget was spent.
    pub deferred_segments: u64,
    /// Frames not made because the viewer was on a lower rate.
    pub thinned_frames: u64,
    /// Frames that stood alone because the viewer's last one had left the history.
    pub lag_keyframes: u64,
    /// Times that a viewer was put on a lower rate, or on one lower still.
    pub slowed_viewers: u64,
    /// Connections given up because they acknowledged nothing for too long.
    pub stalled_viewers: u64,
    /// Viewers given up because their messages piled up.
    pub overflowed_viewers: u64,
    /// Inputs used or waiting.
    pub inputs: u64,
    /// Of these, inputs that took the place of another one for the same tick.
    pub replaced_inputs: u64,
    /// Inputs that came too late.
    pub late_inputs: u64,
    /// Inputs for ticks too far ahead.
    pub early_inputs: u64,
    /// Ticks of players that sent inputs but none for that tick.
    pub starved_inputs: u64,
    /// Hash mismatches that players reported.
    pub mismatches: u64,
    /// Messages of the game that did not fit a tick.
    pub dropped_messages: u64,
    /// Connections given up, whether or not their players may come back.
    pub evictions: u64,
    /// Times that a player lost its connection.
    pub dropped_sessions: u64,
    /// Times that one came back.
    pub resumed_sessions: u64,
    /// Of these, times that the next frame had to stand alone.
    pub resumed_in_full: u64,
    /// Players that did not come back in time, or came back to messages that were forgotten.
    pub expired_sessions: u64,
    /// Chat lines that were passed on.
    pub chat_lines: u64,
    /// Chat lines that were too many.
    pub chat_dropped: u64,
    /// Requests to the game that were passed on.
    pub requests: u64,
    /// Requests that were too many for a tick.
    pub requests_dropped: u64,
    /// Inputs and requests of spectators, and what others than the host asked for as if they were it.
    pub refused_messages: u64,
    /// Players that the host or the operator threw out.
    pub kicks: u64,
    /// Players that the host or the operator threw out for good.
    pub bans: u64,
    /// Times that the game was made again from the log.
    pub restores: u64,
    /// Times that no log could be kept any more: 1 at the most.
    pub unlogged: u64,
}

impl RoomCounters {
    /// Counts what became of a viewer's frame, and whether its rate was lowered.
    pub(crate) fn note_pace(&mut self, decision: Decision, pace: &mut Pace) {
        self.slowed_viewers += u64::from(pace.take_slowed());
        match decision {
            Decision::Send => {}
            Decision::Skip => self.skipped_frames += 1,
            Decision::Thin => self.thinned_frames += 1,
        }
    }

    /// These counters with one player's inputs added.
    #[must_use]
    pub fn with_inputs(self, inputs: InputCounters) -> RoomCounters {
        RoomCounters {
            inputs: self.inputs + u64::from(inputs.accepted),
            replaced_inputs: self.replaced_inputs + u64::from(inputs.replaced),
            late_inputs: self.late_inputs + u64::from(inputs.late),
            early_inputs: self.early_inputs + u64::from(inputs.early),
            starved_inputs: self.starved_inputs + u64::from(inputs.starved),
            ..self
        }
    }
}
