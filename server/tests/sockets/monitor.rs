//! What the monitor page asks of the admin listener, and what it lets the operator do.

use std::{net::SocketAddr, time::Duration};

use serde_json::json;
use tickwire_server::{AdminConfig, Config, RoomState};
use tickwire_shared::message::ClientMessage;

use crate::support::{
    api::{self, Answer},
    client::{Client, exchange, handshake, status_of},
    game::STALL,
    server::{TestServer, eventually},
    viewer::Event,
};

struct Monitor {
    server: TestServer,
    addr: SocketAddr,
    token: String,
}

impl Monitor {
    fn start(change: impl FnOnce(&mut Config)) -> Self {
        let server = TestServer::start(|config| {
            config.admin = Some(AdminConfig::on(SocketAddr::from(([127, 0, 0, 1], 0))));
            change(config);
        });
        let running = server.running.as_ref().expect("it runs");
        let addr = running.admin_addr().expect("it listens");
        let url = running.admin_url().expect("a link");
        let (_, token) = url.split_once("#token=").expect("a token");
        let token = token.to_owned();
        Monitor { server, addr, token }
    }

    fn get(&self, path: &str) -> Answer {
        api::request(self.addr, ("GET", &format!("/monitor/api/{path}")), "", "")
    }

    fn post_with(&self, path: &str, lines: &str, body: &str) -> Answer {
        api::request(self.addr, ("POST", &format!("/monitor/api/{path}")), lines, body)
    }

    fn post(&self, path: &str, body: &str) -> Answer {
        let token = &self.token;
        let lines = format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n");
        self.post_with(path, &lines, body)
    }

    /// A player, and the code of its room.
    fn with_player(&self) -> (Client, String) {
        let client = self.server.join("/ws");
        let code = client.room().to_owned();
        (client, code)
    }
}

#[test]
fn the_page_and_its_files_are_the_operators_only() {
    let monitor = Monitor::start(|_| {});
    for path in ["/", "/monitor", "/monitor/"] {
        let page = api::request(monitor.addr, ("GET", path), "", "");
        assert_eq!(page.status, 200, "{path}");
        assert!(page.body.contains("<title>Monitor"), "{path}");
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        let policy = page.header("content-security-policy").expect("a policy");
        assert!(
            policy.starts_with("default-src 'self';") && !policy.contains("unsafe"),
            "{policy}"
        );
    }
    for path in ["/pages/monitor/monitor.js", "/sdk/tickwire.js", "/pages/arena/draw.js"] {
        assert_eq!(api::request(monitor.addr, ("GET", path), "", "").status, 200, "{path}");
    }
    for path in ["/pages/monitor/", "/pages/monitor/monitor.js", "/monitor/", "/monitor/api/rooms"]
    {
        assert_eq!(monitor.server.get(path).status, 404, "{path}");
    }
}

#[test]
fn the_overview_says_how_the_server_is_and_whether_one_may_change_things() {
    let monitor = Monitor::start(|config| config.shards = Some(2));
    let (_client, _) = monitor.with_player();
    let shown = monitor.get("overview").json();
    assert_eq!((&shown["rooms"], &shown["players"]), (&json!(1), &json!(1)));
    assert_eq!((&shown["draining"], &shown["may_change"]), (&json!(false), &json!(false)));
    assert_eq!(shown["threads"].as_array().map(Vec::len), Some(2));
    let lines = format!("Authorization: Bearer {}\r\n", monitor.token);
    let path = ("GET", "/monitor/api/overview");
    assert_eq!(api::request(monitor.addr, path, &lines, "").json()["may_change"], true);
}

#[test]
fn rooms_are_found_ordered_and_turned_over() {
    let monitor = Monitor::start(|_| {});
    let made = |private: bool| {
        let body = json!({ "private": private }).to_string();
        monitor.server.post("/rooms", &body).text("room/code")
    };
    let codes: Vec<String> = (0..7).map(|n| made(n % 2 == 0)).collect();
    let (_client, busiest) = monitor.with_player();
    let listed = |query: &str| {
        let shown = monitor.get(&format!("rooms?{query}")).json();
        let rooms = shown["rooms"].as_array().expect("a list").clone();
        let codes = rooms.iter().map(|room| room["code"].as_str().expect("a code").to_owned());
        (codes.collect::<Vec<_>>(), shown["matching"].as_u64(), shown["total"].as_u64())
    };
    let total = Some(monitor.server.rooms().len() as u64);
    assert_eq!(listed("sort=players").0[0], busiest);
    let (shown, matching, all) = listed(&format!("find={}", codes[3].to_lowercase()));
    assert_eq!((shown, matching, all), (vec![codes[3].clone()], Some(1), total));
    assert_eq!(listed("offset=2&limit=3").0, codes[2..5]);
    assert_eq!(listed("offset=99").0.len(), 0);
    assert_eq!(listed("find=nothing").1, Some(0));
    assert_eq!(listed("state=open").0, [busiest]);
    let mut sorted = listed("").0;
    sorted.sort();
    assert_eq!(listed("sort=code").0, sorted);
}

