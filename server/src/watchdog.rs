//! Looks after the shards: a game that never returns keeps all rooms of its shard waiting,
//! and cannot say so itself.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use crate::{http::Site, shard::ShardHandle};

/// How often to look, at least.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Whether some shard is stuck.
pub(crate) fn stuck(site: &Site) -> bool {
    site.shards.iter().any(|shard| is_stuck(site, shard))
}

/// Whether a shard has not finished what is due for too long.
pub(crate) fn is_stuck(site: &Site, shard: &ShardHandle) -> bool {
    shard.busy() >= site.config.limits.stuck_after
}

/// Logs each shard that gets stuck, and when it goes on, until told to stop.
pub(crate) async fn watch(site: Arc<Site>, mut stop: watch::Receiver<bool>) {
    let mut known = vec![false; site.shards.len()];
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY.min(site.config.limits.stuck_after)) => {}
            _ = stop.changed() => return,
        }
        for (index, (shard, known)) in site.shards.iter().zip(&mut known).enumerate() {
            let stuck = is_stuck(&site, shard);
            if stuck != *known {
                *known = stuck;
                site.directory.note_stuck(index, stuck);
                log(&site, index, stuck);
            }
        }
    }
}

fn log(site: &Site, shard: usize, stuck: bool) {
    if !stuck {
        return tracing::info!(shard, "the shard goes on");
    }
    let rooms = site.directory.rooms();
    let rooms = rooms.iter().filter(|room| room.shard() == shard).map(|room| room.code.as_str());
    let rooms = rooms.collect::<Vec<_>>().join(", ");
    let seconds = site.shards[shard].busy().as_secs_f64();
    tracing::error!(shard, rooms, seconds, "stuck: one of these rooms does not finish its tick");
}
