//! Sessions over real sockets: who loses a connection goes on over another one.

use std::{
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use tickwire_shared::message::ClientMessage;

use crate::support::{
    client::Client,
    game::Dot,
    http::Linked,
    server::{TestServer, eventually},
    viewer::{Event, Viewer},
};

/// A client on a new WebSocket that goes on with what another one holds.
fn resume(server: &TestServer, client: &mut Client, attempt: u8, keeps: bool) -> Client {
    let first = client.viewer.resume(attempt, keeps);
    let mut back = server.connect(&format!("/rooms/{}/ws", client.room()));
    back.welcome = client.welcome.take();
    // What the old socket brought stays with it.
    let came = std::mem::take(&mut back.viewer.bytes);
    back.viewer = std::mem::take(&mut client.viewer);
    client.viewer.bytes = std::mem::replace(&mut back.viewer.bytes, came);
    back.send_message(&first);
    back
}

/// Ends a connection as a cable that is pulled does: without a word, and at once.
fn kill(client: &Client) {
    let socket = socket2::SockRef::from(&client.stream);
    socket.set_linger(Some(Duration::ZERO)).expect("a socket");
    client.stream.shutdown(std::net::Shutdown::Both).expect("a socket");
}

fn players(client: &Client) -> Vec<u32> {
    let replica = client.viewer.replica.as_ref().expect("a welcome came");
    replica.iter::<Dot>().map(|(_, dot)| dot.player).filter(|player| *player > 0).collect()
}

#[test]
fn a_session_goes_on_from_its_frame_after_its_socket_was_killed() {
    // Slow ticks, so that a busy machine is within the history all the same.
    let server = TestServer::start(|config| config.tick_hz = Some(10));
    let mut witness = server.join("/ws");
    let mut player = server.join("/ws");
    player.play(5);
    kill(&player);
    thread::sleep(Duration::from_millis(300));
    let held = player.viewer.tick().expect("frames came");
    let mut back = resume(&server, &mut player, 1, true);
    let tick = back.wait_for_frame();
    assert!(tick.since(held) < 30, "{} ticks were merged", tick.since(held));
    back.play(5);
    witness.play(5);
    assert_eq!(players(&back), [1, 2]);
    assert_eq!((server.count("resumes"), server.count("takeovers")), (1, 0));
    assert_eq!(back.viewer.full, 1, "only the first frame stood alone");
    assert_eq!(server.count("hash_mismatches"), 0);
}

#[test]
fn a_page_that_was_loaded_again_is_the_same_player() {
    let server = TestServer::start(|_| {});
    let mut player = server.join("/ws");
    player.play(5);
    let id = player.player();
    let mut back = resume(&server, &mut player, 1, false);
    back.viewer.replica = None;
    back.wait_for_frame();
    assert_eq!(back.player(), id);
    back.play(20);
    assert_eq!(players(&back), [1]);
    assert_eq!(player.wait_for_close_code(), 4010);
}

#[test]
fn a_session_moves_from_polls_to_a_socket_in_the_middle_of_a_game() {
    let server = TestServer::start(|config| config.tick_hz = Some(10));
    let mut player = server.join("/ws");
    player.play(3);
    let first = player.viewer.resume(1, true);
    let mut polls = Linked::new(server.addr(), player.room(), 1, &first);
    polls.viewer = std::mem::take(&mut player.viewer);
    polls.play(5);
    player.viewer = std::mem::take(&mut polls.viewer);
    let mut back = resume(&server, &mut player, 2, true);
    back.play(5);
    assert_eq!(players(&back), [1]);
    polls.viewer = Viewer::default();
    assert_eq!(polls.wait_for_close().0, 4010);
    assert_eq!(back.viewer.full, 1, "only the first frame stood alone");
}

#[test]
fn a_seat_is_kept_until_the_grace_is_over_and_then_given_to_another() {
    let server = TestServer::start(|config| {
        (config.max_players, config.grace) = (Some(1), Duration::from_secs(2));
    });
    let mut player = server.join("/ws");
    let room = format!("/ws?room={}", player.room());
    kill(&player);
    eventually("it is away", || server.count("closes/1006") == 1);
    assert_eq!(server.connect(&room).wait_for_close().0, 4004);
    eventually("the seat is free", || server.rooms()[0].players() == 0);
    server.join(&room).play(2);
    let mut late = resume(&server, &mut player, 1, true);
    let (code, reason) = late.wait_for_close();
    assert_eq!(code, 4009);
    assert!(reason.contains("session"), "{reason}");
}

#[test]
fn of_two_who_resume_at_once_one_wins_each_time() {
    const SESSIONS: usize = 24;
    let server = TestServer::start(|_| {});
    let mut players: Vec<Client> = (0..SESSIONS).map(|_| server.join("/ws")).collect();
    let start = Barrier::new(2);
    for player in &mut players {
        kill(player);
        let attempts: [ClientMessage<'_>; 2] = [1, 2].map(|it| player.viewer.resume(it, false));
        let path = format!("/rooms/{}/ws", player.room());
        let ends: Vec<Option<u16>> = thread::scope(|scope| {
            let runs = attempts.map(|first| {
                let (start, path, server) = (&start, &path, &server);
                scope.spawn(move || {
                    let mut client = server.connect(path);
                    start.wait();
                    client.send_message(&first);
                    match client.next() {
                        Some(Event::Welcome(_)) => None,
                        Some(Event::Close(code, _)) => Some(code),
                        other => panic!("{other:?}"),
                    }
                })
            });
            runs.map(|run| run.join().expect("a run")).to_vec()
        });
        assert!(ends.contains(&None) && ends.contains(&Some(4009)), "{ends:?}");
    }
    assert_eq!(server.count("resumes"), SESSIONS as u64);
    assert_eq!(server.count("players"), SESSIONS as u64);
}

#[test]
fn who_is_silent_is_away_and_comes_back() {
    let server = TestServer::start(|config| config.limits.silence = Duration::from_millis(400));
    let mut player = server.join("/ws");
    assert_eq!(player.wait_for_close().0, 4006);
    let started = Instant::now();
    let mut back = resume(&server, &mut player, 1, true);
    back.play(20);
    assert!(started.elapsed() < Duration::from_secs(10));
    assert_eq!(server.count("players"), 1);
}
