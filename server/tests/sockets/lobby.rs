//! Rooms and seats over HTTP, and the tickets that one comes in with.

use std::time::Duration;

use serde_json::{Value, json};
use tickwire_server::{Config, RoomState, Secret};

use crate::support::{
    api::{self, Answer},
    client::Client,
    server::{TestServer, eventually},
    viewer::{Event, framed, join_with},
};

/// Opens a room as `options` say, and reserves a seat in it.
fn create(server: &TestServer, options: &Value) -> Answer {
    let answer = server.post("/rooms", &options.to_string());
    assert_eq!(answer.status, 201, "{answer:?}");
    answer
}

/// Connects to a room and shows a ticket.
fn come_with(server: &TestServer, room: &str, ticket: &str) -> Client {
    let mut client = server.connect(&format!("/rooms/{room}/ws"));
    client.send(&framed(&join_with(Some(ticket))));
    client
}

/// The close code that a ticket gets.
fn refused(server: &TestServer, room: &str, ticket: &str) -> (u16, String) {
    come_with(server, room, ticket).wait_for_close()
}

#[test]
fn a_room_is_made_found_and_joined() {
    let server = TestServer::start(|_| {});
    let made = create(&server, &json!({ "game": "restless", "max_players": 3, "tick_hz": 50 }));
    let (code, ticket) = (made.text("room/code"), made.text("ticket"));
    assert_eq!(made.header("location"), Some(format!("/rooms/{code}").to_lowercase().as_str()));
    let expected = json!({
        "code": code, "game": "restless", "state": "created", "players": 0, "max_players": 3,
        "spectators": 0, "max_spectators": 16, "tick_hz": 50, "tick": 0, "private": false,
    });
    assert_eq!(made.json()["room"], expected);
    assert_eq!(made.json()["expires_ms"], 10_000);
    let links = json!([format!("http://{}/join/{code}", server.addr())]);
    assert_eq!(made.json()["links"], links);
    assert_eq!(server.get("/rooms").json(), json!([expected]));
    let mut client = come_with(&server, &code, &ticket);
    client.play(30);
    assert_eq!(client.room(), code);
    let shown = server.get(&format!("/rooms/{}", code.to_lowercase())).json();
    assert_eq!((&shown["state"], &shown["players"]), (&json!("open"), &json!(1)));
    assert_eq!(shown["links"], links);
}

#[test]
fn an_empty_body_asks_for_nothing_in_particular() {
    let server = TestServer::start(|_| {});
    let made = server.post("/rooms", "");
    assert_eq!((made.status, made.text("room/game").as_str()), (201, "restless"));
    let found = server.post("/match", "");
    assert_eq!((found.status, found.text("room/code")), (200, made.text("room/code")));
    let games = json!([
        { "name": "restless", "tick_hz": 60, "max_players": 8, "max_spectators": 16 }
    ]);
    assert_eq!(server.get("/games").json(), games);
}

#[test]
fn a_ticket_gets_one_in_once_while_it_is_good_and_in_its_own_room() {
    let server = TestServer::start(|config| {
        config.limits.ticket_time = Duration::from_millis(400);
        config.secret = Secret::new(&[5; 32]).ok();
    });
    let [one, other] = [(); 2].map(|()| create(&server, &json!({})));
    let (code, ticket) = (one.text("room/code"), one.text("ticket"));
    let foreign = refused(&server, &other.text("room/code"), &ticket);
    let mut client = come_with(&server, &code, &ticket);
    client.wait_for_frame();
    let used = refused(&server, &code, &ticket);
    let other_end = if ticket.ends_with('A') { 'B' } else { 'A' };
    let forged = refused(&server, &code, &format!("{}{other_end}", &ticket[..71]));
    let short = refused(&server, &code, "");
    std::thread::sleep(Duration::from_millis(450));
    let late = refused(&server, &other.text("room/code"), &other.text("ticket"));
    let told = [&foreign, &used, &forged, &late].map(|(_, reason)| reason.as_str());
    assert!(told[0].contains("another room") && told[1].contains("used"), "{told:?}");
    assert!(told[2].contains("no ticket") && told[3].contains("expired"), "{told:?}");
    assert_eq!([foreign.0, used.0, forged.0, short.0, late.0], [4013; 5]);
    for (counter, count) in
        [("foreign_tickets", 1), ("used_tickets", 1), ("forged_tickets", 2), ("expired_tickets", 1)]
    {
        assert_eq!(server.count(&format!("refusals/{counter}")), count, "{counter}");
    }
    client.play(5);
}

