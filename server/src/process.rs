//! What the operating system gives this process, and says of it.

use std::fs;

use serde_json::{Value, json};

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

/// CPU seconds, resident bytes, open files and threads; what is not known is left out.
pub(crate) fn usage() -> Value {
    let mut usage = json!({});
    let stat = fs::read_to_string("/proc/self/stat").ok();
    if let Some(ticks) = stat.as_deref().and_then(cpu_ticks) {
        usage["cpu_seconds"] = json!(ticks as f64 / CLOCK_TICKS_A_SECOND);
    }
    let status = fs::read_to_string("/proc/self/status").ok();
    if let Some(kib) = status.as_deref().and_then(resident_kib) {
        usage["resident_bytes"] = json!(kib * 1024);
    }
    if let Some(threads) = status.as_deref().and_then(|status| number(status, "Threads:")) {
        usage["threads"] = json!(threads);
    }
    if let Ok(files) = fs::read_dir("/proc/self/fd") {
        // Looking at them takes one.
        usage["open_files"] = json!(files.count().saturating_sub(1));
    }
    usage
}

/// User and system time: fields 14 and 15, counted behind the name, which may hold anything.
fn cpu_ticks(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

fn resident_kib(status: &str) -> Option<u64> {
    number(status, "VmRSS:")
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
    fn resident_memory_is_found_by_its_name() {
        assert_eq!(resident_kib("Name:\tx\nVmRSS:\t   1234 kB\n"), Some(1234));
        assert_eq!(resident_kib("Name:\tx\n"), None);
    }
}
