//! How much may wait for the disk.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

/// How much of a kind waits at most.
#[derive(Clone, Copy, Debug)]
pub(super) struct Most {
    pub(super) orders: usize,
    pub(super) bytes: usize,
}

/// What waits of a kind.
#[derive(Debug, Default)]
pub struct Waiting {
    orders: AtomicUsize,
    bytes: AtomicUsize,
}

impl Waiting {
    /// How many bytes wait.
    pub fn bytes(&self) -> usize {
        self.bytes.load(Relaxed)
    }

    /// A place for an order with so many bytes, if there is one.
    pub(super) fn take(self: &Arc<Self>, bytes: usize, most: Most) -> Option<Place> {
        // Nobody sees more taken than is given, or one that is refused would have others refused as well.
        let take = |of: &AtomicUsize, more: usize, most: usize| {
            of.fetch_update(Relaxed, Relaxed, |held| Some(held + more).filter(|all| *all <= most))
        };
        take(&self.orders, 1, most.orders).ok()?;
        if take(&self.bytes, bytes, most.bytes).is_err() {
            self.orders.fetch_sub(1, Relaxed);
            return None;
        }
        Some(Place { of: Arc::clone(self), bytes })
    }
}

/// A place, given back when dropped.
#[derive(Debug)]
pub(super) struct Place {
    of: Arc<Waiting>,
    bytes: usize,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.of.orders.fetch_sub(1, Relaxed);
        self.of.bytes.fetch_sub(self.bytes, Relaxed);
    }
}
