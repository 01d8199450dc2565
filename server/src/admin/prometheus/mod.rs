//! `/metrics`: what the server counts, as Prometheus reads it.
//!
//! Names begin with `tickwire_`, but for those of the process, which all programs share. Units are
//! seconds and bytes. Labels have few values, known beforehand: there is nothing of a player or of a single
//! room, so the text is about as long for a thousand rooms as for one.

use crate::{
    http::Site,
    metrics::{Counter, ShardMetrics},
    shard::ShardHandle,
};

mod exposition;
mod process;
mod sessions;
mod ticks;

pub(super) use exposition::CONTENT_TYPE;
use exposition::Exposition;

/// All shards, whose counters are added up.
struct Shards<'a>(&'a [ShardHandle]);

impl Shards<'_> {
    fn metrics(&self) -> impl Iterator<Item = &ShardMetrics> + Clone {
        self.0.iter().map(|shard| &*shard.metrics)
    }

    fn sum(&self, counter: fn(&ShardMetrics) -> &Counter) -> u64 {
        self.metrics().map(|shard| counter(shard).get()).sum()
    }
}

/// The whole text.
pub(super) fn text(site: &Site) -> String {
    let mut out = Exposition::default();
    let shards = Shards(&site.shards);
    ticks::write(&mut out, &shards);
    sessions::write(&mut out, &shards);
    process::write(&mut out);
    out.into_text()
}
