//! Which pages may ask for what: those of this host, and those that the operator allowed.

use hyper::{
    HeaderMap, Method, Request, Response, StatusCode,
    body::Bytes,
    header::{self, HeaderValue},
};

use super::{Answer, Site, handshake::origin_is_allowed, problem::problem, whole};

/// What pages of other origins are told that they may send, and for how long that holds.
const MAY_SEND: &str = "authorization, content-type";
const ASK_AGAIN: &str = "600";

/// The answer to a request that changes something and comes from a page that may not do that.
pub(super) fn objection<B>(site: &Site, request: &Request<B>) -> Option<Answer> {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if reads || origin_is_allowed(request.headers(), &site.config.allow_origin) {
        return None;
    }
    site.metrics.wrong_origins.add(1);
    let detail = "pages of other hosts may not do this; the server's --allow-origin lets them";
    Some(problem(StatusCode::FORBIDDEN, detail))
}

/// What may be done at an address, for whoever asks, such as a browser before a page's request.
pub(super) fn options(headers: &HeaderMap, allow: &'static str) -> Answer {
    let mut answer =
        Response::builder().status(StatusCode::NO_CONTENT).header(header::ALLOW, allow);
    if headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
        answer = answer
            .header(header::ACCESS_CONTROL_ALLOW_METHODS, allow)
            .header(header::ACCESS_CONTROL_ALLOW_HEADERS, MAY_SEND)
            .header(header::ACCESS_CONTROL_MAX_AGE, ASK_AGAIN);
    }
    answer.body(whole(Bytes::new())).expect("the parts are valid")
}

/// The origin of a request, if its page may read the answer.
pub(super) fn reader(site: &Site, headers: &HeaderMap) -> Option<HeaderValue> {
    let allowed = origin_is_allowed(headers, &site.config.allow_origin);
    headers.get(header::ORIGIN).filter(|_| allowed).cloned()
}

/// Lets the page of an origin read an answer.
pub(super) fn let_read(answer: &mut HeaderMap, origin: HeaderValue) {
    answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    let exposed = HeaderValue::from_static("location, retry-after");
    answer.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
}
