//! `/metrics`: what the server counts, as Prometheus reads it.
//!
//! Names begin with `tickwire_`, but for those of the process, which all programs share. Units are
//! seconds and bytes. Labels have few values, known beforehand: there is nothing of a player or of a single
//! room, so the text is about as long for a thousand rooms as for one. What is shown lies in atomics; the
//! one lock, of the list of rooms, is held for as long as it takes to copy that list, and no tick needs it.

use std::sync::Arc;

use crate::{
    directory::RoomEntry,
    http::Site,
    metrics::{Counter, ROOM_COUNTERS, ShardMetrics},
    watchdog,
};

mod exposition;
mod process;
mod recorder;
mod refusals;
mod rooms;
mod sessions;
mod ticks;
mod totals;
mod traffic;

pub(super) use exposition::CONTENT_TYPE;
use exposition::Exposition;

/// Everything at about the same time.
struct Seen<'a> {
    site: &'a Site,
    rooms: Vec<Arc<RoomEntry>>,
    /// What all rooms counted that there are and were.
    totals: [u64; ROOM_COUNTERS],
}

impl Seen<'_> {
    /// What each shard counts, in order.
    fn shards(&self) -> impl Iterator<Item = &ShardMetrics> + Clone {
        self.site.shards.iter().map(|shard| &*shard.metrics)
    }

    /// What all shards counted together.
    fn sum(&self, counter: fn(&ShardMetrics) -> &Counter) -> u64 {
        self.shards().map(|shard| counter(shard).get()).sum()
    }
}

/// The whole text.
pub(super) fn text(site: &Site) -> String {
    let (rooms, totals) = site.directory.survey();
    let seen = Seen { site, rooms, totals };
    let mut out = Exposition::default();
    let draining = site.directory.draining();
    let ready = !draining && !watchdog::stuck(site);
    out.gauge("tickwire_ready", "Whether /readyz says so: 1 or 0.", u8::from(ready));
    let help = "Whether nobody is let in because the server is drained: 1 or 0.";
    out.gauge("tickwire_draining", help, u8::from(draining));
    ticks::write(&mut out, &seen);
    traffic::write(&mut out, &seen);
    totals::write(&mut out, &seen.totals);
    rooms::write(&mut out, &seen);
    sessions::write(&mut out, &seen);
    refusals::write(&mut out, &seen);
    recorder::write(&mut out, &seen);
    process::write(&mut out);
    out.into_text()
}