#[test]
fn a_seat_that_nobody_comes_for_is_free_again_and_its_room_closes() {
    let server = TestServer::start(|config| {
        config.limits.ticket_time = Duration::from_millis(200);
        config.linger = Duration::from_secs(1);
        config.max_players = Some(1);
    });
    let seats = format!("/rooms/{}/seats", create(&server, &json!({})).text("room/code"));
    server.post(&seats, "").problem(409, "room_full");
    eventually("the seat is free", || server.post(&seats, "").status == 200);
    eventually("all has closed", || server.rooms().is_empty() && server.count("reservations") == 0);
    server.post(&seats, "").problem(404, "no_such_room");
}

#[test]
fn who_only_watches_takes_no_players_seat() {
    let server = TestServer::start(|config| {
        (config.max_players, config.max_spectators) = (Some(1), 1);
    });
    let made = create(&server, &json!({}));
    let code = made.text("room/code");
    let seats = format!("/rooms/{code}/seats");
    let watch = server.post(&seats, r#"{"spectate":true}"#);
    server.post(&seats, r#"{"spectate":true}"#).problem(409, "room_full");
    server.post(&seats, r#"{"spectate":false}"#).problem(409, "room_full");
    let mut player = come_with(&server, &code, &made.text("ticket"));
    player.play(2);
    let mut spectator = come_with(&server, &code, &watch.text("ticket"));
    spectator.play(5);
    assert!(spectator.welcome.as_ref().expect("a welcome came").spectator);
    let room = server.get(&format!("/rooms/{code}")).json();
    assert_eq!((&room["players"], &room["spectators"]), (&json!(1), &json!(1)));
}

#[test]
fn a_private_room_is_not_listed_and_nobody_is_matched_into_it() {
    let server = TestServer::start(|_| {});
    let private = create(&server, &json!({ "private": true })).text("room/code");
    assert_eq!(server.get("/rooms").json(), json!([]));
    let other = server.post("/match", "{}").text("room/code");
    assert_ne!(other, private);
    assert_ne!(server.join("/ws").room(), private);
    assert_eq!(server.get(&format!("/rooms/{private}")).json()["private"], true);
    assert_eq!(server.post(&format!("/rooms/{private}/seats"), "").status, 200);
}

#[test]
fn a_match_is_a_room_that_fits_or_else_a_new_one() {
    let server = TestServer::start(|_| {});
    let fast = json!({ "filters": { "tick_hz": 48 } }).to_string();
    let first = server.post("/match", &fast);
    assert_eq!(first.json()["room"]["tick_hz"], 48);
    assert_eq!(server.post("/match", &fast).text("room/code"), first.text("room/code"));
    let lonely = json!({ "create": false, "filters": { "min_players": 5 } }).to_string();
    server.post("/match", &lonely).problem(404, "no_such_room");
    assert_eq!(server.rooms().len(), 1);
    assert_eq!(server.count("refusals/unfit_rooms"), 1);
}

#[test]
fn rooms_are_listed_by_game() {
    let server = TestServer::start(|_| {});
    create(&server, &json!({}));
    assert_eq!(server.get("/rooms?game=restless").json().as_array().map(Vec::len), Some(1));
    assert_eq!(server.get("/rooms?game=").json().as_array().map(Vec::len), Some(1));
    create(&server, &json!({}));
    let count = |path: &str| server.get(path).json().as_array().map(Vec::len);
    assert_eq!(
        (count("/rooms?limit=1"), count("/rooms?game=restless&limit=9")),
        (Some(1), Some(2))
    );
    for bad in ["0", "201", "x", "-1"] {
        server.get(&format!("/rooms?limit={bad}")).problem(400, "bad_request");
    }
    let told = server.get("/rooms?game=chess").problem(404, "no_such_game");
    assert!(told.contains("restless"), "{told}");
}

#[test]
fn what_is_asked_for_wrongly_is_said_with_what_would_be_right() {
    let server = TestServer::start(|_| {});
    let code = create(&server, &json!({})).text("room/code");
    let seats = format!("/rooms/{code}/seats");
    let cases = [
        ("/rooms", r#"{"max_player":3}"#, "max_players"),
        ("/rooms", r#"{"max_players":9}"#, "1 to 8"),
        ("/rooms", r#"{"max_players":0}"#, "1 to 8"),
        ("/rooms", r#"{"tick_hz":61}"#, "1 to 60"),
        ("/rooms", r#"{"tick_hz":-1}"#, "u32"),
        ("/rooms", "[", "JSON"),
        ("/match", r#"{"filters":{"hz":1}}"#, "tick_hz"),
        (&seats, r#"{"spectator":true}"#, "spectate"),
        (&seats, "7", "JSON"),
    ];
    for (path, body, part) in cases {
        let told = server.post(path, body).problem(400, "bad_request");
        assert!(told.contains(part), "{path} {body}: {told}");
    }
    assert_eq!(server.count("refusals/bad_requests"), cases.len() as u64);
    server.post("/rooms", r#"{"game":"chess"}"#).problem(404, "no_such_game");
    server.post("/rooms/ZZZZZ/seats", "").problem(404, "no_such_room");
    server.get("/rooms/ZZZZZ").problem(404, "no_such_room");
    server.get("/rooms/%00").problem(404, "no_such_room");
    server.get("/rooms/ZZZZZ/qr.svg").problem(404, "no_such_room");
}

#[test]
fn an_address_takes_its_own_methods_and_says_which() {
    let server = TestServer::start(|_| {});
    let code = create(&server, &json!({})).text("room/code");
    let cases = [
        ("DELETE", "/rooms".to_owned(), "get, head, post, options"),
        ("POST", "/games".to_owned(), "get, head, options"),
        ("GET", "/match".to_owned(), "post, options"),
        ("PUT", format!("/rooms/{code}"), "get, head, options"),
        ("GET", format!("/rooms/{code}/seats"), "post, options"),
        ("POST", format!("/rooms/{code}/qr.svg"), "get, head, options"),
        ("POST", "/join/BCDFG".to_owned(), "get, head, options"),
        ("GET", format!("/rooms/{code}/poll"), "post, options"),
        ("POST", "/".to_owned(), "get, head, options"),
    ];
    for (method, path, allow) in cases {
        let answer = api::request(server.addr(), (method, &path), "", "");
        answer.problem(405, "method_not_allowed");
        assert_eq!(answer.header("allow"), Some(allow), "{method} {path}");
        let options = api::request(server.addr(), ("OPTIONS", &path), "", "");
        assert_eq!((options.status, options.header("allow")), (204, Some(allow)), "{path}");
    }
    for path in ["/rooms", "/games", &format!("/rooms/{code}")] {
        let head = api::request(server.addr(), ("HEAD", path), "", "");
        assert_eq!((head.status, head.body.as_str()), (200, ""), "{path}");
    }
}

#[test]
fn pages_of_allowed_origins_may_ask_and_others_may_not() {
    let allowed = "https://games.example";
    let server = TestServer::start(|config| config.allow_origin = vec![allowed.to_owned()]);
    let own = format!("http://{}", server.addr());
    let origin = |origin: &str| format!("Origin: {origin}\r\n");
    for good in [allowed, &own] {
        for path in ["/rooms", "/match"] {
            let answer = server.post_with(path, &origin(good), "");
            assert!(answer.status < 300, "{answer:?}");
            assert_eq!(answer.header("access-control-allow-origin"), Some(good));
            assert_eq!(answer.header("vary"), Some("origin"));
        }
        let refusal = server.post_with("/rooms", &origin(good), "[");
        assert_eq!(refusal.header("access-control-allow-origin"), Some(good), "{refusal:?}");
    }
    let rooms = server.rooms().len();
    for evil in ["https://evil.example", "null", "https://games.example.evil.example"] {
        for path in ["/rooms", "/match", "/nothing", "/rooms/ZZZZZ/poll"] {
            let answer = server.post_with(path, &origin(evil), "");
            answer.problem(403, "wrong_origin");
            assert_eq!(answer.header("access-control-allow-origin"), None);
        }
        let read = api::request(server.addr(), ("GET", "/rooms"), &origin(evil), "");
        assert_eq!((read.status, read.header("access-control-allow-origin")), (200, None));
    }
    assert_eq!(server.rooms().len(), rooms, "nothing was opened");
    assert_eq!(server.count("refusals/wrong_origins"), 12);
    let ask = |from: &str| {
        let more = format!("{}Access-Control-Request-Method: POST\r\n", origin(from));
        api::request(server.addr(), ("OPTIONS", "/rooms"), &more, "")
    };
    let answer = ask(allowed);
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (204, Some(allowed)));
    assert!(
        answer
            .header("access-control-allow-headers")
            .is_some_and(|it| it.contains("authorization"))
    );
    assert!(answer.header("access-control-allow-methods").is_some_and(|it| it.contains("post")));
    assert_eq!(ask("https://evil.example").header("access-control-allow-origin"), None);
}

#[test]
fn a_link_leads_to_the_page_of_its_room_and_is_a_picture_too() {
    let server = TestServer::start(|_| {});
    let code = create(&server, &json!({})).text("room/code");
    let join = server.get(&format!("/join/{}", code.to_lowercase()));
    let place = format!("/pages/restless/?game=restless&room={code}").to_lowercase();
    assert_eq!((join.status, join.header("location")), (302, Some(place.as_str())));
    let picture = server.get(&format!("/rooms/{code}/qr.svg"));
    assert_eq!(picture.header("content-type"), Some("image/svg+xml"));
    assert!(picture.body.starts_with("<svg ") && picture.body.contains("<path"), "{picture:?}");
    server.get("/join/ZZZZZ").problem(404, "no_such_room");
    let html = "Accept: text/html,*/*\r\n";
    let page = api::request(server.addr(), ("GET", "/join/ZZZZZ"), html, "");
    assert_eq!(page.status, 404);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    // It looks like the other pages: what it takes its look from is there.
    let (_, rest) = page.body.split_once("rel=\"stylesheet\" href=\"").expect("a style sheet");
    let (sheet, _) = rest.split_once('"').expect("it ends");
    assert_eq!(server.get(sheet).header("content-type"), Some("text/css; charset=utf-8"));
}

#[test]
fn links_are_as_the_server_is_reached() {
    let links = |change: fn(&mut Config), host: &str, more: &str| {
        let server = TestServer::start(change);
        let code = create(&server, &json!({})).text("room/code");
        let text = format!(
            "GET /rooms/{code} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{more}\r\n"
        );
        let room = api::send(([127, 0, 0, 1], server.addr().port()).into(), text.as_bytes()).json();
        let links = room["links"].as_array().expect("links").clone();
        let port = format!(":{}/", server.addr().port());
        let text = |link: &Value| {
            link.as_str().expect("text").replace(&code, "CODE").replace(&port, ":PORT/")
        };
        links.iter().map(text).collect::<Vec<_>>()
    };
    assert_eq!(links(|_| {}, "play.example:81", ""), ["http://play.example:81/join/CODE"]);
    let public =
        |config: &mut Config| config.public_url = Some("https://play.example/x".to_owned());
    assert_eq!(links(public, "127.0.0.1", ""), ["https://play.example/x/join/CODE"]);
    let tls = "X-Forwarded-Proto: https\r\nX-Forwarded-For: 192.0.2.1\r\n";
    let proxy = |config: &mut Config| {
        config.trusted_proxies = vec!["127.0.0.1".parse().expect("an address")];
    };
    assert_eq!(links(proxy, "play.example", tls), ["https://play.example/join/CODE"]);
    assert_eq!(links(|_| {}, "play.example", tls), ["http://play.example/join/CODE"]);
    assert_eq!(links(|_| {}, "a\"b", "")[0], "http://127.0.0.1:PORT/join/CODE");
    let open = |config: &mut Config| config.listen = ([0, 0, 0, 0], 0).into();
    let found = links(open, "localhost", "");
    assert_eq!(found.last().map(String::as_str), Some("http://localhost/join/CODE"));
    // Where a machine has an address beside its own, that comes first.
    assert!(found.len() == 1 || found[0].ends_with(":PORT/join/CODE"), "{found:?}");
    assert!(!found[0].contains("127.0.0.1"), "{found:?}");
}

#[test]
fn who_has_to_say_who_it_is_brings_a_token_and_is_known_by_it() {
    // Signed by the key below: {"alg":"HS256"} and {"sub":"ada","exp":4102444800}.
    const ADA: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEiLCJleHAiOjQxMDI0NDQ4MDB9.\
                       WlXhMywctNciXHyKhXzjlxB99mTy1bjEo4gA-ZF5zq4";
    let server = TestServer::start(|config| {
        config.jwt_key = Secret::new(b"0123456789abcdef0123456789abcdef").ok();
    });
    let with = |token: &str| format!("Authorization: Bearer {token}\r\n");
    for more in ["", "Authorization: Basic YTpi\r\n", &with("x.y.z"), &with(&ADA[..ADA.len() - 2])]
    {
        let answer = server.post_with("/rooms", more, "");
        answer.problem(401, "unidentified");
        assert_eq!(answer.header("www-authenticate"), Some("bearer"), "{more}");
    }
    assert_eq!(server.count("refusals/unidentified"), 4);
    assert_eq!(server.connect("/ws").wait_for_close().0, 4015);
    let made = server.post_with("/rooms", &with(ADA), "");
    come_with(&server, &made.text("room/code"), &made.text("ticket")).play(5);
}

#[test]
fn a_server_that_drains_says_so_everywhere() {
    let server = TestServer::start(|_| {});
    let made = create(&server, &json!({}));
    let code = made.text("room/code");
    server.running.as_ref().expect("it runs").drain();
    for path in ["/rooms".to_owned(), "/match".to_owned(), format!("/rooms/{code}/seats")] {
        let answer = server.post(&path, "");
        answer.problem(503, "shutting_down");
        assert!(answer.header("retry-after").is_some());
    }
    assert_eq!(server.rooms()[0].state(), RoomState::Draining);
    assert_eq!(refused(&server, &code, &made.text("ticket")).0, 1001);
    assert_eq!(server.get(&format!("/rooms/{code}")).text("state"), "draining");
}

#[test]
fn many_who_reserve_at_once_get_no_seat_too_many() {
    let server = TestServer::start(|config| config.max_players = Some(4));
    let code = create(&server, &json!({})).text("room/code");
    let seats = format!("/rooms/{code}/seats");
    let tickets: Vec<String> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..24).map(|_| scope.spawn(|| server.post(&seats, ""))).collect();
        let answers = tries.into_iter().map(|one| one.join().expect("it ran"));
        answers.filter(|answer| answer.status == 200).map(|answer| answer.text("ticket")).collect()
    });
    assert_eq!(tickets.len(), 3, "the host has the fourth");
    for ticket in &tickets {
        let mut client = come_with(&server, &code, ticket);
        assert!(matches!(client.next(), Some(Event::Welcome(_))));
    }
}
