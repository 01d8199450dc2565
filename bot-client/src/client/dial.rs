//! New connections of one client: all are counted, on its network, and held up alike.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use http_body_util::Full;
use hyper::{
    body::Bytes,
    client::conn::http1::{self, SendRequest},
};
use hyper_util::rt::TokioIo;
use tickwire_shared::link::Net;
use tokio::{
    net::{TcpSocket, TcpStream},
    time::timeout,
};

use super::{
    endpoint::Endpoint,
    error::ClientError,
    hindrance::Hindrance,
    line::Line,
    options::Options,
    traffic::{Counted, Meter},
    wire::Wire,
};

/// What opens a client's sockets.
#[derive(Clone, Debug)]
pub(super) struct Dialer {
    pub(super) address: SocketAddr,
    pub(super) endpoint: Endpoint,
    pub(super) hindrance: Hindrance,
    pub(super) patience: Duration,
    pub(super) meter: Arc<Meter>,
    /// Set when the client leaves, so that nothing holds it up any more.
    pub(super) left: Arc<AtomicBool>,
    pub(super) net: Option<Net>,
}

impl Dialer {
    pub(super) fn new(address: SocketAddr, endpoint: &Endpoint, options: &Options) -> Dialer {
        Dialer {
            address,
            endpoint: endpoint.clone(),
            hindrance: options.hindrance.clone(),
            patience: options.patience,
            meter: Arc::default(),
            left: Arc::default(),
            net: options.net,
        }
    }

    /// A connection that nothing was said on.
    pub(super) async fn open(&self) -> Result<Wire, ClientError> {
        let limit = self.patience;
        let socket = timeout(limit, open_socket(self.address, &self.hindrance)).await;
        let socket = socket.map_err(|_| ClientError::TimedOut { what: "connecting", limit })?;
        let failed = |source| ClientError::Connect { address: self.address, source };
        let socket = socket.map_err(failed)?;
        // Inputs are small and urgent. Where this fails, they are merely less urgent.
        let _ = socket.set_nodelay(true);
        let over = [self.left.clone(), self.hindrance.over.clone()];
        Ok(Wire::new(Counted::new(socket, self.meter.clone()), self.net, over))
    }

    /// A connection for requests, which ends when it is dropped and no answer is read any more.
    pub(super) async fn open_http(&self) -> Result<SendRequest<Full<Bytes>>, ClientError> {
        let wire = (Bytes::new(), self.open().await?);
        let line = Line::new(wire, &self.hindrance, self.left.clone());
        let (sender, connection) = http1::handshake(TokioIo::new(line)).await?;
        // What fails here fails the request, too.
        tokio::spawn(async move { _ = connection.await });
        Ok(sender)
    }
}

/// Connects; a small buffer must be known before that.
async fn open_socket(address: SocketAddr, hindrance: &Hindrance) -> io::Result<TcpStream> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    if let Some(bytes) = hindrance.receive_buffer {
        socket.set_recv_buffer_size(bytes)?;
    }
    socket.connect(address).await
}
