//! What plain HTTP requests get.

use std::time::Duration;

use serde_json::Value;

use crate::support::{
    api::{self, Answer},
    game::STALL,
    server::{TestServer, eventually},
};

fn request(server: &TestServer, method: &str, path: &str, more: &str) -> Answer {
    api::request(server.addr(), (method, path), more, "")
}

fn get(server: &TestServer, path: &str) -> Answer {
    server.get(path)
}

fn json(answer: &Answer) -> Value {
    answer.json()
}

#[test]
fn the_front_page_is_html_with_a_strict_policy() {
    let server = TestServer::start(|_| {});
    let page = get(&server, "/");
    assert_eq!(page.status, 200);
    assert!(page.header.contains("content-type: text/html; charset=utf-8"));
    assert!(page.header.contains("x-content-type-options: nosniff"));
    assert!(page.header.contains("content-security-policy: default-src 'self';"));
    assert!(!page.header.contains("unsafe-inline"));
}

#[test]
fn a_page_that_names_no_icon_has_no_error_for_it() {
    let server = TestServer::start(|_| {});
    let icon = get(&server, "/favicon.ico");
    assert_eq!((icon.status, icon.body.len()), (204, 0));
}

#[test]
fn a_game_without_a_page_has_the_one_that_shows_any_game() {
    let server = TestServer::start(|_| {});
    let generic = get(&server, "/pages/generic/index.html");
    for path in ["/", "/pages/generic/", "/pages/restless/"] {
        let page = get(&server, path);
        assert_eq!((page.status, &page.body), (200, &generic.body), "{path}");
    }
    assert_eq!(get(&server, "/pages/chess/").status, 404);
}

#[test]
fn rooms_are_listed_with_what_one_chooses_by() {
    let server = TestServer::start(|_| {});
    assert_eq!(json(&get(&server, "/rooms")), Value::Array(Vec::new()));
    let mut client = server.join("/ws");
    client.play(3);
    let rooms = json(&get(&server, "/rooms"));
    assert_eq!(rooms[0]["code"], client.room());
    assert_eq!(rooms[0]["game"], "restless");
    assert_eq!(rooms[0]["players"], 1);
    assert_eq!(rooms[0]["max_players"], 8);
    assert_eq!(rooms[0]["tick_hz"], 60);
    assert!(rooms[0]["tick"].as_u64().expect("a number") >= 3);
}

#[test]
fn the_status_counts_what_happened() {
    let server = TestServer::start(|_| {});
    let mut client = server.join("/ws");
    client.play(60);
    let status = json(&get(&server, "/status"));
    for counter in ["ticks", "frames", "frame_bytes", "wire_bytes", "full_frames", "connections"] {
        assert!(status[counter].as_u64().is_some_and(|count| count > 0), "{counter} in {status}");
    }
    assert!(
        status["tick_duration_us"]["p99"].is_u64() && status["tick_lateness_us"]["max"].is_u64()
    );
    assert_eq!(status["slipped_ticks"].as_u64(), Some(server.count("slipped_ticks")));
    if cfg!(target_os = "linux") {
        assert!(status["process"]["resident_bytes"].as_u64().expect("a number") > 1 << 20);
    }
}

#[test]
fn health_follows_the_server_into_its_end() {
    let server = TestServer::start(|_| {});
    assert_eq!(get(&server, "/livez").status, 200);
    assert_eq!(get(&server, "/readyz").status, 200);
    server.running.as_ref().expect("it runs").drain();
    assert_eq!(get(&server, "/livez").status, 200);
    assert_eq!(get(&server, "/readyz").status, 503);
    assert_eq!(server.connect("/ws").wait_for_close().0, 1001);
}

#[test]
fn a_game_that_does_not_return_shows_until_it_does() {
    let server = TestServer::start(|config| {
        config.limits.stuck_after = Duration::from_millis(300);
    });
    let mut client = server.join("/ws");
    let ready = || get(&server, "/readyz").status;
    assert_eq!(ready(), 200);
    let input = client.viewer.input(12, STALL).expect("a frame came");
    client.send(&input);
    eventually("it shows", || ready() == 503 && server.status()["ready"] == false);
    assert_eq!(get(&server, "/livez").status, 200);
    eventually("it is over", || ready() == 200);
}

#[test]
fn the_bare_name_of_a_game_leads_to_its_page() {
    let server = TestServer::start(|_| {});
    let cases = [
        ("/restless", "/pages/restless/?game=restless"),
        ("/restless/", "/pages/restless/?game=restless"),
        ("/pages/restless", "/pages/restless/?game=restless"),
        ("/restless?room=BCDFG", "/pages/restless/?room=bcdfg"),
    ];
    for (path, page) in cases {
        let answer = get(&server, path);
        assert_eq!(answer.status, 302, "{path}");
        assert!(answer.header.contains(&format!("location: {page}\r\n")), "{}", answer.header);
    }
    assert_eq!(get(&server, "/chess").status, 404);
}

#[test]
fn a_slash_behind_a_listing_does_no_harm() {
    let server = TestServer::start(|_| {});
    for path in ["/rooms/", "/status/"] {
        assert_eq!(get(&server, path).status, 200, "{path}");
    }
}

#[test]
fn problems_are_json_with_the_right_status() {
    let server = TestServer::start(|_| {});
    let missing = get(&server, "/nothing");
    assert_eq!((missing.status, json(&missing)["status"].as_u64()), (404, Some(404)));
    assert!(missing.header.contains("content-type: application/problem+json"));
    assert_eq!(json(&missing)["code"], "not_found");
    let posted = request(&server, "POST", "/status", "");
    assert_eq!(posted.status, 405);
    assert!(posted.header.contains("allow: get, head"));
    assert_eq!(get(&server, "/ws").status, 426);
}

#[test]
fn a_head_request_has_no_body() {
    let server = TestServer::start(|_| {});
    let head = request(&server, "HEAD", "/rooms", "");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
}

#[test]
fn files_carry_a_tag_and_are_not_sent_twice() {
    let server = TestServer::start(|_| {});
    let first = get(&server, "/maps/yard.txt");
    assert_eq!(first.status, 200);
    assert!(first.header.contains("cache-control: no-cache"));
    let tag = first.header.lines().find_map(|line| line.strip_prefix("etag: ")).expect("a tag");
    let more = format!("If-None-Match: \"other\", {tag}\r\n");
    let again = request(&server, "GET", "/maps/yard.txt", &more);
    assert_eq!((again.status, again.body.as_str()), (304, ""));
}

#[test]
fn no_path_leads_out_of_the_files() {
    let server = TestServer::start(|_| {});
    let paths = [
        "/maps/../../Cargo.toml",
        "/maps/%2e%2e/%2e%2e/Cargo.toml",
        "/maps//etc/passwd",
        "/maps/..\\..\\Cargo.toml",
        "/pages/../maps/yard.txt",
        "/package.json",
        "/maps/",
        "/maps",
    ];
    for path in paths {
        let status = get(&server, path).status;
        assert!(matches!(status, 400 | 404), "{path} gave {status}");
    }
}

#[test]
fn files_come_from_disk_while_someone_works_on_them() {
    let assets = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets");
    let server = TestServer::start(|config| config.assets = Some(assets));
    let map = get(&server, "/maps/yard.txt");
    assert_eq!(map.status, 200);
    assert!(map.header.contains("cache-control: no-store"));
    assert_eq!(get(&server, "/maps/../package.json").status, 404);
    assert_eq!(get(&server, "/package.json").status, 404);
}
