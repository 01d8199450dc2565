//! How hard the swarm itself worked. A load generator that is out of breath measures itself.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::tally::Tally;

/// The kernel counts a process's time in hundredths of a second.
const TICKS_A_SECOND: f64 = 100.0;
/// From this share on a machine has no time left.
const FULL_MACHINE: f64 = 0.95;
/// The share of all cores from which on the swarm counts as saturated.
const MOST_BUSY: f64 = 0.8;
/// Bots that get to run this late at the 99th percentile measure their own delay.
const MOST_LAG_MS: f64 = 15.0;

/// The CPU time that this process used so far, in seconds, where the system tells.
#[must_use]
pub fn process_seconds() -> Option<f64> {
    parse_stat(&std::fs::read_to_string("/proc/self/stat").ok()?)
}

/// User and system time are the 14th and 15th field; the second may contain spaces, in brackets.
fn parse_stat(stat: &str) -> Option<f64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    Some((ticks()? + ticks()?) as f64 / TICKS_A_SECOND)
}

/// How many cores this process may use.
#[must_use]
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// What bots run on: so many threads, or as many as there are cores.
///
/// # Panics
/// When the system gives no threads or no poller.
#[must_use]
pub fn runtime(threads: Option<usize>) -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads.unwrap_or_else(cores))
        .enable_all()
        .build()
        .expect("a runtime needs threads and a poller, which this system gives")
}

/// The time that all cores of this machine had and were busy for, in any unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MachineTime {
    busy: f64,
    whole: f64,
}

impl MachineTime {
    /// The time since the machine started, where the system tells.
    #[must_use]
    pub fn now() -> Option<MachineTime> {
        MachineTime::parse(&std::fs::read_to_string("/proc/stat").ok()?)
    }

    /// The first line has user, nice, system, idle, iowait and more, of which two are idleness.
    fn parse(stat: &str) -> Option<MachineTime> {
        let fields = stat.lines().next()?.strip_prefix("cpu ")?.split_whitespace().take(8);
        let fields: Vec<f64> = fields.map(|field| field.parse().ok()).collect::<Option<_>>()?;
        let idle = fields.get(3)? + fields.get(4)?;
        let whole: f64 = fields.iter().sum();
        Some(MachineTime { busy: whole - idle, whole })
    }

    /// The share that was busy since `earlier`.
    #[must_use]
    pub fn busy_since(self, earlier: MachineTime) -> f64 {
        (self.busy - earlier.busy) / (self.whole - earlier.whole).max(1.0)
    }
}

/// How hard a run was for the one who made it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Load {
    /// The share of the cores that this program may use which it used.
    pub own: f64,
    /// The share of the machine that was busy with anything.
    pub machine: f64,
    /// How late its tasks ran at the 99th percentile, in milliseconds.
    pub lag_ms: f64,
}

impl Load {
    /// Why the swarm counts as saturated, if it does.
    #[must_use]
    pub fn saturation(self) -> Option<String> {
        let Load { own, machine, lag_ms } = self;
        let percent = |share: f64| format!("{:.0}%", share * 100.0);
        if own > MOST_BUSY {
            return Some(format!("this program used {} of the CPU that it may use", percent(own)));
        }
        if lag_ms > MOST_LAG_MS {
            return Some(format!("one frame in a hundred waited {lag_ms:.0} ms to be handled"));
        }
        // A server on the same machine then had to wait for the bots.
        (machine > FULL_MACHINE && own > FULL_MACHINE / 3.0).then(|| {
            let (machine, own) = (percent(machine), percent(own));
            format!("this machine was {machine} busy, and {own} was this program alone")
        })
    }
}

/// Measures how late a task gets to run that is due, which is how long frames wait; without end.
pub async fn probe_lag(tally: Arc<Tally>) {
    const EVERY: Duration = Duration::from_millis(20);
    loop {
        let due = Instant::now() + EVERY;
        tokio::time::sleep_until(due.into()).await;
        tally.lag.record(due.elapsed());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_process_has_used_some_time() {
        let line = "42 (a) b (c)) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0";
        assert_eq!(parse_stat(line), Some(3.0));
        assert_eq!(parse_stat("nonsense"), None);
        #[cfg(target_os = "linux")]
        assert!(process_seconds().is_some());
    }

    #[test]
    fn the_machine_is_as_busy_as_the_kernel_says() {
        let parse = |line| MachineTime::parse(line);
        let before = parse("cpu  10 0 10 70 10 0 0 0 5 5\ncpu0 1").unwrap();
        let after = parse("cpu  60 0 30 90 20 0 0 0 9 9\n").unwrap();
        assert_eq!(after.busy_since(before), 0.7);
        assert_eq!(parse("cpu0 1 2 3 4 5"), None);
        assert_eq!(parse("cpu 1 2 x"), None);
    }

    #[test]
    fn a_swarm_out_of_breath_says_so() {
        let calm = Load { own: 0.5, machine: 0.9, lag_ms: 3.0 };
        assert_eq!(calm.saturation(), None);
        let why = |load: Load| load.saturation().unwrap();
        assert!(why(Load { own: 0.85, ..calm }).contains("85% of the CPU"));
        assert!(why(Load { lag_ms: 40.0, ..calm }).contains("40 ms"));
        assert!(why(Load { machine: 0.99, ..calm }).contains("99% busy"));
        assert_eq!(Load { machine: 0.99, own: 0.1, ..calm }.saturation(), None, "not its doing");
    }
}
