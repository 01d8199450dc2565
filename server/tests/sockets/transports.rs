//! Connections over plain HTTP requests.

use std::{io::Write, net::TcpStream, thread, time::Duration};

use tickwire_server::Games;
use tickwire_shared::{batch::RequestHeader, message::ClientMessage};

use crate::support::{
    game::{BOMB, Config as Setup, Dot, Restless},
    http::{Http, Linked},
    server::{TestServer, eventually},
    viewer::join_with,
};

/// A client that has come in by WebSocket and goes on over requests.
fn moved(server: &TestServer, key: u8) -> Linked {
    let client = server.join("/ws");
    let first = client.viewer.resume(key, false);
    Linked::new(server.addr(), client.room(), key, &first)
}

fn streaming(server: &TestServer, key: u8) -> Linked {
    let mut linked = moved(server, key);
    linked.open_stream();
    linked
}

fn pushed(linked: &Linked, player: u32) -> u32 {
    let replica = linked.viewer.replica.as_ref().expect("a welcome came");
    let mine = replica.iter::<Dot>().find(|(_, dot)| dot.player == player);
    mine.expect("the player has a dot").1.pushed
}

#[test]
fn all_transports_play_in_one_room_and_every_hash_holds() {
    let server = TestServer::start(|_| {});
    let mut socket = server.join("/ws");
    let (mut stream, mut polls) = (streaming(&server, 1), moved(&server, 2));
    thread::scope(|scope| {
        scope.spawn(|| socket.play(120));
        scope.spawn(|| stream.play(120));
        scope.spawn(|| polls.play(120));
    });
    assert!(stream.viewer.checked >= 120 && polls.viewer.checked >= 120);
    for (way, count) in [("websocket", 1), ("stream", 1), ("poll", 1), ("", 2)] {
        let path = if way.is_empty() { "links".to_owned() } else { format!("transports/{way}") };
        assert_eq!(server.count(&path), count, "{path}");
    }
    assert_eq!((server.rooms()[0].players(), server.count("hash_mismatches")), (3, 0));
}

#[test]
fn a_stream_that_nobody_reads_any_more_is_cut_when_its_player_has_left() {
    let setup = Setup { dots: 4000, ..Setup::default() };
    let games = Games::new().with_config::<Restless>(setup);
    let server = TestServer::with_games(|config| config.tick_hz = Some(120), games);
    let made = server.post("/rooms", "");
    let (room, ticket) = (made.text("room/code"), made.text("ticket"));
    let mut linked = Linked::new(server.addr(), &room, 1, &join_with(Some(&ticket)));
    let body = linked.body();
    let mut stream = TcpStream::connect(server.addr()).expect("the server listens");
    let socket = socket2::SockRef::from(&stream);
    socket.set_recv_buffer_size(8 * 1024).expect("a small buffer");
    let (path, length) = (format!("/rooms/{room}/stream"), body.len());
    let header = format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n");
    stream.write_all(&[header.as_bytes(), &body].concat()).expect("it is taken");
    eventually("the stall is felt", || server.count("skipped_for_unsent") > 20);
    linked.say(&ClientMessage::Leave);
    assert_eq!(linked.send().status, 204);
    drop(linked);
    eventually("it has left", || server.rooms()[0].players() == 0);
    eventually("nothing is left of it", || server.count("connections") == 0);
    assert_eq!(server.count("links"), 0);
    drop(stream);
}

#[test]
fn what_is_sent_when_all_is_over_is_not_said_to_be_taken() {
    let server = TestServer::start(|_| {});
    for open in [moved as fn(&TestServer, u8) -> Linked, streaming] {
        let mut linked = open(&server, 1);
        linked.play(2);
        linked.say(&ClientMessage::Leave);
        let (path, body) = (format!("/rooms/{}/send", server.rooms()[0].code), linked.body());
        assert_eq!(linked.http.post(&path, &body).status, 204);
        assert_eq!(linked.wait_for_close().0, 1000);
        assert_eq!(linked.http.post(&path, &body).status, 204, "it came, and that is known");
        let mut answer = linked.poll();
        assert!(matches!(answer.status, 404 | 409), "it is over, or has a stream: {answer:?}");
        linked.say(&ClientMessage::Ping(1));
        answer = linked.send();
        assert_eq!(answer.status, 404);
        assert!(String::from_utf8_lossy(&answer.body).contains("no_such_link"), "{answer:?}");
        eventually("its key is forgotten", || server.count("links") == 0);
    }
}

/// Reserves a seat in a room: its ticket.
fn reserve(server: &TestServer, room: &str) -> String {
    let answer = Http::connect(server.addr()).post(&format!("/rooms/{room}/seats"), b"{}");
    assert_eq!(answer.status, 200, "{answer:?}");
    let value: serde_json::Value = serde_json::from_slice(&answer.body).expect("it is JSON");
    value["ticket"].as_str().expect("a ticket").to_owned()
}

