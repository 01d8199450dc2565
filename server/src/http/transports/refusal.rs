//! Why a request of a connection is refused.

use std::time::Duration;

use hyper::StatusCode;
use tickwire_shared::batch::BatchError;

use crate::{
    admission::TurnedAway,
    directory::Denied,
    http::{
        Answer,
        problem::{coded, denied, problem, too_often, too_soon, turned_away},
    },
    links::NotTaken,
};

/// Why a request of a connection is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The body is not what it should be.
    Malformed(BatchError),
    /// There is no such room.
    NoSuchRoom,
    /// The key names no connection, or one that is over.
    NoSuchLink,
    /// The key of a new connection names another one.
    KeyTaken,
    /// Its address opens connections too often; wait as long.
    TooSoon(Duration),
    /// There are as many connections as may be.
    TurnedAway(TurnedAway),
    /// The batch was not taken.
    NotTaken(NotTaken),
    /// A poll on a connection that has a stream.
    HasStream,
    /// A poll acknowledges what was not said, or asks for what was acknowledged.
    WrongAnswer,
}

impl Refusal {
    /// The answer that says so.
    pub(super) fn answer(self) -> Answer {
        let conflict = |code, detail| coded(StatusCode::CONFLICT, code, detail);
        match self {
            Refusal::Malformed(error) => problem(StatusCode::BAD_REQUEST, &error.to_string()),
            Refusal::NoSuchRoom => denied(&Denied::NoSuchRoom),
            Refusal::NoSuchLink | Refusal::NotTaken(NotTaken::Over) => {
                let detail = "no connection has this key; it may be over. \
                              A new one begins with a join or a resume in its first batch";
                coded(StatusCode::NOT_FOUND, "no_such_link", detail)
            }
            Refusal::KeyTaken => conflict("key_taken", "this key names a connection already"),
            Refusal::TooSoon(wait) => too_soon(wait),
            Refusal::TurnedAway(why) => turned_away(why),
            Refusal::NotTaken(NotTaken::Ahead) => {
                conflict("batch_missing", "too many batches before this one are missing")
            }
            Refusal::NotTaken(NotTaken::Full) => {
                too_often("too much waits to be read", Duration::from_secs(1))
            }
            Refusal::HasStream => conflict("has_stream", "this connection has a stream"),
            Refusal::WrongAnswer => {
                conflict("wrong_answer", "this answer was not given, or is forgotten")
            }
        }
    }
}
