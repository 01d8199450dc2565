//! How many sockets there may be.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::metrics::ServerMetrics;

/// Lets in as many sockets as there may be.
#[derive(Clone)]
pub(crate) struct Admission {
    places: Arc<Semaphore>,
    metrics: Arc<ServerMetrics>,
}

impl Admission {
    pub(crate) fn new(most: usize, metrics: Arc<ServerMetrics>) -> Self {
        let places = Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS)));
        Admission { places, metrics }
    }

    /// A place for one more socket, if there is one.
    pub(crate) fn admit(&self) -> Option<Guard> {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            self.metrics.too_many_connections.add(1);
            return None;
        };
        self.metrics.accepted.add(1);
        self.metrics.connections.add(1);
        Some(Guard { _place: place, metrics: Arc::clone(&self.metrics) })
    }
}

/// One socket's place, given back when dropped. It goes along to the shard.
pub(crate) struct Guard {
    _place: OwnedSemaphorePermit,
    metrics: Arc<ServerMetrics>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.metrics.connections.take();
    }
}
