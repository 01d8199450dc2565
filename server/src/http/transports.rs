//! Connections over plain HTTP requests: what each request does with its [`Link`].
//!
//! | path | body | answer |
//! |---|---|---|
//! | `POST /rooms/CODE/stream` | the first batch, with a new key | 200, messages until the end |
//! | `POST /rooms/CODE/send` | a batch | 204 |
//! | `POST /rooms/CODE/poll` | a batch or none; the first has a new key | 200 with an answer, or 204 |

use std::{sync::Arc, time::Duration};

use http_body_util::BodyExt;
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header,
};
use tickwire_shared::{
    batch::{Batch, MAX_REQUEST_BYTES, RequestHeader},
    message::{MAX_CLIENT_MESSAGE_BYTES, kind},
};

use super::{Answer, Caller, Site, body::read_body, whole};
use crate::{
    links::{Asked, Link, LinkCarrier, NotTaken},
    shard::{Arrival, Carrier, Command, Entrance},
};

mod refusal;

use refusal::Refusal;

/// How long a poll is held at most. Proxies give up after a minute or half of that.
const HOLD: Duration = Duration::from_secs(10);

/// What a request of such a connection does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Its answer lasts, with all that the server sends.
    Stream,
    /// It brings messages up.
    Send,
    /// It brings messages up, and takes an answer's worth down.
    Poll,
}

/// Answers a request of a connection to the room of this code, which may have closed already.
pub(super) async fn answer(
    site: &Arc<Site>,
    caller: &Arc<Caller>,
    request: Request<Incoming>,
    code: &str,
    kind: Kind,
) -> Answer {
    match read_body(request, MAX_REQUEST_BYTES, site.config.limits.body_timeout).await {
        Ok(body) => {
            let answered = Exchange { site, caller, code }.answer(&body, kind).await;
            answered.unwrap_or_else(Refusal::answer)
        }
        Err(bad) => bad.answer(),
    }
}

/// What the request at hand is answered from.
struct Exchange<'a> {
    site: &'a Arc<Site>,
    caller: &'a Arc<Caller>,
    code: &'a str,
}

impl Exchange<'_> {
    async fn answer(&self, body: &Bytes, kind: Kind) -> Result<Answer, Refusal> {
        let read = RequestHeader::read(body, MAX_CLIENT_MESSAGE_BYTES);
        let (header, batch) = read.map_err(Refusal::Malformed)?;
        let known = self.site.links.get(&header.key);
        let link = match known.filter(|link| self.leads_here(link)) {
            Some(_) if kind == Kind::Stream => return Err(Refusal::KeyTaken),
            Some(link) => link,
            None => self.open(&header, batch, kind)?,
        };
        if header.number > 0 {
            match link.take(header.number, batch.bytes()) {
                // What it asks for says why.
                Err(NotTaken::Over) if kind == Kind::Poll => {}
                taken => taken.map_err(Refusal::NotTaken)?,
            }
        }
        match kind {
            Kind::Stream => Ok(stream(&link, self.caller)),
            Kind::Send => Ok(no_content()),
            Kind::Poll => self.poll(&link, &header).await,
        }
    }

    /// Whether a link leads to the room that the path names. One to a room that has closed has its
    /// last answer still to give.
    fn leads_here(&self, link: &Link) -> bool {
        link.room().code.eq_ignore_ascii_case(self.code)
    }

    /// Opens a connection for whoever comes in or comes back.
    fn open(
        &self,
        header: &RequestHeader,
        mut batch: Batch<'_>,
        way: Kind,
    ) -> Result<Arc<Link>, Refusal> {
        // Before the room is looked for, so that nobody finds one by asking often.
        self.caller.knock(self.site).map_err(Refusal::TooSoon)?;
        let entry = self.site.directory.room(self.code).ok_or(Refusal::NoSuchRoom)?;
        let first = batch.next().and_then(|message| message.first().copied());
        let opens = header.number == 1 && matches!(first, Some(kind::JOIN | kind::RESUME));
        if !opens || way == Kind::Send {
            return Err(Refusal::NoSuchLink);
        }
        let place = self.site.admission.admit(self.caller.counted_as());
        let guard = place.map_err(Refusal::TurnedAway)?;
        let shard = entry.shard();
        let link = Link::new((header.key, Arc::clone(&entry)), way == Kind::Stream, Some(guard));
        if !self.site.links.keep(&link) {
            return Err(Refusal::KeyTaken);
        }
        let arrival = Arrival {
            carrier: Carrier::Link(LinkCarrier::new(Arc::clone(&link))),
            early: Vec::new(),
            address: self.caller.address,
            net: None,
        };
        self.site.shards[shard].send(Command::Admit(arrival, Entrance::Door(entry)));
        Ok(link)
    }

    async fn poll(&self, link: &Arc<Link>, header: &RequestHeader) -> Result<Answer, Refusal> {
        let (asked, call) = link.ask(header).ok_or(Refusal::HasStream)?;
        if let Some(connection) = call {
            let room = link.room();
            self.site.shards[room.shard()].send(Command::Answer(room.number, connection));
        }
        match asked {
            Asked::Answer(bytes) => Ok(octets(bytes)),
            Asked::Held(from) => match tokio::time::timeout(HOLD, from).await {
                Ok(Ok(Some(bytes))) => Ok(octets(bytes)),
                // Nothing is due, it was superseded, or it was held for long enough.
                _ => Ok(no_content()),
            },
            Asked::Wrong => Err(Refusal::WrongAnswer),
            Asked::Over => Err(Refusal::NoSuchLink),
        }
    }
}

/// The answer that lasts. Proxies are asked to let everything through as it comes.
fn stream(link: &Arc<Link>, caller: &Arc<Caller>) -> Answer {
    Response::builder()
        .header(header::CONTENT_TYPE, "application/octet-stream")
        .header(header::CACHE_CONTROL, "no-store, no-transform")
        .header("x-accel-buffering", "no")
        .body(link.body(caller.hold(link)).boxed())
        .expect("the parts are valid")
}

fn octets(bytes: Bytes) -> Answer {
    Response::builder()
        .header(header::CONTENT_TYPE, "application/octet-stream")
        .body(whole(bytes))
        .expect("the parts are valid")
}

fn no_content() -> Answer {
    let answer = Response::builder().status(StatusCode::NO_CONTENT).body(whole(Bytes::new()));
    answer.expect("the parts are valid")
}
