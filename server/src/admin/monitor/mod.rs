//! The monitor page and what it asks for.

use std::sync::Arc;

use hyper::{Request, body::Incoming};

use crate::http::{Answer, Site};

/// Answers what is the page's; `None` for all else.
pub(super) async fn route(_site: &Arc<Site>, _request: Request<Incoming>) -> Option<Answer> {
    None
}
