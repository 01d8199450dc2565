//! Sessions on a simulated shard: connections come and go, players stay.

use tickwire_shared::{Tick, message::ClientMessage};

use super::*;
use crate::{
    directory::RoomEntry,
    test_game::Dot,
    test_viewer::{bare, framed},
};

const GRACE: Duration = Duration::from_secs(31);

impl World {
    /// A new connection of somebody else's session, whose first message is this.
    fn come_back(
        &self,
        room: &Arc<RoomEntry>,
        viewer: Viewer,
        first: &ClientMessage<'_>,
    ) -> Client {
        let mut client = self.enter(Entrance::Door(Arc::clone(room)), 1 << 20, None, framed(first));
        client.viewer = viewer;
        client
    }

    /// Goes on with a client's session over another connection.
    pub(super) fn resume(&self, client: &mut Client, attempt: u8, keeps: bool) -> Client {
        let first = client.viewer.resume(attempt, keeps);
        let viewer = std::mem::take(&mut client.viewer);
        self.come_back(&self.room(), viewer, &first)
    }

    fn room(&self) -> Arc<RoomEntry> {
        Arc::clone(&self.directory.rooms()[0])
    }

    /// A player that holds some frames, and a witness.
    fn with_two(setup: Setup) -> (World, Client, Client) {
        let mut world = World::new(config(), setup);
        let mut witness = world.connect(&Wanted::Game(None), 1 << 20);
        let mut player = world.connect(&Wanted::Game(None), 1 << 20);
        world.play(&mut [&mut witness, &mut player], 10);
        (world, witness, player)
    }

    fn play(&mut self, clients: &mut [&mut Client], ticks: u32) {
        for _ in 0..ticks {
            self.step();
            clients.iter_mut().for_each(|client| client.read());
        }
    }
}

fn tick(client: &Client) -> Tick {
    client.viewer.tick().expect("frames came")
}

/// The players that a client sees.
fn players(client: &Client) -> Vec<u32> {
    let replica = client.viewer.replica.as_ref().expect("a welcome came");
    replica.iter::<Dot>().map(|(_, dot)| dot.player).filter(|player| *player > 0).collect()
}

fn break_off(client: &Client) {
    client.wire.lock().broken = true;
}

#[test]
fn a_session_goes_on_from_the_frame_that_is_held_after_its_socket_broke() {
    let (mut world, mut witness, mut player) = World::with_two(Setup::default());
    // What a room counts is shown twice a second.
    world.play(&mut [&mut witness, &mut player], 130);
    let room = world.room();
    let full = room.counters()[2];
    break_off(&player);
    world.play(&mut [&mut witness], 5);
    assert_eq!(players(&witness), [1, 2], "its entity stays");
    let held = tick(&player);
    let mut back = world.resume(&mut player, 1, true);
    world.play(&mut [&mut witness, &mut back], 1);
    assert!(back.resumed && back.frames == 1);
    assert!(tick(&back).since(held) >= 5, "what was missed is in one frame");
    world.play(&mut [&mut witness, &mut back], 300);
    assert_eq!((full, room.counters()[2]), (2, 2), "no frame stood alone");
    assert_eq!((back.frames, back.close), (301, None));
    assert_eq!(players(&witness), [1, 2]);
}

#[test]
fn a_session_goes_on_with_a_frame_that_stands_alone_when_the_history_has_forgotten() {
    let (mut world, mut witness, mut player) = World::with_two(Setup::default());
    break_off(&player);
    world.play(&mut [&mut witness], 300);
    let mut back = world.resume(&mut player, 1, true);
    world.play(&mut [&mut witness, &mut back], 10);
    assert!(back.resumed && back.frames == 10 && back.close.is_none());
    assert_eq!(tick(&back), tick(&witness));
    assert_eq!(players(&back), [1, 2]);
}

