//! What a request brings along: bounded in size and in time.

use std::time::Duration;

use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::{
    Request, StatusCode,
    body::{Body, Bytes, Incoming},
    header,
};

use super::{
    Answer,
    problem::{problem, problem_with},
};

/// Why a body cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadBody {
    /// It has more bytes than these.
    TooLarge(usize),
    /// It did not come in time.
    Late,
    /// It ended before its end.
    Broken,
}

impl BadBody {
    /// The answer that says so.
    pub(crate) fn answer(self) -> Answer {
        match self {
            BadBody::TooLarge(limit) => {
                let detail = format!("the body may have at most {limit} bytes");
                problem(StatusCode::PAYLOAD_TOO_LARGE, &detail)
            }
            BadBody::Late => {
                let detail = "the body did not come in time; send it at once";
                let close = (header::CONNECTION, "close");
                problem_with(StatusCode::REQUEST_TIMEOUT, detail, close)
            }
            BadBody::Broken => problem(StatusCode::BAD_REQUEST, "the body broke off"),
        }
    }
}

/// Reads a request's body, up to `limit` bytes within `deadline`.
///
/// # Errors
/// What is wrong with it.
pub(crate) async fn read_body(
    request: Request<Incoming>,
    limit: usize,
    deadline: Duration,
) -> Result<Bytes, BadBody> {
    let body = request.into_body();
    // What it says of itself is refused before it is read.
    if body.size_hint().lower() > limit as u64 {
        return Err(BadBody::TooLarge(limit));
    }
    match tokio::time::timeout(deadline, Limited::new(body, limit).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(BadBody::TooLarge(limit)),
        Ok(Err(_)) => Err(BadBody::Broken),
        Err(_) => Err(BadBody::Late),
    }
}
