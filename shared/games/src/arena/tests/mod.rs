//! Whole matches, told by what players would notice.

mod guns;
mod matches;
mod rules;
mod sight;

use super::Controls;

/// One room without corners.
const HALL: &str = "\
####################
#S.................#
#..................#
#.................S#
####################";

/// Holds the trigger and nothing else.
fn fire() -> Controls {
    Controls { fire: true, ..Controls::default() }
}
