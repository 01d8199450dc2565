//! The ledger accounts for every byte of every frame, and changes none.

use std::collections::BTreeSet;

use proptest::prelude::*;
use tickwire_room::{Bytes, CAUSES, HostedRoom, Ledger, Part, RoomConfig};
use tickwire_shared::{Replicate, message::ClientMessage, schema::Audience};

use crate::sim::{
    Checked, Random, Sim,
    meadow::{Banner, Beast, Meadow, MeadowConfig, REACH},
    world::{World, WorldConfig},
};

/// Players come, go, stall, complain, and come back on another connection; somebody observes them.
fn rough_session<W: Checked>(
    config: RoomConfig,
    world: &W::Config,
    ticks: u32,
    metered: Option<u32>,
) -> Sim<W> {
    let mut random = Random(config.seed);
    let mut sim = Sim::<W>::new(config, world);
    (0..3).for_each(|_| _ = sim.join(0));
    metered.into_iter().for_each(|ticks| sim.room.meter(ticks));
    let like = sim.clients[0].id;
    sim.observe(like);
    for _ in 0..ticks {
        let index = 1 + random.below(sim.clients.len().max(2) as u32 - 1) as usize;
        let is_player = index > 3 && index < sim.clients.len();
        match random.below(16) {
            0 if sim.clients.len() < 10 => _ = sim.join(random.below(5) as i32),
            1 if is_player => sim.leave(index),
            2 | 3 => {
                let until = sim.now.offset(random.below(50) as i32);
                sim.clients[index.min(2)].stalled_until = Some(until);
            }
            4 if is_player => complain(&mut sim, index),
            5 if is_player => sim.disconnect(index, random.below(2) == 0),
            6 if is_player && !sim.resume(index, random.below(2) == 0) => {
                sim.clients.remove(index);
            }
            _ => {}
        }
        sim.tick(&mut random);
    }
    sim
}

/// A client says that its hash differed, and so is sent everything anew.
fn complain<W: Checked>(sim: &mut Sim<W>, index: usize) {
    let Some(tick) = sim.clients[index].replica.tick() else { return };
    let mut bytes = Vec::new();
    ClientMessage::Mismatch(tick).write(&mut bytes);
    sim.room.handle_message(sim.clients[index].id, &bytes).expect("it is understood");
}

fn by_cause(ledger: &Ledger) -> Bytes {
    let mut all = ledger.heads();
    for line in ledger.lines() {
        all.iter_mut().zip(line.bytes).for_each(|(sum, bytes)| *sum += bytes);
    }
    all
}

/// Runs a session twice, and checks that the ledger accounts for what was sent. What that was for.
fn check<W: Checked>(config: &RoomConfig, world: &W::Config, ticks: u32) -> Bytes {
    let plain = rough_session::<W>(config.clone(), world, ticks, None);
    let sim = rough_session::<W>(config.clone(), world, ticks, Some(ticks));
    assert!(plain.room.ledger().is_none());
    assert_eq!((sim.sent, sim.digest), (plain.sent, plain.digest), "a byte is another");
    assert_eq!(sim.room.counters(), plain.room.counters());
    let ledger = sim.room.ledger().expect("it was metered");
    assert_eq!((ledger.elapsed(sim.now), ledger.frames()), (ticks, sim.room.counters().frames));
    let (total, sent) = (ledger.total(), sim.sent as f64);
    assert!((total - sent).abs() < sent * 1e-9, "{total} of {sent} bytes");
    let rest = total - (ledger.header() + ledger.messages()) as f64;
    let all = by_cause(ledger);
    assert!((all.iter().sum::<f64>() - rest).abs() < sent * 1e-9);
    all
}

fn meadow(is_starved: bool) -> MeadowConfig {
    MeadowConfig { beasts: 120, speed: 20.0, calm: 60, is_starved, reach: REACH }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn every_byte_is_accounted_for_and_none_is_another(seed in any::<u64>()) {
        let config = RoomConfig { hash_interval: 4, ..RoomConfig::new("TEST", 30, seed) };
        check::<World>(&config, &WorldConfig::default(), 150);
        check::<Meadow>(&config, &meadow(false), 60);
        let budget = RoomConfig { bytes_a_second: 6000, ..config };
        check::<Meadow>(&budget, &meadow(true), 60);
    }
}

