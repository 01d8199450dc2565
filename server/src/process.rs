//! What the operating system gives this process, and says of it.

use std::fs;

/// Linux counts CPU time in hundredths of a second for every program, whatever its kernel uses.
const CLOCK_TICKS_A_SECOND: f64 = 100.0;

/// Takes as many file handles as the system lets it have: each socket needs one, and the
/// usual 1024 are fewer than the connections that are allowed.
#[cfg(unix)]
pub(crate) fn raise_handle_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::debug!(%error, "the limit on file handles stays");
    }
}

/// Other systems have no such limit.
#[cfg(not(unix))]
pub(crate) fn raise_handle_limit() {}

/// What the process uses; what is not known is absent.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub(crate) struct Usage {
    /// User and system CPU time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cpu_seconds: Option<f64>,
    /// Memory that is resident.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resident_bytes: Option<u64>,
    /// Memory that it has addresses for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) virtual_bytes: Option<u64>,
    /// Files and sockets that are open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) open_files: Option<u64>,
    /// How many of them there may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) most_files: Option<u64>,
    /// Threads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) threads: Option<u64>,
    /// When it started, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) start_time_seconds: Option<f64>,
}

/// What the process uses now.
pub(crate) fn usage() -> Usage {
    let stat = fs::read_to_string("/proc/self/stat").ok();
    let stat = stat.as_deref();
    let status = fs::read_to_string("/proc/self/status").ok();
    let in_status = |name| status.as_deref().and_then(|status| number(status, name));
    // Looking at them takes one.
    let open = fs::read_dir("/proc/self/fd").map(|files| files.count().saturating_sub(1) as u64);
    Usage {
        cpu_seconds: stat.and_then(cpu_ticks).map(|ticks| ticks as f64 / CLOCK_TICKS_A_SECOND),
        resident_bytes: in_status("VmRSS:").map(|kib| kib * 1024),
        virtual_bytes: in_status("VmSize:").map(|kib| kib * 1024),
        open_files: open.ok(),
        most_files: most_files(),
        threads: in_status("Threads:"),
        start_time_seconds: stat.and_then(start_time),
    }
}

/// How many files may be open, if that is limited.
#[cfg(unix)]
fn most_files() -> Option<u64> {
    use rustix::process::{Resource, getrlimit};
    getrlimit(Resource::Nofile).current
}

/// Other systems have no such limit.
#[cfg(not(unix))]
fn most_files() -> Option<u64> {
    None
}

/// Field 22 of `stat` counts from the machine's start, whose time is elsewhere.
fn start_time(stat: &str) -> Option<f64> {
    let machine = fs::read_to_string("/proc/stat").ok()?;
    let boot = number(&machine, "btime")?;
    let (_, fields) = stat.rsplit_once(')')?;
    let ticks: u64 = fields.split_ascii_whitespace().nth(19)?.parse().ok()?;
    Some(boot as f64 + ticks as f64 / CLOCK_TICKS_A_SECOND)
}

/// User and system time: fields 14 and 15, counted behind the name, which may hold anything.
fn cpu_ticks(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

/// The number behind a name at the beginning of a line.
fn number(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_time_is_found_behind_any_name() {
        let stat = "7 (a) b (c)) S 1 7 7 0 -1 4 100 0 0 0 250 50 0 0 20 0";
        assert_eq!(cpu_ticks(stat), Some(300));
        assert_eq!(cpu_ticks("7 (a"), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_process_started_a_while_ago_and_has_files_open() {
        let usage = usage();
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let now = now.expect("it is after 1970").as_secs_f64();
        let started = usage.start_time_seconds.expect("Linux says so");
        // To a second: the machine's own start is known no better.
        assert!(started <= now + 1.5 && started > now - 3600.0, "{started} {now}");
        assert!(usage.open_files.is_some_and(|open| open >= 3), "{usage:?}");
        assert!(usage.open_files <= usage.most_files, "{usage:?}");
    }

    #[test]
    fn resident_memory_is_found_by_its_name() {
        assert_eq!(number("Name:\tx\nVmRSS:\t   1234 kB\n", "VmRSS:"), Some(1234));
        assert_eq!(number("Name:\tx\n", "VmRSS:"), None);
    }
}
