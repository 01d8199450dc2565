//! One server, then the other, on a core of its own, under the same load.

use std::{
    cell::RefCell,
    process::{Command, Stdio},
    time::Duration,
};

use serde::Serialize;
use tickwire_bots::status::Status;
use tickwire_server::Limits;

use super::{bare::Bare, scenario::Scenario};
use crate::load::{Child, Generator, Message, Outgoing, Speaker, http, tickwire::Player};

/// Set for the children of this program: which server they are.
pub const ROLE: &str = "TICKWIRE_FLOOR_ROLE";
/// After so many connections those that are in get their turns.
const AT_ONCE: usize = 20;

/// For how long things are measured.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Before anything counts.
    pub warm_up: Duration,
    /// While it counts.
    pub time: Duration,
    /// How often, one server and the other in turn.
    pub rounds: usize,
}

/// What a server took.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Measured {
    /// The server's CPU for each client and tick, in microseconds.
    pub us_a_client_tick: f64,
    /// The part of it that was not the kernel's.
    pub user_us: f64,
    /// Cores that it kept busy.
    pub cores: f64,
    /// Frames for each client and tick: less than one when it did not keep up.
    pub frames_a_client_tick: f64,
    /// Bytes that a frame had, WebSocket header included.
    pub bytes_a_frame: f64,
    /// Bytes that a client got in a second.
    pub bytes_a_client_second: f64,
    /// Entities updated for each frame, by those who hold a replica.
    pub updates_a_frame: f64,
    /// Entities that they held.
    pub held: f64,
    /// Hashes that they compared, all equal.
    pub hashes: u64,
    /// Delivered entity updates for each second of the server's CPU.
    pub updates_a_core_second: f64,
    /// The room's tick, reading and writing included, in microseconds: p50 and p99.
    pub tick_us: (f64, f64),
    /// The share of a core that the generator took.
    pub generator: f64,
    /// Whether the generator was out of breath, or frames were left out.
    pub void: bool,
}

/// Both servers in one scenario, the medians of all rounds.
#[derive(Clone, Debug, Serialize)]
pub struct Compared {
    /// The scenario.
    pub name: &'static str,
    /// Tickwire.
    pub server: Measured,
    /// The bare server.
    pub floor: Measured,
    /// Tickwire's CPU over the bare server's, of each round.
    pub ratios: Vec<f64>,
    /// Their median.
    pub ratio: f64,
    /// What is promised.
    pub most: Option<f64>,
}

/// Measures a scenario; `told` hears how it goes.
///
/// # Errors
/// What went wrong, such as a hash that differs or a server that does not start.
pub fn compare(
    scenario: &Scenario,
    plan: Plan,
    told: &mut dyn FnMut(&str),
) -> Result<Compared, String> {
    let (mut servers, mut floors) = (Vec::new(), Vec::new());
    for round in 1..=plan.rounds {
        told(&format!("{} {round}/{}: the server", scenario.name, plan.rounds));
        let server = measure_server(scenario, plan)?;
        told(&format!("{} {round}/{}: the floor", scenario.name, plan.rounds));
        floors.push(measure_floor(scenario, plan, &server)?);
        servers.push(server);
    }
    let pairs = servers.iter().zip(&floors);
    let ratios: Vec<f64> =
        pairs.map(|(server, floor)| server.us_a_client_tick / floor.us_a_client_tick).collect();
    let middle = |all: &[Measured]| all[by_cpu(all)[all.len() / 2]];
    let mut sorted = ratios.clone();
    sorted.sort_by(f64::total_cmp);
    Ok(Compared {
        name: scenario.name,
        server: middle(&servers),
        floor: middle(&floors),
        ratio: sorted[sorted.len() / 2],
        ratios,
        most: scenario.most,
    })
}

/// The rounds in order of the CPU that they took.
fn by_cpu(all: &[Measured]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by(|a, b| all[*a].us_a_client_tick.total_cmp(&all[*b].us_a_client_tick));
    order
}

/// This program, started again as a server.
fn this_program(role: &str) -> Result<Command, String> {
    let path = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new(path);
    command.env(ROLE, role).stderr(Stdio::inherit());
    Ok(command)
}

