//! What viewers of a large world hold: nothing that they may not see, and all that they should.

use crate::sim::{
    Random, Sim,
    meadow::{Meadow, MeadowConfig, REACH},
};
use tickwire_room::{HostedRoom, RoomConfig};
use tickwire_shared::{PlayerId, Tick, message::ClientMessage};

/// Players come, go, stall and complain at random; the checker looks at every frame.
fn rough_session(config: RoomConfig, meadow: &MeadowConfig, ticks: u32) -> Sim<Meadow> {
    println!("seed {}", config.seed);
    let mut random = Random(config.seed);
    let mut sim = Sim::<Meadow>::new(config, meadow);
    for _ in 0..ticks {
        match random.below(24) {
            0 | 1 if sim.clients.len() < 10 => drop(sim.join(random.below(5) as i32)),
            2 if sim.clients.len() > 6 => sim.leave(random.below(6) as usize),
            3 if !sim.clients.is_empty() => {
                let index = random.below(sim.clients.len() as u32) as usize;
                sim.clients[index].stalled_until = Some(sim.now.offset(random.below(50) as i32));
            }
            4 => complain(&mut sim, &mut random),
            _ => {}
        }
        sim.tick(&mut random);
    }
    sim
}

/// A player says that its hash differed, and so is sent everything anew.
fn complain(sim: &mut Sim<Meadow>, random: &mut Random) {
    let Some(client) = sim.clients.get(random.below(20) as usize) else { return };
    let Some(tick) = client.replica.tick() else { return };
    let mut bytes = Vec::new();
    ClientMessage::Mismatch(tick).write(&mut bytes);
    sim.room.handle_message(client.id, &bytes).expect("it is understood");
}

fn config(seed: u64) -> RoomConfig {
    RoomConfig { hash_interval: 4, ..RoomConfig::new("TEST", 30, seed) }
}

fn meadow() -> MeadowConfig {
    MeadowConfig { beasts: 300, speed: 20.0, calm: 60, is_starved: false, reach: REACH }
}

#[test]
fn in_a_million_rows_nothing_leaks_and_nothing_is_missing() {
    let (mut checked, mut old, mut hashes) = (0, 0, 0);
    for seed in 0..4 {
        let start = Tick(if seed % 2 == 0 { 0 } else { u32::MAX - 150 });
        let sim = rough_session(RoomConfig { start_tick: start, ..config(seed) }, &meadow(), 400);
        checked += sim.room.game().checked.get();
        old += sim.room.game().old.get();
        hashes += sim.clients.iter().map(|client| client.verified).sum::<u32>();
        let counters = sim.room.counters();
        assert!(counters.full_frames > 10 && counters.merged_frames > 0, "{counters:?}");
        assert_eq!(counters.deferred_segments, 0);
    }
    assert!(checked > 1_000_000, "{checked} rows");
    assert!(old > checked / 4, "{old} of {checked} were from far cells");
    assert!(hashes > 1000, "{hashes}");
}

#[test]
fn a_budget_is_kept_and_what_is_near_comes_first() {
    for seed in 0..3 {
        let meadow = MeadowConfig { beasts: 600, is_starved: true, ..meadow() };
        let config = RoomConfig { bytes_a_second: 1500, ..config(seed) };
        let sim = rough_session(config, &meadow, 500);
        let counters = sim.room.counters();
        assert!(counters.deferred_segments > 1000, "{counters:?}");
        let held = |(all, held): (u64, u64)| held as f64 / all as f64;
        let (near, far) = (held(sim.room.game().near.get()), held(sim.room.game().far.get()));
        assert!(near > 0.5 && far < near / 2.0, "{near:.2} of the near and {far:.2} of the far");
    }
}

#[test]
fn a_viewer_on_a_budget_is_sent_no_more_than_it_allows() {
    let mut random = Random(3);
    let meadow = MeadowConfig { beasts: 2000, is_starved: true, ..meadow() };
    let mut sim = Sim::<Meadow>::new(RoomConfig { bytes_a_second: 3000, ..config(3) }, &meadow);
    sim.join(1);
    sim.join(1);
    let seconds = 40u64;
    (0..30 * seconds).for_each(|_| sim.tick(&mut random));
    for client in &sim.clients {
        let most = 3000 * (seconds + 1);
        assert!(client.bytes <= most, "{} bytes, and {most} are allowed", client.bytes);
        assert!(client.bytes > most / 2, "{} bytes leave much of it unused", client.bytes);
    }
}

#[test]
fn cells_that_are_sent_less_often_save_bytes() {
    let bytes = |reach: [f32; 4]| {
        let mut random = Random(9);
        let mut sim = Sim::<Meadow>::new(
            config(9),
            &MeadowConfig { reach, speed: 3.0, calm: 2000, ..meadow() },
        );
        sim.join(0);
        (0..600).for_each(|_| sim.tick(&mut random));
        sim.clients[0].bytes
    };
    let (rings, near) = (bytes(REACH), bytes([REACH[3]; 4]));
    assert!(rings * 3 < near * 2, "{rings} bytes with rings, {near} without");
}

#[test]
fn a_player_that_leaves_takes_its_subscriptions_along() {
    let mut random = Random(2);
    let mut sim = Sim::<Meadow>::new(config(2), &meadow());
    let ids: Vec<PlayerId> = (0..6).map(|_| sim.join(0)).collect();
    (0..100).for_each(|_| sim.tick(&mut random));
    ids.iter().for_each(|_| sim.leave(0));
    (0..200).for_each(|_| sim.tick(&mut random));
    sim.join(0);
    (0..50).for_each(|_| sim.tick(&mut random));
    assert_eq!(sim.clients[0].full_frames, 1);
}
