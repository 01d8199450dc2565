//! One host at one size: what it takes, and what a player gets.

use std::{
    io::Write,
    net::SocketAddr,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use serde::Serialize;
use tickwire_bots::status::Status;

use super::{
    host::{Dialect, Host, node, root},
    probe::Probe,
    stall::{self, Stalled},
    thin::{Client, Thin},
    world::HZ,
};
use crate::load::{Child, Generator, Load, tickwire::Player};

/// After so long those that are in get their turns.
const AT_ONCE: Duration = Duration::from_millis(40);
/// Clients that take longer than this to let in are not waited for.
const MOST_FILLING: Duration = Duration::from_secs(20);
/// One of so many clients of Tickwire's holds a replica and proves it.
const PROVE_ONE_IN: usize = 32;
/// How many joins are timed.
const JOINS: usize = 5;
/// The warm-up when presses are timed.
const LEARNING: Duration = Duration::from_secs(5);

/// For how long things are measured.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Before anything counts.
    pub warm_up: Duration,
    /// While it counts.
    pub time: Duration,
    /// How often; medians count.
    pub runs: usize,
}

/// What was measured, in the units that the table has.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Measured {
    /// Bytes a client-second, WebSocket headers included.
    pub bytes_a_second: f64,
    /// Bytes an entity update: over every entity that a client was shown in each tick.
    pub bytes_an_update: f64,
    /// Entities shown to a client.
    pub shown: f64,
    /// The host's CPU a client-tick, in microseconds.
    pub cpu_us: f64,
    /// The host's own ticks, in milliseconds.
    pub tick_p50_ms: f64,
    /// The same.
    pub tick_p99_ms: f64,
    /// From connecting to the first state, in milliseconds.
    pub join_ms: f64,
    /// The host's memory a client, in kilobytes.
    pub memory_kb: f64,
    /// From a press to the first state that shows it, in milliseconds.
    pub latency_p50_ms: f64,
    /// The same.
    pub latency_p99_ms: f64,
    /// States for each client and tick.
    pub rate: f64,
    /// The share of a core that the load took.
    pub generator: f64,
    /// Whether the load could not keep up, so that the figures are its own.
    pub void: bool,
}

/// A host that runs, and the clients on it.
#[derive(Debug)]
pub struct Crowd {
    host: &'static Host,
    near: bool,
    child: Child,
    generator: Generator<Client>,
    /// Its memory before anybody came.
    empty: u64,
    /// What it had told of its ticks when it was last asked.
    seen: Status,
}

impl Crowd {
    /// Starts a host.
    ///
    /// # Errors
    /// When it does not start.
    pub fn new(host: &'static Host, near: bool) -> Result<Crowd, String> {
        let child = host.start(near)?;
        let mut crowd = Crowd {
            host,
            near,
            child,
            generator: Generator::new(HZ),
            empty: 0,
            seen: Status::default(),
        };
        // One who comes and goes makes the host load what every client needs.
        Probe::join(host, crowd.child.address, near)?;
        thread::sleep(Duration::from_millis(300));
        crowd.empty = crowd.child.resident();
        Ok(crowd)
    }

