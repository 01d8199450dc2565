//! What may hold a client up, so that one can see how a server fares with such clients.
//!
//! The client itself is the same: what it reads and says is only delayed, on its way
//! from and to the socket.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// What holds a client up; by default nothing does.
#[derive(Clone, Debug, Default)]
pub struct Hindrance {
    /// Bytes that it reads a second, which may be changed meanwhile; 0 is no limit.
    pub rate: Option<Arc<AtomicU64>>,
    /// The kernel's receive buffer, which it doubles.
    pub receive_buffer: Option<u32>,
    /// It stops reading from time to time.
    pub stall: Option<Stall>,
    /// What it says is kept back and sent all at once, each time that so long has passed.
    pub hold: Option<Duration>,
    /// Set when nothing is to hold it up any more.
    pub over: Arc<AtomicBool>,
}

/// When a client stops reading, counted from when it connected.
#[derive(Clone, Copy, Debug)]
pub struct Stall {
    /// The first time.
    pub first: Duration,
    /// From the beginning of one to that of the next.
    pub every: Duration,
    /// How long it does not read.
    pub time: Duration,
}

impl Hindrance {
    /// Whether there is none.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.rate.is_none() && self.stall.is_none() && self.hold.is_none()
    }
}

impl Stall {
    /// How much of a stall is left for one that connected so long ago.
    #[must_use]
    pub fn left(&self, age: Duration) -> Option<Duration> {
        let since = age.checked_sub(self.first)?.as_nanos() % self.every.as_nanos().max(1);
        let since = Duration::from_nanos(u64::try_from(since).unwrap_or(u64::MAX));
        self.time.checked_sub(since).filter(|left| !left.is_zero())
    }
}

/// How many bytes may be read by now: they come in evenly, and a moment's worth is kept.
#[derive(Debug)]
pub(super) struct Bucket {
    rate: Arc<AtomicU64>,
    bytes: f64,
    filled: Instant,
}

/// For so long bytes gather that are not read.
const GATHER: f64 = 0.1;
/// Of a byte that is not there yet, one waits for at least so long.
const WAIT: Duration = Duration::from_millis(5);

impl Bucket {
    pub(super) fn new(rate: Arc<AtomicU64>, now: Instant) -> Bucket {
        Bucket { rate, bytes: 0.0, filled: now }
    }

    /// How many bytes may be read now, or how long to wait.
    pub(super) fn space(&mut self, now: Instant) -> Result<usize, Duration> {
        let rate = self.rate.load(Ordering::Relaxed) as f64;
        if rate == 0.0 {
            return Ok(usize::MAX);
        }
        let time = now.saturating_duration_since(self.filled).as_secs_f64();
        self.filled = now;
        self.bytes = (self.bytes + time * rate).min((rate * GATHER).max(1.0));
        if self.bytes >= 1.0 { Ok(self.bytes as usize) } else { Err(WAIT) }
    }

    /// So many were read.
    pub(super) fn take(&mut self, bytes: usize) {
        self.bytes = (self.bytes - bytes as f64).max(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stall_comes_again_and_ends() {
        let second = Duration::from_secs(1);
        let stall = Stall { first: second * 3, every: second * 10, time: second * 4 };
        for (age, left) in [(0, 0), (2, 0), (3, 4), (6, 1), (7, 0), (12, 0), (13, 4), (26, 1)] {
            let expected = (left > 0).then_some(second * left);
            assert_eq!(stall.left(second * age), expected, "after {age} s");
        }
    }

    #[test]
    fn a_bucket_lets_its_rate_through() {
        let start = Instant::now();
        let rate = Arc::new(AtomicU64::new(10_000));
        let mut bucket = Bucket::new(rate.clone(), start);
        let mut read = 0;
        for ms in 0..2000 {
            if let Ok(space) = bucket.space(start + Duration::from_millis(ms)) {
                bucket.take(space);
                read += space;
            }
        }
        assert!((19_000..=20_000).contains(&read), "{read} bytes in two seconds");
        let later = bucket.space(start + Duration::from_secs(60));
        assert_eq!(later, Ok(1000), "what was not read for long is not made up for");
        rate.store(0, Ordering::Relaxed);
        assert_eq!(bucket.space(start), Ok(usize::MAX));
    }
}