#[test]
fn who_has_a_ticket_comes_in_over_any_of_them() {
    let server = TestServer::start(|_| {});
    let mut host = server.join("/ws");
    let room = host.room().to_owned();
    let ticket = || join_with(Some(&reserve(&server, &room)));
    let mut socket = server.connect(&format!("/rooms/{room}/ws"));
    socket.send_message(&ticket());
    let mut stream = Linked::new(server.addr(), &room, 1, &ticket());
    stream.open_stream();
    let mut polls = Linked::new(server.addr(), &room, 2, &ticket());
    thread::scope(|scope| {
        scope.spawn(|| socket.play(20));
        scope.spawn(|| stream.play(20));
        scope.spawn(|| polls.play(20));
        scope.spawn(|| host.play(20));
    });
    assert_eq!(server.rooms()[0].players(), 4);
    polls.say(&ClientMessage::Leave);
    assert_eq!(polls.wait_for_close().0, 1000);
    eventually("it has left", || server.rooms()[0].players() == 3);
}

#[test]
fn inputs_count_over_each_of_them() {
    let server = TestServer::start(|config| config.tick_hz = Some(30));
    for (key, open) in [(1, moved as fn(&TestServer, u8) -> Linked), (2, streaming)] {
        let mut linked = open(&server, key);
        linked.play(3);
        let input = linked.viewer.push(4, 7).expect("frames came");
        linked.say_bytes(&input);
        linked.play(12);
        let pushed = pushed(&linked, key.into());
        assert!(pushed > 0, "the input was used");
    }
}

#[test]
fn an_answer_that_is_lost_with_its_socket_is_given_again_byte_for_byte() {
    let server = TestServer::start(|_| {});
    let mut polls = moved(&server, 1);
    polls.play(5);
    for _ in 0..10 {
        let (path, body) = (polls.poll_path(), polls.body());
        let mut lost = Http::connect(server.addr());
        lost.ask("POST", &path, "", &body);
        // The answer is made, and nobody reads it.
        thread::sleep(Duration::from_millis(40));
        drop(lost);
        let first = polls.http.post(&path, &body);
        let second = polls.http.post(&path, &body);
        assert_eq!((first.status, &first.body), (200, &second.body));
        polls.take_answer(&first);
        polls.play(1);
    }
    assert_eq!(polls.viewer.checked, polls.frames);
}

#[test]
fn a_poll_takes_the_place_of_one_that_is_held() {
    let server = TestServer::start(|config| config.tick_hz = Some(1));
    let mut polls = moved(&server, 1);
    polls.play(2);
    let (path, body) = (polls.poll_path(), polls.body());
    let mut first = Http::connect(server.addr());
    first.ask("POST", &path, "", &body);
    thread::sleep(Duration::from_millis(50));
    let mut second = Http::connect(server.addr());
    second.ask("POST", &path, "", &body);
    let answer = first.answer();
    assert_eq!((answer.status, answer.body.len()), (204, 0));
    assert_eq!(second.answer().status, 200);
}

#[test]
fn a_poll_that_does_not_wait_is_answered_at_once() {
    let server = TestServer::start(|config| config.tick_hz = Some(1));
    let mut polls = moved(&server, 1);
    polls.play(2);
    let mut body = polls.body();
    body[tickwire_shared::batch::HEADER_BYTES - 1] = 0;
    let before = server.rooms()[0].tick();
    let answer = polls.http.post(&polls.poll_path(), &body);
    let passed = server.rooms()[0].tick().since(before);
    assert!(answer.status == 204 || passed > 0, "{answer:?} after {passed} ticks");
}

#[test]
fn what_is_no_batch_is_refused_and_nobody_else_notices() {
    let server = TestServer::start(|_| {});
    let mut witness = server.join("/ws");
    let mut polls = moved(&server, 1);
    polls.play(2);
    let good = polls.body();
    let answer = polls.http.post(&polls.poll_path(), &good);
    polls.take_answer(&answer);
    let garbage: [&[u8]; 5] =
        [&[], &[0xFF; 100], &good[..20], &[&good[..], &[5, 2]].concat(), &[9; 16 * 1024]];
    for way in ["stream", "send", "poll"] {
        for body in garbage {
            let mut http = Http::connect(server.addr());
            let answer = http.post(&format!("/rooms/{}/{way}", witness.room()), body);
            assert_eq!(answer.status, 400, "{answer:?}");
            assert!(answer.header.contains("application/problem+json"), "{answer:?}");
        }
    }
    let mut http = Http::connect(server.addr());
    http.ask("POST", &polls.poll_path(), "", &[0; 16 * 1024 + 1]);
    assert_eq!(http.answer().status, 413);
    witness.play(30);
    polls.play(30);
    assert_eq!(server.count("panicked_rooms"), 0);
}

