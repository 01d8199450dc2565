//! Players that lose their connections and come back: what they then hold, hear and are.

use crate::sim::{
    Checked, Random, Sim,
    meadow::{Meadow, MeadowConfig, REACH},
    world::{World, WorldConfig},
};
use tickwire_room::{HostedRoom, Poll, RoomConfig, RoomEvent};
use tickwire_shared::{
    Tick, To,
    game::Game,
    message::{ClientMessage, CloseCode},
};

const HISTORY: u32 = 32;

fn config(seed: u64) -> RoomConfig {
    RoomConfig { hash_interval: 1, history_ticks: HISTORY, ..RoomConfig::new("BACK", 30, seed) }
}

fn world(seed: u64) -> Sim<World> {
    println!("seed {seed}");
    Sim::new(config(seed), &WorldConfig { movers: 12, sparks_a_tick: 6 })
}

fn meadow(seed: u64, is_starved: bool) -> Sim<Meadow> {
    println!("seed {seed}");
    let bytes_a_second = if is_starved { 6_000 } else { u32::MAX };
    let config = RoomConfig { bytes_a_second, ..config(seed) };
    let world = MeadowConfig { beasts: 250, speed: 20.0, calm: 60, reach: REACH, is_starved };
    Sim::new(config, &world)
}

/// A client says that its hash differed, and so is sent everything anew.
fn complain<W: Checked>(sim: &mut Sim<W>, index: usize) {
    let client = &sim.clients[index];
    let Some(tick) = client.replica.tick() else { return };
    let mut bytes = Vec::new();
    ClientMessage::Mismatch(tick).write(&mut bytes);
    sim.room.handle_message(client.id, &bytes).expect("it is understood");
}

/// Connections break, stall and are complained about at random, whether or not the room notices, and
/// clients come back after up to so many ticks. The checker looks at every frame, and every frame
/// has a hash.
fn with_drops<W: Checked>(sim: &mut Sim<W>, seed: u64, ticks: u32, longest: u32) {
    let mut random = Random(seed);
    let mut back: Vec<Option<Tick>> = Vec::new();
    for _ in 0..6 {
        sim.join(random.below(5) as i32);
        back.push(None);
    }
    for _ in 0..ticks {
        for (index, back) in back.iter_mut().enumerate() {
            match *back {
                Some(at) if !at.is_after(sim.now) => {
                    *back = None;
                    assert!(sim.resume(index, random.below(10) > 0), "the session is there");
                }
                None if random.below(40) == 0 => {
                    sim.disconnect(index, random.below(2) == 0);
                    *back = Some(sim.now.offset(random.below(longest) as i32));
                }
                None if random.below(80) == 0 => {
                    let until = sim.now.offset(random.below(longest) as i32);
                    sim.clients[index].stalled_until = Some(until);
                }
                None if random.below(80) == 0 => complain(sim, index),
                _ => {}
            }
        }
        sim.tick(&mut random);
    }
    for index in (0..sim.clients.len()).filter(|index| back[*index].is_some()) {
        assert!(sim.resume(index, true));
    }
    (0..8).for_each(|_| sim.tick(&mut random));
}

#[test]
fn whoever_comes_back_holds_exactly_what_it_may_see() {
    for seed in 0..12 {
        let mut sim = world(seed);
        with_drops(&mut sim, seed, 400, 20);
        let counters = sim.room.counters();
        let (resumed, in_full) = (counters.resumed_sessions, counters.resumed_in_full);
        assert!(resumed > 20 && in_full * 2 < resumed, "{in_full} of {resumed} in full");
        assert!(sim.clients.iter().all(|client| client.verified > 100));
        assert!(sim.room.player_count() == 6 && counters.mismatches > 0);
    }
}

