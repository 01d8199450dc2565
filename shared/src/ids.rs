//! Names for things on the wire: players, and entities within a room.

use serde::{Deserialize, Serialize};

/// A player of a room, numbered in order of joining and never reused within the room.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct PlayerId(pub u32);

/// One entity's name on the wire: `kind (8 bits) | slot (16 bits) | generation (8 bits)`.
///
/// Ordered by kind, then slot: the order in which a segment's rows stand. The
/// generation tells two lives of one slot apart; it may wrap, because the room
/// advances it at most once a tick and keeps fewer than 256 ticks of history.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct EntityId(pub u32);

impl EntityId {
    /// Packs the three parts.
    #[must_use]
    #[inline]
    pub fn new(kind: u8, slot: u16, generation: u8) -> EntityId {
        EntityId(u32::from(kind) << 24 | u32::from(slot) << 8 | u32::from(generation))
    }

    /// The index of this entity's kind in the schema.
    #[must_use]
    #[inline]
    pub fn kind(self) -> usize {
        (self.0 >> 24) as usize
    }

    /// The slot that the game keeps the entity in.
    #[must_use]
    #[inline]
    pub fn slot(self) -> u16 {
        (self.0 >> 8) as u16
    }

    /// Which life of the slot this is, modulo 256.
    #[must_use]
    #[inline]
    pub fn generation(self) -> u8 {
        self.0 as u8
    }
}

impl std::fmt::Display for EntityId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}v{}", self.kind(), self.slot(), self.generation())
    }
}
