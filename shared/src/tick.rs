//! Ticks: the server's only notion of time, counted in `u32` and allowed to wrap.

use serde::{Deserialize, Serialize};

/// What is finer than a tick is said in parts of a tick: so many make one.
pub const TICK_PARTS: i32 = 256;

/// A tick number. At 60 Hz it wraps after 828 days, so ticks are only ever
/// compared by their wrapping distance and never with `<` on the number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick(pub u32);

impl Tick {
    /// The tick that follows this one.
    #[must_use]
    pub fn next(self) -> Tick {
        Tick(self.0.wrapping_add(1))
    }

    /// This tick moved by `ticks`, which may be negative.
    #[must_use]
    pub fn offset(self, ticks: i32) -> Tick {
        Tick(self.0.wrapping_add_signed(ticks))
    }

    /// How many ticks lie from `earlier` to `self`; negative when `earlier` is in fact later.
    ///
    /// Right as long as the two are within 2³¹ ticks of each other.
    #[must_use]
    pub fn since(self, earlier: Tick) -> i32 {
        self.0.wrapping_sub(earlier.0) as i32
    }

    /// Whether `self` comes after `other`.
    #[must_use]
    pub fn is_after(self, other: Tick) -> bool {
        self.since(other) > 0
    }
}

impl std::fmt::Display for Tick {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_is_right_across_the_wrap() {
        let before = Tick(u32::MAX - 1);
        let after = before.offset(3);
        assert_eq!(after, Tick(1));
        assert_eq!(after.since(before), 3);
        assert_eq!(before.since(after), -3);
        assert!(after.is_after(before) && !before.is_after(after));
    }
}
