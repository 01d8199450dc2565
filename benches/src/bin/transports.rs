//! The same room over WebSockets, streamed HTTP, long polling and timed polling, in one table.
//!
//! `cargo run --release -p tickwire-benches --bin transports`

use std::{fs, path::PathBuf, process::ExitCode, time::Duration};

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use tickwire_benches::{
    load::child::{CORES, pin},
    transports::{
        ROLE, capture, chart,
        measure::{self, Case},
        table::{self, Report},
    },
};
use tickwire_bots::{
    client::{TRANSPORTS, Transport},
    swarm::parse_duration,
};
use tickwire_games::arena::Arena;
use tickwire_server::{Games, serve_games};

/// Compares the transports: bytes, requests, the server's CPU, and how old frames are.
///
/// The server runs in a process of its own on one core, and a swarm of whole clients on another: all of
/// them play the arena in one room over the same transport, and prove what they see by hash. Bytes are
/// counted at the clients' sockets, with the headers of HTTP and of WebSocket frames and without those
/// of TCP and IP, from a second after a client's first frame on. The round trip is made between each
/// client and its sockets, for all transports alike. Those that poll ask once a tick.
#[derive(Debug, Parser)]
#[command(after_help = "Needs Linux, two cores and taskset. A whole run takes about six minutes, \
    --quick about half a minute.")]
struct Arguments {
    /// Which transports, with commas between: ws, stream, long-poll, poll [default: all]
    #[arg(long, value_delimiter = ',')]
    only: Vec<Transport>,
    /// Which tick rates, with commas between
    #[arg(long, value_delimiter = ',', default_value = "10,20,30,60", value_parser = clap::value_parser!(u32).range(1..=120))]
    hz: Vec<u32>,
    /// Which round trips in milliseconds, with commas between
    #[arg(long, value_delimiter = ',', default_value = "0,40,80", value_parser = clap::value_parser!(u32).range(0..=1000))]
    round_trip: Vec<u32>,
    /// How many players are in the room
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100))]
    players: u32,
    /// How long each case is played, such as 7s
    #[arg(long = "for", value_name = "TIME", default_value = "7s", value_parser = parse_time)]
    time: Duration,
    /// One tick rate and round trip, briefly: to see that it works
    #[arg(long)]
    quick: bool,
    /// Measure nothing; print what goes over the wire
    #[arg(long)]
    capture: bool,
    /// Also write everything as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Also write the tables as Markdown
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
    /// Also draw the picture, as SVG
    #[arg(long, value_name = "FILE")]
    chart: Option<PathBuf>,
}

fn main() -> ExitCode {
    if std::env::var_os(ROLE).is_some() {
        return serve_games(Games::new().with::<Arena>());
    }
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("transports: {error}");
            ExitCode::FAILURE
        }
    }
}

/// How long a case is played at least.
const LEAST: Duration = Duration::from_secs(4);
/// And at most.
const MOST: Duration = Duration::from_secs(600);

fn parse_time(text: &str) -> Result<Duration, &'static str> {
    let time = parse_duration(text)?;
    if (LEAST..=MOST).contains(&time) { Ok(time) } else { Err("give 4s to 10m") }
}

/// Whether everything could be measured.
fn run(arguments: &Arguments) -> Result<bool, String> {
    if arguments.capture {
        println!("{}", capture::run()?);
        return Ok(true);
    }
    if !pin(CORES.1) {
        return Err("this needs two cores: one for the server, one for the clients".into());
    }
    let time = if arguments.quick { LEAST } else { arguments.time };
    let mut report = Report {
        about: about(),
        players: arguments.players,
        seconds: time.as_secs(),
        ..Report::default()
    };
    measure_all(&cases(arguments), time, &mut report);
    let text = table::text(&report);
    println!("{text}");
    write(arguments.table.as_ref(), &text)?;
    write(arguments.chart.as_ref(), &chart::svg(&report))?;
    let json = serde_json::to_string_pretty(&report).map_err(|error| error.to_string())?;
    write(arguments.json.as_ref(), &json)?;
    Ok(report.missing.is_empty())
}

fn write(path: Option<&PathBuf>, text: &str) -> Result<(), String> {
    let Some(path) = path else { return Ok(()) };
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

/// All cases, those of one tick rate and round trip side by side.
fn cases(arguments: &Arguments) -> Vec<Case> {
    let (hz, round_trips) = match arguments.quick {
        true => (&vec![30], &vec![40]),
        false => (&arguments.hz, &arguments.round_trip),
    };
    let only = &arguments.only;
    let wanted = |transport: &Transport| only.is_empty() || only.contains(transport);
    let mut cases = Vec::new();
    for &tick_hz in hz {
        for &round_trip_ms in round_trips {
            let all = TRANSPORTS.into_iter().filter(wanted);
            cases.extend(all.map(|transport| Case { transport, tick_hz, round_trip_ms }));
        }
    }
    cases
}

/// Measures everything; what cannot be measured is noted, and the rest goes on.
fn measure_all(cases: &[Case], time: Duration, report: &mut Report) {
    let bar = ProgressBar::new(cases.len() as u64);
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg} {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    for &case in cases {
        let Case { transport, tick_hz, round_trip_ms } = case;
        bar.set_message(format!("{transport} at {tick_hz} Hz, {round_trip_ms} ms"));
        match measure::once(case, report.players, time) {
            Ok(row) => report.rows.push(row),
            Err(error) => report.missing.push(error),
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
}

/// The machine.
fn about() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = cpu.lines().filter(|line| line.starts_with("processor")).count();
    let kernel = read("/proc/sys/kernel/osrelease");
    // What stands behind the version is how somebody built it.
    let kernel = kernel.split('-').next().unwrap_or_default().trim().to_owned();
    format!("{}, {cores} cores, Linux {kernel}.", model.map_or("?", |two| two.1))
}
