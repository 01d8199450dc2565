//! Bots that do not keep up, each in its own way, beside those that do.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tickwire_games::common::rng::Rng;
use tickwire_shared::message::CloseCode;

use super::{bot::Swarm, options::SwarmOptions, policy::Policy};
use crate::client::{ClientError, Hindrance, Stall};

/// Slow bots read this share of what a healthy one is sent.
const SLOW_SHARE: f64 = 0.6;
/// The kernel's receive buffer of bots that do not read all that is sent, which it doubles.
const SMALL_BUFFER: u32 = 16 * 1024;
/// From the beginning of one stall to that of the next, beside the stall itself.
const STALL_PAUSE: Duration = Duration::from_secs(8);
/// A hidden page's timers run this often.
const HIDDEN_TIMER: Duration = Duration::from_secs(1);
/// After so long without an acknowledgement a server gives a client up; see `PROTOCOL.md`.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(15);

/// How a bot keeps up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// It reads and answers at once.
    #[default]
    Healthy,
    /// Its link takes less than is sent.
    Slow,
    /// A page that nobody looks at: it acknowledges once a second and has no inputs.
    Hidden,
    /// Its link stops for seconds from time to time.
    Stalled,
}

/// All kinds, in the order in which they are reported.
pub const KINDS: [Kind; 4] = [Kind::Healthy, Kind::Slow, Kind::Hidden, Kind::Stalled];

impl Kind {
    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Healthy => "healthy",
            Kind::Slow => "slow",
            Kind::Hidden => "hidden",
            Kind::Stalled => "stalled",
        }
    }
}

impl SwarmOptions {
    /// How many bots of a kind there are: their share, and at least one when there is a share.
    #[must_use]
    pub fn count_of(&self, kind: Kind) -> u32 {
        let share = match kind {
            Kind::Healthy => {
                let others = KINDS[1..].iter().map(|kind| self.count_of(*kind)).sum::<u32>();
                return self.bots.saturating_sub(others);
            }
            Kind::Slow => self.slow,
            Kind::Hidden => self.hidden,
            Kind::Stalled => self.stall,
        };
        let bots = (f64::from(self.bots) * share / 100.0).round() as u32;
        if share > 0.0 { bots.max(1) } else { 0 }
    }

    /// Of which kind a bot is. The first ones, which open the rooms, are healthy.
    #[must_use]
    pub fn kind_of(&self, index: u32) -> Kind {
        let mut end = 0;
        let found = KINDS.into_iter().find(|kind| {
            end += self.count_of(*kind);
            index < end
        });
        found.unwrap_or_default()
    }

    /// Whether some bots do not keep up.
    #[must_use]
    pub fn has_hindered(&self) -> bool {
        self.count_of(Kind::Healthy) < self.bots
    }
}

/// What holds up a bot.
pub(super) fn hindrance(policy: &Policy, swarm: &Swarm, rng: &mut Rng) -> Hindrance {
    let usual = Hindrance { over: swarm.over.clone(), ..Hindrance::default() };
    match policy.kind {
        Kind::Healthy => usual,
        Kind::Slow => Hindrance {
            rate: Some(swarm.slow_rate.clone()),
            receive_buffer: Some(SMALL_BUFFER),
            ..usual
        },
        Kind::Hidden => Hindrance { hold: Some(HIDDEN_TIMER), ..usual },
        Kind::Stalled => {
            let time = policy.stall_time;
            let first = Duration::from_secs(3) + STALL_PAUSE.mul_f32(rng.unit());
            let stall = Stall { first, every: time + STALL_PAUSE, time };
            Hindrance { stall: Some(stall), receive_buffer: Some(SMALL_BUFFER), ..usual }
        }
    }
}

/// Whether a bot may be closed in this way, because it was asked to be too slow.
pub(super) fn may_end(policy: &Policy, error: &ClientError) -> bool {
    let is_long = policy.kind == Kind::Stalled && policy.stall_time >= GIVEN_UP_AFTER;
    is_long && matches!(error, ClientError::Closed(closed) if closed.is(CloseCode::TooSlow))
}

/// Keeps slow bots below what a healthy one was lately sent; without end.
pub(super) async fn hold_down(swarm: Arc<Swarm>) {
    let healthy = swarm.tally.kind(Kind::Healthy);
    let mut before = healthy.counts();
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let now = healthy.counts();
        let (bytes, frames) = (now.wire_bytes - before.wire_bytes, now.frames - before.frames);
        before = now;
        if frames > 0 {
            let needed = bytes as f64 / frames as f64 * f64::from(swarm.tally.tick_hz());
            let rate = (needed * SLOW_SHARE).max(1.0) as u64;
            swarm.slow_rate.store(rate, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    use super::super::options::{Cli, Command};

    fn options(args: &str) -> SwarmOptions {
        let words = ["tickwire-bots", "swarm"].into_iter().chain(args.split_whitespace());
        let Command::Swarm(options) = Cli::parse_from(words).command else {
            unreachable!("it says swarm")
        };
        options
    }

    #[test]
    fn each_kind_gets_its_share_and_rooms_are_opened_by_healthy_ones() {
        let options = options("-n 100 --rooms 4 --slow 5% --hidden 10 --stall 0.1%");
        let counted = KINDS
            .map(|kind| (0..100).filter(|index| options.kind_of(*index) == kind).count() as u32);
        assert_eq!(counted, KINDS.map(|kind| options.count_of(kind)));
        assert_eq!(counted, [84, 5, 10, 1]);
        assert!((0..4).all(|index| options.kind_of(index) == Kind::Healthy));
        assert!(options.has_hindered() && options.check().is_ok());
    }

    #[test]
    fn nobody_is_hindered_unless_asked_for() {
        let options = options("-n 7");
        assert!(!options.has_hindered());
        assert!((0..7).all(|index| options.kind_of(index) == Kind::Healthy));
    }
}
