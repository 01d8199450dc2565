//! One transport at one tick rate and one round trip.

use std::{
    thread,
    time::{Duration, Instant},
};

use clap::Parser;
use serde::Serialize;
use tickwire_bots::{
    client::Transport,
    swarm::{self, Cli, Command, Report, Spread, SwarmOptions},
};

use super::serve;
use crate::load::Child;

/// What is measured begins so long after the bots set out.
const SETTLES: Duration = Duration::from_secs(2);
/// And ends so long before they leave.
const ENDS: Duration = Duration::from_millis(300);

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    /// How messages are carried.
    pub transport: Transport,
    /// Ticks a second; those that poll ask as often.
    pub tick_hz: u32,
    /// The time of a message and its answer, in milliseconds.
    pub round_trip_ms: u32,
}

/// What came out, for each client and second where nothing else is said.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Row {
    /// How messages were carried.
    pub transport: &'static str,
    /// Ticks a second.
    pub tick_hz: u32,
    /// The time of a message and its answer, in milliseconds.
    pub round_trip_ms: u32,
    /// Frames that were applied.
    pub frames: f64,
    /// Bytes from the server, headers of HTTP and WebSocket frames included.
    pub down: f64,
    /// Bytes to the server, likewise.
    pub up: f64,
    /// HTTP requests.
    pub requests: f64,
    /// The server's CPU, in microseconds.
    pub cpu_us: f64,
    /// From when a tick was due to when it was applied, in milliseconds.
    pub age: Spread,
    /// Hashes that held.
    pub hashes: u64,
    /// Whether the bots could not keep up, so that the figures are theirs.
    pub void: bool,
}

/// Measures a case with so many players for so long.
///
/// # Errors
/// When the server does not start, or anything was wrong with what the bots saw.
pub fn once(case: Case, players: u32, time: Duration) -> Result<Row, String> {
    let child = serve(case.tick_hz)?;
    let options = options(case, players, time, &child)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let (report, cpu) = thread::scope(|scope| {
        let watching = scope.spawn(|| cpu_rate(&child, time));
        let report = runtime.block_on(swarm::run(&options));
        (report, watching.join())
    });
    let cpu = cpu.map_err(|_| "the watching thread panicked".to_owned())?;
    row(case, &report?, cpu / f64::from(players))
}

fn options(
    case: Case,
    players: u32,
    time: Duration,
    child: &Child,
) -> Result<SwarmOptions, String> {
    let Case { transport, tick_hz, round_trip_ms } = case;
    let address = child.address;
    let mut words = format!(
        "tickwire-bots swarm --quiet --url ws://{address} -n {players} --for {}s --ramp 100 \
         --transport {transport} --poll-hz {tick_hz}",
        time.as_secs()
    );
    if round_trip_ms > 0 {
        words += &format!(" --net latency={}ms", round_trip_ms / 2);
    }
    match Cli::try_parse_from(words.split_whitespace()).map(|cli| cli.command) {
        Ok(Command::Swarm(options)) => Ok(options),
        Ok(_) => unreachable!("it says swarm"),
        Err(error) => Err(error.to_string()),
    }
}

/// The server's CPU a second while bots play, in microseconds.
fn cpu_rate(child: &Child, time: Duration) -> f64 {
    thread::sleep(SETTLES);
    let (begun, before) = (Instant::now(), child.cpu());
    thread::sleep(time.saturating_sub(SETTLES + ENDS));
    child.cpu().saturating_sub(before).as_secs_f64() * 1e6 / begun.elapsed().as_secs_f64()
}

fn row(case: Case, report: &Report, cpu_us: f64) -> Result<Row, String> {
    let Case { transport, tick_hz, round_trip_ms } = case;
    let what = format!("{transport} at {tick_hz} Hz and {round_trip_ms} ms");
    if !report.passed() {
        return Err(format!("{what}: {}", report.reasons.join("; ")));
    }
    let told = report.transports.iter().find(|told| told.transport == transport.name());
    let told = told.ok_or_else(|| format!("{what}: no client was on it for a second"))?;
    Ok(Row {
        transport: transport.name(),
        tick_hz,
        round_trip_ms,
        frames: told.a_client_second(told.frames),
        down: told.a_client_second(told.received_bytes),
        up: told.a_client_second(told.sent_bytes),
        requests: told.a_client_second(told.requests),
        cpu_us,
        age: told.frame_age_ms,
        hashes: report.hashes_verified,
        void: report.generator_saturated,
    })
}
