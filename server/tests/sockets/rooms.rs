//! Which room a client comes to, and what becomes of rooms.

use std::{thread, time::Duration};

use tickwire_server::{Config, Games, Server};

use crate::support::{
    client::Client,
    game::{Config as Setup, PANIC, Restless},
    server::{TestServer, eventually},
};

#[test]
fn players_meet_in_one_room_until_it_is_full() {
    let server = TestServer::start(|config| config.max_players = Some(2));
    let clients: Vec<Client> = (0..5).map(|_| server.join("/ws?game=restless")).collect();
    let rooms = server.rooms();
    assert_eq!(rooms.len(), 3);
    assert_eq!(clients[0].room(), clients[1].room());
    assert_ne!(clients[1].room(), clients[2].room());
    eventually("all are counted", || {
        let players: Vec<u32> = server.rooms().iter().map(|room| room.players()).collect();
        players == [2, 2, 1]
    });
}

#[test]
fn a_room_is_joined_by_its_code_in_any_case() {
    let server = TestServer::start(|_| {});
    let first = server.join("/ws?game=restless&create=1");
    let second = server.join("/ws?create=1");
    assert_ne!(first.room(), second.room());
    let code = second.room().to_lowercase();
    assert_eq!(server.join(&format!("/ws?room={code}")).room(), second.room());
}

#[test]
fn unknown_rooms_and_games_are_refused_in_words() {
    let server = TestServer::start(|_| {});
    for path in ["/ws?room=ZZZZZ", "/ws?game=chess", "/ws?room=%00", "/ws?game=a&create=1"] {
        let (code, reason) = server.connect(path).wait_for_close();
        assert_eq!(code, 4005, "{path}");
        assert!(!reason.is_empty());
    }
    assert!(server.rooms().is_empty());
    assert_eq!(server.count("refusals/unknown_rooms"), 4);
}

#[test]
fn a_full_room_never_takes_one_too_many_however_many_come_at_once() {
    let server = TestServer::start(|config| config.max_players = Some(4));
    let first = server.join("/ws");
    let path = format!("/ws?room={}", first.room());
    let outcomes: Vec<Option<Client>> = thread::scope(|scope| {
        let attempts: Vec<_> = (0..24)
            .map(|_| {
                scope.spawn(|| {
                    let mut client = server.connect(&path);
                    client.send(&crate::support::viewer::join());
                    match client.next() {
                        Some(crate::support::viewer::Event::Welcome(_)) => Some(client),
                        Some(crate::support::viewer::Event::Close(4004, _)) => None,
                        other => panic!("{other:?}"),
                    }
                })
            })
            .collect();
        attempts.into_iter().map(|attempt| attempt.join().expect("it ran")).collect()
    });
    assert_eq!(outcomes.iter().flatten().count(), 3, "three seats were left");
    assert_eq!(server.rooms().len(), 1);
    assert_eq!(server.count("refusals/full_rooms"), 21);
}

#[test]
fn no_more_rooms_are_opened_than_allowed() {
    let server = TestServer::start(|config| config.max_rooms = 1);
    let _first = server.join("/ws?create=1");
    assert_eq!(server.connect("/ws?create=1").wait_for_close().0, 4004);
    assert_eq!(server.count("refusals/too_many_rooms"), 1);
}

#[test]
fn an_empty_room_stays_for_a_while_and_then_closes() {
    let server = TestServer::start(|config| config.linger = Duration::from_millis(300));
    let mut client = server.join("/ws");
    let path = format!("/ws?room={}", client.room());
    client.leave();
    let mut next = server.join(&path);
    next.play(30);
    next.leave();
    eventually("the room closes", || server.rooms().is_empty());
    assert_eq!(server.connect(&path).wait_for_close().0, 4005);
    assert!(server.count("frames") >= 30, "what a closed room counted is not forgotten");
}

