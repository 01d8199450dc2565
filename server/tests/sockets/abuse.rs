//! What somebody may do who means no good, and what it costs others: nothing.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    thread,
    time::Duration,
};

use proptest::prelude::*;
use serde_json::json;
use tickwire_server::Config;

use crate::support::{
    api::{self, Answer},
    client::{Client, PATIENCE, exchange, handshake, status_of},
    http::{Http, Linked},
    server::{TestServer, eventually},
    viewer::join_with,
};

/// Makes this machine a proxy that is believed, so that requests may come from anywhere.
fn behind_a_proxy(config: &mut Config) {
    config.trusted_proxies = vec!["127.0.0.1".parse().expect("an address")];
}

/// The header by which a proxy says whom a request is from.
fn from(address: &str) -> String {
    format!("X-Forwarded-For: {address}\r\n")
}

/// A handshake that a proxy sends on for somebody.
fn handshake_from(server: &TestServer, address: &str) -> String {
    handshake(server.addr(), "/ws").replacen("\r\n\r\n", &format!("\r\n{}\r\n", from(address)), 1)
}

/// Waits until the server hangs up, and gives all that it said.
fn rest_of(stream: &mut TcpStream) -> String {
    let mut rest = Vec::new();
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let _ = stream.read_to_end(&mut rest);
    String::from_utf8_lossy(&rest).into_owned()
}

#[test]
fn headers_and_bodies_that_trickle_in_are_cut_off_and_nobody_else_notices() {
    let server = TestServer::start(|config| {
        config.limits.header_timeout = Duration::from_millis(400);
        config.limits.body_timeout = Duration::from_millis(400);
    });
    let mut witness = server.join("/ws");
    let addr = server.addr();
    let trickle = move |start: String| {
        let mut stream = TcpStream::connect(addr).expect("the server listens");
        stream.write_all(start.as_bytes()).expect("it is taken");
        let mut other = stream.try_clone().expect("a second handle");
        let drops = thread::spawn(move || {
            let mut drops = 0;
            while other.write_all(b"x").is_ok() && drops < 500 {
                thread::sleep(Duration::from_millis(20));
                drops += 1;
            }
            drops
        });
        let said = rest_of(&mut stream);
        let _ = stream.shutdown(std::net::Shutdown::Both);
        assert!(drops.join().expect("it ends") < 500, "it was cut off");
        said
    };
    let headers: Vec<_> = (0..20)
        .map(|_| {
            thread::spawn(move || trickle("GET /rooms HTTP/1.1\r\nHost: x\r\nX-Slow: ".into()))
        })
        .collect();
    let bodies: Vec<_> = (0..20)
        .map(|_| {
            let start = "POST /rooms HTTP/1.1\r\nHost: x\r\nContent-Length: 4000\r\n\r\n{";
            thread::spawn(move || trickle(start.into()))
        })
        .collect();
    witness.play(60);
    for header in headers {
        header.join().expect("it ends");
    }
    for body in bodies {
        let said = body.join().expect("it ends");
        assert!(said.contains("408 Request Timeout") && said.contains("too_slow"), "{said}");
    }
    eventually("all are gone", || server.count("connections") == 1);
    assert_eq!(server.count("refusals/late_headers"), 20);
    assert_eq!(server.count("refusals/late_bodies"), 20);
    assert!(witness.viewer.checked >= 60);
}

#[test]
fn who_was_answered_and_asks_nothing_more_is_no_refusal_and_may_ask_again() {
    let limit = Duration::from_millis(500);
    let server = TestServer::start(|config| config.limits.header_timeout = limit);
    let silent = TcpStream::connect(server.addr()).expect("the server listens");
    let mut browser = Http::connect(server.addr());
    for _ in 0..2 {
        browser.ask("GET", "/rooms", "", b"");
        assert_eq!(browser.answer().status, 200);
        thread::sleep(limit * 2);
    }
    eventually("who said nothing at all is gone", || server.count("connections") == 1);
    drop(silent);
    assert_eq!(server.count("refusals/late_headers"), 0);
}

#[test]
fn the_last_answer_on_a_socket_says_that_it_is() {
    let ends = |time| {
        let server = TestServer::start(|config| config.limits.http_time = time);
        let mut browser = Http::connect(server.addr());
        browser.ask("GET", "/rooms", "", b"");
        let answer = browser.answer();
        answer.header.contains("\r\nconnection: close\r\n")
    };
    assert!(ends(Duration::ZERO) && !ends(Duration::from_secs(60)));
}

