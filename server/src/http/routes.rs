//! Which path leads where.

use std::sync::Arc;

use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{self, HeaderValue},
};
use serde_json::json;

use super::{
    Answer, Caller, Site,
    api::{self, Call},
    assets::Asset,
    headers, json_answer, origins,
    problem::{coded, denied, problem},
    see,
    transports::{self, Kind},
    upgrade::{upgrade, upgrade_room},
    whole,
};
use crate::{directory::Denied, status, watchdog};

/// What `/` shows when no page was built in.
const NO_PAGE: &str = "<!doctype html><title>Tickwire</title><p>Tickwire is running. \
                       This build has no page for its game; clients connect to <code>/ws</code>.";

/// What may be done to pages and other files.
const READ_ONLY: &str = "GET, HEAD, OPTIONS";

/// Answers a request.
pub(super) async fn answer(
    site: &Arc<Site>,
    caller: &Arc<Caller>,
    request: Request<Incoming>,
) -> Answer {
    site.metrics.requests.add(1);
    let reader = origins::reader(site, request.headers());
    let mut answer = match origins::objection(site, &request) {
        Some(refusal) => refusal,
        None => route(site, caller, request).await,
    };
    site.metrics.note_refusal(answer.status());
    if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
        headers::add(answer.headers_mut());
        if let Some(origin) = reader {
            origins::let_read(answer.headers_mut(), origin);
        }
    }
    answer
}

async fn route(site: &Arc<Site>, caller: &Arc<Caller>, request: Request<Incoming>) -> Answer {
    let uri = request.uri().clone();
    if uri.path() == "/ws" {
        return match caller.begin_handshake(site) {
            Ok(()) => upgrade(site, caller, request),
            Err(refused) => refused.answer(),
        };
    }
    if let Some(call) = Call::of(uri.path()) {
        return match admit(&request, call.methods()) {
            Some(answer) => answer,
            None => api::answer(site, caller, request, call).await,
        };
    }
    let way = uri.path().strip_prefix("/rooms/").and_then(|rest| rest.split_once('/'));
    if let Some((code, way)) = way
        && let Some(way) = Way::named(way)
    {
        return connect(site, caller, request, (code, way)).await;
    }
    match find(site, &request) {
        Some(answer) => admit(&request, READ_ONLY).unwrap_or(answer),
        None => problem(StatusCode::NOT_FOUND, "there is nothing at this address"),
    }
}

/// How one is connected to a room.
enum Way {
    Socket,
    Requests(Kind),
}

impl Way {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "ws" => Way::Socket,
            "stream" => Way::Requests(Kind::Stream),
            "send" => Way::Requests(Kind::Send),
            "poll" => Way::Requests(Kind::Poll),
            _ => return None,
        })
    }
}

/// Answers what a connection to a room begins with or consists of. A room that has closed may have a
/// last answer to give.
async fn connect(
    site: &Arc<Site>,
    caller: &Arc<Caller>,
    request: Request<Incoming>,
    (code, way): (&str, Way),
) -> Answer {
    match way {
        Way::Socket => match (caller.begin_handshake(site), site.directory.room(code)) {
            (Err(refused), _) => refused.answer(),
            (Ok(()), None) => denied(&Denied::NoSuchRoom),
            (Ok(()), Some(entry)) => upgrade_room(site, caller, request, entry),
        },
        Way::Requests(kind) => match admit(&request, "POST, OPTIONS") {
            Some(answer) => answer,
            None => transports::answer(site, caller, request, code, kind).await,
        },
    }
}

/// The answer to a request by another method than those that its address takes, and to one that
/// asks which those are.
fn admit<B>(request: &Request<B>, allow: &'static str) -> Option<Answer> {
    let method = request.method();
    if method == Method::OPTIONS {
        return Some(origins::options(request.headers(), allow));
    }
    if allow.split(", ").any(|allowed| allowed == method.as_str()) {
        return None;
    }
    let detail = format!("this address takes {allow} only");
    let mut answer = problem(StatusCode::METHOD_NOT_ALLOWED, &detail);
    answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
    Some(answer)
}

fn find(site: &Site, request: &Request<Incoming>) -> Option<Answer> {
    match request.uri().path() {
        "/" => Some(front_page(site, request)),
        "/favicon.ico" => Some(no_icon()),
        path => health(site, path)
            .or_else(|| file(site, request, path))
            .or_else(|| to_game_page(site, request, path)),
    }
}

/// What is for whoever watches over the server, players and the operator alike.
pub(crate) fn health(site: &Site, path: &str) -> Option<Answer> {
    match path {
        "/status" | "/status/" => Some(json_answer(&status::status(site))),
        "/livez" => Some(json_answer(&json!({ "live": true }))),
        "/readyz" => Some(readiness(site)),
        _ => None,
    }
}

/// Browsers ask for one whatever the page says, and a 404 would be a page's only error.
fn no_icon() -> Answer {
    let answer = Response::builder().status(StatusCode::NO_CONTENT);
    let answer = answer.header(header::CACHE_CONTROL, "max-age=86400");
    answer.body(whole(Bytes::new())).expect("the parts are valid")
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
    Some(see(&format!("/pages/{game}/{query}")))
}

/// Answers with a file, or with nothing to whom has it already.
pub(crate) fn send(asset: Asset, request: &Request<Incoming>) -> Answer {
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
        return coded(StatusCode::SERVICE_UNAVAILABLE, "stuck", detail);
    }
    json_answer(&json!({ "ready": true }))
}
