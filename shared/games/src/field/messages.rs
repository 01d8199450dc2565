//! What the field tells players once. Everything else can be seen in the state.

use tickwire_shared::Replicate;

/// What somebody gathered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Replicate)]
pub enum Meal {
    /// A ripe plant.
    #[default]
    Blossom,
    /// A golden one.
    Gold,
    /// The fleece of a forager that came when it was called.
    Fleece,
}

/// Something was gathered; sent to whoever did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Replicate)]
pub struct Eaten {
    /// What it was.
    pub meal: Meal,
    /// What it was worth.
    pub worth: u16,
}

/// A wisp was caught; sent to its player, and to the one who caught it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Replicate)]
pub struct Caught {
    /// Whose wisp it was.
    pub victim: u32,
    /// The player who caught it; 0 for a predator.
    pub by: u32,
    /// What it lost.
    pub lost: u16,
    /// Whether that was its last light.
    pub faded: bool,
}
