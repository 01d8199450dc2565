//! The operator's way in: an address of its own, apart from where players come in, that shows what
//! the server counts and lets the operator change things.
//!
//! Whoever reaches the address may read; who changes something shows the [`Token`]. A web page that
//! the operator happens to visit can make the browser ask for anything here, so each request has to be
//! for a [host](hosts) that a stranger cannot point here, and what changes something comes from a page of this address.

use std::{net::SocketAddr, sync::Arc};

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
    /// One that listens here.
    pub(crate) fn new(config: &AdminConfig, local_addr: SocketAddr) -> Self {
        let token = Token::new(config.token.as_ref());
        Admin { local_addr, hosts: config.hosts.clone(), token, asks: monitor::Asks::default() }
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
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    (!reads && !admin.knows(request.headers())).then(unknown)
}

async fn route(site: &Arc<Site>, request: Request<Incoming>) -> Answer {
    let path = request.uri().path();
    let found = match path {
        "/metrics" => Some(metrics(site)),
        _ => health(site, path),
    };
    if let Some(answer) = found {
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        return if reads { answer } else { not_allowed(READ_ONLY) };
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
