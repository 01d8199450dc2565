//! The list of rooms, a page at a time, and one room as its thread knows it.

use std::{cmp::Reverse, collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use super::{asks::ask, refused::Refused, room_line};
use crate::{
    directory::{Ban, Banned, RoomEntry},
    http::{Answer, Site, json_answer, parameter},
    metrics::{named, room_values},
    shard::{Said, Wish},
};

/// How many rooms a page has at most.
const MOST_ROOMS: usize = 100;

/// Answers with the rooms that a query asks for: `find` in code or game, `state`, `sort`, `offset` and `limit`.
pub(super) fn list(site: &Site, query: &str) -> Answer {
    let mut rooms = site.directory.rooms();
    let total = rooms.len();
    let number = |name| parameter(query, name).and_then(|text| text.parse::<usize>().ok());
    let (offset, limit) = (number("offset").unwrap_or(0), number("limit").unwrap_or(MOST_ROOMS));
    let find = parameter(query, "find").unwrap_or_default().to_ascii_lowercase();
    let state = parameter(query, "state").unwrap_or_default();
    rooms.retain(|room| {
        let named = room.code.to_ascii_lowercase().contains(&find) || room.game.contains(&find);
        named && is_in(room, state)
    });
    // Those that come out the same stay in order of opening.
    match parameter(query, "sort") {
        Some("players") => rooms.sort_by_key(|room| Reverse(room.players() + room.spectators())),
        Some("load") => rooms.sort_by_key(|room| Reverse(room.cost().unwrap_or_default())),
        Some("newest") => rooms.reverse(),
        Some("code") => rooms.sort_by(|one, other| one.code.cmp(&other.code)),
        _ => {}
    }
    let shown = rooms.iter().skip(offset).take(limit.min(MOST_ROOMS));
    json_answer(&json!({
        "total": total,
        "matching": rooms.len(),
        "rooms": shown.map(|room| room_line(room)).collect::<Vec<_>>(),
    }))
}

/// Whether a room is in a state that is asked for; nothing asks for any.
fn is_in(room: &RoomEntry, state: &str) -> bool {
    match state {
        "" => true,
        "asleep" => room.is_asleep(),
        "awake" => !room.is_asleep(),
        state => room.state().name() == state,
    }
}

/// A ban, for people to read.
fn ban_line(ban: Ban) -> Value {
    let (identity, address) = match ban.who {
        Banned::Identity(identity) => (Some(identity), None),
        Banned::Address(address) => (None, Some(address)),
    };
    json!({ "id": ban.number, "name": ban.name, "identity": identity, "address": address })
}

/// Answers with all that is known of a room.
pub(super) async fn one(site: &Site, room: &Arc<RoomEntry>) -> Result<Answer, Refused> {
    match ask(site, room, Wish::Report).await? {
        Said::Report(report) => {
            let mut shown = json!(*report);
            shown["room"] = room_line(room);
            let values = room_values(&report.counters);
            shown["bans"] = room.ban_list().into_iter().map(ban_line).collect();
            shown["counters"] = json!(named(&values).collect::<BTreeMap<_, _>>());
            Ok(json_answer(&shown))
        }
        Said::NotNow => Err(Refused::Mending),
        Said::Done | Said::NoSuchPlayer => Err(Refused::NoSuchRoom),
    }
}
