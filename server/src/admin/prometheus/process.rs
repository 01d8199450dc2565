//! What the operating system says of the process, under the names that all programs use for it.

use tickwire_shared::build::Build;

use super::exposition::{Exposition, Kind};
use crate::{
    build,
    process::{Usage, usage},
    status::tasks,
};

pub(super) fn write(out: &mut Exposition) {
    let Build { version, revision, profile } = build();
    let labels = [
        ("version", version.as_str()),
        ("revision", revision.as_deref().unwrap_or_default()),
        ("os", std::env::consts::OS),
        ("arch", std::env::consts::ARCH),
        ("profile", profile.as_deref().unwrap_or_default()),
    ];
    let what = "What runs; the number is always 1.";
    out.labelled(("tickwire_build_info", Kind::Gauge), what, [(labels.as_slice(), 1)]);
    if let Some(tasks) = tasks() {
        let what = "Tasks that have not ended: about one a connection that speaks HTTP.";
        out.gauge("tickwire_tasks", what, tasks);
    }
    write_usage(out, &usage());
}

/// What is not known is left out.
fn write_usage(out: &mut Exposition, usage: &Usage) {
    if let Some(seconds) = usage.cpu_seconds {
        let what = "User and system CPU time, in seconds.";
        out.counter("process_cpu_seconds_total", what, seconds);
    }
    if let Some(time) = usage.start_time_seconds {
        let what = "When the process started, in seconds since 1970.";
        out.gauge("process_start_time_seconds", what, time);
    }
    let gauges = [
        ("process_resident_memory_bytes", "Resident memory, in bytes.", usage.resident_bytes),
        ("process_virtual_memory_bytes", "Virtual memory, in bytes.", usage.virtual_bytes),
        ("process_open_fds", "Open file descriptors, sockets included.", usage.open_files),
        ("process_max_fds", "How many of them there may be.", usage.most_files),
        ("process_threads", "Threads.", usage.threads),
    ];
    for (name, what, value) in gauges {
        if let Some(value) = value {
            out.gauge(name, what, value);
        }
    }
}
