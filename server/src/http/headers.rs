//! Headers that answers have.

use hyper::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderValue, REFERRER_POLICY,
    VARY, X_CONTENT_TYPE_OPTIONS,
};

/// Pages take everything from this server, nothing is inline, and nobody may frame them.
/// Icons may be `data:` so that a page needs no image file.
const POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; \
                      base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Adds them. An answer that carries frames has as few as can be, because there are many of it and
/// nobody opens it as a page.
pub(crate) fn add(headers: &mut HeaderMap) {
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if carries_frames(headers) {
        return;
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    // Which pages may read an answer depends on who asks.
    headers.insert(VARY, HeaderValue::from_static("origin"));
}

/// Whether an answer is one of an HTTP transport: bytes, or nothing at all.
fn carries_frames(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_none_or(|kind| kind == "application/octet-stream")
}
