//! Tickwire beside what else one could host a game with, in one table.
//!
//! `cargo run --release -p tickwire-benches --bin peers`

use std::{fs, path::PathBuf, process::ExitCode, time::Duration};

use clap::Parser;
use tickwire_benches::{
    load::child::{CORES, pin},
    peers::{
        capacity, chart,
        game::Ships,
        host::{self, HOSTS, Host, ROLE},
        measure::{self, Crowd, Plan},
        naive,
        table::{self, Report, Row},
    },
};
use tickwire_bots::swarm::parse_duration;
use tickwire_server::{Games, serve_games};

/// Compares Tickwire with what else one could host a game with.
///
/// Every host runs the same world at 30 Hz in a process of its own, on one core; the load runs on another, as
/// many clients as the size says, each with an input in every tick. Bytes are counted at the clients' sockets,
/// CPU and memory by the kernel. `benches/peers/README.md` has the method.
#[derive(Debug, Parser)]
#[command(after_help = "WORLDS\n  \
    everyone  ships that all see each other: 64, 128, 256 and 512 players\n  \
    near      2,000 drifters besides, each player sees what is near: 128 and 512 players\n\n\
    HOSTS\n  \
    tickwire            this server\n  \
    tungstenite         tokio-tungstenite, whole states in bincode\n  \
    ws                  ws, whole states in MessagePack\n  \
    socketio            socket.io, whole states in JSON\n  \
    colyseus            Colyseus, patches of float fields\n  \
    colyseus-quantised  Colyseus, patches of whole numbers\n\n\
    Needs Linux, two cores and taskset; for the Node hosts npm, which is asked for their packages once,\n\
    into benches/peers/node_modules. Without npm the others are measured. A whole run takes about twenty\n\
    minutes, --quick two to three.")]
struct Arguments {
    /// Which hosts, with commas between [default: all].
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Which worlds [default: both].
    #[arg(long, value_delimiter = ',', value_parser = ["everyone", "near"])]
    world: Vec<String>,
    /// Which sizes [default: what the worlds have].
    #[arg(long, value_delimiter = ',')]
    clients: Vec<usize>,
    /// Which parts [default: all].
    #[arg(long, value_delimiter = ',', value_parser = ["sizes", "most", "stalls"])]
    part: Vec<String>,
    /// How often each is measured; medians count.
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// How long each is measured, such as 3s.
    #[arg(long = "for", value_name = "TIME", default_value = "3s", value_parser = parse_duration)]
    time: Duration,
    /// One size in each world, once and briefly: to see that it works.
    #[arg(long)]
    quick: bool,
    /// Also write everything as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Also write the tables as Markdown.
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
    /// Also draw the chart, as SVG.
    #[arg(long, value_name = "FILE")]
    chart: Option<PathBuf>,
}

