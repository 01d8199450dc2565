//! What a player sends each tick.

use serde::{Deserialize, Serialize};
use tickwire_shared::Replicate;

/// One tick of flight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Replicate, Serialize, Deserialize)]
pub struct Controls {
    /// Where to go, in radians from the x axis towards the y axis.
    #[replicate(angle = 8)]
    pub way: f32,
    /// Whether to go there, or to hover.
    pub go: bool,
    /// Whether to go faster, while there is energy.
    pub dash: bool,
    /// Whether to call: it frightens predators, and foragers come.
    pub call: bool,
}
