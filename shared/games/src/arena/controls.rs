//! What a player sends each tick.

use serde::{Deserialize, Serialize};
use tickwire_shared::Replicate;

/// One tick of steering.
///
/// The aim is an absolute direction that the ship turns towards as fast as it
/// can. So a mouse sends the direction of the pointer, a thumb that of its
/// stick, and a keyboard turns an aim of its own: none of them has to know how
/// fast ships turn, and a lost input is made good by the next one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Replicate, Serialize, Deserialize)]
pub struct Controls {
    /// Where to point the ship, in radians from the x axis towards the y axis.
    #[replicate(angle = super::tuning::HEADING_BITS)]
    pub aim: f32,
    /// 1 thrusts the way the ship points, -1 brakes and backs off, 0 drifts.
    #[replicate(range = -1..=1)]
    pub thrust: i8,
    /// Whether to shoot as often as the gun allows.
    pub fire: bool,
    /// Whether to thrust harder, while there is energy.
    pub boost: bool,
}
