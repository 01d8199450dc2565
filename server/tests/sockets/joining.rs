//! How players come in, and why they may not.

use std::time::Duration;

use tickwire_shared::message::{ClientMessage, Join, PROTOCOL, kind};

use crate::support::{
    game::{Dot, Restless},
    server::{TestServer, eventually},
    viewer::{framed, masked},
};

/// The close that a connection gets whose first bytes are these.
fn refused(bytes: &[u8]) -> (u16, String) {
    let server = TestServer::start(|_| {});
    let mut client = server.connect("/ws");
    client.send(bytes);
    client.wait_for_close()
}

fn join(protocol: u32, schema_hash: Option<u32>) -> Vec<u8> {
    framed(&ClientMessage::Join(Join { protocol, name: "x".to_owned(), schema_hash, ticket: None }))
}

#[test]
fn the_first_message_must_be_a_join() {
    assert_eq!(refused(&masked(0x82, &[kind::PING, 0, 0, 0, 0])).0, 4001);
    assert_eq!(refused(&masked(0x82, b"")).0, 4001);
}

#[test]
fn a_join_must_come_in_time() {
    let server = TestServer::start(|config| {
        config.limits.join_timeout = Duration::from_millis(150);
    });
    let mut client = server.connect("/ws");
    assert_eq!(client.wait_for_close().0, 4001);
    eventually("the seat is free again", || server.rooms().iter().all(|room| room.players() == 0));
}

#[test]
fn a_malformed_join_is_a_bad_message() {
    assert_eq!(refused(&masked(0x82, &[kind::JOIN, PROTOCOL as u8, 200, 1])).0, 4000);
}

#[test]
fn another_protocol_is_refused() {
    let (code, reason) = refused(&join(PROTOCOL + 1, None));
    assert_eq!(code, 4002);
    assert!(reason.contains("protocol"), "{reason}");
}

#[test]
fn another_schema_is_refused_and_the_right_one_is_not() {
    assert_eq!(refused(&join(PROTOCOL, Some(1))).0, 4003);
    let server = TestServer::start(|_| {});
    let mut client = server.connect("/ws");
    let hash = <Restless as tickwire_shared::Game>::schema().hash();
    client.send(&join(PROTOCOL, Some(hash)));
    client.play(3);
}

#[test]
fn a_second_join_is_a_bad_message() {
    let server = TestServer::start(|_| {});
    let mut client = server.join("/ws");
    client.send(&join(PROTOCOL, None));
    assert_eq!(client.wait_for_close().0, 4000);
}

#[test]
fn a_message_of_no_meaning_is_a_bad_message() {
    let server = TestServer::start(|_| {});
    for message in [b"".as_slice(), &[0x77], &[kind::ACK, 1], &[kind::INPUT, 0, 0, 0, 0, 1]] {
        let mut client = server.join("/ws");
        client.send(&masked(0x82, message));
        let (code, reason) = client.wait_for_close();
        assert_eq!(code, 4000, "{message:?}");
        assert!(!reason.is_empty());
    }
}

#[test]
fn who_joins_is_in_the_game_within_two_ticks_and_its_input_counts() {
    // Slow ticks, so that the machine's own delays are small beside them.
    let server = TestServer::start(|config| config.tick_hz = Some(10));
    let mut other = server.join("/ws");
    other.play(2);
    let before = server.rooms()[0].tick();
    let mut client = server.connect("/ws");
    let opened = server.rooms()[0].tick();
    client.join();
    let first = client.viewer.tick().expect("a frame came");
    assert!(first.since(opened) <= 2, "opened at {opened}, in at {first}");
    assert!(first.is_after(before));
    let input = client.viewer.input(2, 5).expect("a frame came");
    client.send(&input);
    client.play(3);
    let replica = client.viewer.replica.as_ref().expect("a welcome came");
    let mine = replica.iter::<Dot>().find(|(_, dot)| dot.player == client.player().0);
    let pushed = mine.expect("the player has a dot").1.pushed;
    assert!((5..=50).contains(&pushed) && pushed % 5 == 0, "the input was used: {pushed}");
}

#[test]
fn who_comes_first_wakes_the_room_at_once() {
    let server = TestServer::start(|config| config.tick_hz = Some(1));
    let mut client = server.connect("/ws");
    client.join();
    let first = client.viewer.tick().expect("a frame came");
    assert!(first.0 <= 2, "it is in at tick {first}");
}

#[test]
fn leaving_is_a_normal_close_and_frees_the_seat() {
    let server = TestServer::start(|config| config.max_players = Some(1));
    let mut client = server.join("/ws");
    let code = client.room().to_owned();
    client.send_message(&ClientMessage::Leave);
    assert_eq!(client.wait_for_close().0, 1000);
    server.join(&format!("/ws?room={code}")).play(2);
}

#[test]
fn a_connection_that_breaks_frees_the_seat_when_its_grace_is_over() {
    let server = TestServer::start(|config| {
        (config.max_players, config.grace) = (Some(1), Duration::from_millis(300));
    });
    let client = server.join("/ws");
    let code = client.room().to_owned();
    drop(client);
    eventually("the player is gone", || server.rooms()[0].players() == 0);
    server.join(&format!("/ws?room={code}")).play(2);
    assert_eq!(server.count("closes/1006"), 1);
}
