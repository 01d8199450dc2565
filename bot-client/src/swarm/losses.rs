//! When a bot's connection is cut, and how long nobody notices.

use std::time::{Duration, Instant};

use tickwire_games::common::rng::Rng;

/// Between two cuts, at least and beyond that at most.
const BETWEEN: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(4));
/// For how long a bot is without a connection, at least and beyond that at most.
const AWAY: (Duration, Duration) = (Duration::from_millis(50), Duration::from_millis(1950));

/// The cuts of a bot; none for most.
#[derive(Debug)]
pub(super) struct Losses {
    next: Option<Instant>,
}

impl Losses {
    pub(super) fn new(is_cut: bool, rng: &mut Rng) -> Losses {
        Losses { next: is_cut.then(|| Instant::now() + draw(BETWEEN, rng)) }
    }

    /// That the connection is to be cut now, and how long the bot is to wait before it comes back.
    pub(super) fn poll(&mut self, now: Instant, rng: &mut Rng) -> Option<Duration> {
        self.next.filter(|next| now >= *next)?;
        let away = draw(AWAY, rng);
        self.next = Some(now + away + draw(BETWEEN, rng));
        Some(away)
    }
}

fn draw((least, more): (Duration, Duration), rng: &mut Rng) -> Duration {
    least + more.mul_f32(rng.unit())
}
