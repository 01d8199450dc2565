//! The server as a whole.

use hyper::HeaderMap;
use serde_json::{Value, json};

use crate::{
    http::{Answer, Site, json_answer},
    status, watchdog,
};

/// What `/status` shows, each thread by itself, and whether the one who asks may change things.
pub(super) fn answer(site: &Site, headers: &HeaderMap) -> Answer {
    let mut shown = status::status(site);
    shown["draining"] = site.directory.draining().into();
    shown["threads"] = threads(site);
    let may_change = site.admin.as_ref().is_some_and(|admin| admin.knows(headers));
    shown["may_change"] = may_change.into();
    json_answer(&shown)
}

fn threads(site: &Site) -> Value {
    let rooms = site.directory.rooms();
    let threads = site.shards.iter().enumerate().map(|(index, shard)| {
        let own = || rooms.iter().filter(|room| room.shard() == index);
        let cost: u64 = own().map(|room| room.cost().unwrap_or_default()).sum();
        json!({
            "rooms": own().count(),
            "load": cost as f64 / 1e9,
            "busy_ms": shard.busy().as_millis() as u64,
            "stuck": watchdog::is_stuck(site, shard),
        })
    });
    threads.collect()
}
