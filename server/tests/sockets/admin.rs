//! The operator's way in.

use std::net::SocketAddr;

use data_encoding::BASE64URL_NOPAD;
use tickwire_server::{AdminConfig, Config, Secret};

use crate::support::{
    api::{self, Answer},
    client::{exchange, handshake, status_of},
    server::TestServer,
};

fn with_admin(config: &mut Config) {
    config.admin = Some(AdminConfig::on(SocketAddr::from(([127, 0, 0, 1], 0))));
}

fn admin(server: &TestServer) -> SocketAddr {
    server.running.as_ref().and_then(|running| running.admin_addr()).expect("it listens")
}

/// What the admin listener answers to these header lines, each with its end.
fn ask(server: &TestServer, method: &str, path: &str, lines: &str) -> Answer {
    let text = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n{lines}\r\n");
    api::send(admin(server), text.as_bytes())
}

fn get(server: &TestServer, path: &str) -> Answer {
    api::request(admin(server), ("GET", path), "", "")
}

#[test]
fn the_admin_listener_has_metrics_health_and_a_strict_policy() {
    let server = TestServer::start(with_admin);
    for path in ["/metrics", "/livez", "/readyz", "/status"] {
        let answer = get(&server, path);
        assert_eq!(answer.status, 200, "{path}");
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(policy.starts_with("default-src 'self';"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    let metrics = get(&server, "/metrics");
    assert_eq!(metrics.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    get(&server, "/nothing").problem(404, "not_found");
}

#[test]
fn who_would_change_something_shows_the_token() {
    let server = TestServer::start(with_admin);
    let url = server.running.as_ref().and_then(|running| running.admin_url()).expect("a link");
    let (_, token) = url.split_once("#token=").expect("a token");
    let post = |lines: &str| api::request(admin(&server), ("POST", "/metrics"), lines, "");
    for lines in [
        String::new(),
        "Authorization: Bearer\r\n".to_owned(),
        "Authorization: Bearer x\r\n".to_owned(),
        format!("Authorization: Basic {token}\r\n"),
        format!("Authorization: Bearer {token}x\r\n"),
    ] {
        post(&lines).problem(401, "unidentified");
    }
    // It is let in, and there is nothing to change.
    let posted = post(&format!("Authorization: Bearer {token}\r\n"));
    posted.problem(405, "method_not_allowed");
    assert_eq!(posted.header("allow"), Some("get, head"));
}

#[test]
fn players_find_nothing_of_it() {
    let server = TestServer::start(with_admin);
    assert_ne!(admin(&server), server.addr());
    server.get("/metrics").problem(404, "not_found");
    let without = TestServer::start(|_| {});
    let running = without.running.as_ref().expect("it runs");
    assert_eq!((running.admin_addr(), running.admin_url()), (None, None));
}

#[test]
fn a_strangers_name_and_a_strangers_page_are_refused() {
    let server = TestServer::start(|config| {
        with_admin(config);
        if let Some(admin) = &mut config.admin {
            admin.hosts.push("admin.example".to_owned());
        }
    });
    let port = admin(&server).port();
    for host in [format!("localhost:{port}"), format!("127.0.0.1:{port}"), "admin.example".into()] {
        let lines = format!("Host: {host}\r\n");
        assert_eq!(ask(&server, "GET", "/livez", &lines).status, 200, "{host}");
        let lines = format!("Host: {host}\r\nOrigin: http://{host}\r\n");
        assert_eq!(ask(&server, "GET", "/livez", &lines).status, 200, "{host}");
    }
    for host in ["evil.example", "127.0.0.1.evil.example", "admin.example.evil.example"] {
        let lines = format!("Host: {host}:{port}\r\n");
        ask(&server, "GET", "/metrics", &lines).problem(403, "wrong_host");
    }
    for origin in ["http://evil.example", "null", "http://localhost:1"] {
        let lines = format!("Host: localhost:{port}\r\nOrigin: {origin}\r\n");
        ask(&server, "GET", "/metrics", &lines).problem(403, "wrong_origin");
    }
}

#[test]
fn the_link_has_the_token_unless_the_operator_chose_it() {
    let server = TestServer::start(with_admin);
    let url = server.running.as_ref().and_then(|running| running.admin_url()).expect("a link");
    let (place, token) = url.split_once("#token=").expect("a token");
    assert_eq!(place, format!("http://{}/", admin(&server)));
    assert_eq!(token.len(), 32);
    let server = TestServer::start(|config| {
        with_admin(config);
        if let Some(admin) = &mut config.admin {
            admin.token = Some(Secret::new(&[b'x'; 32]).expect("it is long enough"));
        }
    });
    let url = server.running.as_ref().and_then(|running| running.admin_url());
    assert_eq!(url, Some(format!("http://{}/", admin(&server))));
}

/// A listener that others than this machine could reach, and its token.
fn open_to_others() -> (TestServer, SocketAddr, String) {
    let server = TestServer::start(|config| {
        config.admin = Some(AdminConfig::on(SocketAddr::from(([0, 0, 0, 0], 0))));
    });
    let url = server.running.as_ref().and_then(|running| running.admin_url()).expect("a link");
    let (_, token) = url.split_once("#token=").expect("a token");
    let addr = SocketAddr::from(([127, 0, 0, 1], admin(&server).port()));
    (server, addr, token.to_owned())
}

#[test]
fn where_others_reach_it_who_reads_of_rooms_and_players_shows_the_token_too() {
    let (server, addr, token) = open_to_others();
    let client = server.join("/ws");
    let room = format!("/monitor/api/rooms/{}", client.room());
    let (wrong, right) = (
        format!("Authorization: Bearer {token}x\r\n"),
        format!("Authorization: Bearer {token}\r\n"),
    );
    for path in ["/monitor/api/overview", "/monitor/api/rooms", "/monitor/api/log", &room] {
        for lines in ["", &wrong] {
            api::request(addr, ("GET", path), lines, "").problem(401, "unidentified");
        }
        assert_eq!(api::request(addr, ("GET", path), &right, "").status, 200, "{path}");
    }
    for path in ["/", "/pages/monitor/monitor.js", "/metrics", "/livez", "/readyz"] {
        assert_eq!(api::request(addr, ("GET", path), "", "").status, 200, "{path}");
    }
}

#[test]
fn where_others_reach_it_a_page_shows_the_token_by_a_subprotocol_to_look_at_a_room() {
    let (server, addr, token) = open_to_others();
    let client = server.join("/ws");
    let path = format!("/monitor/rooms/{}/ws", client.room());
    let answer = |lines: &str| {
        let request = handshake(addr, &path).replace("\r\n\r\n", &format!("\r\n{lines}\r\n"));
        exchange(addr, request.as_bytes()).1.to_lowercase()
    };
    let offer = |token: &str| {
        let token = BASE64URL_NOPAD.encode(token.as_bytes());
        format!("Sec-WebSocket-Protocol: tickwire.observe, tickwire.token.{token}\r\n")
    };
    for lines in [String::new(), offer(&format!("{token}x")), offer("")] {
        assert_eq!(status_of(&answer(&lines)), 401, "{lines}");
    }
    let header = answer(&offer(&token));
    assert_eq!(status_of(&header), 101, "{header}");
    assert!(header.contains("sec-websocket-protocol: tickwire.observe\r\n"), "{header}");
}

#[test]
fn a_request_that_names_no_path_is_answered() {
    let server = TestServer::start(with_admin);
    for addr in [admin(&server), server.addr()] {
        let text = format!("GET {addr} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n\r\n");
        api::send(addr, text.as_bytes()).problem(404, "not_found");
    }
}
