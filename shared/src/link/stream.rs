//! A link for bytes, as between two sockets.

use std::{collections::VecDeque, time::Duration};

use super::{
    conditions::Conditions,
    path::{SEGMENT_BYTES, Way},
    queue::Link,
};

/// One direction of a connection, carrying bytes in segments. Its bounds are those of [`Link`].
#[derive(Clone, Debug)]
pub struct Stream {
    /// The lengths of what is under way; 0 is the end.
    link: Link<usize>,
    /// What has arrived and was not taken, then what is under way.
    bytes: VecDeque<u8>,
    arrived: usize,
    is_over: bool,
}

impl Stream {
    /// An empty stream. The two ways of one connection are given the same seed.
    ///
    /// # Panics
    /// When the conditions are not in range; see [`Conditions::check`].
    #[must_use]
    pub fn new(way: Way, conditions: &Conditions, seed: u64, now: Duration) -> Self {
        let link = Link::new(way, conditions, seed, now);
        Stream { link, bytes: VecDeque::new(), arrived: 0, is_over: false }
    }

    /// Sends as many of the bytes as fit, and says how many.
    pub fn write(&mut self, now: Duration, bytes: &[u8]) -> usize {
        let mut sent = 0;
        while sent < bytes.len() {
            let count = self.space().min(SEGMENT_BYTES).min(bytes.len() - sent);
            if count == 0 || self.link.push(now, count, count).is_err() {
                break;
            }
            self.bytes.extend(&bytes[sent..sent + count]);
            sent += count;
        }
        sent
    }

    /// How many bytes fit.
    #[must_use]
    pub fn space(&self) -> usize {
        // Bytes that have arrived and were not taken fill a buffer too.
        self.link.space().saturating_sub(self.arrived)
    }

    /// Sends the end, behind all bytes.
    ///
    /// # Errors
    /// When even that does not fit; try again later.
    pub fn finish(&mut self, now: Duration) -> Result<(), Full> {
        self.link.push(now, 0, 0).map_err(|_| Full)
    }

    /// A part of the bytes that have arrived: the first ones, and none only if there are none. Then
    /// call [`Stream::consume`].
    pub fn arrived(&mut self, now: Duration) -> &[u8] {
        while let Some(length) = self.link.pop(now) {
            self.arrived += length;
            self.is_over |= length == 0;
        }
        let (first, _) = self.bytes.as_slices();
        &first[..first.len().min(self.arrived)]
    }

    /// Takes so many of the bytes that have arrived.
    ///
    /// # Panics
    /// When so many have not arrived.
    pub fn consume(&mut self, count: usize) {
        assert!(count <= self.arrived, "only what has arrived can be taken");
        self.arrived -= count;
        self.bytes.drain(..count);
    }

    /// Takes as many bytes as have arrived and fit, and says how many.
    pub fn read(&mut self, now: Duration, buffer: &mut [u8]) -> usize {
        let mut read = 0;
        // What has arrived lies in two pieces at most.
        for _ in 0..2 {
            let bytes = self.arrived(now);
            let count = bytes.len().min(buffer.len() - read);
            buffer[read..read + count].copy_from_slice(&bytes[..count]);
            self.consume(count);
            read += count;
        }
        read
    }

    /// Whether the end has arrived and all bytes before it were taken.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.is_over && self.arrived == 0
    }

    /// Whether nothing is inside.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.link.is_empty() && self.arrived == 0
    }

    /// When the next bytes, or the end, arrive; a time that has passed when some have.
    #[must_use]
    pub fn next_due(&self) -> Option<Duration> {
        if self.arrived > 0 { Some(Duration::ZERO) } else { self.link.next_due() }
    }

    /// Changes the conditions; see [`Link::set`].
    ///
    /// # Panics
    /// When the conditions are not in range; see [`Conditions::check`].
    pub fn set(&mut self, conditions: &Conditions, now: Duration) {
        self.link.set(conditions, now);
    }
}

/// Nothing more fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;
