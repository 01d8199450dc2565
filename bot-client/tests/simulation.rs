//! Many clients of one room on virtual time: every hash must hold, whatever the lines do.

mod common;

use std::time::Duration;

use common::{
    Drift, World, config,
    drift::{Faded, Push, Spark},
};
use tickwire_bots::client::Core;
use tickwire_games::arena::Arena;
use tickwire_room::{HostedRoom, Newcomer, Poll, Room};
use tickwire_shared::{
    Game, PlayerId, Replicate, Tick,
    message::{ClientMessage, kind},
    room_message::FIRST_INDEX,
    session::Token,
};

/// Clients come, go, stall and lag at random, and each hash that comes is checked.
fn soak<G: Game>(start: Tick, seed: u64, ticks: u64) -> World<G> {
    let mut world = World::<G>::new(start, seed);
    for _ in 0..4 {
        world.join(2);
    }
    for _ in 0..ticks {
        match world.rng.below(60) {
            0 if world.puppets.len() < 24 => {
                let delay = world.rng.below(9);
                world.join(delay);
            }
            1 if world.puppets.len() > 2 => {
                let index = world.rng.below(world.puppets.len() as u64) as usize;
                world.leave(index);
            }
            2..6 => {
                let index = world.rng.below(world.puppets.len() as u64) as usize;
                let until = world.time + world.rng.below(60);
                world.puppets[index].stall_until(until);
            }
            _ => {}
        }
        world.tick();
        let mismatches = world.room.counters().mismatches;
        assert_eq!(mismatches, 0, "seed {seed}, tick {}", world.time);
    }
    assert!(world.tampered.is_empty(), "seed {seed}: {:?}", world.tampered);
    world
}

#[test]
fn every_hash_holds_for_clients_that_come_go_and_stall() {
    for seed in 0..12 {
        let world = soak::<Drift>(Tick(1000), seed, 1500);
        assert!(world.verified > 200, "seed {seed}: only {} hashes", world.verified);
        assert!(world.room.counters().skipped_frames > 0, "seed {seed}: nobody was skipped");
    }
}

#[test]
fn every_hash_holds_when_the_tick_wraps() {
    for seed in 100..104 {
        let world = soak::<Drift>(Tick(u32::MAX - 700), seed, 1500);
        assert!(world.room.counters().merged_frames > 0);
    }
}

#[test]
fn every_hash_holds_in_the_arena() {
    for seed in 200..203 {
        soak::<Arena>(Tick(u32::MAX - 300), seed, 900);
    }
}

#[test]
fn a_client_that_stalls_gets_merged_frames_and_goes_on() {
    let mut world = World::<Drift>::new(Tick(0), 1);
    let index = world.join(0);
    world.run(50);
    let until = world.time + 90;
    world.puppets[index].stall_until(until);
    world.run(150);
    let puppet = &world.puppets[index];
    assert!(world.room.counters().skipped_frames > 30);
    assert!(puppet.merged + puppet.full > 1, "{} merged, {} full", puppet.merged, puppet.full);
    assert_eq!(puppet.core.replica().unwrap().tick(), Some(Tick(200)));
}

/// Has the name of the game's message and is another.
mod other {
    #[derive(Clone, Debug, Default, tickwire_shared::Replicate)]
    pub struct Faded {
        pub spark: bool,
    }
}

#[test]
fn messages_are_read_as_their_type_once_each() {
    let mut world = World::<Drift>::new(Tick(1), 8);
    let index = world.join(0);
    assert_eq!(Core::new("outside", None).messages_of::<Faded>().count(), 0);
    assert_eq!(<other::Faded as Replicate>::NAME, Faded::NAME);
    let (mut told, mut sent) = (0, 0);
    for _ in 0..200 {
        world.tick();
        let core = &world.puppets[index].core;
        let all = core.replica().unwrap().messages();
        // The others are the room's.
        sent += all.filter(|(index, _)| *index < usize::from(FIRST_INDEX)).count();
        for Faded { spark } in core.messages_of() {
            assert_eq!(spark, 7);
            told += 1;
        }
        assert_eq!(core.messages_of::<Spark>().count(), 0, "this is no message");
        assert_eq!(core.messages_of::<other::Faded>().count(), 0, "this is another one");
    }
    assert!(told > 10 && told == sent, "{told} of {sent}");
}