#[test]
fn bytes_are_for_who_joins_for_what_changes_for_what_comes_into_sight_and_for_what_was_lost() {
    let config = RoomConfig { hash_interval: 4, ..RoomConfig::new("TEST", 30, 1) };
    let meadow = check::<Meadow>(&config, &meadow(false), 200);
    for cause in CAUSES {
        assert!(meadow[cause as usize] > 500.0, "{cause:?} in {meadow:?}");
    }
}

#[test]
fn a_world_at_rest_is_a_keyframe_for_who_joins_and_for_who_lost_it() {
    let config = RoomConfig { hash_interval: 4, ..RoomConfig::new("TEST", 30, 1) };
    let still = MeadowConfig { speed: 0.0, calm: u32::MAX, ..meadow(false) };
    let mut sim = Sim::<Meadow>::new(config, &still);
    let mut random = Random(1);
    let ids = [(); 2].map(|()| sim.join(0));
    sim.room.meter(3);
    (0..3).for_each(|_| sim.tick(&mut random));
    let [keyframe, _, _, resync] = by_cause(sim.room.ledger().unwrap());
    assert!(keyframe > 100.0 && resync == 0.0);
    sim.room.meter(50);
    let (before, frames) = (sim.sent, sim.room.counters().frames);
    complain(&mut sim, 1);
    (0..40).for_each(|_| sim.tick(&mut random));
    assert!(sim.room.handle_resume(ids[0], None));
    (0..10).for_each(|_| sim.tick(&mut random));
    let ledger = sim.room.ledger().unwrap();
    let [keyframe, _, _, resync] = by_cause(ledger);
    assert!(
        keyframe > 50.0 && resync > 50.0,
        "{keyframe} for who is back, {resync} for who lost it"
    );
    let (sent, frames) = ((sim.sent - before) as f64, sim.room.counters().frames - frames);
    assert!((ledger.total() - sent).abs() < 1e-6);
    (0..10).for_each(|_| sim.tick(&mut random));
    let ledger = sim.room.ledger().unwrap();
    assert!((ledger.total() - sent).abs() < 1e-6, "its ticks are over");
    assert_eq!((ledger.frames(), ledger.elapsed(sim.now), ledger.ticks()), (frames, 50, 50));
    sim.room.meter(0);
    assert!(sim.room.ledger().is_none());
}

#[test]
fn fields_pay_for_what_they_say() {
    let config = RoomConfig { hash_interval: 4, ..RoomConfig::new("TEST", 30, 1) };
    let mut random = Random(1);
    let mut sim = Sim::<Meadow>::new(config, &MeadowConfig { calm: 12, ..meadow(false) });
    (0..4).for_each(|_| _ = sim.join(0));
    sim.room.meter(100);
    (0..100).for_each(|_| sim.tick(&mut random));
    let ledger = sim.room.ledger().unwrap();
    let spent = |wanted: (Audience, Part<'_>)| {
        let lines = ledger.lines().filter(|line| (line.audience, line.part) == wanted);
        lines.map(|line| line.bytes.iter().sum::<f64>()).sum::<f64>()
    };
    let of = |field| Part::Field { kind: Beast::NAME, field };
    let [pos, mood] = ["pos", "mood"].map(|field| spent((Audience::Public, of(field))));
    assert!(pos > mood && mood > 0.0, "{pos} for places, {mood} for moods");
    let named: BTreeSet<_> = ledger.lines().map(|it| (it.audience as usize, it.part)).collect();
    let fields = named.iter().filter(|(_, part)| matches!(part, Part::Field { .. }));
    let banner = Part::Field { kind: Banner::NAME, field: "colour" };
    let wanted = [(0, banner), (0, of("mood")), (0, of("pos")), (1, of("plan")), (2, of("fuel"))];
    assert_eq!(fields.copied().collect::<Vec<_>>(), wanted);
}