#[test]
fn a_room_tells_of_its_players_and_a_code_that_none_has_of_nothing() {
    let monitor = Monitor::start(|_| {});
    let (mut client, code) = monitor.with_player();
    client.play(10);
    let shown = monitor.get(&format!("rooms/{code}")).json();
    assert_eq!(shown["room"]["code"], code.as_str());
    let players = shown["players"].as_array().expect("a list");
    let [player] = &players[..] else { panic!("{players:?}") };
    assert_eq!((&player["id"], &player["host"]), (&json!(1), &json!(true)));
    assert_eq!((&player["address"], &player["away_ms"]), (&json!("127.0.0.1"), &json!(null)));
    assert!(shown["counters"]["ticks"].as_u64().is_some_and(|ticks| ticks > 0), "{shown}");
    monitor.get("rooms/XXXXX").problem(404, "no_such_room");
    monitor.get("nothing").problem(404, "not_found");
    assert_eq!(monitor.get("log?after=0").json()["kept"], false, "no program logs here");
}

#[test]
fn a_change_needs_the_token_json_and_a_body_that_is_understood() {
    let monitor = Monitor::start(|_| {});
    let (_client, code) = monitor.with_player();
    let kick = format!("rooms/{code}/kick");
    let (token, body) = (format!("Authorization: Bearer {}\r\n", monitor.token), r#"{"player":1}"#);
    let json = "Content-Type: application/json\r\n";
    monitor.post_with(&kick, json, body).problem(401, "unidentified");
    let foreign = format!("{token}{json}Origin: http://evil.example\r\n");
    monitor.post_with(&kick, &foreign, body).problem(403, "wrong_origin");
    for kind in ["", "Content-Type: text/plain\r\n", "Content-Type: multipart/form-data\r\n"] {
        assert_eq!(monitor.post_with(&kick, &format!("{token}{kind}"), body).status, 415, "{kind}");
    }
    for bad in ["", "{}", "[1]", r#"{"player":"1"}"#, r#"{"player":1,"x":2}"#, r#"{"player":-1}"#] {
        monitor.post(&kick, bad).problem(400, "bad_request");
    }
    for (what, bad) in
        [("meter", r#"{"ticks":0}"#), ("meter", r#"{"ticks":9999999}"#), ("lock", "")]
    {
        monitor.post(&format!("rooms/{code}/{what}"), bad).problem(400, "bad_request");
    }
    monitor.post(&kick, r#"{"player":77}"#).problem(404, "no_such_player");
    monitor.post("rooms/XXXXX/kick", body).problem(404, "no_such_room");
    monitor.post(&format!("rooms/{code}/nothing"), "{}").problem(404, "not_found");
    monitor.post("nothing", "{}").problem(404, "not_found");
    monitor.post(&kick, &format!("{{{}}}", " ".repeat(2000))).problem(413, "body_too_large");
    let deleted = api::request(monitor.addr, ("DELETE", "/monitor/api/drain"), &token, "");
    deleted.problem(405, "method_not_allowed");
    assert_eq!(monitor.server.count("players"), 1, "nothing was changed");
}

#[test]
fn the_operator_throws_out_locks_and_drains() {
    let monitor = Monitor::start(|_| {});
    let (mut client, code) = monitor.with_player();
    let lock = |what: &str| {
        assert_eq!(monitor.post(&format!("rooms/{code}/{what}"), "{}").status, 200, "{what}");
        monitor.server.rooms()[0].state()
    };
    assert_eq!(lock("lock"), RoomState::Locked);
    monitor.server.post(&format!("/rooms/{code}/seats"), "{}").problem(409, "room_locked");
    assert_eq!(lock("unlock"), RoomState::Open);
    let mut other = monitor.server.join(&format!("/ws?room={code}"));
    assert_eq!(monitor.post(&format!("rooms/{code}/kick"), r#"{"player":2}"#).status, 200);
    assert_eq!(other.wait_for_close().0, 4011);
    assert_eq!(lock("drain"), RoomState::Draining);
    client.play(5);
    assert_eq!(monitor.server.get("/readyz").status, 200, "the server is not drained");
    assert_eq!(monitor.post("drain", "{}").status, 200);
    assert_eq!(monitor.server.get("/readyz").status, 503);
    assert_eq!(monitor.get("overview").json()["draining"], true);
    client.play(5);
}

#[test]
fn the_operator_sees_bans_and_lifts_them() {
    let monitor = Monitor::start(|_| {});
    let (_host, code) = monitor.with_player();
    let room = format!("rooms/{code}");
    assert_eq!(monitor.get(&room).json()["bans"], json!([]));
    let mut other = monitor.server.join(&format!("/ws?room={code}"));
    let name = monitor.get(&room).json()["players"][1]["name"].clone();
    assert_eq!(monitor.post(&format!("{room}/ban"), r#"{"player":2}"#).status, 200);
    assert_eq!(other.wait_for_close().0, 4012);
    let seat = || monitor.server.post(&format!("/rooms/{code}/seats"), "{}");
    seat().problem(403, "banned");
    let ban = json!({ "id": 1, "name": name, "identity": null, "address": "127.0.0.1" });
    assert_eq!(monitor.get(&room).json()["bans"], json!([ban]));
    let (unban, lifted) = (format!("{room}/unban"), r#"{"ban":1}"#);
    monitor
        .post_with(&unban, "Content-Type: application/json\r\n", lifted)
        .problem(401, "unidentified");
    monitor.post(&unban, r#"{"player":1}"#).problem(400, "bad_request");
    monitor.post(&unban, r#"{"ban":2}"#).problem(404, "no_such_ban");
    monitor.post("rooms/XXXXX/unban", lifted).problem(404, "no_such_room");
    seat().problem(403, "banned");
    assert_eq!(monitor.post(&unban, lifted).status, 200);
    assert_eq!(monitor.get(&room).json()["bans"], json!([]));
    assert_eq!(seat().status, 200);
    monitor.post(&unban, lifted).problem(404, "no_such_ban");
}

#[test]
fn a_socket_looks_at_a_room_as_a_player_sees_it() {
    let monitor = Monitor::start(|_| {});
    let (mut client, code) = monitor.with_player();
    let mut observer = Client::connect(monitor.addr, &format!("/monitor/rooms/{code}/ws?like=1"));
    for _ in 0..20 {
        observer.play(1);
        client.play(1);
    }
    assert!(observer.viewer.checked >= 10, "{} hashes", observer.viewer.checked);
    let welcome = observer.welcome.as_ref().expect("a welcome");
    assert_eq!((welcome.player.0, welcome.spectator), (1, true));
    assert_eq!(monitor.server.count("players"), 1);
    let answer = |path: &str, more: &str| {
        let request = handshake(monitor.addr, path).replace("\r\n\r\n", &format!("\r\n{more}\r\n"));
        status_of(&exchange(monitor.addr, request.as_bytes()).1)
    };
    let path = format!("/monitor/rooms/{code}/ws");
    assert_eq!(answer(&path, "Origin: http://evil.example\r\n"), 403, "a page of somebody else");
    assert_eq!(answer("/monitor/rooms/XXXXX/ws", ""), 404);
    assert_eq!(answer(&format!("{path}?like=x"), ""), 400);
    assert_eq!(monitor.get("../rooms").status, 404);
}

#[test]
fn what_an_observer_says_of_its_hash_is_answered_and_not_counted() {
    let monitor = Monitor::start(|_| {});
    let (mut client, code) = monitor.with_player();
    let mut observer = Client::connect(monitor.addr, &format!("/monitor/rooms/{code}/ws"));
    let lie = |client: &mut Client| {
        client.play(2);
        let tick = client.viewer.tick().expect("a frame came");
        client.send_message(&ClientMessage::Mismatch(tick));
        while !matches!(client.next(), Some(Event::Evidence(of)) if of == tick) {}
    };
    lie(&mut observer);
    lie(&mut client);
    let counted = || monitor.server.count("hash_mismatches");
    eventually("that of the player is counted", || counted() > 0);
    assert_eq!(counted(), 1);
}

#[test]
fn a_stuck_thread_does_not_hang_the_page() {
    let monitor = Monitor::start(|config| config.limits.stuck_after = Duration::from_millis(300));
    let (mut client, code) = monitor.with_player();
    let stuck = || monitor.get("overview").json()["threads"][0]["stuck"] == true;
    let room = || monitor.get(&format!("rooms/{code}"));
    // A machine may take longer for a look than the game for its turn; then there is another one.
    let refused = (0..5).any(|_| {
        client.play(3);
        let input = client.viewer.input(12, STALL).expect("a frame came");
        client.send(&input);
        eventually("the page shows it", stuck);
        let answer = room();
        if answer.status == 503 {
            assert!(answer.problem(503, "stuck").contains("does not answer"), "{answer:?}");
        }
        answer.status == 503
    });
    assert!(refused, "a question waits for a thread that is stuck");
    eventually("it is over", || room().status == 200);
}
