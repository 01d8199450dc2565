//! Which requests become WebSockets, and what the others are told.

use std::{io::Read, time::Duration};

use crate::support::{
    client::{Client, exchange, handshake, status_of},
    server::TestServer,
    viewer::join,
};

/// The status of a handshake after `change`.
fn status(server: &TestServer, change: impl Fn(String) -> String) -> u16 {
    let request = change(handshake(server.addr(), "/ws"));
    status_of(&exchange(server.addr(), request.as_bytes()).1)
}

fn without(request: &str, header: &str) -> String {
    let lines = request.split_inclusive("\r\n");
    lines.filter(|line| !line.starts_with(&format!("{header}:"))).collect()
}

fn with(request: &str, header: &str) -> String {
    request.replacen("\r\n", &format!("\r\n{header}\r\n"), 1)
}

#[test]
fn a_handshake_in_order_is_answered_as_the_standard_says() {
    let server = TestServer::start(|_| {});
    let request = handshake(server.addr(), "/ws");
    let (_, header, _) = exchange(server.addr(), request.as_bytes());
    assert_eq!(status_of(&header), 101);
    assert!(header.to_lowercase().contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="));
}

#[test]
fn the_method_must_be_get() {
    let server = TestServer::start(|_| {});
    for method in ["POST", "HEAD", "PUT"] {
        let request = handshake(server.addr(), "/ws").replacen("GET", method, 1);
        let (_, header, _) = exchange(server.addr(), request.as_bytes());
        assert_eq!(status_of(&header), 405, "{method}");
        assert!(header.contains("allow: GET\r\n"), "{header}");
    }
}

#[test]
fn upgrade_and_connection_must_ask_for_a_websocket() {
    let server = TestServer::start(|_| {});
    for header in ["Upgrade", "Connection"] {
        assert_eq!(status(&server, |request| without(&request, header)), 426, "{header}");
    }
    assert_eq!(status(&server, |request| request.replace("websocket\r\n", "h2c\r\n")), 426);
    assert_eq!(status(&server, |request| request.replace(", Upgrade", "")), 426);
}

#[test]
fn the_version_must_be_thirteen_and_the_answer_names_it() {
    let server = TestServer::start(|_| {});
    let older = handshake(server.addr(), "/ws").replace("Version: 13", "Version: 8");
    let (_, header, _) = exchange(server.addr(), older.as_bytes());
    assert_eq!(status_of(&header), 426);
    assert!(header.contains("sec-websocket-version: 13\r\n"), "{header}");
    assert_eq!(status(&server, |request| without(&request, "Sec-WebSocket-Version")), 426);
}

#[test]
fn the_key_must_be_there_once_and_be_sixteen_bytes() {
    let server = TestServer::start(|_| {});
    assert_eq!(status(&server, |request| without(&request, "Sec-WebSocket-Key")), 400);
    assert_eq!(status(&server, |request| request.replace("Bub25jZQ==", "Bub25j")), 400);
    assert_eq!(status(&server, |request| request.replace("dGhl", "short")), 400);
    let twice = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    assert_eq!(status(&server, |request| with(&request, twice)), 400);
}

#[test]
fn the_host_must_be_named_once_and_http_be_1_1() {
    let server = TestServer::start(|_| {});
    assert_eq!(status(&server, |request| without(&request, "Host")), 400);
    assert_eq!(status(&server, |request| with(&request, "Host: other")), 400);
    assert_eq!(status(&server, |request| request.replace("HTTP/1.1", "HTTP/1.0")), 400);
}

#[test]
fn pages_of_other_hosts_are_refused_unless_allowed() {
    let server = TestServer::start(|config| {
        config.allow_origin = vec!["https://games.example".to_owned()];
    });
    let own = format!("Origin: http://{}", server.addr());
    assert_eq!(status(&server, |request| with(&request, &own)), 101);
    assert_eq!(status(&server, |request| with(&request, "Origin: https://games.example")), 101);
    for origin in ["http://evil.example", "null", "http://127.0.0.1"] {
        let origin = format!("Origin: {origin}");
        assert_eq!(status(&server, |request| with(&request, &origin)), 403, "{origin}");
    }
    assert_eq!(server.count("refusals/wrong_origins"), 3);
}

#[test]
fn what_is_sent_right_behind_the_handshake_is_not_lost() {
    let server = TestServer::start(|_| {});
    let mut bytes = handshake(server.addr(), "/ws").into_bytes();
    bytes.extend_from_slice(&join());
    let mut client = Client::connect_with(server.addr(), &bytes);
    client.play(20);
    assert!(client.viewer.checked >= 20);
}

#[test]
fn a_header_that_does_not_end_is_not_waited_for() {
    let server = TestServer::start(|config| {
        config.limits.header_timeout = Duration::from_millis(200);
    });
    for bytes in [b"GET /ws HT".as_slice(), b""] {
        let (mut stream, _, _) = exchange(server.addr(), bytes);
        let mut rest = [0; 16];
        assert_eq!(stream.read(&mut rest).unwrap_or(0), 0, "the server hung up");
    }
}

#[test]
fn a_header_that_is_too_large_is_refused() {
    let server = TestServer::start(|_| {});
    let large = format!("X-Large: {}", "x".repeat(40_000));
    assert_eq!(status(&server, |request| with(&request, &large)), 431);
}
