//! Log lines, on standard error: for people on a terminal, or as JSON. The last ones are kept.

use std::{
    io::{IsTerminal, stderr},
    panic::PanicHookInfo,
    sync::OnceLock,
};

use tracing_subscriber::{EnvFilter, Layer, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::flags::LogFormat;

mod tail;

pub(crate) use tail::{Line, Tail};

/// The last lines, once this program logs.
static TAIL: OnceLock<Tail> = OnceLock::new();

/// The last lines, if it is this program's own log.
pub(crate) fn tail() -> Option<&'static Tail> {
    TAIL.get()
}

/// Logs from here on. A second call changes nothing.
pub(crate) fn init(format: LogFormat, filter: EnvFilter) {
    let lines = fmt::layer().with_writer(stderr);
    let lines = match format {
        LogFormat::Text => lines.with_ansi(stderr().is_terminal()).with_target(false).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    let tail = Tail::default();
    let log = tracing_subscriber::registry().with(filter).with(lines).with(tail.clone());
    match log.try_init() {
        Ok(()) => drop(TAIL.set(tail)),
        Err(_) => tracing::debug!("somebody else logs already"),
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
