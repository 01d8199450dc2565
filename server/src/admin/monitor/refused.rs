//! Why the page does not get what it asks for.

use std::time::Duration;

use hyper::StatusCode;

use crate::http::{
    Answer,
    body::BadBody,
    problem::{coded, problem},
};

/// Why the page does not get what it asks for.
#[derive(Debug)]
pub(super) enum Refused {
    /// There is nothing at this address.
    Nothing,
    /// There is no room with this code.
    NoSuchRoom,
    /// There is no such player in the room.
    NoSuchPlayer,
    /// The room has no such ban.
    NoSuchBan,
    /// The room's thread does not answer, and has been at its turn for so long.
    Stuck(Duration),
    /// The room's game is being made again.
    Mending,
    /// What came is not JSON.
    NotJson,
    /// The body cannot be taken.
    Body(BadBody),
    /// What is asked for is not understood, for this reason.
    Malformed(String),
}

impl Refused {
    /// The answer that says so.
    pub(super) fn answer(self) -> Answer {
        let (status, code, detail) = match self {
            Refused::Nothing => {
                let detail = "there is nothing at this address";
                return problem(StatusCode::NOT_FOUND, detail);
            }
            Refused::NotJson => {
                let detail = "a change is asked for with Content-Type: application/json";
                return problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail);
            }
            Refused::Body(bad) => return bad.answer(),
            Refused::Malformed(why) => return problem(StatusCode::BAD_REQUEST, &why),
            Refused::NoSuchRoom => {
                let detail = "there is no such room; it may have closed";
                (StatusCode::NOT_FOUND, "no_such_room", detail.to_owned())
            }
            Refused::NoSuchPlayer => {
                let detail = "there is no such player in the room; it may have left";
                (StatusCode::NOT_FOUND, "no_such_player", detail.to_owned())
            }
            Refused::NoSuchBan => {
                let detail = "the room has no such ban; it may have been lifted already";
                (StatusCode::NOT_FOUND, "no_such_ban", detail.to_owned())
            }
            Refused::Stuck(busy) => {
                let seconds = busy.as_secs_f64();
                let detail = format!(
                    "the room's thread does not answer: it has been at its turn for {seconds:.1} s"
                );
                (StatusCode::SERVICE_UNAVAILABLE, "stuck", detail)
            }
            Refused::Mending => {
                let detail = "the room's game is being made again after an error; try again";
                (StatusCode::SERVICE_UNAVAILABLE, "mending", detail.to_owned())
            }
        };
        coded(status, code, &detail)
    }
}
