//! Sessions over plain HTTP requests.

use std::sync::Arc;

use hyper::{Request, StatusCode, body::Incoming};

use super::{Answer, Caller, Site, problem::problem};
use crate::directory::RoomEntry;

/// What a request of such a session does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Its answer lasts, with all that the server sends.
    Stream,
    /// It brings messages up.
    Send,
    /// It brings messages up, and takes an answer's worth down.
    Poll,
}

/// Answers a request of a session.
pub(super) async fn answer(
    _site: &Arc<Site>,
    _caller: &Arc<Caller>,
    _request: Request<Incoming>,
    _entry: Arc<RoomEntry>,
    _kind: Kind,
) -> Answer {
    problem(StatusCode::NOT_IMPLEMENTED, "this server speaks WebSocket only")
}