#[test]
fn inputs_arrive_in_time_once_the_lead_is_learnt() {
    for delay in [0, 1, 4] {
        let mut world = World::<Drift>::new(Tick(u32::MAX - 200), 3);
        world.join(delay);
        world.run(600);
        let settled = world.room.counters();
        world.run(600);
        let now = world.room.counters();
        let (late, inputs) = (now.late_inputs - settled.late_inputs, now.inputs - settled.inputs);
        assert!(late * 20 <= inputs, "delay {delay}: {late} late of {inputs}");
        assert_eq!(now.early_inputs, 0, "delay {delay}");
        assert!(inputs > 300, "delay {delay}: only {inputs} inputs");
    }
}

/// The messages that a client sends after one frame of a room.
fn answers(room: &mut Room<Drift>, core: &mut Core, player: PlayerId, millis: u64) -> Vec<Vec<u8>> {
    let now = Duration::from_millis(millis);
    let (mut frame, mut message, mut answers) = (Vec::new(), Vec::new(), Vec::new());
    room.tick();
    assert_eq!(room.poll_frame(player, &mut frame), Poll::Frame);
    core.handle_message(&frame, now).unwrap();
    while core.poll_outgoing(now, &mut message) {
        answers.push(message.clone());
        room.handle_message(player, &message).unwrap();
    }
    answers
}

#[test]
fn each_tick_gets_an_input_or_else_each_frame_an_acknowledgement() {
    let mut room = Room::<Drift>::new(config(Tick(9)), &Default::default());
    let player = room.handle_join(&Newcomer::named("puppet")).unwrap();
    let mut core = Core::new("puppet", None);
    core.poll_outgoing(Duration::ZERO, &mut Vec::new());
    assert!(core.set_input(&Push::default()).is_err(), "there was no welcome");
    core.handle_message(&room.welcome(player, &Token([0; 16])), Duration::ZERO).unwrap();
    assert_eq!(core.room(), Some("ROOM"));

    let first = answers(&mut room, &mut core, player, 0);
    assert_eq!(ClientMessage::read(&first[0]).unwrap(), ClientMessage::Ack(Tick(10)));
    assert!(matches!(ClientMessage::read(&first[1]), Ok(ClientMessage::Ping(_))));
    assert_eq!(first.len(), 2);

    core.set_input(&Push { x: 3, y: -4, wild: true }).unwrap();
    let second = answers(&mut room, &mut core, player, 34);
    let Ok(ClientMessage::Input { applied, tick, behind, .. }) = ClientMessage::read(&second[0])
    else {
        panic!("{second:?}")
    };
    assert_eq!((applied, tick, behind, second.len()), (Tick(11), Tick(12), 512, 1));

    core.leave();
    let last = answers(&mut room, &mut core, player, 68);
    assert_eq!(last, [[kind::LEAVE]]);
    assert!(answers(&mut room, &mut core, player, 102).is_empty(), "nothing follows a goodbye");
}

#[test]
fn an_input_that_does_not_fit_the_game_is_refused() {
    let mut room = Room::<Drift>::new(config(Tick(9)), &Default::default());
    let player = room.handle_join(&Newcomer::named("puppet")).unwrap();
    let mut core = Core::new("puppet", None);
    core.handle_message(&room.welcome(player, &Token([0; 16])), Duration::ZERO).unwrap();
    assert!(core.set_input(&tickwire_games::arena::Controls::default()).is_err());
    assert!(core.set_input_columns(&[0, 0]).is_err(), "a column is missing");
    assert!(core.set_input_columns(&[0, 9, 0]).is_err(), "8 is the most");
    assert!(core.set_input_columns(&[0, 8, 1]).is_ok());
}