#[test]
fn who_holds_nothing_any_more_is_welcomed_as_the_same_player() {
    let (mut world, mut witness, mut player) = World::with_two(Setup::default());
    break_off(&player);
    world.play(&mut [&mut witness], 3);
    let token = player.viewer.token;
    let mut back = world.resume(&mut player, 1, false);
    back.viewer.replica = None;
    world.play(&mut [&mut witness, &mut back], 10);
    assert!(!back.resumed && back.frames == 10);
    assert_ne!(back.viewer.token, token, "a token is good once");
    assert_eq!(players(&back), [1, 2]);
}

#[test]
fn a_second_connection_takes_the_session_over_and_the_first_is_told() {
    let (mut world, mut witness, mut player) = World::with_two(Setup::default());
    let mut back = world.resume(&mut player, 1, true);
    world.play(&mut [&mut witness, &mut back], 10);
    player.viewer = Viewer::default();
    player.read();
    assert_eq!((player.close, back.close, back.frames), (Some(4010), None, 10));
    assert_eq!(world.metrics.takeovers.get(), 1);
    assert_eq!(players(&witness), [1, 2]);
    // What the first one says or does after that is nothing to the player.
    player.send(&framed(&ClientMessage::Leave));
    world.play(&mut [&mut witness, &mut back], 500);
    assert_eq!((players(&witness), back.close), (vec![1, 2], None));
}

#[test]
fn an_attempt_whose_answer_was_lost_may_be_made_again_until_it_is_confirmed() {
    let (mut world, mut witness, player) = World::with_two(Setup::default());
    let (room, first) = (world.room(), player.viewer.resume(7, false));
    break_off(&player);
    let lost = world.come_back(&room, Viewer::default(), &first);
    world.play(&mut [&mut witness], 3);
    break_off(&lost);
    let mut again = world.come_back(&room, Viewer::default(), &first);
    world.play(&mut [&mut witness, &mut again], 3);
    assert_eq!((again.frames, again.close), (3, None));
    // It has acknowledged frames, so it has the token, and the old one is worth nothing.
    let mut late = world.come_back(&room, Viewer::default(), &first);
    world.play(&mut [&mut witness, &mut again, &mut late], 3);
    assert_eq!((late.close, again.close), (Some(4009), None));
    assert_eq!(players(&again), [1, 2]);
}

#[test]
fn a_wrong_or_old_token_opens_nothing_and_its_owner_may_still_come_back() {
    let (mut world, mut witness, mut player) = World::with_two(Setup::default());
    let (room, old) = (world.room(), player.viewer.resume(1, false));
    break_off(&player);
    let mut back = world.resume(&mut player, 1, true);
    world.play(&mut [&mut witness, &mut back], 5);
    let ClientMessage::Resume(mut forged) = back.viewer.resume(9, false) else { panic!() };
    forged.token.0[3] ^= 1;
    for first in [old, ClientMessage::Resume(forged)] {
        let mut thief = world.come_back(&room, Viewer::default(), &first);
        world.play(&mut [&mut witness, &mut back, &mut thief], 3);
        assert_eq!((thief.close, thief.frames), (Some(4009), 0));
    }
    assert_eq!(world.metrics.refused_resumes.get(), 2);
    break_off(&back);
    let mut owner = world.resume(&mut back, 3, true);
    world.play(&mut [&mut witness, &mut owner], 5);
    assert!(owner.resumed && owner.close.is_none());
}

