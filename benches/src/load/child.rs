//! A server in a process of its own, and what the kernel says that it used.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    process::{ChildStdout, Command, Stdio},
    time::Duration,
};

use rustix::thread::{CpuSet, sched_setaffinity};

/// A child process that serves.
#[derive(Debug)]
pub struct Child {
    process: std::process::Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// Kept open, because the server has more to say than its address.
    _output: BufReader<ChildStdout>,
}

impl Child {
    /// Starts a program and waits until it prints a line with `http://ADDRESS`.
    ///
    /// # Errors
    /// When it cannot be started, or ends without such a line.
    pub fn start(command: &mut Command) -> Result<Child, String> {
        let spawned = command.stdout(Stdio::piped()).spawn();
        let mut process = spawned.map_err(|error| format!("{command:?}: {error}"))?;
        let mut output = BufReader::new(process.stdout.take().expect("its output is piped"));
        let address = output.by_ref().lines().map_while(Result::ok).find_map(|line| {
            let address = line.split_once("http://")?.1;
            address.trim().trim_end_matches('/').parse().ok()
        });
        match address {
            Some(address) => Ok(Child { process, address, _output: output }),
            None => {
                let _ = process.kill();
                let _ = process.wait();
                Err(format!("{command:?} ended without saying where it listens"))
            }
        }
    }

    /// The CPU time of all its threads, which Linux counts in nanoseconds.
    #[must_use]
    pub fn cpu(&self) -> Duration {
        let threads = fs::read_dir(format!("/proc/{}/task", self.process.id()));
        let nanoseconds = threads.into_iter().flatten().flatten().filter_map(|thread| {
            let text = fs::read_to_string(thread.path().join("schedstat")).ok()?;
            text.split_whitespace().next()?.parse::<u64>().ok()
        });
        Duration::from_nanos(nanoseconds.sum())
    }

    /// Its CPU time in user space and in the kernel, as the kernel samples it, in hundredths of a second.
    #[must_use]
    pub fn user_and_system(&self) -> (u64, u64) {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process.id()));
        let stat = stat.unwrap_or_default();
        // The program's name is in brackets and may have spaces.
        let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
        let mut times = fields.split_whitespace().skip(11).map(|field| field.parse().unwrap_or(0));
        (times.next().unwrap_or(0), times.next().unwrap_or(0))
    }

    /// The memory that it holds, in bytes.
    #[must_use]
    pub fn resident(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        kilobytes.unwrap_or(0) * 1024
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The core that servers run on, and that of the load.
pub const CORES: (usize, usize) = (0, 1);

/// Keeps this thread, and what it starts from now on, on one core. Says whether that was possible.
pub fn pin(core: usize) -> bool {
    let mut set = CpuSet::new();
    set.set(core);
    sched_setaffinity(None, &set).is_ok()
}
