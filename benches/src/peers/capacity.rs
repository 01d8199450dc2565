//! The most clients that a host serves at the full rate from one core.

use std::time::Duration;

use serde::Serialize;

use super::{host::Host, measure::Crowd, world::HZ};

/// Each step has so many times the clients of the one before.
const STEP: f64 = 1.25;
/// The first step, and where the search ends.
const CLIENTS: (usize, usize) = (300, 3900);
/// How often a step is tried.
const TRIES: usize = 3;

/// What the search found.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Capacity {
    /// The most clients that were served at the full rate.
    pub clients: usize,
    /// Whether the search ended for another reason than the host, so that it may be more.
    pub at_least: bool,
}

/// Adds clients until fewer than 97 of 100 states come, or the host's p99 tick is longer than a tick,
/// three times in a row: one moment of somebody else's on a shared machine is not the host's limit.
///
/// # Errors
/// When the host does not start.
pub fn search(host: &'static Host, near: bool, time: Duration) -> Result<Capacity, String> {
    let mut crowd = Crowd::new(host, near)?;
    let (mut clients, mut held) = (CLIENTS.0, 0);
    while clients <= CLIENTS.1 {
        // Who does not get in may have been held up by the load itself.
        if crowd.fill(clients).is_err() {
            return Ok(Capacity { clients: held, at_least: true });
        }
        match hold(&mut crowd, time) {
            Held::Yes => held = clients,
            Held::No => break,
            Held::Unknown => return Ok(Capacity { clients: held, at_least: true }),
        }
        clients = (clients as f64 * STEP) as usize;
    }
    Ok(Capacity { clients: held, at_least: clients > CLIENTS.1 })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    Yes,
    No,
    /// The load could not keep up.
    Unknown,
}

/// Whether the host holds the rate with who is on it.
fn hold(crowd: &mut Crowd, time: Duration) -> Held {
    let mut held = Held::No;
    for _ in 0..TRIES {
        let tried = crowd.run(time / 2).and_then(|_| crowd.measure(time));
        let Ok(measured) = tried else { return Held::No };
        held = match measured.rate >= 0.97 && measured.tick_p99_ms <= 1e3 / f64::from(HZ) {
            true => return Held::Yes,
            false if measured.void => Held::Unknown,
            false => Held::No,
        };
    }
    held
}
