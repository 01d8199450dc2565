//! What the operator may change. Who asks has shown the token, from a page of this address.

use std::sync::Arc;

use hyper::{HeaderMap, Request, body::Incoming, header};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use tickwire_room::AdminAction;
use tickwire_shared::PlayerId;

use super::{asks::ask, refused::Refused};
use crate::{
    http::{Answer, Site, body::read_body, json_answer},
    shard::{Command, Said, Wish},
};

/// The largest body of a change, in bytes.
const MOST_BODY_BYTES: usize = 1024;
/// The most ticks over which bytes are counted at a time: a minute of the fastest rooms.
const MOST_METERED: u32 = 60 * 128;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Somebody {
    player: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Lifted {
    ban: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ticks {
    ticks: u32,
}

/// Makes a change.
pub(super) async fn make(
    site: &Arc<Site>,
    request: Request<Incoming>,
    call: &str,
) -> Result<Answer, Refused> {
    if !is_json(request.headers()) {
        return Err(Refused::NotJson);
    }
    let body = read_body(request, MOST_BODY_BYTES, site.config.limits.body_timeout).await;
    let body = body.map_err(Refused::Body)?;
    let parts: Vec<&str> = call.split('/').collect();
    match parts[..] {
        ["drain"] => {
            let Nothing {} = parse(&body)?;
            drain(site);
        }
        ["rooms", code, "unban"] => lift(site, code, parse(&body)?)?,
        ["rooms", code, what] => change(site, code, what, wish(what, &body)?).await?,
        _ => return Err(Refused::Nothing),
    }
    Ok(json_answer(&json!({ "done": true })))
}

/// Lets nobody into any room any more; who is in plays on.
fn drain(site: &Site) {
    tracing::info!("the operator drains the server");
    site.directory.drain();
    site.shards.iter().for_each(|shard| shard.send(Command::Drain));
}

/// What a call asks of a room.
fn wish(what: &str, body: &[u8]) -> Result<Wish, Refused> {
    let player = || parse::<Somebody>(body).map(|somebody| PlayerId(somebody.player));
    let lock = |locked| parse::<Nothing>(body).map(|_| Wish::Moderate(AdminAction::Lock(locked)));
    match what {
        "kick" => Ok(Wish::Moderate(AdminAction::Kick(player()?))),
        "ban" => Ok(Wish::Moderate(AdminAction::Ban(player()?))),
        "lock" => lock(true),
        "unlock" => lock(false),
        "drain" => parse::<Nothing>(body).map(|_| Wish::Drain),
        "meter" => match parse::<Ticks>(body)?.ticks {
            ticks @ 1..=MOST_METERED => Ok(Wish::Meter(ticks)),
            _ => Err(Refused::Malformed(format!("ticks must be 1 to {MOST_METERED}"))),
        },
        _ => Err(Refused::Nothing),
    }
}

/// Lifts a ban. The directory has those, so the room's thread need not be asked.
fn lift(site: &Site, code: &str, Lifted { ban }: Lifted) -> Result<(), Refused> {
    let room = site.directory.room(code).ok_or(Refused::NoSuchRoom)?;
    let lifted = room.lift_ban(ban).ok_or(Refused::NoSuchBan)?;
    tracing::info!(room = room.code, name = &*lifted.name, "the operator lifts a ban");
    Ok(())
}

async fn change(site: &Site, code: &str, what: &str, wish: Wish) -> Result<(), Refused> {
    let room = site.directory.room(code).ok_or(Refused::NoSuchRoom)?;
    let player = match wish {
        Wish::Moderate(AdminAction::Kick(player) | AdminAction::Ban(player)) => Some(player.0),
        _ => None,
    };
    tracing::info!(room = room.code, what, player, "the operator changes a room");
    match ask(site, &room, wish).await? {
        Said::NoSuchPlayer => Err(Refused::NoSuchPlayer),
        Said::NotNow => Err(Refused::Mending),
        Said::Done | Said::Report(_) => Ok(()),
    }
}

/// No form of a page can be sent as JSON, so no other page can ask for a change unasked.
fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refused> {
    // A list of values would do for an object as well, and nobody means that.
    let object = serde_json::from_slice::<Map<String, Value>>(body);
    object.and_then(|object| serde_json::from_value(object.into())).map_err(|error| {
        let why = format!("the body has to be a JSON object that is understood: {error}");
        Refused::Malformed(why)
    })
}
