//! Why a request of a connection is refused.

use hyper::{StatusCode, header};
use tickwire_shared::batch::BatchError;

use crate::{
    http::{
        Answer,
        problem::{problem, problem_with},
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
    /// There are as many connections as may be.
    TooMany,
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
        let conflict = |detail| problem(StatusCode::CONFLICT, detail);
        match self {
            Refusal::Malformed(error) => problem(StatusCode::BAD_REQUEST, &error.to_string()),
            Refusal::NoSuchRoom => {
                let detail = "there is no room with this code; it may have closed";
                problem(StatusCode::NOT_FOUND, detail)
            }
            Refusal::NoSuchLink => {
                let detail = "no connection has this key; it may be over. \
                              A new one begins with a join or a resume in its first batch";
                problem(StatusCode::NOT_FOUND, detail)
            }
            Refusal::KeyTaken => conflict("this key names a connection already"),
            Refusal::TooMany => {
                let retry = (header::RETRY_AFTER, "5");
                let detail = "the server has all the connections that it may have";
                problem_with(StatusCode::SERVICE_UNAVAILABLE, detail, retry)
            }
            Refusal::NotTaken(NotTaken::Ahead) => {
                conflict("too many batches before this one are missing")
            }
            Refusal::NotTaken(NotTaken::Full) => {
                let retry = (header::RETRY_AFTER, "1");
                let detail = "too much waits to be read";
                problem_with(StatusCode::TOO_MANY_REQUESTS, detail, retry)
            }
            Refusal::HasStream => conflict("this connection has a stream"),
            Refusal::WrongAnswer => conflict("this answer was not given, or is forgotten"),
        }
    }
}
