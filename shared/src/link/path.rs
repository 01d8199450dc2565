//! When what is sent arrives.
//!
//! All times are nanoseconds since whatever moment the caller counts from.

use std::time::Duration;

use super::{
    chance::{Chance, below, scramble},
    conditions::Conditions,
};

/// The payload of a full TCP segment on Ethernet, in bytes.
pub const SEGMENT_BYTES: usize = 1460;
/// The headers of IP and TCP that each segment has, in bytes; they take bandwidth and space.
pub const HEADER_BYTES: usize = 40;

const NANOS: u64 = 1_000_000_000;
/// The wandering half of the jitter heads for another place this often.
const WANDER: u64 = 2 * NANOS;
/// Linux waits for at least so long beyond the round trip before it sends again unasked.
const RTO_LEAST: u64 = 200_000_000;
/// A retransmission is lost at most this many times in a row.
const RETRIES_MOST: u32 = 5;

/// The direction of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the client to the server.
    Up,
    /// From the server to the client.
    Down,
}

/// What a message goes through, without the messages.
#[derive(Clone, Debug)]
pub(super) struct Path {
    way: Way,
    seed: u64,
    chance: Chance,
    latency: u64,
    jitter: u64,
    loss_ppm: u32,
    rate_bps: u64,
    blackouts: Blackouts,
    /// When the bottleneck has sent all that it was given.
    free_at: u64,
    /// When the last message arrives.
    last: u64,
}

/// When nothing gets through.
#[derive(Clone, Copy, Debug)]
struct Blackouts {
    from: u64,
    time: u64,
    /// 0: only once.
    every: u64,
}

pub(super) fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

impl Path {
    pub(super) fn new(way: Way, conditions: &Conditions, seed: u64, now: u64) -> Path {
        let chance = Chance::new(scramble(seed ^ (way as u64 + 1).rotate_left(32)));
        let blackouts = Blackouts { from: 0, time: 0, every: 0 };
        let mut path = Path {
            way,
            seed,
            chance,
            latency: 0,
            jitter: 0,
            loss_ppm: 0,
            rate_bps: 0,
            blackouts,
            free_at: 0,
            last: 0,
        };
        path.set(conditions, now);
        path
    }

    /// From now on these are the conditions.
    pub(super) fn set(&mut self, conditions: &Conditions, now: u64) {
        assert!(conditions.check().is_ok(), "conditions are checked before they are used");
        self.latency = u64::from(conditions.latency_us) * 1000;
        self.jitter = u64::from(conditions.jitter_us) * 1000;
        self.loss_ppm = conditions.loss_ppm;
        self.rate_bps = u64::from(match self.way {
            Way::Up => conditions.up_bps,
            Way::Down => conditions.down_bps,
        });
        let every = u64::from(conditions.blackout_every_ms) * 1_000_000;
        // Both ways of a connection have the same seed here, so they go dark together.
        let from = now.saturating_add(below(scramble(self.seed), every));
        let time = u64::from(conditions.blackout_ms) * 1_000_000;
        self.blackouts = Blackouts { from, time, every };
    }

    /// Sends a message of so many bytes and says when it arrives: not before any earlier one.
    pub(super) fn send(&mut self, now: u64, bytes: usize) -> u64 {
        let starts = self.blackouts.after(now.max(self.free_at));
        self.free_at = starts.saturating_add(self.transmission(bytes));
        let late = self.delay(starts).saturating_add(self.retransmission(bytes));
        let arrives = self.blackouts.after(self.free_at.saturating_add(late));
        self.last = self.last.max(arrives);
        self.last
    }

    /// Lets messages that are under way, with their bytes and arrivals, arrive as early as ones
    /// that are only sent now; nothing gets later but by a blackout, and the order stays.
    pub(super) fn hurry<'a>(
        &mut self,
        now: u64,
        messages: impl Iterator<Item = (usize, &'a mut u64)>,
    ) {
        let mut free_at = now;
        for (bytes, arrives) in messages {
            free_at = free_at.saturating_add(self.transmission(bytes));
            if *arrives > now {
                let anew = free_at.saturating_add(self.latency);
                *arrives = self.blackouts.after(anew.min(*arrives));
            }
            self.last = *arrives;
        }
        self.free_at = self.free_at.min(free_at);
    }

    /// How long a message takes to pass the bottleneck.
    fn transmission(&self, bytes: usize) -> u64 {
        let bits = on_the_wire(bytes) as u64 * 8;
        if self.rate_bps == 0 { 0 } else { (bits * NANOS).div_ceil(self.rate_bps) }
    }

    /// The latency with its jitter for a message that sets out at this time.
    fn delay(&mut self, at: u64) -> u64 {
        let half = self.jitter / 2;
        let own = below(self.chance.next(), 2 * half + 1);
        let wandering = self.wandering(at, 2 * half);
        // Both are counted from the least that there can be.
        self.latency - 2 * half + own + wandering
    }

    /// A line through a new place in `0..=width` every [`WANDER`].
    fn wandering(&self, at: u64, width: u64) -> u64 {
        let (leg, part) = (at / WANDER, at % WANDER);
        let seed = scramble(self.seed ^ self.way as u64);
        let place = |leg: u64| below(scramble(seed.wrapping_add(leg)), width + 1);
        let (from, to) = (u128::from(place(leg)), u128::from(place(leg + 1)));
        let part = u128::from(part);
        ((from * (u128::from(WANDER) - part) + to * part) / u128::from(WANDER)) as u64
    }

    /// By how much losses make a message late: its segments come together, so the unluckiest counts.
    fn retransmission(&mut self, bytes: usize) -> u64 {
        if self.loss_ppm == 0 {
            return 0;
        }
        (0..segments(bytes)).map(|_| self.segment_retransmission()).max().unwrap_or(0)
    }

    /// A loss is seen when later segments are acknowledged: after a round trip and a quarter, in which
    /// they might only have changed places (RFC 8985). Then a timer decides, and waits twice as long
    /// each time (RFC 6298, with Linux's least variance).
    fn segment_retransmission(&mut self) -> u64 {
        if !self.chance.hits(self.loss_ppm) {
            return 0;
        }
        let round_trip = 2 * self.latency;
        let mut late = round_trip + round_trip / 4;
        let mut timeout = round_trip + RTO_LEAST.max(4 * self.jitter);
        for _ in 0..RETRIES_MOST {
            if !self.chance.hits(self.loss_ppm) {
                break;
            }
            late += timeout;
            timeout *= 2;
        }
        late
    }
}

fn segments(bytes: usize) -> usize {
    bytes.div_ceil(SEGMENT_BYTES).max(1)
}

/// The bytes of a message with its headers.
pub(super) fn on_the_wire(bytes: usize) -> usize {
    bytes.saturating_add(segments(bytes) * HEADER_BYTES)
}

impl Blackouts {
    /// This time, or the end of the blackout that it lies in.
    fn after(self, at: u64) -> u64 {
        let Some(since) = at.checked_sub(self.from) else { return at };
        let since = since.checked_rem(self.every).unwrap_or(since);
        at.saturating_add(self.time.saturating_sub(since))
    }
}
