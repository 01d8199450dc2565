//! Viewers that do not keep up: what they get, and that nobody else notices.

use crate::sim::link::{Network, Reader, quantile};
use tickwire_games::arena::{Arena, Config};
use tickwire_room::{HostedRoom, Reply, RoomConfig, RoomCounters};
use tickwire_shared::{
    Tick,
    message::{ClientMessage, CloseCode},
};

const HZ: u32 = 30;
const SEEDS: [u64; 3] = [1, 2, 3];
/// Players that fly at random on wide links.
const HEALTHY: usize = 8;

/// An arena in which all but the `watchers` fly; these only acknowledge.
fn arena(seed: u64, watchers: usize) -> Network<Arena> {
    println!("seed {seed}");
    let config = RoomConfig { hash_interval: 4, ..RoomConfig::new("SLOW", HZ, seed) };
    let mut network = Network::new(config, &Config::default());
    (0..HEALTHY).for_each(|_| network.join().plays = true);
    for _ in 0..watchers {
        network.join();
    }
    network.run(5 * HZ);
    network
}

/// The bytes a tick of whom nothing was kept from, lately.
fn needed(reader: &Reader) -> u32 {
    let lately = reader.frames.iter().rev().take(100);
    lately.map(|(_, frame)| frame.len() as u32).sum::<u32>() / 100
}

/// By how much the counters grew.
fn grown(after: RoomCounters, before: RoomCounters) -> RoomCounters {
    RoomCounters {
        skipped_frames: after.skipped_frames - before.skipped_frames,
        thinned_frames: after.thinned_frames - before.thinned_frames,
        slowed_viewers: after.slowed_viewers - before.slowed_viewers,
        lag_keyframes: after.lag_keyframes - before.lag_keyframes,
        ..RoomCounters::default()
    }
}

#[test]
fn a_link_that_takes_six_tenths_of_what_is_made_shows_the_present_all_the_same() {
    for (seed, delay) in SEEDS.into_iter().zip([0, 1, 3]) {
        let mut network = arena(seed, 1);
        let need = needed(&network.readers[0]);
        network.readers[HEALTHY].width = need * 6 / 10;
        network.readers[HEALTHY].delay = delay;
        let before = network.room.counters();
        network.run(40 * HZ);
        let slow = &network.readers[HEALTHY];
        let ages = &slow.ages[slow.ages.len() / 4..];
        let (half, most) = (quantile(ages, 0.5), quantile(ages, 0.99));
        let counters = grown(network.room.counters(), before);
        println!(
            "{need} bytes a tick, {delay} ticks away: age p50 {half}, p99 {most}; {counters:?}"
        );
        // Without the lower rate the queue stands at 20 to 40 ticks.
        assert!(half - delay <= 8 && most - delay <= 32, "p50 {half}, p99 {most}");
        assert!(counters.slowed_viewers > 0 && counters.thinned_frames > counters.skipped_frames);
        assert_eq!(counters.lag_keyframes, 0, "it never lost touch");
    }
}

#[test]
fn others_get_the_same_bytes_in_every_tick_whoever_is_slow() {
    for seed in SEEDS {
        let mut calm = arena(seed, 3);
        let mut rough = arena(seed, 3);
        let need = needed(&rough.readers[0]);
        rough.readers[HEALTHY].width = need / 2;
        rough.readers[HEALTHY + 1].every = HZ;
        for second in 0..14 {
            if second % 6 == 0 {
                rough.readers[HEALTHY + 2].stalled_until = Some(rough.now.offset(4 * HZ as i32));
            }
            calm.run(HZ);
            rough.run(HZ);
        }
        for (index, (calm, rough)) in
            calm.readers.iter().zip(&rough.readers).take(HEALTHY).enumerate()
        {
            assert_eq!(rough.frames.len(), 19 * HZ as usize, "player {index} misses no tick");
            assert!(calm.frames == rough.frames, "player {index} gets other bytes");
            assert!(rough.ages.iter().all(|age| *age == 0));
        }
        let counters = rough.room.counters();
        assert!(counters.slowed_viewers > 0 && counters.lag_keyframes > 0, "{counters:?}");
        assert_eq!((counters.mismatches, counters.evictions), (0, 0));
    }
}

