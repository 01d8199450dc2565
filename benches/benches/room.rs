//! Whole room ticks without sockets: capture alone, and everything from inputs to frames.

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tickwire_benches::{
    session::Session,
    worlds::{arena, drift, replay},
};
use tickwire_room::{HostedRoom, Room, RoomConfig};

/// A room without players makes no frames: what is left is the step and the capture.
fn capture(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("room/step and capture");
    for (name, config) in drift::WORLDS {
        let mut room: Room<drift::Drift> = Room::new(RoomConfig::new("BENCH", 30, 1), &config);
        group.throughput(Throughput::Elements(u64::from(config.entities)));
        group.bench_function(name, |bencher| bencher.iter(|| HostedRoom::tick(&mut room)));
    }
}

/// One viewer: its delta is encoded once a tick.
fn one_viewer(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("room/tick with one viewer");
    for (name, config) in drift::WORLDS {
        let mut session: Session<drift::Drift> =
            Session::new(&config, 1, |_| Box::new(|_| drift::Nudge::default()));
        session.join();
        group.throughput(Throughput::Elements(u64::from(config.entities)));
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|rounds| server_cpu(&mut session, rounds))
        });
    }
}

/// The arena as it is played, by players.
fn arena_tick(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("room/tick of the arena");
    // The server's part is timed, which is a small one beside that of the clients.
    group.sample_size(20).warm_up_time(Duration::from_millis(200));
    group.measurement_time(Duration::from_secs(1));
    for players in [8, 16, 64] {
        let mut session = arena::session(players, 2);
        (0..150).for_each(|_| session.tick());
        group.throughput(Throughput::Elements(players as u64));
        group.bench_function(BenchmarkId::from_parameter(players), |bencher| {
            bencher.iter_custom(|rounds| server_cpu(&mut session, rounds));
        });
    }
}

/// From the game's state to a frame, for one viewer at the tick before: the step takes nothing.
fn capture_and_encode(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("room/capture and encode");
    group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    for (name, motion) in replay::MOTIONS {
        for entities in [1_000, 10_000] {
            let mut session = replay::session(motion, entities);
            group.throughput(Throughput::Elements(entities as u64));
            group.bench_function(BenchmarkId::new(name, entities), |bencher| {
                bencher.iter_custom(|rounds| server_cpu(&mut session, rounds));
            });
            let tally = session.tally;
            let bytes = tally.payload_bytes as f64 / tally.updates as f64;
            println!("{name} of {entities}: {bytes:.2} bytes an entity update");
        }
    }
}

/// The room's own CPU time over some ticks; what its clients do is left out.
fn server_cpu<G: tickwire_shared::Game>(session: &mut Session<G>, rounds: u64) -> Duration {
    session.reset();
    (0..rounds).for_each(|_| session.tick());
    session.tally.server_cpu
}

criterion_group!(benches, capture, capture_and_encode, one_viewer, arena_tick);
criterion_main!(benches);
