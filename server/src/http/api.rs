//! What one may ask of the lobby: which games and rooms there are, a new room, a seat.

use std::{sync::Arc, time::Instant};

use hyper::{
    HeaderMap, Method, Request, Response, StatusCode,
    body::Incoming,
    header::{self, HeaderValue},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::json;

use super::{
    Answer, Caller, Site, body::read_body, json_answer, links, parameter, problem::denied,
    refused::Refused, see, whole,
};
use crate::{
    directory::{Denied, Reserved, RoomEntry, Wanted, Who},
    shard::Command,
    status,
};

/// What a browser shows to somebody who follows a link to a room that has closed.
const NO_ROOM: &str = include_str!("no_room.html");
const NO_SUCH_ROOM: Refused = Refused::Denied(Denied::NoSuchRoom);
/// How many rooms one list shows at most: anybody may ask for it as often as it likes.
const MOST_ROOMS: usize = 200;
/// The largest body of a request to the lobby, in bytes.
const MOST_BODY_BYTES: usize = 4 * 1024;

/// What is asked of the lobby, by its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call<'a> {
    /// The games that there are.
    Games,
    /// The rooms that there are, or a new one.
    Rooms,
    /// A seat in a room that fits.
    Match,
    /// A room, by its code.
    Room(&'a str),
    /// A seat in a room.
    Seats(&'a str),
    /// The link to a room, as a picture.
    Qr(&'a str),
    /// The page of a room.
    Join(&'a str),
}

/// What may be asked for when a seat in a room is reserved.
#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
struct SeatOptions {
    /// Only to watch.
    spectate: bool,
}

impl<'a> Call<'a> {
    /// What an address stands for; a slash at its end does no harm.
    pub(super) fn of(path: &'a str) -> Option<Self> {
        let path = path.strip_prefix('/')?;
        let mut parts = path.strip_suffix('/').unwrap_or(path).split('/');
        let call = match (parts.next()?, parts.next(), parts.next()) {
            ("games", None, _) => Call::Games,
            ("rooms", None, _) => Call::Rooms,
            ("match", None, _) => Call::Match,
            ("rooms", Some(code), None) => Call::Room(code),
            ("rooms", Some(code), Some("seats")) => Call::Seats(code),
            ("rooms", Some(code), Some("qr.svg")) => Call::Qr(code),
            ("join", Some(code), None) => Call::Join(code),
            _ => return None,
        };
        parts.next().is_none().then_some(call)
    }

    /// The methods that it takes.
    pub(super) fn methods(self) -> &'static str {
        match self {
            Call::Rooms => "GET, HEAD, POST, OPTIONS",
            Call::Match | Call::Seats(_) => "POST, OPTIONS",
            _ => "GET, HEAD, OPTIONS",
        }
    }
}

/// Answers a call. Any other method than those of [`Call::methods`] was refused before.
pub(super) async fn answer(
    site: &Arc<Site>,
    caller: &Caller,
    request: Request<Incoming>,
    call: Call<'_>,
) -> Answer {
    let found = |code: &str| {
        // Whoever guesses codes is at the door, not at the window, and must not learn from being
        // refused which of them are right.
        caller.may_knock(site).map_err(Refused::TooSoon)?;
        let miss = || caller.knock(site).err().map_or(NO_SUCH_ROOM, Refused::TooSoon);
        site.directory.room(code).ok_or_else(miss)
    };
    let outcome = match call {
        Call::Games => Ok(json_answer(&status::games(&site.directory))),
        Call::Rooms if request.method() != Method::POST => {
            rooms(site, request.uri().query().unwrap_or_default())
        }
        Call::Rooms | Call::Match | Call::Seats(_) => reserve(site, caller, request, call).await,
        Call::Room(code) => found(code).map(|room| describe(site, caller, &request, &room)),
        Call::Qr(code) => picture(site, caller, &request, code),
        Call::Join(code) => match found(code) {
            Ok(room) => Ok(to_page(site, &room)),
            Err(Refused::Denied(_)) => Ok(nowhere(&request)),
            Err(refused) => Err(refused),
        },
    };
    outcome.unwrap_or_else(Refused::answer)
}

/// The public rooms, or those of a game.
fn rooms(site: &Site, query: &str) -> Result<Answer, Refused> {
    let game = parameter(query, "game").map(|name| site.directory.game(Some(name)));
    let game = game.transpose().map_err(Refused::Denied)?.map(|game| game.name);
    let bad = || Refused::Malformed(format!("limit must be 1 to {MOST_ROOMS}"));
    let most = match parameter(query, "limit") {
        Some(limit) => {
            limit.parse().ok().filter(|n| (1..=MOST_ROOMS).contains(n)).ok_or_else(bad)?
        }
        None => MOST_ROOMS,
    };
    Ok(json_answer(&status::rooms(&site.directory, game, most)))
}

fn describe<B>(site: &Site, caller: &Caller, request: &Request<B>, room: &RoomEntry) -> Answer {
    let mut shown = status::room(room);
    shown["links"] = links::to_room(site, caller, request.headers(), &room.code).into();
    json_answer(&shown)
}

/// Reserves a seat: in a new room, in one that fits, or in this one.
async fn reserve(
    site: &Arc<Site>,
    caller: &Caller,
    request: Request<Incoming>,
    call: Call<'_>,
) -> Result<Answer, Refused> {
    caller.knock(site).map_err(Refused::TooSoon)?;
    let who = identify(site, caller, request.headers())?;
    let headers = request.headers().clone();
    let body = read_body(request, MOST_BODY_BYTES, site.config.limits.body_timeout).await;
    let body = body.map_err(Refused::Body)?;
    let (wanted, spectator, status) = match call {
        Call::Rooms => (Wanted::New(parse(&body)?), false, StatusCode::CREATED),
        Call::Seats(code) => {
            let SeatOptions { spectate } = parse(&body)?;
            (Wanted::Room(code.to_owned()), spectate, StatusCode::OK)
        }
        _ => (Wanted::Match(parse(&body)?), false, StatusCode::OK),
    };
    let open = |entry: Arc<RoomEntry>, room| {
        site.shards[entry.shard()].send(Command::Open(entry, room));
    };
    let reserved = site.directory.reserve(&wanted, (&who, spectator), Instant::now(), open);
    let Reserved { room, ticket, time } = reserved.map_err(|why| {
        why.count(&site.metrics);
        tracing::info!(peer = %caller.peer, %wanted, why = why.text(), "refused");
        Refused::Denied(why)
    })?;
    let mut answer = json_answer(&json!({
        "room": status::room(&room),
        "ticket": ticket,
        "expires_ms": time.as_millis() as u64,
        "links": links::to_room(site, caller, &headers, &room.code),
    }));
    *answer.status_mut() = status;
    if status == StatusCode::CREATED {
        let place = HeaderValue::try_from(format!("/rooms/{}", room.code));
        answer.headers_mut().insert(header::LOCATION, place.expect("a code is plain"));
    }
    Ok(answer)
}

/// Who asks, as far as the server wants to know.
fn identify(site: &Site, caller: &Caller, headers: &HeaderMap) -> Result<Who, Refused> {
    let Some(identities) = &site.identities else { return Ok(caller.who()) };
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = value.and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    let identity = match token {
        Some(token) => identities.check(token).map_err(str::to_owned),
        None => Err(Denied::Unidentified.text()),
    };
    let identity = identity.map_err(|why| {
        site.metrics.unidentified.add(1);
        Refused::Unidentified(why)
    })?;
    Ok(Who { identity: Some(identity), ..caller.who() })
}

/// What a body asks for; one that is empty asks for nothing in particular.
fn parse<T: DeserializeOwned + Default>(body: &[u8]) -> Result<T, Refused> {
    if body.trim_ascii().is_empty() {
        return Ok(T::default());
    }
    serde_json::from_slice(body).map_err(|error| {
        let why = format!("the body has to be a JSON object that is understood: {error}");
        Refused::Malformed(why)
    })
}

/// The link to a room as a picture. Making one takes much longer than all else here, so each is a knock.
fn picture<B>(
    site: &Site,
    caller: &Caller,
    request: &Request<B>,
    code: &str,
) -> Result<Answer, Refused> {
    caller.knock(site).map_err(Refused::TooSoon)?;
    let room = site.directory.room(code).ok_or(NO_SUCH_ROOM)?;
    let links = links::to_room(site, caller, request.headers(), &room.code);
    let svg = links.first().and_then(|link| links::qr_svg(link));
    let long = || Refused::Malformed("the link to the room is too long for a picture".to_owned());
    let svg = svg.ok_or_else(long)?;
    let answer = Response::builder().header(header::CONTENT_TYPE, "image/svg+xml");
    Ok(answer.body(whole(svg)).expect("the parts are valid"))
}

/// From a link to the page of its room.
fn to_page(site: &Site, room: &RoomEntry) -> Answer {
    let (game, code) = (room.game, &room.code);
    let query = if site.assets.has_page(game) {
        format!("room={code}")
    } else {
        // The page that shows any game has to be told which.
        format!("game={game}&room={code}")
    };
    see(&format!("/pages/{game}/?{query}"))
}

/// What somebody finds who follows a link to a room that has closed.
fn nowhere<B>(request: &Request<B>) -> Answer {
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let mut answer = denied(&Denied::NoSuchRoom);
    if accepts.is_some_and(|accepts| accepts.contains("text/html")) {
        let html = HeaderValue::from_static("text/html; charset=utf-8");
        answer.headers_mut().insert(header::CONTENT_TYPE, html);
        *answer.body_mut() = whole(NO_ROOM);
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_stand_for_calls() {
        let cases = [
            ("/games", Some(Call::Games)),
            ("/rooms/", Some(Call::Rooms)),
            ("/match", Some(Call::Match)),
            ("/rooms/BCDFG", Some(Call::Room("BCDFG"))),
            ("/rooms/BCDFG/seats", Some(Call::Seats("BCDFG"))),
            ("/rooms/BCDFG/qr.svg", Some(Call::Qr("BCDFG"))),
            ("/join/BCDFG/", Some(Call::Join("BCDFG"))),
            ("/rooms//", Some(Call::Room(""))),
            ("/rooms/BCDFG/seats/1", None),
            ("/rooms/BCDFG/other", None),
            ("/games/arena", None),
            ("/join", None),
            ("/", None),
            ("", None),
        ];
        for (path, call) in cases {
            assert_eq!(Call::of(path), call, "{path}");
        }
    }

    #[test]
    fn a_body_is_an_object_of_what_is_known_or_empty() {
        let parsed = |text: &str| parse::<SeatOptions>(text.as_bytes()).ok();
        let watch = SeatOptions { spectate: true };
        assert_eq!(parsed(r#"{"spectate":true}"#), Some(watch));
        for empty in ["", " \n", "{}"] {
            assert_eq!(parsed(empty), Some(SeatOptions::default()));
        }
        for bad in [r#"{"spectator":true}"#, r#"{"spectate":1}"#, "[", "7", "\u{0}", "{}{}"] {
            assert_eq!(parsed(bad), None, "{bad}");
        }
    }
}
