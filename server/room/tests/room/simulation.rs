//! Whole rooms in virtual time: whatever links and players do, every client holds exactly what
//! the game replicates for its eyes. A failure names the seed that repeats it.

use crate::sim::{
    Random, Sim,
    world::{World, WorldConfig},
};
use tickwire_room::{HostedRoom, RoomConfig, RoomEvent};
use tickwire_shared::{Tick, message::CloseCode};

fn config(seed: u64) -> RoomConfig {
    RoomConfig { hash_interval: 4, ..RoomConfig::new("TEST", 30, seed) }
}

fn world() -> WorldConfig {
    WorldConfig { movers: 12, sparks_a_tick: 6 }
}

/// Players come, go and stall at random; the checker looks at every frame.
fn rough_session(seed: u64, start: Tick, ticks: u32) -> Sim<World> {
    println!("seed {seed}");
    let mut random = Random(seed);
    let mut sim = Sim::new(RoomConfig { start_tick: start, ..config(seed) }, &world());
    for _ in 0..ticks {
        match random.below(20) {
            0 if sim.clients.len() < 12 => {
                sim.join(random.below(6) as i32);
            }
            1 if sim.clients.len() > 4 => sim.leave(random.below(4) as usize),
            2 if !sim.clients.is_empty() => {
                let index = random.below(sim.clients.len() as u32) as usize;
                let stall = random.below(60) as i32;
                sim.clients[index].stalled_until = Some(sim.now.offset(stall));
            }
            _ => {}
        }
        sim.tick(&mut random);
    }
    sim
}

#[test]
fn every_client_holds_exactly_what_it_may_see_whatever_happens() {
    for seed in 0..20 {
        let sim = rough_session(seed, Tick(0), 400);
        let counters = sim.room.counters();
        assert!(counters.merged_frames > 0 && counters.skipped_frames > 0, "stalls happened");
        assert_eq!(counters.mismatches, 0);
    }
}

#[test]
fn a_room_runs_through_the_wrap_of_its_tick_unharmed() {
    for seed in 0..5 {
        let sim = rough_session(seed, Tick(u32::MAX - 200), 400);
        assert!(sim.now.0 < 1000, "the tick wrapped");
        assert!(sim.clients.iter().any(|client| client.verified > 10));
    }
}

#[test]
fn the_same_seed_and_inputs_give_the_same_hashes() {
    let run = || {
        let sim = rough_session(7, Tick(0), 300);
        sim.clients.iter().map(|client| (client.id, client.replica.hash())).collect::<Vec<_>>()
    };
    let first = run();
    assert_eq!(first, run());
    // The ban on threads is for the room; here another thread is the point.
    #[expect(clippy::disallowed_methods)]
    let elsewhere = std::thread::spawn(run).join().unwrap();
    assert_eq!(first, elsewhere, "also on another thread");
}

#[test]
fn hashes_are_the_same_in_debug_and_release() {
    let sim = rough_session(3, Tick(0), 200);
    let folded =
        sim.clients.iter().fold(0u32, |sum, client| sum.rotate_left(5) ^ client.replica.hash());
    assert_eq!(folded, GOLDEN_HASH, "this number was made by a release build");
}

/// See `hashes_are_the_same_in_debug_and_release`; changes when the world or the hash does.
const GOLDEN_HASH: u32 = 681893608;

#[test]
fn a_joiner_gets_a_full_frame_in_the_next_tick_and_its_input_counts_within_two() {
    let mut random = Random(1);
    let mut sim = Sim::<World>::new(config(1), &world());
    (0..10).for_each(|_| sim.tick(&mut random));
    sim.join(0);
    sim.tick(&mut random);
    assert_eq!(sim.clients[0].full_frames, 1, "the frame came with the first tick");
    assert_eq!(sim.clients[0].verified, 1, "and carried a hash");
    let before = sim.room.counters().inputs;
    (0..2).for_each(|_| sim.tick(&mut Random(2)));
    assert!(sim.room.counters().inputs > before);
}

#[test]
fn a_client_that_stops_reading_is_right_again_in_one_frame() {
    let mut random = Random(5);
    let mut sim = Sim::<World>::new(config(5), &world());
    sim.join(1);
    sim.join(1);
    (0..60).for_each(|_| sim.tick(&mut random));
    // Ten seconds: far beyond the history.
    sim.clients[0].stalled_until = Some(sim.now.offset(300));
    let (slow, quick) = (sim.clients[0].frames, sim.clients[1].frames);
    (0..299).for_each(|_| sim.tick(&mut random));
    assert_eq!(sim.clients[0].frames, slow, "it reads nothing");
    assert_eq!(sim.clients[1].frames, quick + 299, "the other misses nothing");
    let skipped = sim.room.counters().skipped_frames;
    assert!(skipped > 250, "only a window of frames was let onto its link, {skipped} were skipped");
    (0..20).for_each(|_| sim.tick(&mut random));
    let client = &sim.clients[0];
    assert_eq!(client.full_frames, 2, "the join, and one frame that stands alone");
    assert_eq!(client.replica.tick(), Some(sim.now.offset(-1)), "and it is up to date");
}

#[test]
fn a_silent_client_is_given_up_with_a_reason() {
    let mut random = Random(5);
    let config = RoomConfig { silence_ticks: 300, grace_ticks: 30, ..config(5) };
    let mut sim = Sim::<World>::new(config, &world());
    let id = sim.join(0);
    sim.clients[0].stalled_until = Some(Tick(100_000));
    (0..301).for_each(|_| sim.tick(&mut random));
    assert_eq!(sim.room.poll_event(), Some(RoomEvent::Dropped(id, CloseCode::Idle)));
    assert_eq!((sim.room.poll_event(), sim.room.player_count()), (None, 1), "it may come back");
    (0..31).for_each(|_| sim.tick(&mut random));
    assert_eq!(sim.room.poll_event(), Some(RoomEvent::Ended(id, CloseCode::NoSession)));
    assert_eq!(sim.room.player_count(), 0, "but it did not");
}