#[test]
fn who_was_answered_and_asks_nothing_more_gives_way_while_places_are_short() {
    let server = TestServer::start(|config| {
        config.limits.header_timeout = Duration::from_millis(100);
        config.max_connections = 2;
    });
    let browsers: Vec<_> = (0..2)
        .map(|_| {
            let mut browser = Http::connect(server.addr());
            browser.ask("GET", "/rooms", "", b"");
            assert_eq!(browser.answer().status, 200);
            browser
        })
        .collect();
    eventually("there is place again", || server.count("connections") < 2);
    drop(browsers);
    assert_eq!(server.count("refusals/late_headers"), 0);
}

#[test]
fn a_body_that_is_too_large_is_not_read_however_it_comes() {
    let server = TestServer::start(|_| {});
    let code = server.post("/rooms", "").text("room/code");
    for path in ["/rooms".to_owned(), "/match".to_owned(), format!("/rooms/{code}/seats")] {
        let claimed =
            format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\n{{");
        let known = api::send(server.addr(), claimed.as_bytes());
        known.problem(413, "body_too_large");
        let chunk = format!("1000\r\n{}\r\n", " ".repeat(4096)).repeat(8);
        let chunked =
            format!("POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}");
        api::send(server.addr(), chunked.as_bytes()).problem(413, "body_too_large");
        let large = json!({ "game": "x".repeat(5_000) }).to_string();
        server.post(&path, &large).problem(413, "body_too_large");
        let largest = format!("{{}}{}", " ".repeat(4094));
        assert!(server.post(&path, &largest).status < 300);
    }
    assert_eq!(server.count("refusals/large_bodies"), 9);
}

#[test]
fn a_header_that_is_too_large_is_refused_and_counted() {
    let server = TestServer::start(|_| {});
    for more in [format!("X: {}\r\n", "x".repeat(40_000)), "X: y\r\n".repeat(500)] {
        let answer = api::request(server.addr(), ("POST", "/rooms"), &more, "");
        assert_eq!(answer.status, 431);
    }
    let path = format!("/rooms/{}", "x".repeat(40_000));
    assert!(matches!(server.get(&path).status, 414 | 431));
    eventually("all are counted", || server.count("refusals/bad_requests") == 3);
}

#[test]
fn who_hides_a_request_in_another_gets_nothing_by_it() {
    let server = TestServer::start(|_| {});
    let mut witness = server.join("/ws");
    let hidden = "POST /rooms HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
    let both = |lengths: &str, body: &str| {
        format!("POST /match HTTP/1.1\r\nHost: x\r\n{lengths}\r\n{body}{hidden}")
    };
    let ambiguous = [
        both("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        both("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
        both("Content-Length: 0\r\nContent-Length: 5\r\n", "{}   "),
        both("Content-Length: 0, 5\r\n", "{}   "),
        both("Content-Length: +2\r\n", "{}"),
        both("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"),
        both("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
        both("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"),
        both("Transfer-Encoding: chunked\r\n", "0x0\r\n\r\n"),
    ];
    for request in ambiguous {
        let mut stream = TcpStream::connect(server.addr()).expect("the server listens");
        stream.write_all(request.as_bytes()).expect("it is taken");
        let said = rest_of(&mut stream);
        let answers = said.matches("HTTP/1.1 ").count();
        assert!(answers <= 1, "{answers} answers to {request:?}: {said}");
        witness.play(2);
    }
    assert_eq!(server.rooms().len(), 1, "no hidden request was heard");
}

#[test]
fn one_address_may_knock_so_often_and_another_as_often() {
    let server = TestServer::start(|config| {
        behind_a_proxy(config);
        config.limits.knocks_a_second = 1;
        config.limits.knocks_at_once = 5;
    });
    let knock = |address: &str| server.post_with("/match", &from(address), "");
    for _ in 0..5 {
        assert_eq!(knock("192.0.2.1").status, 200);
    }
    let refused = knock("192.0.2.1");
    refused.problem(429, "too_many_requests");
    let wait: u64 = refused.header("retry-after").and_then(|it| it.parse().ok()).expect("a number");
    assert!((1..=5).contains(&wait), "{refused:?}");
    let shake = |address: &str| {
        status_of(&exchange(server.addr(), handshake_from(&server, address).as_bytes()).1)
    };
    assert_eq!(shake("192.0.2.1"), 429, "a handshake is a knock too");
    // What stands left of the last hop anybody may have made up.
    assert_eq!(knock("6.6.6.6, 192.0.2.1").status, 429);
    assert_eq!(knock("192.0.2.2").status, 200);
    assert_eq!(knock("2001:db8::1").status, 200);
    for n in 2..6 {
        assert_eq!(knock(&format!("2001:db8::{n}")).status, 200);
    }
    assert_eq!(knock("2001:db8::ffff").status, 429, "it is the same household");
    for _ in 0..50 {
        assert_ne!(server.post("/match", "").status, 429, "this machine itself may");
    }
    let guess =
        |path: &str| api::request(server.addr(), ("GET", path), &from("192.0.2.3"), "").status;
    for path in
        ["/rooms/ZZZZZ", "/join/ZZZZZ", "/rooms/ZZZZZ/qr.svg", "/rooms/ZZZZZ", "/join/ZZZZZ"]
    {
        assert_eq!(guess(path), 404);
    }
    assert_eq!((guess("/rooms/ZZZZZ"), guess("/join/ZZZZZ")), (429, 429));
    assert_eq!(guess("/rooms"), 200, "who only reads is not counted");
    assert_eq!(server.count("refusals/too_many_requests"), 6);
}

#[test]
fn who_has_guessed_too_often_does_not_learn_which_codes_are_right() {
    let server = TestServer::start(|config| {
        behind_a_proxy(config);
        config.limits.knocks_a_second = 1;
        config.limits.knocks_at_once = 4;
    });
    let code = server.post("/rooms", "").text("room/code");
    let get =
        |path: &str| api::request(server.addr(), ("GET", path), &from("192.0.2.1"), "").status;
    let post = |room: &str, way: &str, key: u8| {
        let body = Linked::new(server.addr(), room, key, &join_with(None)).body();
        let mut http = Http::connect(server.addr());
        http.ask("POST", &format!("/rooms/{room}/{way}"), &from("192.0.2.1"), &body);
        http.answer().status
    };
    for _ in 0..10 {
        assert_eq!(get(&format!("/rooms/{code}")), 200, "who knows one may look as often");
    }
    assert_eq!((post("ZZZZZ", "poll", 1), post(&code, "send", 2)), (404, 404));
    assert_eq!((get("/rooms/ZZZZZ"), get("/join/ZZZZZ")), (404, 404));
    for room in ["ZZZZZ", code.as_str()] {
        for path in [format!("/rooms/{room}"), format!("/join/{room}")] {
            assert_eq!(get(&path), 429, "{path}");
        }
        assert_eq!(get(&format!("/rooms/{room}/qr.svg")), 429);
        for way in ["stream", "send", "poll"] {
            assert_eq!(post(room, way, 3), 429, "{way}");
        }
    }
}

#[test]
fn one_address_opens_so_many_rooms_and_no_more() {
    let server = TestServer::start(|config| {
        behind_a_proxy(config);
        config.limits.rooms_per_address = 3;
    });
    let open = |address: &str| server.post_with("/rooms", &from(address), "");
    for _ in 0..3 {
        assert_eq!(open("192.0.2.1").status, 201);
    }
    let refused = open("192.0.2.1");
    refused.problem(429, "too_many_rooms");
    assert!(refused.header("retry-after").is_some());
    assert_eq!(open("192.0.2.2").status, 201);
    assert_eq!(server.count("refusals/too_many_own_rooms"), 1);
}

#[test]
fn sockets_that_a_proxy_sends_on_count_by_whom_they_are_from() {
    let server = TestServer::start(|config| {
        behind_a_proxy(config);
        config.max_connections_per_address = 2;
    });
    let shake =
        |address: &str| exchange(server.addr(), handshake_from(&server, address).as_bytes());
    let held: Vec<_> = (0..2).map(|_| shake("192.0.2.1")).collect();
    assert!(held.iter().all(|(_, header, _)| status_of(header) == 101));
    assert_eq!(status_of(&shake("192.0.2.1").1), 429);
    assert_eq!(status_of(&shake("192.0.2.2").1), 101);
    assert_eq!(server.count("refusals/too_many_of_address"), 1);
    drop(held);
    eventually("places are free", || status_of(&shake("192.0.2.1").1) == 101);
    // Nobody else is believed.
    let direct = TestServer::start(|config| config.max_connections_per_address = 1);
    for _ in 0..3 {
        let header = exchange(direct.addr(), handshake_from(&direct, "192.0.2.1").as_bytes()).1;
        assert_eq!(status_of(&header), 101);
    }
}

#[test]
fn who_says_nothing_after_the_handshake_is_sent_away() {
    let server = TestServer::start(|config| {
        config.limits.join_timeout = Duration::from_millis(200);
    });
    let code = server.post("/rooms", "").text("room/code");
    let mut silent = server.connect(&format!("/rooms/{code}/ws"));
    assert_eq!(silent.wait_for_close().0, 4001);
    // A seat at the door is for tickets only.
    let mut bare = server.connect(&format!("/rooms/{code}/ws"));
    bare.send(&crate::support::viewer::join());
    assert_eq!(bare.wait_for_close().0, 4013);
    assert_eq!(server.connect("/ws").wait_for_close().0, 4001);
}

/// Anything that may stand in a path, and what is known besides.
fn path() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "/",
        "/rooms",
        "/games",
        "/match",
        "/status",
        "/readyz",
        "/join",
        "/ws",
        "seats",
        "qr.svg",
        "poll",
        "send",
        "stream",
        "ws",
        "BCDFG",
        "pages",
        "sdk",
        "..",
        "%2e%2e",
        "?game=",
        "?room=CODE",
    ]);
    let any = "[!-~]{0,12}".prop_map(|text| text.replace('#', ""));
    let part = prop_oneof![3 => known.prop_map(str::to_owned), 1 => any];
    prop::collection::vec(part, 1..5).prop_map(|parts| format!("/{}", parts.join("/")))
}

/// JSON that is nearly right, and anything else.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let keys = ["game", "max_players", "tick_hz", "private", "spectate", "filters", "create", "x"];
    let values = [
        "null",
        "true",
        "-1",
        "0",
        "1e99",
        "4294967296",
        "\"restless\"",
        "{}",
        "[[[]]]",
        "\"\\u0000\"",
    ];
    let field = (prop::sample::select(keys.to_vec()), prop::sample::select(values.to_vec()))
        .prop_map(|(key, value)| format!("\"{key}\":{value}"));
    let object = prop::collection::vec(field, 0..4)
        .prop_map(|fields| format!("{{{}}}", fields.join(",")).into_bytes());
    prop_oneof![2 => object, 1 => prop::collection::vec(any::<u8>(), 0..300)]
}

