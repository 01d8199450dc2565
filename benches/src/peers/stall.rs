//! What a client holds after its network has stalled, beside what one holds whose network has not.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

use super::{
    decode::Picture,
    host::{Dialect, Host, node, root},
    probe::Probe,
    relay::Relay,
};

/// How long the network stalls.
pub const STALL: Duration = Duration::from_secs(4);
/// Before and after that.
const CALM: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(3));
/// The longest that all of it may take; a client of Node's needs a while to start.
const PATIENCE: Duration = Duration::from_secs(30);
/// Ticks that are remembered: all of them.
const MEMORY: usize = 600;

/// What a client held after the stall.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Stalled {
    /// Entities that differ from what a healthy client held at the same tick; nothing if there was no such tick.
    pub wrong: Option<usize>,
    /// Of the ticks at which both held a state, those at which the two were not the same.
    pub ticks_wrong: usize,
    /// So many ticks were compared.
    pub ticks: usize,
    /// Entities that the healthy client held.
    pub entities: usize,
    /// What else was noticed, such as a closed connection.
    pub note: String,
}

/// Stalls a client's network, while somebody else `keeps` the load up.
///
/// # Errors
/// When a client is not let in.
pub fn run(
    host: &'static Host,
    address: SocketAddr,
    mut keep: impl FnMut(Duration) -> Result<(), String>,
) -> Result<Stalled, String> {
    let relay = Relay::to(address).map_err(|error| error.to_string())?;
    let watching = thread::spawn(move || match host.dialect {
        Some(Dialect::Colyseus) => watch_colyseus(address, &relay),
        _ => watch(host, address, &relay),
    });
    let begun = Instant::now();
    while !watching.is_finished() && begun.elapsed() < PATIENCE {
        keep(Duration::from_millis(250))?;
    }
    watching.join().map_err(|_| "the watching thread panicked".to_owned())?
}

/// Watches with two probes of our own.
fn watch(host: &Host, address: SocketAddr, relay: &Relay) -> Result<Stalled, String> {
    let (mut healthy, _) = Probe::join(host, address, false)?;
    let (mut stalled, _) = Probe::join(host, relay.address, false)?;
    let mut histories = [BTreeMap::new(), BTreeMap::new()];
    let (begun, mut next, mut note) = (Instant::now(), Duration::ZERO, String::new());
    while begun.elapsed() < CALM.0 + STALL + CALM.1 {
        let now = begun.elapsed();
        relay.stall((CALM.0..CALM.0 + STALL).contains(&now));
        let turn = now >= next;
        if turn {
            next += Duration::from_millis(33);
        }
        for (at, probe) in [&mut healthy, &mut stalled].into_iter().enumerate() {
            let steered = if turn { probe.steer(1) } else { Ok(()) };
            let remember = |picture| remember(&mut histories[at], picture);
            match steered.and_then(|()| probe.look_at_each(remember)) {
                Ok(()) => {}
                Err(error) if at == 1 => note = error,
                Err(error) => return Err(error),
            }
        }
        thread::sleep(Duration::from_micros(300));
    }
    let [right, held] = histories;
    let entities = right.values().next_back().map_or(0, |picture| picture.ships.len());
    let both = right.iter().filter_map(|(tick, right)| Some(right.differences(held.get(tick)?)));
    let differences: Vec<usize> = both.collect();
    let ticks_wrong = differences.iter().filter(|differences| **differences > 0).count();
    let (wrong, ticks) = (differences.last().copied(), differences.len());
    Ok(Stalled { wrong, ticks_wrong, ticks, entities, note })
}

fn remember(history: &mut BTreeMap<u32, Picture>, picture: Picture) {
    history.insert(picture.tick, picture);
    while history.len() > MEMORY {
        history.pop_first();
    }
}

/// Watches with Colyseus' own SDK.
fn watch_colyseus(address: SocketAddr, relay: &Relay) -> Result<Stalled, String> {
    let mut command = Command::new(node());
    command.arg(root().join("watch.js")).args([
        "stall",
        &address.to_string(),
        &relay.address.to_string(),
    ]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let mut lines = BufReader::new(child.stdout.take().expect("its output is piped")).lines();
    let mut line = || lines.next().and_then(Result::ok).ok_or("the watching program ended early");
    let watched = (|| {
        line()?;
        thread::sleep(CALM.0);
        relay.stall(true);
        thread::sleep(STALL);
        relay.stall(false);
        thread::sleep(CALM.1);
        child
            .stdin
            .take()
            .expect("its input is piped")
            .write_all(b"\n")
            .map_err(|error| error.to_string())?;
        serde_json::from_str(&line()?).map_err(|error| error.to_string())
    })();
    let _ = child.kill();
    let _ = child.wait();
    watched
}
