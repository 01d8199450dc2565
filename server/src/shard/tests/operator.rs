//! The operator looks at rooms on a simulated shard, and changes them.

use tickwire_room::AdminAction;
use tickwire_shared::PlayerId;
use tokio::sync::{Semaphore, oneshot};

use super::*;
use crate::directory::{Denied, RoomEntry, RoomState};

impl World {
    pub(super) fn look(&self, room: &Arc<RoomEntry>, like: Option<u32>) -> Client {
        let window = Entrance::Window(Arc::clone(room), like.map(PlayerId));
        self.enter(window, 1 << 20, None, Vec::new())
    }

    /// What comes of a wish, if the room is still there.
    pub(super) fn wish(&mut self, room: &Arc<RoomEntry>, wish: Wish) -> Option<Said> {
        let (answer, mut said) = oneshot::channel();
        let places = Arc::new(Semaphore::new(1));
        let place = Arc::clone(&places).try_acquire_owned().expect("there is one");
        self.send(Command::Ask(Arc::clone(room), Ask { wish, answer, _place: place }));
        self.pass(Duration::from_millis(20));
        assert_eq!(places.available_permits(), 1, "a place is given back");
        said.try_recv().ok()
    }

    fn report(&mut self, room: &Arc<RoomEntry>) -> serde_json::Value {
        match self.wish(room, Wish::Report) {
            Some(Said::Report(report)) => serde_json::to_value(*report).expect("it is plain"),
            other => panic!("{other:?}"),
        }
    }

    fn go_on(&mut self, clients: &mut [&mut Client]) {
        for _ in 0..60 {
            self.step();
            clients.iter_mut().for_each(|client| client.read());
        }
    }
}

/// A room with a player in it.
fn with_one() -> (World, Client, Arc<RoomEntry>) {
    let mut world = World::new(config(), Setup::default());
    let mut player = world.connect(&Wanted::Game(None), 1 << 20);
    world.go_on(&mut [&mut player]);
    let room = Arc::clone(&world.directory.rooms()[0]);
    (world, player, room)
}

#[test]
fn an_observer_holds_what_its_player_holds_and_takes_no_place() {
    let (mut world, mut player, room) = with_one();
    let (mut like, mut spectator) = (world.look(&room, Some(1)), world.look(&room, None));
    world.go_on(&mut [&mut player, &mut like, &mut spectator]);
    assert_eq!(like.viewer.tick(), player.viewer.tick());
    assert!(like.viewer.checked > 40 && spectator.viewer.checked > 40, "hashes are right");
    let hash = |client: &Client| client.viewer.replica.as_ref().map(|replica| replica.hash());
    assert_eq!(hash(&like), hash(&player), "private state as well");
    assert_ne!(hash(&spectator), hash(&player));
    assert_eq!((room.players(), room.spectators()), (1, 0));
    let report = world.report(&room);
    assert_eq!(
        (report["players"].as_array().map(Vec::len), &report["observers"]),
        (Some(1), &2.into())
    );
}

#[test]
fn an_observer_goes_when_its_player_does() {
    let (mut world, mut player, room) = with_one();
    let mut witness = world.connect(&Wanted::Game(None), 1 << 20);
    let mut like = world.look(&room, Some(1));
    world.go_on(&mut [&mut player, &mut witness, &mut like]);
    player.send(&masked(0x88, b"\x03\xE8"));
    world.go_on(&mut [&mut witness, &mut like]);
    assert_eq!(like.close, Some(4009));
    let mut nobody = world.look(&room, Some(77));
    world.go_on(&mut [&mut witness, &mut nobody]);
    assert_eq!(nobody.close, Some(4009));
    assert_eq!(world.report(&room)["observers"], 0);
}

#[test]
fn nobody_keeps_a_room_awake_by_looking_at_it() {
    let (mut world, mut player, room) = with_one();
    let mut observer = world.look(&room, None);
    world.go_on(&mut [&mut player, &mut observer]);
    player.send(&masked(0x88, b"\x03\xE8"));
    for _ in 0..30 {
        world.pass(Duration::from_millis(50));
        observer.read();
    }
    assert!(room.is_asleep());
    assert_eq!(observer.close, Some(4009));
    let mut late = world.look(&room, None);
    world.pass(Duration::from_millis(50));
    late.read();
    assert!(late.close == Some(4009) && room.is_asleep());
    world.pass(Duration::from_secs(60));
    assert!(world.directory.rooms().is_empty(), "and it closes as if nobody had looked");
}

