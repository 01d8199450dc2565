//! How often one address may ask to be let in.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    time::{Duration, Instant},
};

use parking_lot::Mutex;

use crate::config::household;

/// How many addresses are remembered at most, in each half of the memory.
const MOST_ADDRESSES: usize = 8 * 1024;

/// How often one address may ask to be let in: a bucket of tokens each, which fills steadily.
///
/// An address is remembered until its bucket is full again for certain. If there are too many, those
/// that were heard of least recently are forgotten, as if their buckets were full: whoever has so many
/// addresses is not held up by a limit for one.
pub(crate) struct Knocks {
    /// For how long one token takes to come.
    each: Duration,
    /// How long an empty bucket takes to fill.
    full: Duration,
    buckets: Mutex<Buckets>,
}

/// When each bucket will be full again: that is all there is to know of it.
struct Buckets {
    recent: BTreeMap<IpAddr, Instant>,
    /// Those that were heard of before the last turn, and not since.
    older: BTreeMap<IpAddr, Instant>,
    turned: Instant,
}

impl Knocks {
    /// So many a second for long, and so many at once.
    pub(crate) fn new(a_second: u32, at_once: u32, now: Instant) -> Self {
        let each = Duration::from_secs(1) / a_second.max(1);
        let (recent, older) = (BTreeMap::new(), BTreeMap::new());
        let buckets = Mutex::new(Buckets { recent, older, turned: now });
        Knocks { each, full: each * at_once.max(1), buckets }
    }

    /// Takes one token of an address.
    ///
    /// # Errors
    /// How long it takes until there is one.
    pub(crate) fn knock(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let address = household(address);
        let mut buckets = self.buckets.lock();
        let filled = now.saturating_duration_since(buckets.turned) >= self.full;
        if filled || buckets.recent.len() >= MOST_ADDRESSES {
            buckets.older = std::mem::take(&mut buckets.recent);
            buckets.turned = now;
        }
        let full_at = self.after_one_more(&buckets, address, now)?;
        buckets.recent.insert(address, full_at);
        Ok(())
    }

    /// Whether an address has a token, which it keeps.
    ///
    /// # Errors
    /// How long it takes until there is one.
    pub(crate) fn peek(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        self.after_one_more(&self.buckets.lock(), household(address), now).map(drop)
    }

    /// When a bucket will be full from which one token is taken now.
    fn after_one_more(
        &self,
        buckets: &Buckets,
        address: IpAddr,
        now: Instant,
    ) -> Result<Instant, Duration> {
        let known = buckets.recent.get(&address).or_else(|| buckets.older.get(&address));
        let full_at = known.copied().unwrap_or(now).max(now) + self.each;
        let missing = full_at.saturating_duration_since(now).saturating_sub(self.full);
        if missing.is_zero() { Ok(full_at) } else { Err(missing) }
    }

    #[cfg(test)]
    fn remembered(&self) -> usize {
        let buckets = self.buckets.lock();
        buckets.recent.len() + buckets.older.len()
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use super::*;

    const ONE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
    const OTHER: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2));

    #[test]
    fn a_burst_is_let_in_and_then_so_many_a_second() {
        let start = Instant::now();
        let knocks = Knocks::new(20, 100, start);
        assert!((0..100).all(|_| knocks.knock(ONE, start).is_ok()));
        assert_eq!(knocks.knock(ONE, start), Err(Duration::from_millis(50)));
        assert_eq!(knocks.peek(ONE, start), Err(Duration::from_millis(50)));
        assert!((0..200).all(|_| knocks.peek(OTHER, start).is_ok()), "looking costs nothing");
        assert!(knocks.knock(OTHER, start).is_ok());
        let let_in = |at: Duration| knocks.knock(ONE, start + at).is_ok();
        let count = (1..=1000).filter(|n| let_in(Duration::from_millis(10) * *n)).count();
        assert_eq!(count, 200, "twenty a second for ten seconds");
        assert!((0..100).all(|_| let_in(Duration::from_secs(60))), "it has rested");
    }

    #[test]
    fn neighbours_in_ipv6_share_a_bucket() {
        let start = Instant::now();
        let knocks = Knocks::new(1, 1, start);
        let neighbour = |n| IpAddr::V6(Ipv6Addr::new(0x2001, 0xDB8, 0, 0, 0, 0, 0, n));
        assert!(knocks.knock(neighbour(1), start).is_ok());
        assert!(knocks.knock(neighbour(2), start).is_err());
    }

    #[test]
    fn a_million_addresses_take_no_more_memory_than_some_thousands() {
        let start = Instant::now();
        let knocks = Knocks::new(20, 100, start);
        for n in 0..1_000_000_u32 {
            let address = IpAddr::V4(Ipv4Addr::from_bits(n));
            assert!(knocks.knock(address, start + Duration::from_micros(n.into())).is_ok());
        }
        assert!(knocks.remembered() <= 2 * MOST_ADDRESSES, "{}", knocks.remembered());
        // Nobody is remembered who has not come for long.
        for second in [10, 20, 30] {
            let _ = knocks.knock(ONE, start + Duration::from_secs(second));
        }
        assert_eq!(knocks.remembered(), 2);
    }
}
