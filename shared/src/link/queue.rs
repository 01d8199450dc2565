//! What is under way.

use std::{collections::VecDeque, time::Duration};

use super::{
    conditions::Conditions,
    path::{Path, Way, nanos, on_the_wire},
};

/// The bytes, headers included, that are inside a link at most, unless told otherwise.
pub const LIMIT_BYTES: usize = 64 * 1024;

/// One direction of a connection, carrying messages.
///
/// It holds messages up to a limit in bytes; then it takes no more until some have been taken out,
/// as a full socket buffer does. One message is always taken, however large it is.
#[derive(Clone, Debug)]
pub struct Link<T> {
    path: Path,
    inside: VecDeque<Message<T>>,
    /// The bytes inside, headers included.
    bytes: usize,
    limit: usize,
}

#[derive(Clone, Debug)]
struct Message<T> {
    arrives: u64,
    bytes: usize,
    item: T,
}

impl<T> Link<T> {
    /// An empty link. The two ways of one connection are given the same seed.
    ///
    /// # Panics
    /// When the conditions are not in range; see [`Conditions::check`].
    #[must_use]
    pub fn new(way: Way, conditions: &Conditions, seed: u64, now: Duration) -> Self {
        let path = Path::new(way, conditions, seed, nanos(now));
        Link { path, inside: VecDeque::new(), bytes: 0, limit: LIMIT_BYTES }
    }

    /// The same link that holds so many bytes, headers included, at most.
    #[must_use]
    pub fn with_limit(self, limit: usize) -> Self {
        Link { limit, ..self }
    }

    /// Sends a message whose length on the wire is `bytes`, without headers.
    ///
    /// # Errors
    /// The message itself when the link is full.
    pub fn push(&mut self, now: Duration, bytes: usize, item: T) -> Result<(), T> {
        let all = self.bytes.saturating_add(on_the_wire(bytes));
        if all > self.limit && !self.inside.is_empty() {
            return Err(item);
        }
        self.bytes = all;
        let arrives = self.path.send(nanos(now), bytes);
        self.inside.push_back(Message { arrives, bytes, item });
        Ok(())
    }

    /// How many bytes, without headers, a message may have now; 0 when not even that is sure to fit.
    #[must_use]
    pub fn space(&self) -> usize {
        let left = self.limit.saturating_sub(self.bytes);
        let segments = left.div_ceil(on_the_wire(super::SEGMENT_BYTES));
        left.saturating_sub(segments * super::HEADER_BYTES)
    }

    /// Takes out the next message that has arrived.
    pub fn pop(&mut self, now: Duration) -> Option<T> {
        let message = self.inside.pop_front_if(|message| message.arrives <= nanos(now))?;
        self.bytes -= on_the_wire(message.bytes);
        Some(message.item)
    }

    /// When the next message arrives or has arrived, if there is one inside.
    #[must_use]
    pub fn next_due(&self) -> Option<Duration> {
        self.inside.front().map(|message| Duration::from_nanos(message.arrives))
    }

    /// How many messages are inside.
    #[must_use]
    pub fn len(&self) -> usize {
        self.inside.len()
    }

    /// Whether nothing is inside.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.inside.is_empty()
    }

    /// Changes the conditions. What is inside stays in order; it does not get later, except by a
    /// blackout, and arrives no later than if it were sent now, except by jitter and loss.
    ///
    /// # Panics
    /// When the conditions are not in range; see [`Conditions::check`].
    pub fn set(&mut self, conditions: &Conditions, now: Duration) {
        let now = nanos(now);
        self.path.set(conditions, now);
        let inside = self.inside.iter_mut();
        self.path.hurry(now, inside.map(|message| (message.bytes, &mut message.arrives)));
    }
}

/// Both directions of a connection.
#[derive(Clone, Debug)]
pub struct Duplex<U, D = U> {
    /// From the client to the server.
    pub up: Link<U>,
    /// From the server to the client.
    pub down: Link<D>,
}

impl<U, D> Duplex<U, D> {
    /// A connection with nothing under way.
    ///
    /// # Panics
    /// When the conditions are not in range; see [`Conditions::check`].
    #[must_use]
    pub fn new(conditions: &Conditions, seed: u64, now: Duration) -> Self {
        Duplex {
            up: Link::new(Way::Up, conditions, seed, now),
            down: Link::new(Way::Down, conditions, seed, now),
        }
    }

    /// Changes the conditions of both; see [`Link::set`].
    ///
    /// # Panics
    /// When the conditions are not in range; see [`Conditions::check`].
    pub fn set(&mut self, conditions: &Conditions, now: Duration) {
        self.up.set(conditions, now);
        self.down.set(conditions, now);
    }

    /// When the next message arrives on either side, if one is under way.
    #[must_use]
    pub fn next_due(&self) -> Option<Duration> {
        self.up.next_due().into_iter().chain(self.down.next_due()).min()
    }
}
