//! What one bot is like: how it keeps up, what it does, and how long it stays.

use std::time::Duration;

use tickwire_shared::link::Conditions;

use super::{
    kinds::Kind,
    options::{BehaviourKind, SwarmOptions},
};
use crate::client::{Choice, Transport};

/// Between two visits a bot of a swarm is away for this long, at least and beyond that at most.
const SHORT_PAUSE: (Duration, Duration) = (Duration::from_millis(200), Duration::from_millis(800));

/// What one bot is like.
#[derive(Clone, Debug)]
pub struct Policy {
    /// How it keeps up.
    pub kind: Kind,
    /// What it does when it is in.
    pub does: BehaviourKind,
    /// How long it does not read, if it is of the kind that stalls.
    pub stall_time: Duration,
    /// The bad network that it is on, if any.
    pub net: Option<Conditions>,
    /// How its messages are carried.
    pub choice: Choice,
    /// How often a second it asks, if it polls.
    pub poll_hz: u32,
    /// Whether it reserves its seat by HTTP, whatever carries its messages.
    pub reserves: bool,
    /// Whether its connection is cut now and then, and it resumes its session.
    pub is_cut: bool,
    /// How long it stays on average before it leaves and comes back, if it does.
    pub stay: Option<Duration>,
    /// How long it is away then, at least and beyond that at most.
    pub pause: (Duration, Duration),
    /// Whether it only watches.
    pub spectates: bool,
    /// How long it is silent on average between two chat lines, if it says any.
    pub chats: Option<Duration>,
    /// Whether it comes back whatever befalls it.
    pub persists: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            kind: Kind::Healthy,
            does: BehaviourKind::Auto,
            stall_time: Duration::from_secs(4),
            net: None,
            choice: Choice::Only(Transport::WebSocket),
            poll_hz: 20,
            reserves: false,
            is_cut: false,
            stay: None,
            pause: SHORT_PAUSE,
            spectates: false,
            chats: None,
            persists: false,
        }
    }
}

impl SwarmOptions {
    /// What the bot of this number is like.
    #[must_use]
    pub fn policy_of(&self, index: u32) -> Policy {
        let (kind, carriage) = (self.kind_of(index), &self.carriage);
        // Who does not look does nothing.
        let does = if kind == Kind::Hidden { BehaviourKind::Idle } else { self.behaviour };
        let stay = 100.0 * 60.0 / self.churn;
        Policy {
            kind,
            does,
            stall_time: self.stall_time,
            net: self.net_of(index).map(|part| part.conditions).filter(|net| !net.is_none()),
            choice: carriage.choice_of(self.seed, index),
            poll_hz: carriage.poll_hz,
            reserves: carriage.transport.is_some(),
            is_cut: kind == Kind::Healthy && carriage.is_cut(index, self.bots),
            stay: Duration::try_from_secs_f64(stay).ok(),
            ..Policy::default()
        }
    }
}
