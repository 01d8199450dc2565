//! Connections, by what carries them.

use std::sync::Arc;

use super::{Counter, ShardMetrics};

/// What carries a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A WebSocket.
    Socket,
    /// An answer that lasts, and requests.
    Stream,
    /// Requests alone.
    Poll,
}

/// How many connections each carries.
#[derive(Debug, Default)]
pub struct OpenTransports([Counter; 3]);

/// A connection, counted for as long as this lives.
pub struct Open(Way, Arc<ShardMetrics>);

impl Open {
    /// One more connection of its kind.
    pub fn new(way: Way, metrics: &Arc<ShardMetrics>) -> Self {
        metrics.transports.0[way as usize].add(1);
        Open(way, Arc::clone(metrics))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.1.transports.0[self.0 as usize].take();
    }
}

/// The connections of all shards, by what carries them.
#[must_use]
pub fn open_transports<'a>(
    shards: impl Iterator<Item = &'a ShardMetrics> + Clone,
) -> [(&'static str, u64); 3] {
    let sum =
        |way: Way| shards.clone().map(|shard| shard.transports.0[way as usize].get()).sum::<u64>();
    [("websocket", sum(Way::Socket)), ("stream", sum(Way::Stream)), ("poll", sum(Way::Poll))]
}
