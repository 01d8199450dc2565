//! Fan-out over real sockets: the server's CPU time for each tick, by connected players.
//!
//! The server is this same program, started again as a child, so that its CPU
//! time can be told from that of its clients. What is measured is the child's
//! own, as the kernel counts it, never wall time.

use std::{
    net::SocketAddr,
    process::{Command, ExitCode, Stdio},
    sync::Arc,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput};
use tickwire_benches::load::Child;
use tickwire_bots::client::{self, Event, Options};
use tickwire_games::arena::{Arena, Controls};
use tokio::{runtime::Runtime, task::JoinSet};

const SERVE: &str = "TICKWIRE_FANOUT_SERVER";
const TICK_HZ: u32 = 60;

fn main() -> ExitCode {
    if std::env::var_os(SERVE).is_some() {
        return tickwire_server::serve::<Arena>();
    }
    let mut criterion = Criterion::default().configure_from_args();
    fan_out(&mut criterion);
    criterion.final_summary();
    ExitCode::SUCCESS
}

fn fan_out(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("fan-out/server CPU a tick");
    // Criterion plans by what it is told a tick costs, which is far less than a tick lasts.
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    group.warm_up_time(Duration::from_millis(50)).measurement_time(Duration::from_millis(300));
    let runtime = Runtime::new().expect("a runtime starts");
    for players in [16, 64, 200] {
        let server = start_server();
        let ticks = Arc::new(AtomicU64::new(0));
        let _clients = connect(&runtime, players, server.address, &ticks);
        group.throughput(Throughput::Elements(players as u64));
        group.bench_function(BenchmarkId::from_parameter(players), |bencher| {
            bencher.iter_custom(|rounds| cpu_over(&server, rounds, &ticks));
        });
    }
}

/// Clients that turn, fire and hold replicas, until the set is dropped.
fn connect(
    runtime: &Runtime,
    players: usize,
    address: SocketAddr,
    ticks: &Arc<AtomicU64>,
) -> JoinSet<()> {
    let mut clients = JoinSet::new();
    for index in 0..players {
        let url = format!("ws://{address}/ws?game=arena");
        // One client tells the time for all.
        let ticks = (index == 0).then(|| Arc::clone(ticks));
        clients.spawn_on(async move { play(&url, ticks).await }, runtime.handle());
    }
    clients
}

async fn play(url: &str, ticks: Option<Arc<AtomicU64>>) {
    let mut client = client::connect(url, &Options::default()).await.expect("a place is free");
    loop {
        match client.next().await.expect("the server stays") {
            Event::Frame(applied) => {
                assert!(applied.hash.is_none_or(|check| check.holds()), "the hash differs");
                let aim = applied.tick.0 as f32 / 30.0;
                let controls = Controls { aim, thrust: 1, fire: true, boost: false };
                client.core_mut().set_input(&controls).expect("the input fits the schema");
                if let Some(ticks) = &ticks {
                    ticks.fetch_add(1, Ordering::Relaxed);
                }
            }
            _ => continue,
        }
    }
}

/// This program, started again as a server.
fn start_server() -> Child {
    let program = std::env::current_exe().expect("this program has a path");
    let mut command = Command::new(program);
    command
        .args(["--listen", "127.0.0.1:0", "--seed", "1", "--tick-hz", &TICK_HZ.to_string()])
        .env(SERVE, "1")
        .stderr(Stdio::null());
    Child::start(&mut command).expect("the server starts")
}

/// The CPU time that a server uses while `rounds` ticks go by, and at least a second's.
fn cpu_over(server: &Child, rounds: u64, ticks: &AtomicU64) -> Duration {
    let wanted = rounds.max(u64::from(TICK_HZ));
    let (cpu, start) = (server.cpu(), ticks.load(Ordering::Relaxed));
    let deadline = Instant::now() + Duration::from_secs(10 + wanted / u64::from(TICK_HZ));
    while ticks.load(Ordering::Relaxed) < start + wanted {
        assert!(Instant::now() < deadline, "the ticks stopped coming");
        std::thread::sleep(Duration::from_millis(5));
    }
    let passed = ticks.load(Ordering::Relaxed) - start;
    (server.cpu() - cpu).mul_f64(rounds as f64 / passed as f64)
}