#[test]
fn whoever_comes_back_to_a_large_world_holds_what_it_may_see_of_it() {
    for (seed, is_starved) in [(0, false), (1, false), (2, false), (3, true), (4, true)] {
        let mut sim = meadow(seed, is_starved);
        with_drops(&mut sim, seed, 300, 20);
        let counters = sim.room.counters();
        let (resumed, in_full) = (counters.resumed_sessions, counters.resumed_in_full);
        assert!(resumed > 15 && in_full * 2 < resumed, "{in_full} of {resumed} in full");
        assert!(sim.clients.iter().all(|client| client.verified > 80));
    }
}

#[test]
fn sessions_survive_the_wrap_of_the_tick() {
    let config = RoomConfig { start_tick: Tick(u32::MAX - 150), ..config(9) };
    let mut sim = Sim::<World>::new(config, &WorldConfig { movers: 12, sparks_a_tick: 6 });
    with_drops(&mut sim, 9, 300, 60);
    assert!(sim.now.0 < 1000 && sim.room.counters().resumed_sessions > 10);
}

/// The messages that a player should have heard up to a tick.
fn expected(sim: &Sim<World>, index: usize) -> Vec<Vec<u8>> {
    let client = &sim.clients[index];
    let until = client.replica.tick().expect("it has got frames");
    let sent = sim.room.game().sent.iter().filter(|(to, at)| {
        let is_for_it = matches!(to, To::All) || *to == To::Player(client.id);
        is_for_it && !Tick(*at).is_after(until)
    });
    sent.map(|(_, at)| at.to_le_bytes().to_vec()).collect()
}

#[test]
fn every_message_is_heard_once_and_in_order_however_often_connections_break() {
    for seed in 20..32 {
        let mut sim = world(seed);
        let mut random = Random(seed);
        (0..4).for_each(|delay| {
            sim.join(delay);
        });
        for _ in 0..500 {
            for index in 0..4 {
                match (sim.clients[index].is_connected, random.below(25)) {
                    (true, 0) => sim.disconnect(index, random.below(2) == 0),
                    (false, 0..3) => assert!(sim.resume(index, true)),
                    _ => {}
                }
            }
            sim.tick(&mut random);
        }
        (0..4).for_each(|index| assert!(sim.resume(index, true)));
        (0..8).for_each(|_| sim.tick(&mut random));
        for index in 0..4 {
            assert!(sim.clients[index].heard.len() > 100);
            assert_eq!(sim.clients[index].heard, expected(&sim, index), "client {index}");
        }
    }
}

#[test]
fn a_resume_within_the_history_builds_upon_what_the_client_holds() {
    for (is_known, away) in [(true, 1), (true, 25), (false, 5), (true, 0)] {
        let mut sim = world(3);
        sim.join(2);
        sim.join(0);
        let mut random = Random(3);
        (0..50).for_each(|_| sim.tick(&mut random));
        let before = (sim.clients[0].full_frames, sim.clients[0].bytes, sim.clients[0].frames);
        sim.disconnect(0, is_known);
        (0..away).for_each(|_| sim.tick(&mut random));
        assert!(sim.resume(0, true));
        (0..4).for_each(|_| sim.tick(&mut random));
        let client = &sim.clients[0];
        assert!(client.frames > before.2 && client.full_frames == before.0, "no frame stood alone");
        assert_eq!(sim.room.counters().resumed_in_full, 0);
    }
}

#[test]
fn a_resume_within_the_history_brings_no_keyframe_of_what_all_see() {
    let mut sim = world(4);
    sim.join(0);
    let mut random = Random(4);
    (0..50).for_each(|_| sim.tick(&mut random));
    let public = sim.clients[0].replica.segments()[0].handle;
    sim.disconnect(0, true);
    (0..20).for_each(|_| sim.tick(&mut random));
    assert!(sim.resume(0, true));
    let mut frame = Vec::new();
    assert_eq!(sim.room.poll_frame(sim.clients[0].id, &mut frame), Poll::Frame);
    let schema = World::schema();
    let records: Vec<_> =
        schema.messages.iter().map(tickwire_shared::record::RecordLayout::new).collect();
    let (header, mut reader) = tickwire_shared::frame::read_header(&frame, &records).unwrap();
    assert_eq!(header.tick, tickwire_shared::frame::FrameTick::After(20));
    let mut seen = false;
    while let Some((handle, body)) = reader.segment().unwrap() {
        let is_keyframe = matches!(body, tickwire_shared::frame::SegmentBody::Keyframe(..));
        assert!(handle != public || !is_keyframe, "{body:?}");
        seen |= handle == public;
    }
    assert!(seen, "the world moves");
}

