//! What the arena tells players once. Everything else can be seen in the state.
//!
//! Players are named by [`Ship::player`](super::Ship::player), which a client
//! looks up in the ships that it holds.

use tickwire_shared::Replicate;

use super::pickup::Sort;

/// A ship was destroyed; sent to everybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Replicate)]
pub struct Kill {
    /// The player whose bullet it was. May have left since firing.
    pub killer: u32,
    /// The player whose ship it was.
    pub victim: u32,
}

/// A bullet struck a ship; sent to the player who fired it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Replicate)]
pub struct Hit {
    /// The player whose ship was struck.
    pub victim: u32,
    /// Whether a shield swallowed it.
    pub shielded: bool,
}

/// A pickup was taken; sent to the player who took it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Replicate)]
pub struct Taken {
    /// What it was.
    pub sort: Sort,
}
