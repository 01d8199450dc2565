//! What a handshake must look like. The library that answers it checks two headers of seven.

use hyper::{HeaderMap, Method, Request, StatusCode, Version, header};

use super::{
    Answer,
    problem::{problem, problem_with},
};

/// What is wrong with a request that should be a WebSocket handshake, if anything is.
pub(crate) fn objection<B>(request: &Request<B>) -> Option<Answer> {
    let headers = request.headers();
    let bad = |detail| Some(problem(StatusCode::BAD_REQUEST, detail));
    if request.method() != Method::GET {
        let allow = (header::ALLOW, "GET");
        let detail = "a WebSocket handshake is a GET request";
        return Some(problem_with(StatusCode::METHOD_NOT_ALLOWED, detail, allow));
    }
    if request.version() != Version::HTTP_11 {
        return bad("a WebSocket handshake needs HTTP/1.1");
    }
    if only(headers, header::HOST).is_none() {
        return bad("the request must have one Host header");
    }
    if !fastwebsockets::upgrade::is_upgrade_request(request) {
        let upgrade = (header::UPGRADE, "websocket");
        let detail = "this is a WebSocket endpoint; open it with a WebSocket client";
        return Some(problem_with(StatusCode::UPGRADE_REQUIRED, detail, upgrade));
    }
    if only(headers, header::SEC_WEBSOCKET_VERSION) != Some("13") {
        let version = (header::SEC_WEBSOCKET_VERSION, "13");
        let detail = "only version 13 of WebSocket is spoken here";
        return Some(problem_with(StatusCode::UPGRADE_REQUIRED, detail, version));
    }
    if !only(headers, header::SEC_WEBSOCKET_KEY).is_some_and(is_key) {
        return bad("Sec-WebSocket-Key must be there once, with 16 bytes in base64");
    }
    None
}

/// The value of a header that must be there exactly once.
pub(crate) fn only(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// Sixteen bytes in base64 are 22 characters and two signs that nothing follows.
fn is_key(key: &str) -> bool {
    let in_alphabet = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'/');
    let text = key.strip_suffix("==");
    text.is_some_and(|text| text.len() == 22 && text.bytes().all(in_alphabet))
}

/// Whether a page from that origin may connect: one that this host serves, or one
/// that the operator allowed. Programs that are no browsers send no origin.
pub(crate) fn origin_is_allowed(headers: &HeaderMap, allowed: &[String]) -> bool {
    if !headers.contains_key(header::ORIGIN) {
        return true;
    }
    let Some(origin) = only(headers, header::ORIGIN) else { return false };
    let listed = |allowed: &String| allowed == "*" || allowed.eq_ignore_ascii_case(origin);
    if allowed.iter().any(listed) {
        return true;
    }
    let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    let host = only(headers, header::HOST);
    authority.zip(host).is_some_and(|(authority, host)| authority.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_sixteen_bytes_in_base64() {
        assert!(is_key("dGhlIHNhbXBsZSBub25jZQ=="));
        for bad in ["", "==", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25j!Q==", "AAAA"] {
            assert!(!is_key(bad), "{bad}");
        }
    }

    fn headers(origin: &str) -> HeaderMap {
        let host = (header::HOST, "play.example:2567".parse().expect("a value"));
        HeaderMap::from_iter([host, (header::ORIGIN, origin.parse().expect("a value"))])
    }

    #[test]
    fn pages_of_this_host_and_of_allowed_origins_may_connect() {
        let allowed = ["https://games.example".to_owned()];
        for good in
            ["http://play.example:2567", "https://PLAY.example:2567", "https://games.example"]
        {
            assert!(origin_is_allowed(&headers(good), &allowed), "{good}");
        }
        assert!(origin_is_allowed(&HeaderMap::new(), &[]));
        assert!(origin_is_allowed(&headers("http://evil.example"), &["*".to_owned()]));
    }

    #[test]
    fn pages_of_other_hosts_may_not() {
        let bad = [
            "http://evil.example",
            "http://play.example",
            "http://play.example:2567.evil.example",
            "https://games.example.evil.example",
            "null",
            "",
            "play.example:2567",
            "file://play.example:2567",
        ];
        for origin in bad {
            assert!(!origin_is_allowed(&headers(origin), &["https://games.example".to_owned()]));
        }
        let mut two = headers("http://play.example:2567");
        two.append(header::ORIGIN, "http://evil.example".parse().expect("a value"));
        assert!(!origin_is_allowed(&two, &[]));
    }
}
