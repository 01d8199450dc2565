//! Why a request is refused, until it is answered so.

use std::time::Duration;

use hyper::{StatusCode, header};

use super::{
    Answer,
    body::BadBody,
    problem::{denied, problem, problem_with, too_soon, turned_away},
};
use crate::{admission::TurnedAway, directory::Denied};

/// Why a request is refused.
#[derive(Debug)]
pub(super) enum Refused {
    /// There is no seat for it.
    Denied(Denied),
    /// Its address asks too often; wait as long.
    TooSoon(Duration),
    /// There are as many connections as may be.
    TurnedAway(TurnedAway),
    /// It does not say who it is, or wrongly so.
    Unidentified(String),
    /// It is not as it has to be.
    Malformed(String),
    /// Its body cannot be taken.
    Body(BadBody),
}

impl Refused {
    /// The answer that says so.
    pub(super) fn answer(self) -> Answer {
        match self {
            Refused::Denied(why) => denied(&why),
            Refused::TooSoon(wait) => too_soon(wait),
            Refused::TurnedAway(why) => turned_away(why),
            Refused::Unidentified(why) => {
                let how = (header::WWW_AUTHENTICATE, "Bearer");
                problem_with(StatusCode::UNAUTHORIZED, &why, how)
            }
            Refused::Malformed(why) => problem(StatusCode::BAD_REQUEST, &why),
            Refused::Body(bad) => bad.answer(),
        }
    }
}