#[test]
fn an_observer_that_hangs_up_is_forgotten_and_the_others_play_on() {
    let (mut world, mut player, room) = with_one();
    for _ in 0..6 {
        let mut observer = world.look(&room, Some(1));
        world.go_on(&mut [&mut player, &mut observer]);
        assert!(observer.frames > 10, "a room has place for four at a time");
        observer.wire.lock().broken = true;
        world.go_on(&mut [&mut player]);
    }
    assert_eq!(world.report(&room)["observers"], 0);
    assert_eq!((player.close, room.players()), (None, 1));
}

#[test]
fn a_player_is_thrown_out_by_the_operator_and_may_come_again_unless_banned() {
    let (mut world, mut player, room) = with_one();
    let mut other = world.connect(&Wanted::Game(None), 1 << 20);
    world.go_on(&mut [&mut player, &mut other]);
    let kick = Wish::Moderate(AdminAction::Kick(PlayerId(2)));
    assert!(matches!(world.wish(&room, kick), Some(Said::Done)));
    assert!(matches!(world.wish(&room, kick), Some(Said::NoSuchPlayer)));
    world.go_on(&mut [&mut player, &mut other]);
    assert_eq!((other.close, room.players()), (Some(4011), 1));
    let mut again = world.connect(&Wanted::Game(None), 1 << 20);
    world.go_on(&mut [&mut player, &mut again]);
    assert!(again.frames > 0);
    let ban = Wish::Moderate(AdminAction::Ban(PlayerId(3)));
    assert!(matches!(world.wish(&room, ban), Some(Said::Done)));
    world.go_on(&mut [&mut player, &mut again]);
    assert_eq!(again.close, Some(4012));
    let code = Wanted::Room(room.code.clone());
    let denied = world.directory.seat(&code, &somebody(), world.now.get(), |_, _| {});
    assert_eq!(denied.map(drop), Err(Denied::Banned));
}

#[test]
fn a_room_is_locked_opened_and_drained_by_the_operator() {
    let (mut world, mut player, room) = with_one();
    let lock = |locked| Wish::Moderate(AdminAction::Lock(locked));
    world.wish(&room, lock(true));
    assert_eq!(room.state(), RoomState::Locked);
    world.wish(&room, lock(false));
    assert_eq!(room.state(), RoomState::Open);
    assert!(matches!(world.wish(&room, Wish::Drain), Some(Said::Done)));
    world.wish(&room, lock(false));
    assert_eq!(room.state(), RoomState::Draining, "that is for good");
    let code = Wanted::Room(room.code.clone());
    let denied = world.directory.seat(&code, &somebody(), world.now.get(), |_, _| {});
    assert_eq!(denied.map(drop), Err(Denied::RoomLocked), "and says nothing of the server");
    world.go_on(&mut [&mut player]);
    assert_eq!(player.close, None, "who is there plays on");
}

#[test]
fn ticks_are_counted_while_somebody_looks() {
    let (mut world, mut player, room) = with_one();
    assert_eq!(world.report(&room)["ticks"]["buckets"], serde_json::json!([]));
    world.go_on(&mut [&mut player]);
    let counted = |report: &serde_json::Value| -> u64 {
        let buckets = report["ticks"]["buckets"].as_array().expect("a list");
        buckets.iter().filter_map(|bucket| bucket[1].as_u64()).sum()
    };
    assert!(counted(&world.report(&room)) >= 60);
    world.pass(Duration::from_secs(11));
    assert_eq!(counted(&world.report(&room)), 0, "nobody has looked for a while");
}

#[test]
fn a_room_that_has_closed_answers_nothing() {
    let (mut world, player, room) = with_one();
    player.send(&masked(0x88, b"\x03\xE8"));
    world.pass(Duration::from_secs(90));
    assert!(world.wish(&room, Wish::Report).is_none());
    let mut late = world.look(&room, None);
    world.pass(Duration::from_millis(50));
    late.read();
    assert_eq!(late.close, Some(4008));
}