    /// Where the host listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.child.address
    }

    /// Lets clients in until there are so many, while those that are in get their turns.
    ///
    /// # Errors
    /// When one is not let in, or the host takes too long over it.
    pub fn fill(&mut self, clients: usize) -> Result<(), String> {
        let (begun, mut turned) = (Instant::now(), Instant::now());
        for index in self.generator.clients.len()..clients {
            let client = self.client(index)?;
            let connected = self.generator.connect(self.child.address, client);
            connected.map_err(|error| format!("client {index}: {error}"))?;
            if turned.elapsed() > AT_ONCE {
                self.generator.run(Duration::from_millis(10))?;
                turned = Instant::now();
            }
            if begun.elapsed() > MOST_FILLING {
                let seconds = MOST_FILLING.as_secs();
                return Err(format!(
                    "it let only {index} of {clients} clients in within {seconds} s"
                ));
            }
        }
        Ok(())
    }

    fn client(&self, index: usize) -> Result<Client, String> {
        let Some(dialect) = self.host.dialect else {
            let target = format!("/ws?game={}", if self.near { "near" } else { "everyone" });
            return Ok(Client::Tickwire(Box::new(Player::new(
                &target,
                index,
                index.is_multiple_of(PROVE_ONE_IN),
            ))));
        };
        let thin = Thin::new(dialect, self.child.address, index);
        thin.map(Client::Thin).map_err(|error| format!("client {index}: {error}"))
    }

    /// Keeps the load up.
    ///
    /// # Errors
    /// What a connection ended with.
    pub fn run(&mut self, time: Duration) -> Result<Load, String> {
        self.generator.run(time)
    }

    /// Measures for some time.
    ///
    /// # Errors
    /// What a connection ended with.
    pub fn measure(&mut self, time: Duration) -> Result<Measured, String> {
        self.host.ticks(self.child.address, &mut self.seen)?;
        self.forget();
        let cpu = self.child.cpu();
        let load = self.generator.run(time)?;
        let cpu = self.child.cpu().saturating_sub(cpu);
        let (clients, seconds) =
            (self.generator.clients.len().max(1) as f64, load.time.as_secs_f64());
        let client_ticks = clients * f64::from(HZ) * seconds;
        let (tick_p50_ms, tick_p99_ms, shown) =
            self.host.ticks(self.child.address, &mut self.seen)?;
        let shown = shown.unwrap_or_else(|| self.held());
        Ok(Measured {
            bytes_a_second: load.received as f64 / clients / seconds,
            bytes_an_update: load.received as f64 / load.messages.max(1) as f64 / shown.max(1.0),
            shown,
            cpu_us: cpu.as_secs_f64() * 1e6 / client_ticks,
            tick_p50_ms,
            tick_p99_ms,
            memory_kb: self.child.resident().saturating_sub(self.empty) as f64 / 1e3 / clients,
            rate: load.messages as f64 / client_ticks,
            generator: load.own_share(),
            void: load.is_void(),
            ..Measured::default()
        })
    }

    fn provers(&mut self) -> impl Iterator<Item = &mut Player> {
        self.generator.clients.iter_mut().filter_map(|client| match &mut client.speaker {
            Client::Tickwire(player) if player.proves() => Some(&mut **player),
            _ => None,
        })
    }

    fn forget(&mut self) {
        self.provers().for_each(|player| player.counts = Default::default());
    }

    /// Entities that clients of Tickwire's held, on average.
    fn held(&mut self) -> f64 {
        let sum = |sum: (u64, u64), player: &mut Player| {
            (sum.0 + player.counts.held, sum.1 + player.counts.frames)
        };
        let (held, frames) = self.provers().fold((0, 0), sum);
        held as f64 / frames.max(1) as f64
    }

    /// Measures how long joins take, while the load goes on.
    ///
    /// # Errors
    /// When one is not let in.
    fn joins(&mut self) -> Result<Vec<f64>, String> {
        let (host, address, near) = (self.host, self.address(), self.near);
        let joining = thread::spawn(move || -> Result<Vec<f64>, String> {
            let one = |join| {
                // Else each would begin right after the tick that ended the one before.
                thread::sleep(Duration::from_millis(3 + join as u64 * 7));
                Ok(Probe::join(host, address, near)?.1.as_secs_f64() * 1e3)
            };
            (0..JOINS).map(one).collect()
        });
        self.run_while(|| !joining.is_finished())?;
        joining.join().map_err(|_| "the joining thread panicked".to_owned())?
    }

    fn run_while(&mut self, busy: impl Fn() -> bool) -> Result<(), String> {
        while busy() {
            self.generator.run(Duration::from_millis(20))?;
        }
        Ok(())
    }

    /// Lets a client's network stall, and compares.
    ///
    /// # Errors
    /// When a client is not let in.
    pub fn stall(&mut self) -> Result<Stalled, String> {
        stall::run(self.host, self.address(), |time| self.generator.run(time).map(drop))
    }
}

