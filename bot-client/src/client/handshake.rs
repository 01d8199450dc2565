//! From a TCP connection to a WebSocket.
//!
//! `fastwebsockets` has such a handshake too, but its error drops what the server
//! said, and what it returns reads through two more layers for the life of the
//! connection.

use std::io::Cursor;

use fastwebsockets::{Role, WebSocket};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    client::conn::http1,
    header::{CONNECTION, HOST, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE},
    upgrade::Upgraded,
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt, Chain, Join, join},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

use super::{endpoint::Endpoint, error::ClientError};

/// As much of a refusal's body as is read.
const MOST_BODY_BYTES: usize = 4096;

/// A socket, and before it what came together with the answer to the handshake.
///
/// A server that turns a client away may close before it is spoken to.
pub(super) type Stream = Join<Chain<Cursor<Bytes>, OwnedReadHalf>, OwnedWriteHalf>;

/// Asks for a WebSocket.
pub(super) async fn open(
    socket: TcpStream,
    endpoint: &Endpoint,
) -> Result<WebSocket<Stream>, ClientError> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(socket)).await?;
    // Drives the connection until the upgrade takes the socket out of it, which is soon.
    let driver = tokio::spawn(connection.with_upgrades());
    let answer = sender.send_request(request(endpoint)?).await?;
    if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
        let status = answer.status().as_u16();
        let body = first_line(answer).await;
        driver.abort();
        return Err(ClientError::Http { status, body });
    }
    let socket = take_socket(hyper::upgrade::on(answer).await?);
    Ok(WebSocket::after_handshake(socket, Role::Client))
}

fn request(endpoint: &Endpoint) -> Result<Request<Empty<Bytes>>, ClientError> {
    let request = Request::get(&endpoint.path)
        .header(HOST, endpoint.authority())
        .header(CONNECTION, "Upgrade")
        .header(UPGRADE, "websocket")
        .header(SEC_WEBSOCKET_VERSION, "13")
        .header(SEC_WEBSOCKET_KEY, fastwebsockets::handshake::generate_key());
    let bad = |_| ClientError::Url {
        url: format!("ws://{}{}", endpoint.authority(), endpoint.path),
        problem: "its path has characters that a path cannot have",
    };
    request.body(Empty::new()).map_err(bad)
}

/// The first line of a refusal after a colon, or nothing if it has no text.
async fn first_line(answer: Response<Incoming>) -> String {
    let body = Limited::new(answer.into_body(), MOST_BODY_BYTES).collect().await;
    let bytes = body.map(|body| body.to_bytes()).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    line.map(|line| format!(": {}", line.escape_debug())).unwrap_or_default()
}

fn take_socket(upgraded: Upgraded) -> Stream {
    let parts = upgraded.downcast::<TokioIo<TcpStream>>();
    let parts = parts.expect("the connection was made over this type of socket");
    let (read, write) = parts.io.into_inner().into_split();
    join(Cursor::new(parts.read_buf).chain(read), write)
}
