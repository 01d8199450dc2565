//! Which path leads where.

use std::sync::Arc;

use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header,
};
use serde_json::{Value, json};

use super::{
    Answer, Caller, Site,
    assets::Asset,
    headers,
    problem::{problem, problem_with},
    transports::{self, Kind},
    upgrade::{upgrade, upgrade_room},
    whole,
};
use crate::{status, watchdog};

/// What `/` shows when no page was built in.
const NO_PAGE: &str = "<!doctype html><title>Tickwire</title><p>Tickwire is running. \
                       This build has no page for its game; clients connect to <code>/ws</code>.";

/// Answers a request.
pub(super) async fn answer(
    site: &Arc<Site>,
    caller: &Arc<Caller>,
    request: Request<Incoming>,
) -> Answer {
    site.metrics.requests.add(1);
    let mut answer = route(site, caller, request).await;
    if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
        headers::add(answer.headers_mut());
    }
    answer
}

async fn route(site: &Arc<Site>, caller: &Arc<Caller>, request: Request<Incoming>) -> Answer {
    let path = request.uri().path();
    if path == "/ws" {
        return upgrade(site, caller, request);
    }
    if let Some((code, way)) = path.strip_prefix("/rooms/").and_then(|rest| rest.split_once('/')) {
        let entry = site.directory.room(code);
        let kind = match way {
            "ws" => {
                let Some(entry) = entry else {
                    let detail = "there is no room with this code; it may have closed";
                    return problem(StatusCode::NOT_FOUND, detail);
                };
                return upgrade_room(site, caller, request, entry);
            }
            "stream" => Some(Kind::Stream),
            "send" => Some(Kind::Send),
            "poll" => Some(Kind::Poll),
            _ => None,
        };
        if let Some(kind) = kind {
            return transports::answer(site, caller, request, entry, kind).await;
        }
    }
    let answer = find(site, &request);
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    match answer {
        Some(answer) if reads => answer,
        Some(_) => {
            let allow = (header::ALLOW, "GET, HEAD");
            let detail = "this can only be read";
            problem_with(StatusCode::METHOD_NOT_ALLOWED, detail, allow)
        }
        None => problem(StatusCode::NOT_FOUND, "there is nothing at this address"),
    }
}

fn find(site: &Site, request: &Request<Incoming>) -> Option<Answer> {
    match request.uri().path() {
        "/" => Some(front_page(site, request)),
        "/rooms" | "/rooms/" => Some(json_answer(&status::rooms(&site.directory))),
        "/status" | "/status/" => Some(json_answer(&status::status(site))),
        "/livez" => Some(json_answer(&json!({ "live": true }))),
        "/readyz" => Some(readiness(site)),
        path => file(site, request, path).or_else(|| to_game_page(site, request, path)),
    }
}

/// The default game's page. It is answered under its own path as well.
fn front_page(site: &Site, request: &Request<Incoming>) -> Answer {
    let game = site.directory.games().names().next().unwrap_or_default();
    match site.assets.page(game) {
        Some(asset) => send(asset, request),
        None => Response::builder()
            .header(header::CONTENT_TYPE, "text/html; charset=utf-8")
            .body(whole(NO_PAGE))
            .expect("the parts are valid"),
    }
}

fn file(site: &Site, request: &Request<Incoming>, path: &str) -> Option<Answer> {
    let path = path.strip_prefix('/')?;
    match path.strip_suffix('/') {
        Some(folder) => {
            let asset = site.assets.get(&format!("{folder}/index.html"));
            let game = folder.strip_prefix("pages/");
            // A game without a page of its own has the one that shows any game.
            let known = game.filter(|game| site.directory.games().get(game).is_some());
            let asset = asset.or_else(|| known.and_then(|game| site.assets.page(game)));
            asset.map(|asset| send(asset, request))
        }
        None => site.assets.get(path).map(|asset| send(asset, request)),
    }
}

/// From a game's bare name, as people type it, to its page.
fn to_game_page(site: &Site, request: &Request<Incoming>, path: &str) -> Option<Answer> {
    let path = path.strip_prefix('/')?;
    let name = path.strip_suffix('/').unwrap_or(path);
    let name = name.strip_prefix("pages/").unwrap_or(name);
    let game = site.directory.games().get(name)?.name;
    let query = match request.uri().query() {
        Some(query) => format!("?{query}"),
        None if site.assets.has_page(game) => String::new(),
        // The page that shows any game has to be told which.
        None => format!("?game={game}"),
    };
    let page = Response::builder()
        .status(StatusCode::FOUND)
        .header(header::LOCATION, format!("/pages/{game}/{query}"))
        .body(whole(Bytes::new()));
    // A name that fits in no header is no name that anybody types.
    page.ok()
}

fn send(asset: Asset, request: &Request<Incoming>) -> Answer {
    let mut answer = Response::builder().header(header::CONTENT_TYPE, asset.content_type);
    if let Some(etag) = asset.etag {
        let known = request.headers().get_all(header::IF_NONE_MATCH).iter();
        let known = known.filter_map(|value| value.to_str().ok());
        let fresh = known.flat_map(|tags| tags.split(',')).any(|tag| tag.trim() == etag);
        // Browsers ask each time, so that a new server never meets an old page.
        answer = answer.header(header::ETAG, etag).header(header::CACHE_CONTROL, "no-cache");
        if fresh {
            let empty = answer.status(StatusCode::NOT_MODIFIED).body(whole(Bytes::new()));
            return empty.expect("the parts are valid");
        }
    }
    answer.body(whole(asset.bytes.into_owned())).expect("the parts are valid")
}

fn readiness(site: &Site) -> Answer {
    if site.directory.draining() {
        let detail = "the server is shutting down";
        return problem(StatusCode::SERVICE_UNAVAILABLE, detail);
    }
    if watchdog::stuck(site) {
        let detail = "a room does not finish its tick; the log says more";
        return problem(StatusCode::SERVICE_UNAVAILABLE, detail);
    }
    json_answer(&json!({ "ready": true }))
}

fn json_answer(value: &Value) -> Answer {
    Response::builder()
        .header(header::CONTENT_TYPE, "application/json")
        .body(whole(value.to_string()))
        .expect("the parts are valid")
}
