//! Messages that nobody's client would send: refused or harmless, and of no effect on others.

use crate::sim::{
    Random, Sim,
    world::{World, WorldConfig},
};
use proptest::prelude::*;
use tickwire_room::{HostedRoom, Newcomer, Poll, Reply, RoomConfig};
use tickwire_shared::{PlayerId, Tick, message::ClientMessage};

fn session() -> (Sim<World>, Random, PlayerId) {
    let world = WorldConfig { movers: 6, sparks_a_tick: 3 };
    let config = RoomConfig { hash_interval: 2, ..RoomConfig::new("TEST", 30, 4) };
    let mut sim = Sim::new(config, &world);
    sim.join(0);
    sim.join(2);
    let hostile = sim.room.handle_join(&Newcomer::named("mallory")).expect("there is space");
    let mut random = Random(4);
    (0..10).for_each(|_| sim.tick(&mut random));
    (sim, random, hostile)
}

fn message() -> impl Strategy<Value = Vec<u8>> {
    let kind = prop_oneof![4 => 0u8..12, 1 => any::<u8>()];
    (kind, prop::collection::vec(any::<u8>(), 0..40)).prop_map(|(kind, mut body)| {
        body.insert(0, kind);
        body
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nonsense_is_refused_and_others_do_not_notice(messages in prop::collection::vec(message(), 1..200)) {
        let (mut sim, mut random, hostile) = session();
        let mut frame = Vec::new();
        for message in messages {
            let _ = sim.room.handle_message(hostile, &message);
            frame.clear();
            sim.room.poll_frame(hostile, &mut frame);
            // The checker compares every frame of the two honest clients.
            sim.tick(&mut random);
        }
        prop_assert!(sim.clients.iter().all(|client| client.verified > 0));
    }
}

fn written(message: &ClientMessage<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    message.write(&mut bytes);
    bytes
}

#[test]
fn a_flood_of_mismatches_costs_one_keyframe_a_second() {
    let (mut sim, mut random, hostile) = session();
    let mut evidence = 0;
    for _ in 0..60 {
        sim.tick(&mut random);
        let mut frame = Vec::new();
        assert_ne!(sim.room.poll_frame(hostile, &mut frame), Poll::Nothing);
        for _ in 0..20 {
            let mismatch = written(&ClientMessage::Mismatch(sim.now));
            let reply = sim.room.handle_message(hostile, &mismatch).unwrap();
            evidence += u32::from(matches!(reply, Reply::Send(_)));
        }
        let ack = written(&ClientMessage::Ack(sim.now));
        sim.room.handle_message(hostile, &ack).unwrap();
    }
    assert!((2..=3).contains(&evidence), "{evidence} answers in two seconds");
}

#[test]
fn evidence_is_what_the_client_should_have_held() {
    let (mut sim, mut random, _) = session();
    (0..20).for_each(|_| sim.tick(&mut random));
    let client = &mut sim.clients[0];
    let tick = client.replica.tick().unwrap();
    let mismatch = written(&ClientMessage::Mismatch(tick));
    let Reply::Send(bytes) = sim.room.handle_message(client.id, &mismatch).unwrap() else {
        panic!("evidence was expected");
    };
    assert_eq!(bytes[1..5], tick.0.to_le_bytes());
    let evidence = client.replica.read_evidence(tick, &bytes[5..]).unwrap();
    assert_eq!(evidence, client.replica.segments(), "nothing was wrong, so nothing differs");
}

#[test]
fn evidence_of_a_forgotten_tick_is_empty() {
    let (mut sim, _, hostile) = session();
    let mismatch = written(&ClientMessage::Mismatch(Tick(1_000_000)));
    let Reply::Send(bytes) = sim.room.handle_message(hostile, &mismatch).unwrap() else {
        panic!("evidence was expected");
    };
    assert_eq!(bytes.len(), 5);
}