fn measure_server(scenario: &Scenario, plan: Plan) -> Result<Measured, String> {
    let (hz, players) = (scenario.hz.to_string(), scenario.players_a_room.to_string());
    let mut command = this_program("server")?;
    command.args(["--listen", "127.0.0.1:0", "--seed", "1", "--shards", "1", "--log", "error"]);
    command.args(["--game", scenario.game, "--tick-hz", &hz, "--max-players", &players]);
    let child = Child::start(&mut command)?;
    let target = format!("/ws?game={}", scenario.game);
    let player =
        |index: usize| Player::new(&target, index, index.is_multiple_of(scenario.prove_one_in));
    let before = RefCell::new(Status::default());
    let (mut measured, generator) = measure(scenario, plan, &child, player, |generator| {
        before.replace(status(&child).unwrap_or_default());
        generator.clients.iter_mut().for_each(|client| client.speaker.counts = Default::default());
    })?;
    let mut seen = crate::load::tickwire::Counts::default();
    for client in generator.clients.iter().filter(|client| client.speaker.proves()) {
        let counts = client.speaker.counts;
        seen.frames += counts.frames;
        seen.updates += counts.updates;
        seen.hashes += counts.hashes;
        seen.held += counts.held;
    }
    let frames = seen.frames.max(1) as f64;
    measured.updates_a_frame = seen.updates as f64 / frames;
    measured.held = seen.held as f64 / frames;
    measured.hashes = seen.hashes;
    measured.updates_a_core_second = measured.updates_a_frame * measured.frames_a_client_tick
        / (measured.us_a_client_tick / 1e6);
    let (before, after) = (before.into_inner(), status(&child)?);
    let tick = |share| after.ticks.quantile(&before.ticks, share).unwrap_or_default();
    measured.tick_us = (tick(0.5), tick(0.99));
    Ok(measured)
}

/// What the server tells of its ticks.
fn status(child: &Child) -> Result<Status, String> {
    let told = http::ask(child.address, "GET", "/status").map_err(|error| error.to_string())?;
    Status::parse(&told).ok_or_else(|| "the server tells no tick times".to_owned())
}

fn measure_floor(scenario: &Scenario, plan: Plan, like: &Measured) -> Result<Measured, String> {
    let limits = Limits::default();
    let bare = Bare {
        clients: scenario.clients,
        payload: (like.bytes_a_frame - 4.0).max(1.0) as usize,
        hz: scenario.hz,
        groups: scenario.rooms(),
        buffers: (limits.send_buffer, limits.receive_buffer),
    };
    let mut command = this_program("bare")?;
    command.args(bare.arguments());
    let child = Child::start(&mut command)?;
    Ok(measure(scenario, plan, &child, |_| Echo, |_| {})?.0)
}

/// Fills a server with clients, lets it get warm, and measures.
fn measure<S: Speaker>(
    scenario: &Scenario,
    plan: Plan,
    child: &Child,
    speaker: impl Fn(usize) -> S,
    begin: impl Fn(&mut Generator<S>),
) -> Result<(Measured, Generator<S>), String> {
    let mut generator = Generator::new(scenario.hz);
    for index in 0..scenario.clients {
        let connected = generator.connect(child.address, speaker(index));
        connected.map_err(|error| format!("client {index}: {error}"))?;
        if index.is_multiple_of(AT_ONCE) {
            generator.run(Duration::from_millis(20))?;
        }
    }
    generator.run(plan.warm_up)?;
    begin(&mut generator);
    let (cpu, kernel) = (child.cpu(), child.user_and_system());
    let load = generator.run(plan.time)?;
    let (cpu, after) = (child.cpu().saturating_sub(cpu), child.user_and_system());
    let client_ticks = scenario.clients as f64 * f64::from(scenario.hz) * load.time.as_secs_f64();
    let us = cpu.as_secs_f64() * 1e6 / client_ticks;
    let (user, system) = (after.0 - kernel.0, after.1 - kernel.1);
    let measured = Measured {
        us_a_client_tick: us,
        user_us: us * user as f64 / (user + system).max(1) as f64,
        cores: cpu.as_secs_f64() / load.time.as_secs_f64(),
        frames_a_client_tick: load.messages as f64 / client_ticks,
        bytes_a_frame: load.received as f64 / load.messages.max(1) as f64,
        bytes_a_client_second: load.received as f64
            / scenario.clients as f64
            / load.time.as_secs_f64(),
        generator: load.own_share(),
        // One that leaves frames out would look cheap.
        void: load.is_void() || (load.messages as f64) < 0.99 * client_ticks,
        ..Measured::default()
    };
    Ok((measured, generator))
}

/// A client of the bare server: it says as much as an input is, and never looks.
#[derive(Debug)]
struct Echo;

impl Speaker for Echo {
    fn target(&self) -> String {
        "/".to_owned()
    }

    fn open(&mut self, _: Duration, _: &mut Outgoing) {}

    fn receive(&mut self, _: Message<'_>, _: Duration, _: &mut Outgoing) -> Result<(), String> {
        Ok(())
    }

    fn turn(&mut self, _: Duration, out: &mut Outgoing) {
        out.binary(&[2, 0, 0, 0, 0, 2, 0, 0, 0, 0]);
    }
}