#[test]
fn a_stall_of_four_seconds_ends_in_one_keyframe_after_a_window_of_old_frames() {
    for seed in SEEDS {
        let mut network = arena(seed, 1);
        let before = network.room.counters();
        network.readers[HEALTHY].stalled_until = Some(network.now.offset(4 * HZ as i32));
        let seen = network.readers[HEALTHY].ages.len();
        network.run(4 * HZ + 10);
        let stalled = &network.readers[HEALTHY];
        let old = stalled.ages[seen..].iter().filter(|age| **age > 0).count();
        assert!((1..=8).contains(&old), "{old} old frames");
        assert_eq!(stalled.full, 2, "the join, and one frame that stands alone");
        assert_eq!(stalled.held(), Some(network.now));
        assert!(stalled.verified > 40, "the keyframe and all that followed");
        let counters = grown(network.room.counters(), before);
        assert_eq!((counters.lag_keyframes, counters.slowed_viewers), (1, 0), "{counters:?}");
        assert!(counters.skipped_frames > 100, "{counters:?}");
    }
}

fn say(network: &mut Network<Arena>, index: usize, message: &ClientMessage<'_>) {
    let mut bytes = Vec::new();
    message.write(&mut bytes);
    let reply = network.room.handle_message(network.readers[index].id, &bytes).unwrap();
    assert!(matches!(reply, Reply::Pong(_)));
}

#[test]
fn who_says_or_acknowledges_nothing_for_fifteen_seconds_is_given_up() {
    let mut network = arena(1, 2);
    for reader in &mut network.readers[HEALTHY..] {
        reader.stalled_until = Some(network.now.offset(10_000));
    }
    for second in 1..=16 {
        assert_eq!(network.readers[HEALTHY].closed, None, "after {second} seconds");
        say(&mut network, HEALTHY, &ClientMessage::Ping(second));
        network.run(HZ);
    }
    let closed = network.readers[HEALTHY..].iter().map(|reader| reader.closed);
    assert!(
        closed.eq([Some(CloseCode::TooSlow), Some(CloseCode::Idle)]),
        "one of them still spoke"
    );
    let counters = network.room.counters();
    assert_eq!((counters.stalled_viewers, counters.evictions), (1, 2));
    assert_eq!(network.room.player_count(), HEALTHY + 2, "they may come back");
    assert_eq!(counters.overflowed_viewers, 0);
}

#[test]
fn who_acknowledges_now_and_then_is_kept_on_a_low_rate() {
    for seconds in [1, 10, 14] {
        let mut network = arena(2, 1);
        network.readers[HEALTHY].every = seconds * HZ;
        network.run(10 * HZ);
        let (before, frames) = (network.room.counters(), network.readers[HEALTHY].frames.len());
        network.run(30 * HZ);
        let rare = &network.readers[HEALTHY];
        let frames = rare.frames.len() - frames;
        assert_eq!(rare.closed, None, "once in {seconds} s is enough");
        assert!((4..300).contains(&frames), "{frames} frames in half a minute");
        let counters = grown(network.room.counters(), before);
        assert!(seconds > 1 || counters.lag_keyframes == 0, "{counters:?}");
        println!("once in {seconds} s: {frames} frames, {counters:?}");
    }
}

#[test]
fn a_room_whose_ticks_wrap_judges_slow_viewers_as_any_other() {
    let config = RoomConfig {
        start_tick: Tick(u32::MAX - 20 * HZ),
        hash_interval: 4,
        ..RoomConfig::new("SLOW", HZ, 5)
    };
    let mut network: Network<Arena> = Network::new(config, &Config::default());
    (0..4).for_each(|_| network.join().plays = true);
    network.join().every = HZ;
    network.run(40 * HZ);
    let counters = network.room.counters();
    assert!(counters.thinned_frames > 25 * u64::from(HZ), "{counters:?}");
    assert_eq!(counters.evictions, 0);
}
