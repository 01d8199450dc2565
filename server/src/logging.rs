//! Log lines, on standard error: for people on a terminal, or as JSON.

use std::io::{IsTerminal, stderr};

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
}
