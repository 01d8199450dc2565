//! The monitor page: what it is made of, what it asks for, and what it lets the operator do.
//!
//! What is read of the directory and of counters is read at once. What only a room's own thread knows
//! is [asked](asks) of that thread, which may be stuck: then the answer says so, in time.

use std::sync::Arc;

use hyper::{Method, Request, StatusCode, body::Incoming};
use serde_json::{Value, json};
use tickwire_shared::PlayerId;

use super::not_allowed;
use crate::{
    directory::RoomEntry,
    http::{Answer, Site, parameter, problem::coded, problem::problem, send, upgrade_observer},
};

mod asks;
mod changes;
mod log;
mod overview;
mod rooms;

pub(super) use asks::Asks;

/// Where the page is, among the files.
const PAGE: &str = "pages/monitor/index.html";
/// Where what it asks for is.
const API: &str = "/monitor/api/";

/// Answers what is the page's; `None` for all else.
pub(super) async fn route(site: &Arc<Site>, request: Request<Incoming>) -> Option<Answer> {
    let path = request.uri().path().to_owned();
    if let Some(call) = path.strip_prefix(API) {
        return Some(match *request.method() {
            Method::GET | Method::HEAD => read(site, &request, call).await,
            Method::POST => changes::make(site, request, call).await,
            _ => not_allowed("GET, HEAD, POST"),
        });
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Some(not_allowed("GET, HEAD"));
    }
    let room = path.strip_prefix("/monitor/rooms/").and_then(|rest| rest.strip_suffix("/ws"));
    if let Some(code) = room {
        return Some(look_at(site, request, code));
    }
    let file = match &path[1..] {
        "" | "monitor" | "monitor/" => PAGE,
        file => file,
    };
    site.assets.any(file).map(|asset| send(asset, &request))
}

async fn read(site: &Site, request: &Request<Incoming>, call: &str) -> Answer {
    let query = request.uri().query().unwrap_or_default();
    match call {
        "overview" => overview::answer(site, request.headers()),
        "rooms" => rooms::list(site, query),
        "log" => log::answer(query),
        _ => match call.strip_prefix("rooms/") {
            Some(code) => match site.directory.room(code) {
                Some(room) => rooms::one(site, &room).await,
                None => no_such_room(),
            },
            None => problem(StatusCode::NOT_FOUND, "there is nothing at this address"),
        },
    }
}

/// Begins a connection that looks at a room.
fn look_at(site: &Arc<Site>, request: Request<Incoming>, code: &str) -> Answer {
    let like = parameter(request.uri().query().unwrap_or_default(), "like").map(str::parse);
    let Ok(like) = like.transpose() else {
        return problem(StatusCode::BAD_REQUEST, "like has to be a player's number");
    };
    let Some(room) = site.directory.room(code) else { return no_such_room() };
    tracing::info!(room = room.code, like, "the operator looks at a room");
    upgrade_observer(site, request, room, like.map(PlayerId))
}

/// A room, as the operator sees it.
fn room_line(room: &RoomEntry) -> Value {
    json!({
        "code": room.code,
        "game": room.game,
        "state": room.state().name(),
        "private": room.private,
        "asleep": room.is_asleep(),
        "players": room.players(),
        "max_players": room.max_players,
        "spectators": room.spectators(),
        "max_spectators": room.max_spectators,
        "tick": room.tick().0,
        "tick_hz": room.tick_hz,
        "load": room.cost().map(|cost| cost as f64 / 1e9),
        "shard": room.shard(),
    })
}

fn no_such_room() -> Answer {
    coded(StatusCode::NOT_FOUND, "no_such_room", "there is no such room; it may have closed")
}
