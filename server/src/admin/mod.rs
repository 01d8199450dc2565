//! The operator's way in: an address of its own, apart from where players come in, that shows what
//! the server counts and lets the operator change things.
//!
//! Whoever reaches the address from this machine may read; who changes something, or reads of rooms and players
//! where others than this machine may reach it, shows the [`Token`]. A web page that
//! the operator happens to visit can make the browser ask for anything here, so each request has to be
//! for a [host](hosts) that a stranger cannot point here, and what changes something comes from a page of this address.

use std::{net::SocketAddr, sync::Arc};

use data_encoding::BASE64URL_NOPAD;
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    header::{self, HeaderMap, HeaderValue},
};

use crate::{
    config::AdminConfig,
    http::{
        Answer, Site,
        handshake::origin_is_allowed,
        headers, health,
        problem::{coded, problem, problem_with},
        whole,
    },
};

pub(crate) mod hosts;
mod listener;
mod monitor;
mod prometheus;
mod token;

pub(crate) use listener::serve;
use token::Token;

/// Where rooms and players are, which not everybody may read who reaches an address that is open to others.
const PRIVATE: [&str; 2] = ["/monitor/api/", "/monitor/rooms/"];
/// The subprotocol of a socket that looks at a room. A page that has to show the token offers this one,
/// and another that begins with [`TOKEN_PREFIX`].
const SUBPROTOCOL: &str = "tickwire.observe";
/// What comes before the token, which is in base64url without padding.
const TOKEN_PREFIX: &str = "tickwire.token.";

/// What is read only.
const READ_ONLY: &str = "GET, HEAD";

/// The operator's way in.
pub(crate) struct Admin {
    local_addr: SocketAddr,
    /// Names that it may be called by.
    hosts: Vec<String>,
    token: Token,
    /// Questions to the threads that have the rooms.
    asks: monitor::Asks,
}

impl Admin {
    /// One that listens here, of a server with so many threads for rooms.
    pub(crate) fn new(config: &AdminConfig, local_addr: SocketAddr, shards: usize) -> Self {
        let token = Token::new(config.token.as_ref());
        Admin { local_addr, hosts: config.hosts.clone(), token, asks: monitor::Asks::new(shards) }
    }

    /// Where it listens.
    pub(crate) fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Where the operator's browser goes. A token that nobody chose is in it, behind the `#`, which
    /// browsers keep to themselves.
    pub(crate) fn url(&self) -> String {
        let port = self.local_addr.port();
        let place = match self.local_addr.ip() {
            ip if ip.is_unspecified() => format!("http://127.0.0.1:{port}/"),
            _ => format!("http://{}/", self.local_addr),
        };
        match self.token.shown() {
            Some(token) => format!("{place}#token={token}"),
            None => place,
        }
    }

    /// Whether a request shows the token, as `Authorization: Bearer TOKEN`.
    pub(crate) fn knows(&self, headers: &HeaderMap) -> bool {
        let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let parts = value.and_then(|value| value.split_once(' '));
        parts.is_some_and(|(scheme, token)| {
            scheme.eq_ignore_ascii_case("bearer") && self.is_token(token.trim())
        })
    }

    /// Whether a handshake shows the token, which a page can do only by the name of a subprotocol.
    fn is_offered(&self, headers: &HeaderMap) -> bool {
        let token =
            |name: &str| BASE64URL_NOPAD.decode(name.strip_prefix(TOKEN_PREFIX)?.as_bytes()).ok();
        let tokens = subprotocols(headers).filter_map(token);
        tokens.filter_map(|bytes| String::from_utf8(bytes).ok()).any(|text| self.is_token(&text))
    }

    /// Whether a request has to show the token.
    fn takes_token<B>(&self, request: &Request<B>) -> bool {
        let path = request.uri().path();
        let is_private = PRIVATE.iter().any(|prefix| path.starts_with(prefix));
        !reads(request.method()) || (is_private && !self.local_addr.ip().is_loopback())
    }

    /// Whether this is the token, for what can have no headers. It takes as long whatever it is.
    pub(crate) fn is_token(&self, text: &str) -> bool {
        self.token.is(text)
    }
}

/// Answers a request.
async fn answer(site: &Arc<Site>, admin: &Admin, request: Request<Incoming>) -> Answer {
    let mut answer = match objection(admin, &request) {
        Some(refusal) => refusal,
        None => route(site, request).await,
    };
    if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
        headers::add(answer.headers_mut());
    }
    answer
}

/// The answer to a request that a stranger's page may have made, or that changes something without the
/// token.
fn objection<B>(admin: &Admin, request: &Request<B>) -> Option<Answer> {
    if !hosts::is_ours(request.headers(), &admin.hosts) {
        let detail = "the admin listener answers to addresses, to localhost, and to names that \
                      --admin-host gives it";
        return Some(coded(StatusCode::FORBIDDEN, "wrong_host", detail));
    }
    // A WebSocket begins with a GET, and any page may open one; but no page can keep its origin to itself.
    if !origin_is_allowed(request.headers(), &[]) {
        return Some(problem(StatusCode::FORBIDDEN, "pages of other hosts may not do this"));
    }
    let headers = request.headers();
    let knows = admin.knows(headers) || (reads(request.method()) && admin.is_offered(headers));
    (admin.takes_token(request) && !knows).then(unknown)
}

/// Whether a request changes nothing.
fn reads(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// The subprotocols that a handshake offers.
fn subprotocols(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let values = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter();
    values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).map(str::trim)
}

async fn route(site: &Arc<Site>, request: Request<Incoming>) -> Answer {
    let path = request.uri().path();
    let found = match path {
        "/metrics" => Some(metrics(site)),
        _ => health(site, path),
    };
    if let Some(answer) = found {
        return if reads(request.method()) { answer } else { not_allowed(READ_ONLY) };
    }
    let missing = || problem(StatusCode::NOT_FOUND, "there is nothing at this address");
    monitor::route(site, request).await.unwrap_or_else(missing)
}

/// Refuses who has not shown the token.
pub(crate) fn unknown() -> Answer {
    let detail = "this takes the operator's token: Authorization: Bearer TOKEN";
    let how = (header::WWW_AUTHENTICATE, "Bearer");
    problem_with(StatusCode::UNAUTHORIZED, detail, how)
}

/// Refuses a method that an address does not take.
pub(crate) fn not_allowed(allow: &'static str) -> Answer {
    let detail = format!("this address takes {allow} only");
    let mut answer = problem(StatusCode::METHOD_NOT_ALLOWED, &detail);
    answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
    answer
}

fn metrics(site: &Site) -> Answer {
    Response::builder()
        .header(header::CONTENT_TYPE, prometheus::CONTENT_TYPE)
        .body(whole(prometheus::text(site)))
        .expect("the parts are valid")
}
