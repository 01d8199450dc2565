//! Clients that lose their connections and resume, against a real room on virtual time.

mod common;

use common::{
    Drift, World,
    drift::{Mote, Rename, Spark},
};
use tickwire_bots::client::CoreError;
use tickwire_shared::{Tick, message::MAX_CHAT_BYTES, room_message::RoomMessage};

/// Two clients that have played for a while.
fn world() -> World<Drift> {
    let mut world = World::new(Tick(u32::MAX - 100), 3);
    (0..2).for_each(|_| _ = world.join(2));
    world.run(60);
    world
}

#[test]
fn who_comes_back_soon_goes_on_from_what_it_holds() {
    for is_noticed in [true, false] {
        let mut world = world();
        let (full, held) = (world.puppets[0].full, world.puppets[0].verified);
        let player = world.puppets[0].core.player();
        world.lose(0, is_noticed);
        world.run(10);
        world.come_back(0);
        world.run(60);
        let puppet = &world.puppets[0];
        assert_eq!(puppet.full, full, "no frame stood alone");
        assert!(puppet.verified > held + 3 && puppet.core.player() == player);
        assert!(world.tampered.is_empty());
    }
}

#[test]
fn who_comes_back_late_gets_the_world_anew_and_is_the_same_player() {
    let mut world = world();
    let full = world.puppets[1].full;
    world.lose(1, true);
    world.run(300);
    world.come_back(1);
    world.run(60);
    assert_eq!(world.puppets[1].full, full + 1);
    let held = world.puppets[1].verified;
    world.run(60);
    assert!(world.puppets[1].verified > held, "every hash holds");
}

#[test]
fn who_comes_back_over_and_over_is_right_each_time() {
    let mut world = world();
    for round in 0..40 {
        let index = round % 2;
        world.lose(index, round % 3 == 0);
        world.run(round as u64 % 7);
        world.come_back(index);
        world.run(1 + round as u64 % 13);
    }
    let held: Vec<u32> = world.puppets.iter().map(|puppet| puppet.verified).collect();
    world.run(90);
    assert!(world.puppets.iter().zip(held).all(|(puppet, held)| puppet.verified > held + 3));
    assert!(world.tampered.is_empty(), "{:?}", world.tampered);
}

#[test]
fn who_could_not_apply_a_frame_comes_back_without_a_world() {
    let mut world = world();
    let mut is_first = true;
    world.tamper = Box::new(move |index, message| {
        if index == 0 && std::mem::take(&mut is_first) {
            message.truncate(message.len() / 2);
        }
    });
    world.run(4);
    assert_eq!(world.tampered.len(), 1);
    world.lose(0, true);
    world.come_back(0);
    world.run(60);
    let held = world.puppets[0].verified;
    world.run(60);
    assert!(world.puppets[0].verified > held);
}

#[test]
fn what_is_asked_of_the_game_is_done_and_seen_by_all() {
    let mut world = world();
    let name = "nobody".to_owned();
    world.puppets[0].core.request(&Rename { name: name.clone() }).unwrap();
    let refused = world.puppets[0].core.request(&Spark::default()).unwrap_err();
    assert!(refused.to_string().contains("no such request"), "{refused}");
    world.run(20);
    let replica = world.puppets[1].core.replica().unwrap();
    assert_eq!(replica.iter::<Mote>().filter(|(_, mote)| mote.name == name).count(), 1);
}

#[test]
fn what_is_said_is_heard_and_what_cannot_be_said_is_refused() {
    let mut world = world();
    let core = &mut world.puppets[0].core;
    let refused = core.say(&"x".repeat(MAX_CHAT_BYTES + 1)).unwrap_err();
    assert!(matches!(refused, CoreError::Unsayable(_)), "{refused}");
    core.say("hello").unwrap();
    let speaker = core.player().unwrap();
    let mut heard = 0;
    for _ in 0..30 {
        world.tick();
        let told = world.puppets[1].core.room_messages();
        heard += told.filter(|told| *told == RoomMessage::Chat(speaker, "hello")).count();
    }
    assert!(heard >= 1, "it is read at each frame, and some of those were there for two ticks");
    let core = &mut world.puppets[0].core;
    let said = (0..100).take_while(|_| core.say("and so on").is_ok()).count();
    assert_eq!(said, 32, "what waits is bounded");
}
