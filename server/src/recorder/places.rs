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
        let orders = self.orders.fetch_add(1, Relaxed) + 1;
        let all = self.bytes.fetch_add(bytes, Relaxed) + bytes;
        // Which gives back what was taken, whether or not it was too much.
        let place = Place { of: Arc::clone(self), bytes };
        (orders <= most.orders && all <= most.bytes).then_some(place)
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
