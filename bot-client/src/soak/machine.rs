//! Where a run was made, as far as the system tells.

use std::fs;

use super::report::Machine;
use crate::swarm::cpu;

/// This machine.
#[must_use]
pub fn this() -> Machine {
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").ok();
    Machine {
        cores: cpu::cores() as u32,
        cpu: fs::read_to_string("/proc/cpuinfo").ok().as_deref().and_then(model),
        memory_bytes: fs::read_to_string("/proc/meminfo").ok().as_deref().and_then(memory),
        kernel: kernel.map(|kernel| kernel.trim().to_owned()),
        os: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
    }
}

fn model(cpuinfo: &str) -> Option<String> {
    let line = cpuinfo.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn memory(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_tells_of_itself() {
        let told = "processor\t: 0\nmodel name\t: Some CPU @ 2 GHz\nflags\t\t: fpu\n";
        assert_eq!(model(told).as_deref(), Some("Some CPU @ 2 GHz"));
        assert_eq!(memory("MemTotal:        8000 kB\nMemFree: 1 kB\n"), Some(8_192_000));
        assert_eq!((model(""), memory("x")), (None, None));
        assert!(this().cores >= 1);
    }
}