#[test]
fn an_empty_room_sleeps_and_wakes_for_the_next_player() {
    let server = TestServer::start(|_| {});
    let mut client = server.join("/ws");
    let path = format!("/ws?room={}", client.room());
    client.leave();
    let asleep = || {
        let before = server.count("ticks");
        thread::sleep(Duration::from_millis(200));
        server.count("ticks") == before
    };
    eventually("the room sleeps", asleep);
    server.join(&path).play(20);
}

#[test]
fn a_panic_holds_its_own_room_up_and_a_second_one_ends_it_and_no_other() {
    let server = TestServer::start(|config| config.shards = Some(1));
    let mut healthy = server.join("/ws?create=1");
    let mut victim = server.join("/ws?create=1");
    let mut culprit = server.join(&format!("/ws?room={}", victim.room()));
    let input = culprit.viewer.input(12, PANIC).expect("a frame came");
    culprit.send(&input);
    eventually("the game panics", || server.count("panicked_rooms") == 1);
    victim.play(60);
    culprit.play(60);
    let input = culprit.viewer.input(12, PANIC).expect("a frame came");
    culprit.send(&input);
    for client in [&mut victim, &mut culprit] {
        let (code, reason) = client.wait_for_close();
        assert_eq!(code, 4008);
        assert!(reason.contains("error"), "{reason}");
    }
    healthy.play(60);
    assert_eq!(server.rooms().len(), 1);
    assert_eq!(server.count("panicked_rooms"), 2);
}

#[test]
fn a_game_that_cannot_start_is_refused_and_the_server_goes_on() {
    // The server tries the game with its own seed when it starts, which is its first room's as well.
    let setup = Setup { only_seed: Some(5), ..Setup::default() };
    let games = Games::new().with_config::<Restless>(setup);
    let server = TestServer::with_games(|config| config.seed = 5, games);
    let mut client = server.join("/ws");
    for _ in 0..2 {
        assert_eq!(server.connect("/ws?create=1").wait_for_close().0, 4008);
    }
    client.play(10);
    assert_eq!(server.rooms().len(), 1);
}

#[test]
fn a_server_whose_game_cannot_start_does_not_start_and_says_why() {
    let setup = Setup { only_seed: Some(5), ..Setup::default() };
    let games = Games::new().with_config::<Restless>(setup);
    let listen = ([127, 0, 0, 1], 0).into();
    let config = Config { listen, seed: 6, ..Config::default() };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let why = runtime.block_on(Server::start(config, games)).err().expect("it does not start");
    assert_eq!(why.to_string(), "the game \"restless\" does not start: made to fail");
}

#[test]
fn codes_are_repeated_only_if_the_operator_wants_that() {
    let codes = |seed, seeded_codes| {
        let server =
            TestServer::start(|config| (config.seed, config.seeded_codes) = (seed, seeded_codes));
        let clients: Vec<Client> = (0..3).map(|_| server.join("/ws?create=1")).collect();
        clients.iter().map(|client| client.room().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(codes(5, true), codes(5, true));
    assert_ne!(codes(5, true), codes(6, true));
    assert_ne!(codes(5, false), codes(5, false));
}

#[test]
fn the_status_shows_what_each_shard_has_to_do_and_which_rooms_sleep() {
    let server = TestServer::start(|config| config.shards = Some(2));
    let loads = || {
        let status = server.status();
        let loads = status["shard_loads"].as_array().expect("one for each shard").clone();
        loads.iter().map(|load| load.as_f64().expect("a number")).collect::<Vec<_>>()
    };
    let mut client = server.join("/ws");
    let shard = server.rooms()[0].shard();
    eventually("the room is measured", || loads()[shard] > 0.0);
    assert_eq!((loads().len(), loads()[1 - shard]), (2, 0.0));
    assert_eq!(server.count("sleeping_rooms"), 0);
    client.leave();
    eventually("the room sleeps", || server.count("sleeping_rooms") == 1);
    assert_eq!(loads()[shard], 0.0);
}