#[test]
fn of_two_who_resume_at_once_one_wins_each_time_and_no_player_is_there_twice() {
    const ROOMS: usize = 125;
    const EACH: usize = 8;
    let mut world = World::new(config(), Setup { dots: 0, ..Setup::default() });
    let mut sessions = Vec::new();
    for _ in 0..ROOMS {
        let first = world.connect(&Wanted::Create(None), 1 << 20);
        let room = Arc::clone(world.directory.rooms().last().expect("it was created"));
        let more = (1..EACH).map(|_| world.connect(&Wanted::Room(room.code.clone()), 1 << 20));
        let clients: Vec<_> = [first].into_iter().chain(more.collect::<Vec<_>>()).collect();
        sessions.extend(clients.into_iter().map(|client| (Arc::clone(&room), client)));
    }
    world.pass(Duration::from_millis(20));
    sessions.iter_mut().for_each(|(_, client)| client.read());
    let pairs: Vec<_> = sessions
        .iter()
        .map(|(room, client)| {
            break_off(client);
            [1, 2].map(|attempt| {
                let first = client.viewer.resume(attempt, false);
                world.come_back(room, Viewer::default(), &first)
            })
        })
        .collect();
    world.pass(Duration::from_millis(20));
    for mut pair in pairs {
        pair.iter_mut().for_each(Client::read);
        let closes = pair.each_ref().map(|one| one.close);
        let won = pair.iter().filter(|one| one.frames > 0 && one.close.is_none()).count();
        assert!(won == 1 && closes.contains(&Some(4009)), "{won} won: {closes:?}");
    }
    assert_eq!(world.metrics.resumes.get(), (ROOMS * EACH) as u64);
    assert!(world.directory.rooms().iter().all(|room| room.players() == EACH as u32));
}

#[test]
fn a_seat_is_kept_for_as_long_as_its_player_may_come_back() {
    let (mut world, mut witness, player) = World::with_two(Setup::default());
    let room = Wanted::Room(world.room().code.clone());
    let more: Vec<_> = (2..8).map(|_| world.connect(&room, 1 << 20)).collect();
    break_off(&player);
    world.play(&mut [&mut witness], 10);
    let denied = |world: &World| {
        world.directory.seat(&room, &somebody(), world.now.get(), |_, _| {}).err().is_some()
    };
    assert!(denied(&world), "all eight seats are taken");
    drop(more);
    let over = world.now.get() + GRACE;
    while world.now.get() < over {
        world.play(&mut [&mut witness], 1);
    }
    assert!(!denied(&world));
    assert!(!players(&witness).contains(&2));
}

#[test]
fn a_room_whose_players_are_all_away_goes_on_until_nobody_may_come_back() {
    let mut world = World::new(config(), Setup::default());
    let mut player = world.connect(&Wanted::Game(None), 1 << 20);
    world.play(&mut [&mut player], 10);
    break_off(&player);
    world.pass(Duration::from_secs(10));
    assert!(!world.room().is_asleep());
    let mut back = world.resume(&mut player, 1, true);
    world.play(&mut [&mut back], 10);
    assert!(back.resumed && back.frames == 10);
    break_off(&back);
    world.pass(GRACE + Duration::from_secs(2));
    assert!(world.room().is_asleep());
    world.pass(Duration::from_secs(31));
    assert!(world.directory.rooms().is_empty());
}

#[test]
fn who_closes_normally_or_breaks_the_rules_has_left_and_others_are_away() {
    let cases: [(Vec<u8>, bool); 6] = [
        (masked(0x88, b"\x03\xE8"), false),
        (masked(0x88, b""), false),
        (masked(0x88, b"\x03\xE9"), true),
        (masked(0x88, b"\x0F\xA1"), true),
        (masked(0x81, b"text"), false),
        (framed(&ClientMessage::Leave), false),
    ];
    for (bytes, stays) in cases {
        let (mut world, mut witness, player) = World::with_two(Setup::default());
        player.send(&bytes);
        world.play(&mut [&mut witness], 5);
        assert_eq!(players(&witness).contains(&2), stays, "{bytes:?}");
    }
}

#[test]
fn who_comes_without_a_seat_needs_a_ticket() {
    let (mut world, mut witness, _player) = World::with_two(Setup::default());
    let room = world.room();
    for (first, code) in [(join(), 4013), (masked(0x82, &bare(&ClientMessage::Ping(1))), 4001)] {
        let mut client = world.enter(Entrance::Door(Arc::clone(&room)), 1 << 20, None, first);
        world.play(&mut [&mut witness, &mut client], 3);
        assert_eq!((client.close, client.frames), (Some(code), 0));
    }
}
