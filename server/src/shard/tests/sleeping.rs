//! Rooms that sleep: nobody looks at them, and they wake where there is least to do.

use super::*;
use crate::directory::RoomEntry;

/// A client that creates a room and leaves it again, and its room.
fn come_and_go(world: &mut World) -> Arc<RoomEntry> {
    let client = world.connect(&Wanted::Create(None), 1 << 20);
    world.pass(Duration::from_millis(50));
    client.send(&masked(0x88, b"\x03\xE8"));
    world.pass(Duration::from_millis(50));
    Arc::clone(world.directory.rooms().last().expect("the room that was created"))
}

fn long_linger() -> Config {
    Config { linger: Duration::from_secs(3600), ..config() }
}

#[test]
fn a_turn_does_not_look_at_rooms_that_sleep() {
    let mut world = World::new(long_linger(), Setup::default());
    let rooms: Vec<_> = (0..100).map(|_| come_and_go(&mut world)).collect();
    world.pass(Duration::from_secs(3));
    assert!(rooms.iter().all(|room| room.is_asleep()), "nobody is there");
    let mut client = world.connect(&Wanted::Create(None), 1 << 20);
    let (visits, ticks) = (world.shard.visits, world.metrics.ticks.get());
    world.pass(Duration::from_secs(1));
    client.read();
    let (visits, ticks) = (world.shard.visits - visits, world.metrics.ticks.get() - ticks);
    assert!(
        visits <= 5 * ticks,
        "each turn was a tick of the room that is awake, or a look before"
    );
    assert!((239..=241).contains(&ticks), "{ticks}");
}

#[test]
fn a_shard_whose_rooms_all_sleep_has_nothing_to_do_until_one_has_lingered() {
    let mut world = World::new(long_linger(), Setup::default());
    let opened = world.now.get();
    (0..10).for_each(|_| drop(come_and_go(&mut world)));
    world.pass(Duration::from_secs(3));
    let Next::At(when) = world.step() else { panic!("rooms linger") };
    assert!(when - opened > Duration::from_secs(3600), "{:?}", when - opened);
}

#[test]
fn who_only_stands_at_the_door_does_not_keep_a_room_open() {
    let mut world = World::new(config(), Setup::default());
    let room = come_and_go(&mut world);
    for _ in 0..20 {
        world.enter(Entrance::Door(Arc::clone(&room)), 1 << 20, None, Vec::new());
        world.pass(Duration::from_secs(2));
    }
    assert!(world.directory.rooms().is_empty());
}

#[test]
fn who_comes_to_a_room_that_sleeps_wakes_it_and_holds_what_it_holds() {
    let mut world = World::new(long_linger(), Setup::default());
    let room = come_and_go(&mut world);
    world.pass(Duration::from_secs(2));
    assert!(room.is_asleep());
    let tick = room.tick();
    let mut client = world.connect(&Wanted::Room(room.code.clone()), 1 << 20);
    world.pass(Duration::from_millis(500));
    client.read();
    assert!(!room.is_asleep());
    assert!(client.frames > 0 && client.viewer.checked == client.frames);
    let first = client.viewer.tick().expect("frames came").since(tick);
    assert!(first <= 121, "its clock stood still: {first} ticks");
}

#[test]
fn a_room_wakes_on_the_shard_that_has_least_to_do() {
    let mut worlds = World::shards(long_linger(), Setup::default(), 2);
    let room = come_and_go(&mut worlds[0]);
    worlds[0].pass(Duration::from_secs(2));
    assert!(room.is_asleep() && room.shard() == 0);
    // Another one has come to the same shard, and has grown dear.
    let dear = worlds[0].directory.seat(
        &Wanted::Create(None),
        &somebody(),
        worlds[0].now.get(),
        |_, _| {},
    );
    let dear = dear.expect("a seat");
    dear.room().publish_cost(Some(500_000_000));
    assert_eq!(dear.room().shard(), 0);

    let wanted = Wanted::Room(room.code.clone());
    let mut clients = [worlds[0].connect(&wanted, 1 << 20), worlds[0].connect(&wanted, 1 << 20)];
    worlds[0].step();
    assert_eq!(room.shard(), 1);
    let now = worlds[0].now.get();
    worlds[1].now.set(now);
    worlds[1].pass(Duration::from_millis(100));
    for client in &mut clients {
        client.read();
        assert!(client.frames > 10 && client.viewer.checked == client.frames);
    }
    assert_eq!(worlds[0].shard.agenda.rooms().count(), 0);
}
