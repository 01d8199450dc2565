//! Log lines, on standard error: for people on a terminal, or as JSON.

use std::{
    io::{IsTerminal, stderr},
    panic::PanicHookInfo,
};

use tracing_subscriber::{EnvFilter, fmt};

use crate::config::flags::LogFormat;

/// Logs from here on. A second call changes nothing.
pub(crate) fn init(format: LogFormat, filter: EnvFilter) {
    let lines = fmt().with_env_filter(filter).with_writer(stderr);
    let set = match format {
        LogFormat::Text => lines.with_ansi(stderr().is_terminal()).with_target(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    if set.is_err() {
        tracing::debug!("somebody else logs already");
    }
    std::panic::set_hook(Box::new(log_panic));
}

/// A game's panic is a log line like any other, whatever the format.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let what = panic.payload_as_str().unwrap_or("no message");
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let thread = std::thread::current();
    let trace = std::backtrace::Backtrace::capture();
    match trace.status() {
        std::backtrace::BacktraceStatus::Captured => {
            tracing::error!(what, place, thread = thread.name(), "panic\n{trace}");
        }
        _ => tracing::error!(what, place, thread = thread.name(), "panic"),
    }
}
