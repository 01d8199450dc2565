//! The whole life of rooms, of very many of them: nothing is left behind.

use tickwire_shared::message::ClientMessage;

use super::*;
use crate::{
    directory::{Banned, Options, Reserved},
    test_viewer::{framed, join_with},
};

/// How many rooms there are at a time, and how often.
const AT_ONCE: usize = 100;
const ROUNDS: usize = 1_000;

/// Reserves a seat.
fn reserve(world: &World, wanted: &Wanted, who: &Who, spectator: bool) -> Reserved {
    let open = |entry, room| world.send(Command::Open(entry, room));
    let reserved = world.directory.reserve(wanted, (who, spectator), world.now.get(), open);
    reserved.expect("a seat")
}

/// Comes in with a ticket, looks around, bans somebody, and leaves.
fn visit(world: &mut World, reserved: &Reserved) {
    let entrance = Entrance::Door(Arc::clone(&reserved.room));
    let first = framed(&join_with(Some(&reserved.ticket)));
    let mut client = world.enter(entrance, 1 << 20, None, first);
    for _ in 0..3 {
        world.step();
        client.read();
    }
    assert!(client.frames > 0 && client.close.is_none(), "{:?}", client.close);
    reserved.room.ban(Banned::Identity("somebody".into()), "Ada".into());
    client.send(&framed(&ClientMessage::Leave));
    world.step();
    client.read();
    assert_eq!(client.close, Some(1000));
    client.wire.lock().finished = true;
}

/// Opens rooms in all ways that there are, has all their seats reserved, one of them visited, and waits
/// until they have closed.
fn round(world: &mut World, number: usize) {
    let far = Who::at(Ipv4Addr::new(192, 0, 2, 1).into());
    let rooms: Vec<Reserved> = (0..AT_ONCE)
        .map(|n| {
            let tick_hz = Some(20 + (n % 5) as u32);
            let options = Options { tick_hz, private: n % 2 == 0, ..Options::default() };
            let who = if n < 8 { &far } else { &somebody() };
            reserve(world, &Wanted::New(options), who, false)
        })
        .collect();
    for reserved in rooms.iter().take(20) {
        let wanted = Wanted::Room(reserved.room.code.clone());
        reserve(world, &wanted, &somebody(), false);
        reserve(world, &wanted, &somebody(), true);
        assert_eq!((reserved.room.spectators(), reserved.room.max_players), (1, 2));
    }
    rooms[1].room.set_locked(true);
    visit(world, &rooms[number % AT_ONCE]);
    world.pass(Duration::from_secs(30));
    assert_eq!(world.directory.kept(), [0; 4], "round {number}");
    assert!(world.shard.agenda.rooms().next().is_none());
    for reserved in &rooms {
        assert_eq!(Arc::strong_count(&reserved.room), 1, "nobody else holds on to it");
    }
}

#[test]
fn nothing_is_kept_of_a_hundred_thousand_rooms() {
    let mut config = Config { max_players: Some(2), ..config() };
    (config.tick_hz, config.linger) = (Some(20), Duration::from_secs(5));
    let mut world = World::new(config, Setup::default());
    // What is made once for all rooms is there after the first ones.
    (0..2).for_each(|number| round(&mut world, number));
    let grown = allocation_counter::measure(|| {
        (0..ROUNDS).for_each(|number| round(&mut world, number));
    });
    assert!(grown.count_total > (AT_ONCE * ROUNDS) as u64, "rooms were made");
    assert!(grown.bytes_current.abs() < 4 * 1024, "{} bytes more", grown.bytes_current);
    assert_eq!(world.metrics.panics.get(), 0);
}
