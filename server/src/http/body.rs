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

/// Reads a request's body, up to `limit` bytes within `deadline`.
///
/// # Errors
/// The answer that says what is wrong with it.
pub(super) async fn read_body(
    request: Request<Incoming>,
    limit: usize,
    deadline: Duration,
) -> Result<Bytes, Answer> {
    let too_large = || {
        let detail = format!("the body may have at most {limit} bytes");
        problem(StatusCode::PAYLOAD_TOO_LARGE, &detail)
    };
    let body = request.into_body();
    // What it says of itself is refused before it is read.
    if body.size_hint().lower() > limit as u64 {
        return Err(too_large());
    }
    let collected = tokio::time::timeout(deadline, Limited::new(body, limit).collect()).await;
    match collected {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(problem(StatusCode::BAD_REQUEST, "the body broke off")),
        Err(_) => {
            let detail = "the body did not come in time; send it at once";
            let close = (header::CONNECTION, "close");
            Err(problem_with(StatusCode::REQUEST_TIMEOUT, detail, close))
        }
    }
}