/// Measures a host once; the latency only if it `presses`, because that takes a longer warm-up:
/// a client of Tickwire's learns within seconds how late its inputs may be sent.
///
/// # Errors
/// What went wrong, such as a hash that differs.
pub fn once(
    host: &'static Host,
    near: bool,
    clients: usize,
    plan: Plan,
    presses: bool,
) -> Result<Measured, String> {
    let mut crowd = Crowd::new(host, near)?;
    let (address, go) = (crowd.address(), Arc::new(AtomicBool::new(false)));
    let pressing = presses.then(|| {
        let go = Arc::clone(&go);
        thread::spawn(move || latencies(host, address, near, plan.time, &go))
    });
    crowd.fill(clients)?;
    crowd.run(if presses { LEARNING.max(plan.warm_up) } else { plan.warm_up })?;
    go.store(true, Relaxed);
    let mut measured = crowd.measure(plan.time)?;
    let mut pressed = Vec::new();
    if let Some(pressing) = pressing {
        crowd.run_while(|| !pressing.is_finished())?;
        pressed = pressing.join().map_err(|_| "the pressing thread panicked".to_owned())??;
    }
    (measured.latency_p50_ms, measured.latency_p99_ms) = (at(&pressed, 50), at(&pressed, 99));
    let mut joins = crowd.joins()?;
    joins.sort_by(f64::total_cmp);
    measured.join_ms = at(&joins, 50);
    Ok(measured)
}

/// How long presses took to show once it may `go`, in rising order, in milliseconds.
fn latencies(
    host: &Host,
    address: SocketAddr,
    near: bool,
    time: Duration,
    go: &AtomicBool,
) -> Result<Vec<f64>, String> {
    let mut samples = if host.dialect == Some(Dialect::Colyseus) {
        latencies_of_colyseus(address, time, go)?
    } else {
        let (mut probe, _) = Probe::join(host, address, near)?;
        probe.play_until(go)?;
        probe.latencies(time)?.iter().map(|time| time.as_secs_f64() * 1e3).collect()
    };
    samples.sort_by(f64::total_cmp);
    Ok(samples)
}

fn latencies_of_colyseus(
    address: SocketAddr,
    time: Duration,
    go: &AtomicBool,
) -> Result<Vec<f64>, String> {
    let told = |error: std::io::Error| format!("watch.js: {error}");
    let mut command = Command::new(node());
    command.arg(root().join("watch.js")).arg("latency").arg(address.to_string());
    command.arg(time.as_secs_f64().to_string());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(told)?;
    while !go.load(Relaxed) && child.try_wait().map_err(told)?.is_none() {
        thread::sleep(Duration::from_millis(5));
    }
    child.stdin.take().expect("its input is piped").write_all(b"\n").map_err(told)?;
    let output = child.wait_with_output().map_err(told)?;
    serde_json::from_slice(&output.stdout).map_err(|error| format!("watch.js: {error}"))
}

fn at(sorted: &[f64], percent: usize) -> f64 {
    sorted.get(sorted.len().saturating_sub(1) * percent / 100).copied().unwrap_or(f64::NAN)
}

/// The medians of several runs, each figure for itself.
#[must_use]
pub fn medians(runs: &[Measured]) -> Measured {
    let median = |figure: fn(&Measured) -> f64| {
        let mut all: Vec<f64> = runs.iter().map(figure).filter(|figure| !figure.is_nan()).collect();
        all.sort_by(f64::total_cmp);
        at(&all, 50)
    };
    Measured {
        bytes_a_second: median(|run| run.bytes_a_second),
        bytes_an_update: median(|run| run.bytes_an_update),
        shown: median(|run| run.shown),
        cpu_us: median(|run| run.cpu_us),
        tick_p50_ms: median(|run| run.tick_p50_ms),
        tick_p99_ms: median(|run| run.tick_p99_ms),
        join_ms: median(|run| run.join_ms),
        memory_kb: median(|run| run.memory_kb),
        latency_p50_ms: median(|run| run.latency_p50_ms),
        latency_p99_ms: median(|run| run.latency_p99_ms),
        rate: median(|run| run.rate),
        generator: median(|run| run.generator),
        void: runs.iter().filter(|run| run.void).count() * 2 > runs.len(),
    }
}
