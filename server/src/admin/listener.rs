//! The sockets of the operator: few, and each for a while only.

use std::{convert::Infallible, sync::Arc, time::Duration};

use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
};

use super::{Admin, answer};
use crate::http::{MAX_HEADER_BYTES, Site, accept};

/// How many sockets may speak HTTP at once; more wait in the kernel.
const MOST_SOCKETS: usize = 64;
/// How long a socket may speak HTTP, and how long its last answer may take then.
const LIFETIME: Duration = Duration::from_secs(60);

/// Accepts sockets until told to stop.
pub(crate) async fn serve(listener: TcpListener, site: Arc<Site>, mut stop: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(MOST_SOCKETS));
    loop {
        let (stream, place) = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            _ = stop.changed() => return,
        };
        tokio::spawn(converse(stream, place, Arc::clone(&site), stop.clone()));
    }
}

async fn converse(
    stream: TcpStream,
    _place: OwnedSemaphorePermit,
    site: Arc<Site>,
    mut stop: watch::Receiver<bool>,
) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request: Request<Incoming>| {
        let site = Arc::clone(&site);
        async move {
            let admin: &Admin = site.admin.as_ref().expect("it listens, so there is one");
            Ok::<_, Infallible>(answer(&site, admin, request).await)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(site.config.limits.header_timeout)
        .max_buf_size(MAX_HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stop.changed() => {}
        () = tokio::time::sleep(LIFETIME) => {}
    }
    // The answer that is under way is the last one.
    connection.as_mut().graceful_shutdown();
    let _ = tokio::time::timeout(LIFETIME, connection).await;
}