fn main() -> ExitCode {
    let role = std::env::var(ROLE).ok();
    let done = match role.as_deref().map(|role| role.split_once(' ')) {
        None => run(&Arguments::parse()),
        Some(Some(("tickwire", _))) => {
            return serve_games(Games::new().with::<Ships<false>>().with::<Ships<true>>());
        }
        Some(Some((_, world))) => naive::serve(world == "near").map_err(|error| error.to_string()),
        Some(None) => Err(format!("{ROLE} is not for people to set")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("peers: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    if !pin(CORES.1) {
        return Err(
            "this needs a machine with two cores: one for the host, one for the load".into()
        );
    }
    let mut hosts = chosen(&arguments.only)?;
    let mut report = Report::default();
    if hosts.iter().any(|host| host.needs_node())
        && let Err(needed) = host::install()
    {
        eprintln!("  {needed}");
        report.missing.push(needed);
        hosts.retain(|host| !host.needs_node());
    }
    report.about = about(&hosts);
    measure_all(arguments, &hosts, &mut report);
    let text = table::text(&report);
    println!("{text}");
    write(arguments.table.as_ref(), &text)?;
    write(arguments.chart.as_ref(), &chart::svg(&report))?;
    let json = serde_json::to_string_pretty(&report).map_err(|error| error.to_string())?;
    write(arguments.json.as_ref(), &json)
}

fn write(path: Option<&PathBuf>, text: &str) -> Result<(), String> {
    let Some(path) = path else { return Ok(()) };
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

/// Measures everything; what cannot be measured is noted, and the rest goes on.
fn measure_all(arguments: &Arguments, hosts: &[&'static Host], report: &mut Report) {
    let (plan, everyone, near): (_, &[usize], &[usize]) = if arguments.quick {
        let plan = Plan { warm_up: Duration::from_secs(1), time: Duration::from_secs(2), runs: 1 };
        (plan, &[64], &[64])
    } else {
        let time = arguments.time;
        let plan = Plan { warm_up: Duration::from_millis(1500), time, runs: arguments.runs.max(1) };
        (plan, &[64, 128, 256, 512], &[128, 512])
    };
    let part =
        |name: &str| arguments.part.is_empty() || arguments.part.iter().any(|part| part == name);
    for (world, sizes) in [("everyone", everyone), ("near", near)] {
        let sizes = if arguments.clients.is_empty() { sizes } else { &arguments.clients };
        let wanted = arguments.world.is_empty() || arguments.world.iter().any(|name| name == world);
        for &clients in sizes.iter().filter(|_| wanted && part("sizes")) {
            measure_size(world, clients, hosts, plan, report);
        }
    }
    for &host in hosts {
        if part("most") && !arguments.quick {
            eprintln!("  {}: the most clients ...", host.name);
            match capacity::search(host, false, Duration::from_millis(1500)) {
                Ok(capacity) => report.capacities.push((host.name, capacity)),
                Err(error) => report.missing.push(format!("{}, capacity: {error}", host.name)),
            }
        }
        if !part("stalls") {
            continue;
        }
        eprintln!("  {}: a stall ...", host.name);
        match stall(host, if arguments.quick { 64 } else { 256 }) {
            Ok(stalled) => report.stalls.push((host.name, stalled)),
            Err(error) => report.missing.push(format!("{}, stall: {error}", host.name)),
        }
    }
}

/// All hosts at one size, in turns, so that a noisy moment is not one host's alone.
fn measure_size(
    world: &'static str,
    clients: usize,
    hosts: &[&'static Host],
    plan: Plan,
    report: &mut Report,
) {
    let mut runs = vec![Vec::new(); hosts.len()];
    for run in 1..=plan.runs {
        for (host, runs) in hosts.iter().zip(&mut runs) {
            // What did not work once is not tried again.
            if runs.len() + 1 < run {
                continue;
            }
            eprintln!("  {world}, {clients} clients, {run}/{}: {} ...", plan.runs, host.name);
            match measure::once(host, world == "near", clients, plan, run == plan.runs) {
                Ok(measured) => runs.push(measured),
                Err(error) => {
                    report
                        .missing
                        .push(format!("{} in {world} with {clients}: {error}", host.name));
                }
            }
        }
    }
    let measured = hosts.iter().zip(&runs).filter(|(_, runs)| !runs.is_empty());
    report.rows.extend(measured.map(|(host, runs)| Row {
        world,
        clients,
        host: host.name,
        measured: measure::medians(runs),
    }));
}

fn stall(
    host: &'static Host,
    clients: usize,
) -> Result<tickwire_benches::peers::stall::Stalled, String> {
    let mut crowd = Crowd::new(host, false)?;
    crowd.fill(clients)?;
    crowd.run(Duration::from_secs(1))?;
    crowd.stall()
}

fn chosen(names: &[String]) -> Result<Vec<&'static Host>, String> {
    if names.is_empty() {
        return Ok(HOSTS.iter().collect());
    }
    let find = |name: &String| {
        let found = HOSTS.iter().find(|host| host.name == name.as_str());
        found.ok_or_else(|| format!("no host is called {name:?}; see --help"))
    };
    names.iter().map(find).collect()
}

/// The machine, and the versions of what is compared.
fn about(hosts: &[&'static Host]) -> Vec<String> {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("?", |two| two.1);
    let cores = cpu.lines().filter(|line| line.starts_with("processor")).count();
    let kernel = read("/proc/sys/kernel/osrelease");
    // What stands behind the version is how somebody built it.
    let kernel = kernel.split('-').next().unwrap_or_default();
    let mut about = vec![format!("{model}, {cores} cores, Linux {}", kernel.trim())];
    if hosts.iter().any(|host| host.needs_node()) {
        about.push(format!("Node {}", host::node_version()));
    }
    about.extend(
        hosts.iter().map(|host| format!("{}: {} ({})", host.name, host.about, host.version())),
    );
    about
}
