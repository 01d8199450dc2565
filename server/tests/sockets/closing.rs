//! How connections and servers end.

use std::time::{Duration, Instant};

use tickwire_server::Games;
use tickwire_shared::message::ClientMessage;

use crate::support::{
    game::{Config as Setup, Restless},
    server::{TestServer, eventually},
    viewer::Event,
};

#[test]
fn a_shutdown_tells_everybody() {
    let server = TestServer::start(|config| config.shards = Some(2));
    let mut players = [server.join("/ws?create=1"), server.join("/ws?create=1")];
    let mut waiting = server.connect("/ws");
    let addr = server.addr();
    let stopper = std::thread::spawn(move || server.shutdown());
    for client in players.iter_mut().chain([&mut waiting]) {
        let (code, reason) = client.wait_for_close();
        assert_eq!((code, reason.as_str()), (1001, "the server is shutting down"));
    }
    stopper.join().expect("it ends");
    assert!(std::net::TcpStream::connect(addr).is_err(), "nobody listens any more");
}

#[test]
fn a_shutdown_does_not_wait_for_who_never_hangs_up() {
    let server = TestServer::start(|_| {});
    let _silent = server.join("/ws");
    let started = Instant::now();
    server.shutdown();
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}

#[test]
fn a_player_that_says_nothing_for_too_long_is_given_up() {
    let server = TestServer::start(|config| config.limits.silence = Duration::from_millis(300));
    let mut silent = server.join("/ws");
    let (code, reason) = silent.wait_for_close();
    assert_eq!(code, 4006);
    assert!(reason.contains("nothing was heard"), "{reason}");
}

#[test]
fn a_player_that_says_anything_is_not() {
    let server = TestServer::start(|config| config.limits.silence = Duration::from_millis(300));
    let mut client = server.join("/ws");
    client.play(60);
    client.send_message(&ClientMessage::Ping(77));
    loop {
        match client.next() {
            Some(Event::Pong(token)) => break assert_eq!(token, 77),
            Some(Event::Frame(_)) => {}
            other => panic!("{other:?} came instead of a pong"),
        }
    }
}

#[test]
fn a_player_whose_messages_pile_up_is_given_up() {
    let setup = Setup { chatter: 100, ..Setup::default() };
    let games = Games::new().with_config::<Restless>(setup);
    let server = TestServer::with_games(|_| {}, games);
    // It reads, but never says that it has, so nothing more is sent after a while.
    let mut client = server.join("/ws");
    let (code, reason) = client.wait_for_close();
    assert_eq!(code, 4007);
    assert!(!reason.is_empty());
}

#[test]
fn a_mismatch_is_answered_with_evidence_and_a_frame_that_stands_alone() {
    let server = TestServer::start(|_| {});
    let mut client = server.join("/ws");
    client.play(5);
    let tick = client.viewer.tick().expect("a frame came");
    client.send_message(&ClientMessage::Mismatch(tick));
    let (mut evidence, mut anew) = (false, false);
    while !anew {
        match client.next() {
            Some(Event::Evidence(of)) => evidence = of == tick,
            Some(Event::Frame(applied)) => anew = applied.full,
            other => panic!("{other:?}"),
        }
    }
    assert!(evidence, "what the client should have held comes first");
    client.play(5);
    eventually("it is counted", || server.count("hash_mismatches") == 1);
}

#[test]
fn closed_connections_are_let_go() {
    let server = TestServer::start(|_| {});
    let mut clients: Vec<_> = (0..5).map(|_| server.join("/ws")).collect();
    eventually("all are counted", || server.count("connections") == 5);
    clients.truncate(2);
    eventually("three are let go", || server.count("connections") == 2);
    clients[0].send_message(&ClientMessage::Leave);
    clients[0].wait_for_close();
    eventually("one more is let go", || server.count("connections") == 1);
}
