//! What the server shows of itself.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    directory::{Directory, RoomEntry},
    http::Site,
    metrics::{self, Counter, Histogram, ShardMetrics, summary},
    process, watchdog,
};

/// The games, as clients choose among them, the default one first.
pub(crate) fn games(directory: &Directory) -> Value {
    let games = directory.games().0.iter();
    games
        .map(|game| {
            json!({
                "name": game.name,
                "tick_hz": directory.usual_hz(game),
                "max_players": directory.most_players(game),
                "max_spectators": directory.most_spectators(),
            })
        })
        .collect()
}

/// The first `most` public rooms, or of those of one game, as clients choose among them.
pub(crate) fn rooms(directory: &Directory, game: Option<&str>, most: usize) -> Value {
    let rooms = directory.rooms();
    let shown = rooms.iter().filter(|room| !room.private);
    let shown = shown.filter(|one| game.is_none_or(|game| one.game == game)).take(most);
    shown.map(|one| room(one)).collect()
}

/// A room, as clients see it.
pub(crate) fn room(room: &RoomEntry) -> Value {
    json!({
        "code": room.code,
        "game": room.game,
        "state": room.state().name(),
        "players": room.players(),
        "max_players": room.max_players,
        "spectators": room.spectators(),
        "max_spectators": room.max_spectators,
        "tick_hz": room.tick_hz,
        "tick": room.tick().0,
        "private": room.private,
    })
}

/// Which part of each shard's time its rooms take, as measured: 1 is all of it.
fn loads(rooms: &[Arc<RoomEntry>], shards: usize) -> Vec<f64> {
    let mut loads = vec![0.0; shards];
    for room in rooms {
        loads[room.shard()] += room.cost().unwrap_or_default() as f64 / 1e9;
    }
    loads
}

/// Tasks that have not ended: about one a connection that speaks HTTP, and a few of the server's own.
fn tasks() -> Option<usize> {
    tokio::runtime::Handle::try_current().ok().map(|runtime| runtime.metrics().num_alive_tasks())
}

fn object(pairs: impl IntoIterator<Item = (&'static str, u64)>) -> Value {
    Value::Object(pairs.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect())
}

/// The process, its shards and the sum of its rooms.
pub(crate) fn status(site: &Site) -> Value {
    let shards: Vec<&ShardMetrics> = site.shards.iter().map(|shard| &*shard.metrics).collect();
    let sum = |counter: fn(&ShardMetrics) -> &Counter| {
        shards.iter().map(|shard| counter(shard).get()).sum::<u64>()
    };
    let times = |times: fn(&ShardMetrics) -> &Histogram| {
        json!(summary(shards.iter().map(|shard| times(shard))))
    };
    let rooms = site.directory.rooms();
    let players: u32 = rooms.iter().map(|room| room.players()).sum();
    let sleeping = rooms.iter().filter(|room| room.is_asleep()).count();
    let mut shown = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "uptime_seconds": site.started.elapsed().as_secs_f64(),
        "ready": !site.directory.draining() && !watchdog::stuck(site),
        "net_control": site.config.allows_net_control(),
        "games": site.directory.games().names().collect::<Vec<_>>(),
        "shards": shards.len(),
        "shard_loads": loads(&rooms, shards.len()),
        "connections": site.metrics.connections.get(),
        "accepted": site.metrics.accepted.get(),
        "requests": site.metrics.requests.get(),
        "upgrades": site.metrics.upgrades.get(),
        "reservations": site.directory.reservations(),
        "rooms": rooms.len(),
        "sleeping_rooms": sleeping,
        "players": players,
        "spectators": rooms.iter().map(|room| room.spectators()).sum::<u32>(),
        "tasks": tasks(),
        "transports": object(metrics::open_transports(shards.iter().copied())),
        "links": site.metrics.links.get(),
        "resumes": sum(|shard| &shard.resumes),
        "refused_resumes": sum(|shard| &shard.refused_resumes),
        "takeovers": sum(|shard| &shard.takeovers),
        "ticks": sum(|shard| &shard.ticks),
        "tick_lateness_us": times(|shard| &shard.lateness),
        "tick_duration_us": times(|shard| &shard.duration),
        "frame_written_us": times(|shard| &shard.written),
        "tick_overruns": sum(|shard| &shard.overruns),
        "slipped_ticks": sum(|shard| &shard.slipped),
        "frame_bytes": sum(|shard| &shard.frame_bytes),
        "wire_bytes": sum(|shard| &shard.wire_bytes),
        "received_bytes": sum(|shard| &shard.received_bytes),
        "received_messages": sum(|shard| &shard.received_messages),
        "skipped_for_unsent": sum(|shard| &shard.skipped_for_tail),
        "flooded_reads": sum(|shard| &shard.floods),
        "pongs": sum(|shard| &shard.pongs),
        "impaired_connections": sum(|shard| &shard.impaired),
        "ignored_net_requests": sum(|shard| &shard.ignored_nets),
        "panicked_rooms": sum(|shard| &shard.panics),
        "refusals": site.metrics.refusals(),
        "closes": metrics::closes(&shards),
        "process": process::usage(),
    });
    if let Value::Object(shown) = &mut shown {
        // The shards' own count of ticks is exact; the rooms' lag by a moment.
        let totals = metrics::named(&site.directory.totals());
        totals.into_iter().for_each(|(name, value)| {
            shown.entry(name).or_insert(value);
        });
    }
    shown
}
