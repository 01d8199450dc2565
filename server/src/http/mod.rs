//! HTTP: pages, the list of rooms, and the handshake that makes a socket a player's.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use http_body_util::{BodyExt, Full, combinators::BoxBody};
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header,
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};

use crate::{
    admin::Admin,
    admission::{Admission, TurnedAway},
    config::Config,
    directory::Directory,
    identity::Identities,
    knocks::Knocks,
    links::Links,
    metrics::{RecorderMetrics, ServerMetrics},
    shard::ShardHandle,
};

mod accept;
mod api;
mod assets;
pub(crate) mod body;
mod caller;
mod forwarded;
pub(crate) mod handshake;
pub(crate) mod headers;
mod links;
mod origins;
mod patience;
pub(crate) mod problem;
mod refused;
mod routes;
mod transports;
mod upgrade;

pub(crate) use accept::accept;
pub(crate) use assets::Assets;
use caller::{Caller, Line};
use patience::{Over, Watched};
pub(crate) use routes::{health, send};
pub(crate) use upgrade::upgrade_observer;

/// How long to wait before accepting again after that failed.
const ACCEPT_AGAIN: Duration = Duration::from_millis(200);
/// When somebody may try again whose address has as many sockets as it may have, or who came to a full
/// server.
const CROWD_WAIT: Duration = Duration::from_secs(5);
/// The largest header that a request may have, in bytes.
pub(crate) const MAX_HEADER_BYTES: usize = 16 * 1024;

pub(crate) type Answer = Response<BoxBody<Bytes, Infallible>>;

/// A body that is known as a whole.
pub(crate) fn whole(bytes: impl Into<Bytes>) -> BoxBody<Bytes, Infallible> {
    Full::new(bytes.into()).boxed()
}

pub(crate) fn json_answer(value: &Value) -> Answer {
    Response::builder()
        .header(header::CONTENT_TYPE, "application/json")
        .body(whole(value.to_string()))
        .expect("the parts are valid")
}

/// The value of a query's parameter, the first of that name, if it has one.
pub(crate) fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(key, _)| *key == name)?;
    (!value.is_empty()).then_some(value)
}

/// Sends a browser elsewhere. What fits in no header becomes no answer that leads anywhere.
fn see(place: &str) -> Answer {
    let see = Response::builder().status(StatusCode::FOUND).header(header::LOCATION, place);
    let answer = see.body(whole(Bytes::new()));
    answer.unwrap_or_else(|_| problem::problem(StatusCode::NOT_FOUND, "there is nothing there"))
}

/// What every request may use.
pub(crate) struct Site {
    pub(crate) config: Config,
    pub(crate) directory: Arc<Directory>,
    pub(crate) shards: Vec<ShardHandle>,
    pub(crate) metrics: Arc<ServerMetrics>,
    pub(crate) admission: Admission,
    pub(crate) links: Links,
    pub(crate) knocks: Knocks,
    /// Who somebody is, if the server wants to know.
    pub(crate) identities: Option<Identities>,
    pub(crate) assets: Assets,
    /// Where it listens.
    pub(crate) local_addr: SocketAddr,
    /// What the recorder counts.
    pub(crate) recorder: Arc<RecorderMetrics>,
    /// The way in for the operator, if there is one.
    pub(crate) admin: Option<Admin>,
    pub(crate) started: Instant,
}

/// Accepts sockets until told to stop.
pub(crate) async fn serve(listener: TcpListener, site: Arc<Site>, mut stop: watch::Receiver<bool>) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.changed() => return,
        };
        match accepted {
            Ok((stream, peer)) => match site.admission.admit(counted_as(&site.config, peer)) {
                Ok(guard) => {
                    let line = Arc::new(Line::new(peer, guard));
                    tokio::spawn(converse(stream, line, Arc::clone(&site), stop.clone()));
                }
                Err(why) => turn_away(&stream, why),
            },
            Err(error) => {
                // Out of file handles, most likely: some will be given back.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_AGAIN).await;
            }
        }
    }
}

/// The address that a socket counts as one of, unless it is this machine's. What a proxy sends on
/// is counted by whom it is from; see [`Caller::begin_handshake`].
fn counted_as(config: &Config, peer: SocketAddr) -> Option<IpAddr> {
    let address = peer.ip().to_canonical();
    let proxy = config.trusted_proxies.iter().any(|network| network.contains(address));
    (!address.is_loopback() && !proxy).then_some(address)
}

/// Says that there are too many, if that fits, without waiting for anything.
fn turn_away(stream: &TcpStream, why: TurnedAway) {
    let status = match why {
        TurnedAway::Full => "503 Service Unavailable",
        TurnedAway::Crowd => "429 Too Many Requests",
    };
    let wait = CROWD_WAIT.as_secs();
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-length: 0\r\nretry-after: {wait}\r\nconnection: close\r\n\r\n"
    );
    let _ = stream.try_write(answer.as_bytes());
}

async fn converse(
    stream: TcpStream,
    line: Arc<Line>,
    site: Arc<Site>,
    mut stop: watch::Receiver<bool>,
) {
    // A frame that waits for an acknowledgement is a frame that is late.
    let _ = stream.set_nodelay(true);
    let limits = &site.config.limits;
    // A large buffer would only hold frames that are old when they are read, and hide for long that
    // nobody reads them.
    let _ = socket2::SockRef::from(&stream).set_send_buffer_size(limits.send_buffer);
    let service = service_fn(|request: Request<Incoming>| {
        line.patience.asked();
        let caller = Caller::new(&line, request.headers(), &site.config.trusted_proxies);
        let (caller, site, line) = (Arc::new(caller), Arc::clone(&site), Arc::clone(&line));
        async move {
            let mut answer = routes::answer(&site, &caller, request).await;
            if line.since.elapsed() >= site.config.limits.http_time && !is_upgrade(&answer) {
                let close = header::HeaderValue::from_static("close");
                answer.headers_mut().insert(header::CONNECTION, close);
            }
            line.patience.answered();
            Ok::<_, Infallible>(answer)
        }
    });
    let watched = Watched { socket: stream, line: Arc::clone(&line) };
    let connection = http1::Builder::new()
        // It has one limit for what is late and for what only rests.
        .header_read_timeout(None)
        .max_buf_size(MAX_HEADER_BYTES)
        .serve_connection(TokioIo::new(watched), service)
        .with_upgrades();
    tokio::pin!(connection);
    let course = async {
        tokio::select! {
            ended = connection.as_mut() => return ended,
            _ = stop.changed() => {}
        }
        // The answer that is under way is the last one.
        connection.as_mut().graceful_shutdown();
        connection.await
    };
    let address = counted_as(&site.config, line.peer);
    let (short, held) = (|| site.admission.is_short(address), || line.is_held());
    let why = tokio::select! {
        ended = course => match ended {
            Ok(()) => return,
            Err(error) => {
                site.metrics.bad_requests.add(u64::from(error.is_parse()));
                error.to_string()
            }
        },
        over = line.patience.over(limits, (short, held)) => {
            site.metrics.late_headers.add(u64::from(over == Over::LateHeader));
            format!("{over:?}")
        }
        () = line.stuck() => "nobody reads it".to_owned(),
    };
    tracing::debug!(peer = %line.peer, why, "an HTTP connection was cut");
}

/// Whether a socket stops speaking HTTP with this answer.
fn is_upgrade(answer: &Answer) -> bool {
    answer.status() == StatusCode::SWITCHING_PROTOCOLS
}
