//! One step of a search: what was measured, and what follows from it.

use serde::Serialize;

use super::search::Outcome;

/// The share of a tick's time that ticks may take at the 99th percentile.
pub const MOST_TICK: f64 = 0.8;
/// How old frames may be at the 99th percentile, in ticks.
pub const MOST_AGE: f64 = 2.0;

/// What was measured with so many bots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// The 99th percentile of what ticks took, sockets included, as a share of their time.
    pub tick_p99: f64,
    /// The median and the 99th percentile of the age of frames when bots applied them, in ticks.
    pub age_p50: f64,
    /// See above.
    pub age_p99: f64,
    /// Microseconds of the server's CPU for each client and tick.
    pub server_us: Option<f64>,
    /// The server's memory, in bytes.
    pub server_bytes: Option<u64>,
    /// Microseconds of the bots' CPU for each client and tick.
    pub bots_us: Option<f64>,
    /// Hashes that the bots verified while it was measured.
    pub hashes_verified: u64,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// How many players, or rooms.
    pub count: u32,
    /// What was measured; nothing when not all got in.
    pub figures: Option<Figures>,
    /// What follows.
    pub outcome: Outcome,
}

impl Figures {
    /// What follows from the figures, given why the bots were held up, if they were, and what befell any.
    #[must_use]
    pub fn judge(&self, held_up: Option<String>, mishap: Option<String>) -> Outcome {
        let slow = (self.tick_p99 >= MOST_TICK)
            .then(|| format!("tick p99 at {:.0}% of its time", 100.0 * self.tick_p99));
        let old = (self.age_p99 >= MOST_AGE)
            .then(|| format!("frame age p99 at {:.1} ticks", self.age_p99));
        match (mishap.or(slow).or(old), held_up) {
            (None, _) => Outcome::Holds,
            (Some(_), Some(why)) => Outcome::Void(why),
            (Some(why), None) => Outcome::Breaks(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_holds_does_so_whatever_the_bots_felt_and_a_broken_one_is_void_if_they_were_held_up()
     {
        let calm = Figures { tick_p99: 0.79, age_p99: 1.9, ..Figures::default() };
        let breath = || Some("out of breath".to_owned());
        assert_eq!(calm.judge(breath(), None), Outcome::Holds);
        let slow = Figures { tick_p99: 0.8, ..calm };
        let why = "tick p99 at 80% of its time".to_owned();
        assert_eq!(slow.judge(None, None), Outcome::Breaks(why));
        assert_eq!(slow.judge(breath(), None), Outcome::Void("out of breath".to_owned()));
        let old = Figures { age_p99: 2.0, ..calm };
        assert_eq!(old.judge(None, None), Outcome::Breaks("frame age p99 at 2.0 ticks".to_owned()));
        let lost = Some("lost".to_owned());
        assert_eq!(calm.judge(None, lost.clone()), Outcome::Breaks("lost".to_owned()));
        assert_eq!(calm.judge(breath(), lost), Outcome::Void("out of breath".to_owned()));
    }
}
