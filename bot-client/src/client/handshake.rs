//! From a TCP connection to a WebSocket.
//!
//! `fastwebsockets` has such a handshake too, but its error drops what the server
//! said, and what it returns reads through two more layers for the life of the
//! connection.

use std::sync::{Arc, atomic::AtomicBool};

use fastwebsockets::{Role, WebSocketRead, WebSocketWrite, after_handshake_split};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    client::conn::http1,
    header::{CONNECTION, HOST, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE},
    upgrade::Upgraded,
};
use hyper_util::rt::TokioIo;
use tokio::io::{ReadHalf, WriteHalf};

use super::{endpoint::Endpoint, error::ClientError, hindrance::Hindrance, line::Line, wire::Wire};

/// As much of a refusal's body as is read.
const MOST_BODY_BYTES: usize = 4096;

/// What a WebSocket runs on. A server that turns a client away may close before it is spoken to.
pub(super) type Stream = Line<Wire>;

/// Asks for a WebSocket. What holds it up does so until it is `left`.
pub(super) async fn open(
    socket: Wire,
    endpoint: &Endpoint,
    (hindrance, left): (&Hindrance, Arc<AtomicBool>),
) -> Result<(WebSocketRead<ReadHalf<Stream>>, WebSocketWrite<WriteHalf<Stream>>), ClientError> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(socket)).await?;
    // Drives the connection until the upgrade takes the socket out of it, which is soon.
    let driver = tokio::spawn(connection.with_upgrades());
    let answer = sender.send_request(request(endpoint)?).await?;
    if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
        let status = answer.status().as_u16();
        let body = words(answer).await;
        driver.abort();
        return Err(ClientError::Http { wanted: "opening a WebSocket", status, body });
    }
    let socket = take_socket(hyper::upgrade::on(answer).await?, hindrance, left);
    let (read, write) = tokio::io::split(socket);
    Ok(after_handshake_split(read, write, Role::Client))
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

/// What a refusal says in its body.
pub(super) async fn words(answer: Response<Incoming>) -> String {
    let body = Limited::new(answer.into_body(), MOST_BODY_BYTES).collect().await;
    let bytes = body.map(|body| body.to_bytes()).unwrap_or_default();
    first_line(&bytes)
}

/// The detail of a problem as JSON, else the text itself; its first line, or nothing.
fn first_line(body: &[u8]) -> String {
    let problem: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let detail = problem.as_ref().and_then(|problem| problem["detail"].as_str());
    let text = detail.map_or_else(|| String::from_utf8_lossy(body), Into::into);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    // A stranger's words must not move a terminal's cursor.
    line.chars().filter(|c| !c.is_control()).collect()
}

fn take_socket(upgraded: Upgraded, hindrance: &Hindrance, left: Arc<AtomicBool>) -> Stream {
    let parts = upgraded.downcast::<TokioIo<Wire>>();
    let parts = parts.expect("the connection was made over this type of socket");
    Line::new((parts.read_buf, parts.io.into_inner()), hindrance, left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_in_the_servers_own_words() {
        let said = |body: &str| first_line(body.as_bytes());
        assert_eq!(said("\n say \"please\"\nmore"), "say \"please\"");
        let problem = r#"{"detail":"there is no \"pong\" here","status":404,"title":"Not Found"}"#;
        assert_eq!(said(problem), "there is no \"pong\" here");
        assert_eq!(said(r#"{"error":7}"#), r#"{"error":7}"#);
        assert_eq!(said("a\u{1b}[2Jb"), "a[2Jb");
        assert_eq!(said(""), "");
        let error = |body: &str| {
            let wanted = "opening a WebSocket";
            ClientError::Http { wanted, status: 503, body: body.to_owned() }.to_string()
        };
        let plain = "the server answered 503 instead of opening a WebSocket";
        assert_eq!((error(""), error("later")), (plain.to_owned(), format!("{plain}: later")));
    }
}
