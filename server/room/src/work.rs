//! Working memory: what a room needs while it makes a tick and its frames, and at no other time.
//!
//! Whoever drives many rooms in turn keeps one [`Work`] for all rooms of a game and
//! [lends](crate::HostedRoom::lend) it to the room at hand. A room to which nothing was lent grows
//! its own.

use tickwire_shared::{codec::Encoder, game::View, schema::AUDIENCES};

use crate::plan::Plan;

/// Working memory for rooms of one game.
#[derive(Debug, Default)]
pub struct Work {
    pub(crate) coding: Coding,
    pub(crate) plan: Plan,
    pub(crate) view: View,
}

/// What is needed to capture and encode segments.
#[derive(Debug, Default)]
pub struct Coding {
    /// One for each audience, so that their models need not be set anew as a whole.
    encoders: Vec<Encoder>,
}

impl Coding {
    /// The encoder for an audience's segments.
    pub(crate) fn encoder(&mut self, audience: usize) -> &mut Encoder {
        if self.encoders.is_empty() {
            self.encoders.resize_with(AUDIENCES.len(), Encoder::default);
        }
        &mut self.encoders[audience]
    }
}
