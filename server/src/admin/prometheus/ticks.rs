//! When ticks are made, and what takes how long in them.

use super::{Shards, exposition::Exposition};
use crate::metrics::{Buckets, Histogram, ShardMetrics, buckets};

pub(super) fn write(out: &mut Exposition, shards: &Shards<'_>) {
    let times = |times: fn(&ShardMetrics) -> &Histogram| -> Buckets {
        buckets(shards.metrics().map(times))
    };
    out.counter("tickwire_ticks_total", "Ticks made by all rooms.", shards.sum(|one| &one.ticks));
    let what = "How long after its deadline a tick began.";
    out.histogram("tickwire_tick_lateness_seconds", what, &[(&[], times(|one| &one.lateness))]);
    let what = "How long a tick took, sockets included.";
    out.histogram("tickwire_tick_duration_seconds", what, &[(&[], times(|one| &one.duration))]);
}
