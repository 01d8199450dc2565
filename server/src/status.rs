//! What the server shows of itself.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::{
    build,
    directory::{Directory, RoomEntry},
    http::Site,
    metrics::{self, Counter, Histogram, RoomGauges, ShardMetrics, summary},
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
pub(crate) fn loads(rooms: &[Arc<RoomEntry>], shards: usize) -> Vec<f64> {
    let mut loads = vec![0.0; shards];
    for room in rooms {
        loads[room.shard()] += room.cost().unwrap_or_default() as f64 / 1e9;
    }
    loads
}

/// What goes up and down in all of some rooms together.
pub(crate) fn gauges(rooms: &[Arc<RoomEntry>]) -> RoomGauges {
    let mut sum = RoomGauges::default();
    rooms.iter().for_each(|room| sum += room.gauges());
    sum
}

/// Tasks that have not ended: about one a connection that speaks HTTP, and a few of the server's own.
pub(crate) fn tasks() -> Option<usize> {
    tokio::runtime::Handle::try_current().ok().map(|runtime| runtime.metrics().num_alive_tasks())
}

fn object(pairs: impl IntoIterator<Item = (&'static str, u64)>) -> Value {
    Value::Object(pairs.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect())
}

/// The process, its shards and the sum of its rooms.
pub(crate) fn status(site: &Site) -> Value {
    let shards: Vec<&ShardMetrics> = site.shards.iter().map(|shard| &*shard.metrics).collect();
    let (rooms, totals) = site.directory.survey();
    let mut shown = Map::new();
    for part in [about(site), whereabouts(site, &rooms, &shards), ticks(&shards), traffic(&shards)]
    {
        if let Value::Object(part) = part {
            shown.extend(part);
        }
    }
    // The shards' own count of ticks is exact; the rooms' lag by a moment.
    metrics::named(&totals).for_each(|(name, value)| {
        shown.entry(name).or_insert(value.into());
    });
    Value::Object(shown)
}

fn about(site: &Site) -> Value {
    json!({
        "version": build().version,
        "build": build(),
        "uptime_seconds": site.started.elapsed().as_secs_f64(),
        "ready": !site.directory.draining() && !watchdog::stuck(site),
        "net_control": site.config.allows_net_control(),
        "games": site.directory.games().names().collect::<Vec<_>>(),
        "shards": site.shards.len(),
        "connections": site.metrics.connections.get(),
        "accepted": site.metrics.accepted.get(),
        "requests": site.metrics.requests.get(),
        "upgrades": site.metrics.upgrades.get(),
        "links": site.metrics.links.get(),
        "refusals": object(site.metrics.refusals()),
        "recorder": site.recorder.shown(),
        "tasks": tasks(),
        "process": process::usage(),
    })
}

/// Who is where, and what waits for whom.
fn whereabouts(site: &Site, rooms: &[Arc<RoomEntry>], shards: &[&ShardMetrics]) -> Value {
    let gauges = gauges(rooms);
    json!({
        "shard_loads": loads(rooms, shards.len()),
        "reservations": site.directory.reservations(),
        "rooms": rooms.len(),
        "sleeping_rooms": rooms.iter().filter(|room| room.is_asleep()).count(),
        "players": rooms.iter().map(|room| room.players()).sum::<u32>(),
        "spectators": rooms.iter().map(|room| room.spectators()).sum::<u32>(),
        "sessions": gauges.sessions,
        "away": gauges.away,
        "viewers_by_rate": gauges.rates,
        "unsent_bytes": gauges.unsent_bytes,
        "link_bytes": gauges.link_bytes,
        "inbox_commands": shards.iter().map(|shard| shard.inbox()).sum::<u64>(),
        "transports": object(metrics::open_transports(shards.iter().copied())),
    })
}

fn sum(shards: &[&ShardMetrics], counter: fn(&ShardMetrics) -> &Counter) -> u64 {
    shards.iter().map(|shard| counter(shard).get()).sum()
}

fn ticks(shards: &[&ShardMetrics]) -> Value {
    let times = |times: fn(&ShardMetrics) -> &Histogram| {
        json!(summary(shards.iter().map(|shard| times(shard))))
    };
    json!({
        "ticks": sum(shards, |shard| &shard.ticks),
        "tick_lateness_us": times(|shard| &shard.lateness),
        "tick_duration_us": times(|shard| &shard.duration),
        "tick_receive_us": times(|shard| &shard.receive),
        "tick_step_us": times(|shard| &shard.step),
        "tick_send_us": times(|shard| &shard.send),
        "frame_written_us": times(|shard| &shard.written),
        "tick_overruns": sum(shards, |shard| &shard.overruns),
        "slipped_ticks": sum(shards, |shard| &shard.slipped),
        "panicked_rooms": sum(shards, |shard| &shard.panics),
    })
}

/// What came and went.
fn traffic(shards: &[&ShardMetrics]) -> Value {
    let closes = metrics::closes(shards.iter().copied());
    json!({
        "resumes": sum(shards, |shard| &shard.resumes),
        "refused_resumes": sum(shards, |shard| &shard.refused_resumes),
        "takeovers": sum(shards, |shard| &shard.takeovers),
        "frame_bytes": sum(shards, |shard| &shard.frame_bytes),
        "wire_bytes": sum(shards, |shard| &shard.wire_bytes),
        "received_bytes": sum(shards, |shard| &shard.received_bytes),
        "received_messages": sum(shards, |shard| &shard.received_messages),
        "skipped_for_unsent": sum(shards, |shard| &shard.skipped_for_tail),
        "flooded_reads": sum(shards, |shard| &shard.floods),
        "pongs": sum(shards, |shard| &shard.pongs),
        "impaired_connections": sum(shards, |shard| &shard.impaired),
        "ignored_net_requests": sum(shards, |shard| &shard.ignored_nets),
        "closes": object(closes.filter(|(_, count)| *count > 0)),
    })
}
