//! Errors that say what to do, as JSON (RFC 9457).

use std::time::Duration;

use hyper::{Response, StatusCode, header};
use serde_json::json;

use super::{Answer, whole};
use crate::{admission::TurnedAway, directory::Denied};

/// An answer that says what is wrong, with the usual code for its status.
pub(crate) fn problem(status: StatusCode, detail: &str) -> Answer {
    let code = match status {
        StatusCode::UNAUTHORIZED => "unidentified",
        StatusCode::FORBIDDEN => "wrong_origin",
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::METHOD_NOT_ALLOWED => "method_not_allowed",
        StatusCode::REQUEST_TIMEOUT => "too_slow",
        StatusCode::PAYLOAD_TOO_LARGE => "body_too_large",
        StatusCode::UPGRADE_REQUIRED => "upgrade_required",
        StatusCode::TOO_MANY_REQUESTS => "too_many_requests",
        StatusCode::SERVICE_UNAVAILABLE => "shutting_down",
        _ if status.is_server_error() => "server_error",
        _ => "bad_request",
    };
    coded(status, code, detail)
}

/// An answer that says what is wrong; programs go by the code, which stays the same for ever.
pub(crate) fn coded(status: StatusCode, code: &str, detail: &str) -> Answer {
    let title = status.canonical_reason().unwrap_or("Error");
    let number = status.as_u16();
    let body = json!({ "status": number, "title": title, "code": code, "detail": detail });
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "application/problem+json")
        .body(whole(body.to_string()))
        .expect("the parts are valid")
}

/// The same as [`problem`], with one more header.
pub(crate) fn problem_with(
    status: StatusCode,
    detail: &str,
    (name, value): (header::HeaderName, &'static str),
) -> Answer {
    let mut answer = problem(status, detail);
    answer.headers_mut().insert(name, header::HeaderValue::from_static(value));
    answer
}

/// Says that something came too often, and when to try again.
pub(crate) fn too_often(detail: &str, wait: Duration) -> Answer {
    retry_after(problem(StatusCode::TOO_MANY_REQUESTS, detail), wait)
}

/// Says that somebody asks too often to be let in, and when to try again.
pub(crate) fn too_soon(wait: Duration) -> Answer {
    too_often("too many requests from your address; wait a moment", wait)
}

/// Says why there is no place for one more connection.
pub(crate) fn turned_away(why: TurnedAway) -> Answer {
    let (status, code, detail) = match why {
        TurnedAway::Full => {
            let detail = "the server has all the connections that it may have";
            (StatusCode::SERVICE_UNAVAILABLE, "server_full", detail)
        }
        TurnedAway::Crowd => {
            let detail = "too many connections from your address; close one first";
            (StatusCode::TOO_MANY_REQUESTS, "too_many_connections", detail)
        }
    };
    retry_after(coded(status, code, detail), super::CROWD_WAIT)
}

/// Says when to try again, in whole seconds and not too early.
fn retry_after(mut answer: Answer, wait: Duration) -> Answer {
    let seconds = wait.as_millis().div_ceil(1000).max(1) as u64;
    answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    answer
}

/// Says why a seat was not given.
pub(crate) fn denied(denied: &Denied) -> Answer {
    let (status, code) = match denied {
        Denied::NoSuchRoom | Denied::NoRoomFits => (StatusCode::NOT_FOUND, "no_such_room"),
        Denied::NoSuchGame(_) => (StatusCode::NOT_FOUND, "no_such_game"),
        Denied::BadOptions(_) => (StatusCode::BAD_REQUEST, "bad_request"),
        Denied::RoomFull => (StatusCode::CONFLICT, "room_full"),
        Denied::RoomLocked => (StatusCode::CONFLICT, "room_locked"),
        Denied::Banned => (StatusCode::FORBIDDEN, "banned"),
        Denied::Unidentified => (StatusCode::UNAUTHORIZED, "unidentified"),
        Denied::TooManyRooms | Denied::TooManyOwnRooms => {
            (StatusCode::TOO_MANY_REQUESTS, "too_many_rooms")
        }
        Denied::TooManyReserved => (StatusCode::TOO_MANY_REQUESTS, "too_many_requests"),
        Denied::ShuttingDown => (StatusCode::SERVICE_UNAVAILABLE, "shutting_down"),
        Denied::Broken => (StatusCode::INTERNAL_SERVER_ERROR, "game_failed"),
    };
    let answer = coded(status, code, &denied.text());
    match denied {
        Denied::TooManyRooms
        | Denied::TooManyOwnRooms
        | Denied::TooManyReserved
        | Denied::ShuttingDown => retry_after(answer, super::CROWD_WAIT),
        _ => answer,
    }
}
