//! The server's CPU for each client and tick, over that of a program that only reads and writes.
//!
//! `cargo run --release -p tickwire-benches --bin floor [-- SCENARIO…]`

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::Parser;
use tickwire_benches::{
    floor::{Plan, SCENARIOS, Scenario, bare::Bare, compare, measure::ROLE, print},
    load::child::{CORES, pin},
};
use tickwire_bots::swarm::parse_duration;
use tickwire_games::{arena::Arena, field::Field};
use tickwire_server::{Games, serve_games};

/// Measures the server against the physical limit of this machine.
///
/// Starts the server on one core, puts clients on it from another, and measures the CPU that it
/// takes for each client and tick. Then the same for a bare server, which only reads what came and
/// writes as many bytes, and prints the ratio. Some of the clients hold a replica and compare every
/// hash; one that differs ends the run.
#[derive(Debug, Parser)]
#[command(after_help = "SCENARIOS\n  \
    everyone  1,000 players in one room of the arena, all visible to all, 30 Hz\n  \
    sixty     100 players in one room of the arena, 60 Hz\n  \
    field     1,000 players among 10,000 things, 30 Hz\n  \
    rooms     200 rooms of the arena with 10 players each, 30 Hz\n\n\
    Needs two cores and Linux. CPU is what the kernel counts for the server's process.")]
struct Arguments {
    /// Which ones [default: all].
    scenarios: Vec<String>,
    /// How long it is measured, such as 8s.
    #[arg(long = "for", value_name = "TIME", default_value = "8s", value_parser = parse_duration)]
    time: Duration,
    /// How long it runs before that.
    #[arg(long, value_name = "TIME", default_value = "4s", value_parser = parse_duration)]
    warm_up: Duration,
    /// How often, the server and the floor in turn; the medians count.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Put on so many clients, instead of the scenario's own number.
    #[arg(long)]
    clients: Option<usize>,
    /// Also write the results as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

fn main() -> ExitCode {
    let done = match std::env::var(ROLE).as_deref() {
        Ok("server") => {
            pin(CORES.0);
            return serve_games(Games::new().with::<Arena>().with::<Field>());
        }
        Ok(_) => be_bare(),
        Err(_) => run(&Arguments::parse()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("floor: {error}");
            ExitCode::FAILURE
        }
    }
}

fn be_bare() -> Result<(), String> {
    pin(CORES.0);
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let bare = Bare::from_arguments(&arguments).ok_or("six numbers are needed")?;
    bare.serve().map_err(|error| error.to_string())
}

fn run(arguments: &Arguments) -> Result<(), String> {
    if !pin(CORES.1) {
        return Err(
            "this needs a machine with two cores: one for the server, one for the load".into()
        );
    }
    let plan =
        Plan { warm_up: arguments.warm_up, time: arguments.time, rounds: arguments.rounds.max(1) };
    let mut results = Vec::new();
    for scenario in chosen(&arguments.scenarios)? {
        let clients = arguments.clients.unwrap_or(scenario.clients);
        let scenario = Scenario { clients, ..scenario };
        let compared = compare(&scenario, plan, &mut |line| eprintln!("  {line} ..."))?;
        println!("{}", print::lines(&scenario, &compared));
        results.push(compared);
    }
    if let Some(path) = &arguments.json {
        let text = serde_json::to_string_pretty(&results).map_err(|error| error.to_string())?;
        std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

fn chosen(names: &[String]) -> Result<Vec<Scenario>, String> {
    if names.is_empty() {
        return Ok(SCENARIOS.to_vec());
    }
    let find = |name: &String| {
        let found = SCENARIOS.iter().find(|scenario| scenario.name == name.as_str()).copied();
        found.ok_or_else(|| format!("no scenario is called {name:?}; see --help"))
    };
    names.iter().map(find).collect()
}