fn method() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "X",
    ])
}

/// Header lines that somebody may well read, with anything in them.
fn headers() -> impl Strategy<Value = String> {
    let names = [
        "Origin",
        "Authorization",
        "X-Forwarded-For",
        "X-Forwarded-Proto",
        "Accept",
        "If-None-Match",
        "Access-Control-Request-Method",
        "Content-Type",
        "Upgrade",
        "Connection",
        "Host",
    ];
    let value = "[ -~]{0,40}";
    let line = (prop::sample::select(names.to_vec()), value)
        .prop_map(|(name, value)| format!("{name}: {value}\r\n"));
    prop::collection::vec(line, 0..4).prop_map(|lines| lines.concat())
}

/// Sends a request whose parts may be anything, and reads the answer if one comes.
fn try_request(addr: SocketAddr, head: &str, body: &[u8]) -> Option<Answer> {
    let mut bytes = head.as_bytes().to_vec();
    bytes.extend_from_slice(body);
    let (_, header, _) = exchange(addr, &bytes);
    let status = header.split(' ').nth(1).and_then(|code| code.parse().ok());
    status.map(|status| Answer { status, header, body: String::new() })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn no_request_makes_the_server_fail(
        requests in prop::collection::vec((method(), path(), headers(), body()), 60)
    ) {
        let server = TestServer::start(behind_a_proxy);
        let code = server.post("/rooms", "").text("room/code");
        for (method, path, headers, body) in &requests {
            let path = path.replace("//", "/").replace("BCDFG", &code).replace("CODE", &code);
            let length = body.len();
            let head = format!(
                "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
                 Content-Length: {length}\r\n{headers}\r\n"
            );
            let answer = try_request(server.addr(), &head, body);
            let status = answer.map_or(400, |answer| answer.status);
            prop_assert!(status < 500, "{status} to {head:?} {:?}", String::from_utf8_lossy(body));
        }
        prop_assert_eq!(server.count("panicked_rooms"), 0);
        let mut client: Client = server.join("/ws");
        client.play(2);
    }
}