#[test]
fn requests_that_fit_no_connection_are_told_why() {
    let server = TestServer::start(|_| {});
    let mut witness = server.join("/ws");
    let room = witness.room().to_owned();
    let mut http = Http::connect(server.addr());
    let mut post = |way: &str, linked: &mut Linked| {
        let body = linked.body();
        http.post(&format!("/rooms/{room}/{way}"), &body).status
    };
    let new = |message: &ClientMessage<'_>| Linked::new(server.addr(), "x", 9, message);
    assert_eq!(post("send", &mut new(&join_with(None))), 404, "a send opens nothing");
    assert_eq!(post("poll", &mut new(&ClientMessage::Ping(1))), 404, "nor does a ping");
    let mut polls = moved(&server, 1);
    polls.play(2);
    let header = RequestHeader { key: [1; 16], number: 0, received: 77, wait: false };
    let mut body = Vec::new();
    header.write(&mut body);
    assert_eq!(polls.http.post(&polls.poll_path(), &body).status, 409, "there was no 77");
    let mut stream = streaming(&server, 2);
    stream.play(2);
    assert_eq!(stream.poll().status, 409, "it has a stream");
    let again = stream.body();
    assert_eq!(stream.http.post(&format!("/rooms/{room}/stream"), &again).status, 409);
    stream.http.ask("GET", &format!("/rooms/{room}/poll"), "", &[]);
    assert_eq!(stream.http.answer().status, 405);
    stream.http.ask("POST", "/rooms/BBBBB/poll", "", &again);
    assert_eq!(stream.http.answer().status, 404);
    witness.play(5);
}

#[test]
fn pages_of_other_hosts_need_to_be_allowed() {
    let server =
        TestServer::start(|config| config.allow_origin = vec!["https://play.example".to_owned()]);
    let mut polls = moved(&server, 1);
    polls.play(2);
    let body = polls.body();
    polls.http.ask("POST", &polls.poll_path(), "Origin: https://evil.example\r\n", &body);
    assert_eq!(polls.http.answer().status, 403);
    polls.http.ask("POST", &polls.poll_path(), "Origin: https://play.example\r\n", &body);
    let answer = polls.http.answer();
    assert_eq!(answer.status, 200);
    assert!(answer.header.contains("access-control-allow-origin: https://play.example"));
}

#[test]
fn a_join_without_a_ticket_is_closed_in_band() {
    let server = TestServer::start(|_| {});
    let room = server.join("/ws").room().to_owned();
    let mut polls = Linked::new(server.addr(), &room, 1, &join_with(None));
    assert_eq!(polls.wait_for_close().0, 4013);
    let mut stream = Linked::new(server.addr(), &room, 2, &join_with(Some("forged")));
    stream.open_stream();
    assert_eq!(stream.wait_for_close().0, 4013);
    assert!(!stream.read_stream(), "nothing follows a close");
}

#[test]
fn when_the_game_stops_all_are_told_and_a_close_is_repeated_for_a_while() {
    let server = TestServer::start(|_| {});
    let mut culprit = server.join("/ws");
    let (mut stream, mut polls) = (streaming(&server, 1), moved(&server, 2));
    stream.play(3);
    polls.play(3);
    let input = culprit.viewer.input(12, BOMB).expect("a frame came");
    culprit.send(&input);
    assert_eq!(stream.wait_for_close().0, 4008);
    // The room is gone when the next poll comes.
    eventually("the room has closed", || server.rooms().is_empty());
    let (path, body) = (polls.poll_path(), polls.body());
    let (first, second) = (polls.http.post(&path, &body), polls.http.post(&path, &body));
    assert_eq!((first.status, &first.body), (200, &second.body));
    polls.take_answer(&first);
    assert_eq!(polls.wait_for_close().0, 4008);
    assert_eq!(polls.poll().status, 404, "all was said");
    eventually("both keys are forgotten", || server.count("links") == 0);
    assert_eq!(server.count("transports/poll") + server.count("transports/stream"), 0);
}

#[test]
fn a_shutdown_is_told_over_each_of_them() {
    let server = TestServer::start(|_| {});
    let (mut stream, mut polls) = (streaming(&server, 1), moved(&server, 2));
    stream.play(3);
    polls.play(3);
    let held = {
        let (path, body) = (polls.poll_path(), polls.body());
        polls.http.ask("POST", &path, "", &body);
        thread::sleep(Duration::from_millis(1));
        polls
    };
    server.shutdown();
    let mut polls = held;
    let answer = polls.http.answer();
    polls.take_answer(&answer);
    assert_eq!(stream.wait_for_close().0, 1001);
    // The poll that was held may have got the frame of a tick just before the end.
    assert!(polls.close.is_none_or(|(code, _)| code == 1001));
}

#[test]
fn a_link_counts_as_a_connection() {
    let server = TestServer::start(|config| config.max_connections = 3);
    let mut polls = moved(&server, 1);
    // Its socket, and itself.
    polls.play(3);
    eventually("the WebSocket is gone", || server.count("connections") == 2);
    let room = server.rooms()[0].code.clone();
    let mut other = Linked::new(server.addr(), &room, 2, &join_with(None));
    assert_eq!(other.poll().status, 503);
    polls.play(3);
    assert_eq!(server.count("refusals/too_many_connections"), 1);
}
