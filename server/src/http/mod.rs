//! HTTP: pages, the list of rooms, and the handshake that makes a socket a player's.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use http_body_util::Full;
use hyper::{Response, body::Bytes, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use parking_lot::Mutex;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};

use crate::{
    admission::{Admission, Guard},
    config::Config,
    directory::Directory,
    metrics::ServerMetrics,
    shard::ShardHandle,
};

mod assets;
mod handshake;
mod headers;
mod problem;
mod routes;
mod upgrade;

pub(crate) use assets::Assets;

/// How long a socket may speak HTTP. Long enough for every page, and the end of
/// who never reads an answer; browsers connect again.
const HTTP_LIFETIME: Duration = Duration::from_secs(60);
/// How long to wait before accepting again after that failed.
const ACCEPT_AGAIN: Duration = Duration::from_millis(200);
/// The largest header that a request may have, in bytes.
const MAX_HEADER_BYTES: usize = 16 * 1024;

type Answer = Response<Full<Bytes>>;

/// What every request may use.
pub(crate) struct Site {
    pub(crate) config: Config,
    pub(crate) directory: Arc<Directory>,
    pub(crate) shards: Vec<ShardHandle>,
    pub(crate) metrics: Arc<ServerMetrics>,
    pub(crate) assets: Assets,
    pub(crate) started: Instant,
}

/// What the requests of one socket share.
struct Caller {
    peer: SocketAddr,
    /// Taken along when the socket becomes a player's.
    guard: Mutex<Option<Guard>>,
}

/// Accepts sockets until told to stop.
pub(crate) async fn serve(listener: TcpListener, site: Arc<Site>, mut stop: watch::Receiver<bool>) {
    let admission = Admission::new(site.config.max_connections, Arc::clone(&site.metrics));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.changed() => return,
        };
        match accepted {
            Ok((stream, peer)) => match admission.admit() {
                Some(guard) => {
                    let caller = Caller { peer, guard: Mutex::new(Some(guard)) };
                    tokio::spawn(converse(stream, caller, Arc::clone(&site), stop.clone()));
                }
                None => turn_away(&stream),
            },
            Err(error) => {
                // Out of file handles, most likely: some will be given back.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_AGAIN).await;
            }
        }
    }
}

/// Says that there are too many, if that fits, without waiting for anything.
fn turn_away(stream: &TcpStream) {
    let answer = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nretry-after: 5\r\n\
                  connection: close\r\n\r\n";
    let _ = stream.try_write(answer.as_bytes());
}

async fn converse(
    stream: TcpStream,
    caller: Caller,
    site: Arc<Site>,
    mut stop: watch::Receiver<bool>,
) {
    // A frame that waits for an acknowledgement is a frame that is late.
    let _ = stream.set_nodelay(true);
    let timeout = site.config.limits.header_timeout;
    let caller = Arc::new(caller);
    let service = service_fn(|request| {
        let answer = routes::answer(&site, &caller, request);
        async { Ok::<_, Infallible>(answer) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(timeout)
        .max_buf_size(MAX_HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::pin!(connection);
    let conversation = async {
        tokio::select! {
            ended = connection.as_mut() => return ended,
            _ = stop.changed() => connection.as_mut().graceful_shutdown(),
        }
        connection.await
    };
    let why = match tokio::time::timeout(HTTP_LIFETIME, conversation).await {
        Ok(Ok(())) => return,
        Ok(Err(error)) => error.to_string(),
        Err(_) => "it lasted too long".to_owned(),
    };
    tracing::debug!(peer = %caller.peer, why, "an HTTP connection was cut");
}
