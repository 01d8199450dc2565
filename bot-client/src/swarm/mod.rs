//! Many bots at once, and a verdict at the end.
//!
//! [`main`] is the program; [`run`] is the run, for whoever wants its [`Report`].

mod ages;
mod behaviour;
pub(crate) mod bot;
mod carriage;
pub(crate) mod cpu;
mod duration;
mod faults;
pub(crate) mod file;
mod foresight;
pub(crate) mod histogram;
mod kinds;
mod losses;
mod meter;
pub(crate) mod options;
mod pace;
pub(crate) mod policy;
mod progress;
pub(crate) mod report;
pub(crate) mod rooms;
mod schedule;
pub(crate) mod table;
pub(crate) mod tally;
pub(crate) mod target;
mod verdict;
mod visit;

use std::{
    io::Write,
    process::ExitCode,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use tokio::{task::JoinSet, time::timeout};

use crate::status::Status;

pub use self::{
    ages::Ages,
    carriage::{CarriageOptions, CarriageTally, ResumeReport, TransportMix, TransportReport},
    duration::parse_duration,
    faults::{Fault, Faults},
    kinds::{KINDS, Kind},
    options::{BehaviourKind, Cli, Command, SwarmOptions},
    pace::Pace,
    policy::Policy,
    report::{KindReport, Report, Spread, TickRate, TickSpread, Verdict},
    table::{Brief, Table, VerdictLine, grouped},
    tally::{Counts, KindTally, Tally},
    target::{Target, TargetError},
    verdict::{Facts, reasons},
};
use self::{
    bot::{Bot, Swarm},
    cpu::MachineTime,
    file::ResultFile,
    report::Effort,
};

/// The exit code of a command that makes no sense.
const USAGE: u8 = 2;
/// How long bots may take to leave at the end.
const GRACE: Duration = Duration::from_secs(5);

/// Runs the swarm as a program: 0 when it passes, 1 when it fails, 2 when it makes no sense.
#[must_use]
pub fn main(options: &SwarmOptions) -> ExitCode {
    let runtime = cpu::runtime(options.threads.map(usize::from));
    // A run of an hour should not end with the news that there is nowhere to write to.
    let file = match options.json.as_deref().map(ResultFile::open).transpose() {
        Ok(file) => file,
        Err(problem) => return refuse(&problem),
    };
    match runtime.block_on(run(options)) {
        Ok(report) => conclude(options, &report, file),
        Err(problem) => {
            if let Some(file) = file {
                file.give_up();
            }
            refuse(&problem)
        }
    }
}

fn refuse(problem: &str) -> ExitCode {
    eprintln!("tickwire-bots: {problem}");
    ExitCode::from(USAGE)
}

/// Prints and saves the results.
fn conclude(options: &SwarmOptions, report: &Report, file: Option<ResultFile>) -> ExitCode {
    let mut out = std::io::stdout();
    // Whoever closed our output has seen enough; the exit code still counts.
    let _ = match options.quiet {
        true => writeln!(out, "{}", Brief(report)),
        false => writeln!(out, "{}", Table(report)),
    };
    if let Some(file) = file
        && let Err(problem) = file.write(report)
    {
        eprintln!("tickwire-bots: {problem}");
        return ExitCode::FAILURE;
    }
    if report.passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs a swarm to its end.
///
/// # Errors
/// What in the options makes no sense. A run that goes wrong is a report that says so.
pub async fn run(options: &SwarmOptions) -> Result<Report, String> {
    options.check()?;
    let target = match Target::find(options).await {
        Ok(target) => target,
        Err(TargetError::Usage(problem)) => return Err(problem),
        Err(TargetError::Absent(problem)) => return Ok(Report::not_begun(options, problem)),
    };
    let swarm = Arc::new(Swarm::new(options, target));
    let address = swarm.target.address();
    let status_before = Status::of(address).await.ok();
    let (cpu_before, machine_before) = (cpu::process_seconds(), MachineTime::now());
    let probe = tokio::spawn(cpu::probe_lag(swarm.tally.clone()));
    let slowing = tokio::spawn(kinds::hold_down(swarm.clone()));
    let seconds = let_play(&swarm).await;
    probe.abort();
    slowing.abort();
    let status_after = Status::of(address).await.ok();
    let used = |before| Some(cpu::process_seconds()? - before);
    let busy = |before| Some(MachineTime::now()?.busy_since(before));
    let effort = Effort {
        seconds,
        cpu_seconds: cpu_before.and_then(used),
        machine_busy: machine_before.and_then(busy),
        tick_hz: swarm.tally.tick_hz(),
        cores: cpu::cores().min(options.threads.map_or(usize::MAX, usize::from)),
        interrupted: swarm.interrupted.load(Ordering::Relaxed),
        written: status_before.zip(status_after).and_then(written),
    };
    let paces: Vec<_> = swarm.rooms.iter().map(|room| room.track.pace()).collect();
    Ok(Report::new(options, &swarm.tally, effort, &paces))
}

/// How long after their ticks were due the server wrote its frames between two looks.
fn written((before, after): (Status, Status)) -> Option<Spread> {
    let ms = |share| Some(after.written.quantile(&before.written, share)?.round() / 1000.0);
    Some(Spread { p50: ms(0.5)?, p99: ms(0.99)? })
}

/// Sends the bots out and gets them home; for how many seconds they played.
async fn let_play(swarm: &Arc<Swarm>) -> f64 {
    let (options, start) = (&swarm.options, Instant::now());
    let mut bots: JoinSet<()> =
        (0..options.bots).map(|index| Bot::new(index, swarm.clone()).live()).collect();
    tokio::select! {
        () = tokio::time::sleep(options.time) => {}
        () = all_gone(&mut bots) => {}
        () = interruption() => swarm.interrupted.store(true, Ordering::Relaxed),
        () = progress::show(options, &swarm.tally) => {}
    }
    let seconds = start.elapsed().as_secs_f64();
    swarm.over.store(true, Ordering::Relaxed);
    swarm.stop.send_replace(true);
    bring_home(swarm, bots).await;
    seconds
}

/// Waits until somebody wants the run to end: Ctrl-C, or what `kill` and `timeout` send.
pub(crate) async fn interruption() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

async fn all_gone(bots: &mut JoinSet<()>) {
    while bots.join_next().await.is_some() {}
}

/// Waits until the bots have left; those that the server keeps waiting are given up.
async fn bring_home(swarm: &Swarm, mut bots: JoinSet<()>) {
    if timeout(GRACE, all_gone(&mut bots)).await.is_ok() {
        return;
    }
    for _ in 0..bots.len() {
        let text = format!("nothing was heard for {} s at the end", GRACE.as_secs());
        swarm.tally.fault(Fault::Lost, text);
    }
    bots.shutdown().await;
}
