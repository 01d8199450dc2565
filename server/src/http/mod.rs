//! HTTP: pages, the list of rooms, and the handshake that makes a socket a player's.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use http_body_util::{BodyExt, Full, combinators::BoxBody};
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
    links::Links,
    metrics::ServerMetrics,
    shard::ShardHandle,
};

mod assets;
mod body;
mod handshake;
mod headers;
mod problem;
mod routes;
mod transports;
mod upgrade;

pub(crate) use assets::Assets;

/// How long a socket may speak HTTP. Long enough for every page, and the end of
/// who never reads an answer; browsers connect again.
const HTTP_LIFETIME: Duration = Duration::from_secs(60);
/// How long to wait before accepting again after that failed.
const ACCEPT_AGAIN: Duration = Duration::from_millis(200);
/// The largest header that a request may have, in bytes.
const MAX_HEADER_BYTES: usize = 16 * 1024;

type Answer = Response<BoxBody<Bytes, Infallible>>;

/// A body that is known as a whole.
fn whole(bytes: impl Into<Bytes>) -> BoxBody<Bytes, Infallible> {
    Full::new(bytes.into()).boxed()
}

/// What every request may use.
pub(crate) struct Site {
    pub(crate) config: Config,
    pub(crate) directory: Arc<Directory>,
    pub(crate) shards: Vec<ShardHandle>,
    pub(crate) metrics: Arc<ServerMetrics>,
    pub(crate) admission: Admission,
    pub(crate) links: Links,
    pub(crate) assets: Assets,
    pub(crate) started: Instant,
}

/// Who sends a request.
struct Caller {
    /// The other end of the socket, which may be a proxy.
    peer: SocketAddr,
    /// Where the request comes from in the first place.
    address: IpAddr,
    line: Arc<Line>,
}

/// What the requests of one socket share.
struct Line {
    peer: SocketAddr,
    /// Taken along when the socket becomes a player's.
    guard: Mutex<Option<Guard>>,
    /// How many answers are under way that may last for as long as somebody plays.
    held: AtomicUsize,
}

/// Keeps a socket from being cut for its age while an answer is under way that may last long.
struct Hold(Arc<Line>);

impl Caller {
    /// The socket's place among those that there may be, for who takes it along.
    fn take_guard(&self) -> Option<Guard> {
        self.line.guard.lock().take()
    }

    /// An answer begins that may last for as long as somebody plays; over with what is returned.
    fn hold(&self) -> Hold {
        self.line.held.fetch_add(1, Relaxed);
        Hold(Arc::clone(&self.line))
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.held.fetch_sub(1, Relaxed);
    }
}

/// Accepts sockets until told to stop.
pub(crate) async fn serve(listener: TcpListener, site: Arc<Site>, mut stop: watch::Receiver<bool>) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.changed() => return,
        };
        match accepted {
            Ok((stream, peer)) => match site.admission.admit() {
                Some(guard) => {
                    let (guard, held) = (Mutex::new(Some(guard)), AtomicUsize::new(0));
                    let line = Arc::new(Line { peer, guard, held });
                    tokio::spawn(converse(stream, line, Arc::clone(&site), stop.clone()));
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
    line: Arc<Line>,
    site: Arc<Site>,
    mut stop: watch::Receiver<bool>,
) {
    // A frame that waits for an acknowledgement is a frame that is late.
    let _ = stream.set_nodelay(true);
    let timeout = site.config.limits.header_timeout;
    let service = service_fn(|request| {
        let address = line.peer.ip();
        let caller = Arc::new(Caller { peer: line.peer, address, line: Arc::clone(&line) });
        let site = Arc::clone(&site);
        async move { Ok::<_, Infallible>(routes::answer(&site, &caller, request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(timeout)
        .max_buf_size(MAX_HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        _ = stop.changed() => None,
        () = tokio::time::sleep(HTTP_LIFETIME) => None,
    };
    let ended = match ended {
        Some(ended) => Some(ended),
        None => {
            // The answer that is under way is the last one.
            connection.as_mut().graceful_shutdown();
            tokio::select! {
                ended = connection.as_mut() => Some(ended),
                () = too_old(&line) => None,
            }
        }
    };
    let why = match ended {
        Some(Ok(())) => return,
        Some(Err(error)) => error.to_string(),
        None => "it lasted too long".to_owned(),
    };
    tracing::debug!(peer = %line.peer, why, "an HTTP connection was cut");
}

/// Waits until a socket whose last answer is under way has had enough time for it.
async fn too_old(line: &Line) {
    loop {
        tokio::time::sleep(HTTP_LIFETIME).await;
        if line.held.load(Relaxed) == 0 {
            return;
        }
    }
}