#[test]
fn after_a_long_gap_one_frame_stands_alone() {
    let mut sim = world(5);
    sim.join(1);
    let mut random = Random(5);
    (0..50).for_each(|_| sim.tick(&mut random));
    sim.disconnect(0, true);
    (0..200).for_each(|_| sim.tick(&mut random));
    assert!(sim.resume(0, true));
    (0..20).for_each(|_| sim.tick(&mut random));
    assert_eq!(sim.clients[0].full_frames, 2, "the join, and the return");
    assert_eq!(sim.clients[0].heard, expected(&sim, 0), "messages survive all the same");
    assert_eq!(sim.room.counters().resumed_in_full, 1);
}

#[test]
fn a_frame_that_nobody_sent_or_remembers_is_no_baseline() {
    let mut sim = world(6);
    let id = sim.join(0);
    let mut random = Random(6);
    (0..50).for_each(|_| sim.tick(&mut random));
    for applied in [Tick(30), Tick(1), Tick(51), Tick(u32::MAX), Tick(1 << 31)] {
        let before = sim.clients[0].full_frames;
        assert!(sim.room.handle_resume(id, Some(applied)));
        sim.tick(&mut random);
        assert_eq!(sim.clients[0].full_frames, before + 1, "from {applied}");
    }
}

#[test]
fn who_is_away_gets_nothing_does_nothing_and_is_there_once() {
    let mut sim = world(7);
    let id = sim.join(0);
    let mut random = Random(7);
    (0..40).for_each(|_| sim.tick(&mut random));
    let own = || sim.clients[0].replica.own().count();
    assert_eq!(own(), 2);
    sim.disconnect(0, true);
    let pushes = sim.room.game().pushes;
    for _ in 0..100 {
        sim.tick(&mut random);
        assert_eq!(sim.room.poll_frame(id, &mut Vec::new()), Poll::Nothing);
    }
    assert_eq!(sim.room.game().pushes, pushes, "inputs that waited are forgotten");
    assert_eq!(sim.room.player_count(), 1);
    for _ in 0..5 {
        assert!(sim.resume(0, true) && sim.resume(0, true), "a resume may be made again");
        sim.tick(&mut random);
        assert_eq!(sim.clients[0].replica.own().count(), 2, "nothing of it is there twice");
    }
    assert_eq!((sim.room.player_count(), sim.room.poll_event()), (1, None));
}

#[test]
fn who_does_not_come_back_in_time_has_left() {
    let mut sim = Sim::<World>::new(
        RoomConfig { grace_ticks: 60, ..config(8) },
        &WorldConfig { movers: 1, sparks_a_tick: 0 },
    );
    let id = sim.join(0);
    sim.join(0);
    let mut random = Random(8);
    (0..40).for_each(|_| sim.tick(&mut random));
    sim.disconnect(0, true);
    for _ in 0..60 {
        sim.tick(&mut random);
        assert_eq!((sim.room.poll_event(), sim.room.player_count()), (None, 2));
    }
    sim.tick(&mut random);
    assert_eq!(sim.room.poll_event(), Some(RoomEvent::Ended(id, CloseCode::NoSession)));
    assert_eq!(sim.room.player_count(), 1);
    assert!(!sim.resume(0, true), "and it cannot any more");
    assert_eq!(sim.room.counters().expired_sessions, 1);
}
