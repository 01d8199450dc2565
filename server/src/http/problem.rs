//! Errors that say what to do, as JSON (RFC 9457).

use hyper::{Response, StatusCode, header};
use serde_json::json;

use super::{Answer, whole};

/// An answer that says what is wrong.
pub(super) fn problem(status: StatusCode, detail: &str) -> Answer {
    let title = status.canonical_reason().unwrap_or("Error");
    let body = json!({ "status": status.as_u16(), "title": title, "detail": detail });
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "application/problem+json")
        .body(whole(body.to_string()))
        .expect("the parts are valid")
}

/// The same, with one more header.
pub(super) fn problem_with(
    status: StatusCode,
    detail: &str,
    (name, value): (header::HeaderName, &'static str),
) -> Answer {
    let mut answer = problem(status, detail);
    answer.headers_mut().insert(name, header::HeaderValue::from_static(value));
    answer
}
