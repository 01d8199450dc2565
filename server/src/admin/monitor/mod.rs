//! The monitor page: what it is made of, what it asks for, and what it lets the operator do.
//!
//! What is read of the directory and of counters is read at once. What only a room's own thread knows
//! is [asked](asks) of that thread, which may be stuck: then the answer says so, in time.

use std::sync::Arc;

use hyper::{
    Method, Request, StatusCode,
    body::Incoming,
    header::{self, HeaderValue},
};
use serde_json::{Value, json};
use tickwire_shared::PlayerId;

use super::{SUBPROTOCOL, not_allowed, subprotocols};
use crate::{
    directory::RoomEntry,
    http::{Answer, Site, parameter, send, upgrade_observer},
};

mod asks;
mod changes;
mod log;
mod overview;
mod refused;
mod rooms;

pub(super) use asks::Asks;
use refused::Refused;

/// Where the page is, among the files.
const PAGE: &str = "pages/monitor/index.html";
/// Where what it asks for is.
const API: &str = "/monitor/api/";

/// Answers what is the page's; `None` for all else.
pub(super) async fn route(site: &Arc<Site>, request: Request<Incoming>) -> Option<Answer> {
    let path = request.uri().path().to_owned();
    if let Some(call) = path.strip_prefix(API) {
        let made = match *request.method() {
            Method::GET | Method::HEAD => read(site, &request, call).await,
            Method::POST => changes::make(site, request, call).await,
            _ => Ok(not_allowed("GET, HEAD, POST")),
        };
        return Some(made.unwrap_or_else(Refused::answer));
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Some(not_allowed("GET, HEAD"));
    }
    let room = path.strip_prefix("/monitor/rooms/").and_then(|rest| rest.strip_suffix("/ws"));
    if let Some(code) = room {
        return Some(look_at(site, request, code).unwrap_or_else(Refused::answer));
    }
    // A request for an authority, as a proxy gets it, has no path at all.
    let file = match path.strip_prefix('/')? {
        "" | "monitor" | "monitor/" => PAGE,
        file => file,
    };
    site.assets.any(file).map(|asset| send(asset, &request))
}

async fn read(site: &Site, request: &Request<Incoming>, call: &str) -> Result<Answer, Refused> {
    let query = request.uri().query().unwrap_or_default();
    match call {
        "overview" => Ok(overview::answer(site, request.headers())),
        "rooms" => Ok(rooms::list(site, query)),
        "log" => Ok(log::answer(query)),
        _ => {
            let code = call.strip_prefix("rooms/").ok_or(Refused::Nothing)?;
            let room = site.directory.room(code).ok_or(Refused::NoSuchRoom)?;
            rooms::one(site, &room).await
        }
    }
}

/// Begins a connection that looks at a room.
fn look_at(site: &Arc<Site>, request: Request<Incoming>, code: &str) -> Result<Answer, Refused> {
    let like = parameter(request.uri().query().unwrap_or_default(), "like");
    let unknown = |_| Refused::Malformed("like has to be a player's number".to_owned());
    let like = like.map(str::parse::<u32>).transpose().map_err(unknown)?;
    let room = site.directory.room(code).ok_or(Refused::NoSuchRoom)?;
    tracing::info!(room = room.code, like, "the operator looks at a room");
    let is_named = subprotocols(request.headers()).any(|name| name == SUBPROTOCOL);
    let mut answer = upgrade_observer(site, request, room, like.map(PlayerId));
    if is_named && answer.status() == StatusCode::SWITCHING_PROTOCOLS {
        // A browser that offers some wants one of them, and never the one with the token.
        let name = HeaderValue::from_static(SUBPROTOCOL);
        answer.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, name);
    }
    Ok(answer)
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
