//! Log lines, on standard error: for people on a terminal, or as JSON. The last ones are kept.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    io::{IsTerminal, stderr},
    panic::PanicHookInfo,
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    thread,
};

use tracing_subscriber::{EnvFilter, Layer, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{config::flags::LogFormat, panics::note_place};

mod tail;

pub(crate) use tail::{Line, Tail};

/// The last lines, once this program logs.
static TAIL: OnceLock<Tail> = OnceLock::new();

/// Whether the names of a panic's trace are being found.
static NAMING: AtomicBool = AtomicBool::new(false);

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

/// A game's panic is a log line like any other, whatever the format. If traces are wanted
/// (`RUST_BACKTRACE=1`), what led there follows in a line of its own, but for panics until then.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let what = panic.payload_as_str().unwrap_or("no message");
    let place = note_place(panic);
    let thread = thread::current();
    tracing::error!(what, place, thread = thread.name(), "panic");
    // To capture one waits for the one whose names are being found.
    if NAMING.swap(true, SeqCst) {
        return;
    }
    let naming = Naming;
    let trace = Backtrace::capture();
    if trace.status() == BacktraceStatus::Captured {
        log_trace(trace, place, naming);
    }
}

/// Whoever has this finds the names of a trace; however that ends, the next may do so then.
struct Naming;

impl Drop for Naming {
    fn drop(&mut self) {
        NAMING.store(false, SeqCst);
    }
}

/// Finding names for a trace takes hundreds of milliseconds, for which a shard's other rooms do not wait.
fn log_trace(trace: Backtrace, place: String, naming: Naming) {
    let log = move || {
        let _naming = naming;
        let trace = of_the_game(&trace.to_string());
        tracing::error!(place, trace = %format_args!("\n{trace}"), "where the panic came from");
    };
    let named = thread::Builder::new().name("panic trace".to_owned());
    if named.spawn(log).is_err() {
        tracing::warn!("no thread could be started to tell where a panic came from");
    }
}

/// The part of a trace between the panic and the room that called the game; all of it if it has none, as when it
/// was the room itself that panicked.
fn of_the_game(trace: &str) -> String {
    let lines: Vec<&str> = trace.lines().collect();
    // A frame is a line with its number and name, and mostly one with its place.
    let name = |line: &&str| {
        let (number, name) = line.split_once(": ")?;
        number.trim().parse::<u32>().ok().map(|_| name.to_owned())
    };
    let names: Vec<_> =
        lines.iter().enumerate().filter_map(|(at, it)| Some((at, name(it)?))).collect();
    let is_begun = |name: &str| name.contains("begin_unwind") || name.contains("panicking::");
    let ends_at = |name: &str| name.contains("tickwire_room::");
    let Some(begun) = names.iter().position(|(_, name)| name.contains("begin_unwind")) else {
        return trace.to_owned();
    };
    let own = &names[begun..];
    let own_end = own.iter().position(|(_, name)| ends_at(name)).unwrap_or(own.len());
    let is_games = |name: &str| !is_begun(name) && !name.starts_with("core::");
    if !own[..own_end].iter().any(|(_, name)| is_games(name)) {
        return trace.to_owned();
    }
    let first = own.iter().find(|(_, name)| !is_begun(name)).map_or(0, |(at, _)| *at);
    let end = own.get(own_end).map_or(lines.len(), |(at, _)| *at);
    lines[first..end].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_cut_to_what_the_game_did() {
        let trace = "   0: tickwire_server::logging::log_panic\n   1: __rustc::rust_begin_unwind\n             \
                     at /rustc/std/src/panicking.rs:689:5\n   2: core::panicking::panic_fmt\n   \
                     3: mine::aim\n             at ./src/main.rs:7:5\n   4: <mine::Mine as Game>::step\n   \
                     5: tickwire_room::spec::Spec::step\n   6: std::panicking::catch_unwind\n   7: main";
        let own =
            "   3: mine::aim\n             at ./src/main.rs:7:5\n   4: <mine::Mine as Game>::step";
        assert_eq!(of_the_game(trace), own);
        assert_eq!(of_the_game("   0: main"), "   0: main");
        let without_room = trace.replace("tickwire_room", "other");
        assert!(of_the_game(&without_room).ends_with("7: main"), "all of it then");
        let of_the_room = trace.replace("mine::aim", "core::option::expect_failed");
        let of_the_room = of_the_room.replace("<mine::Mine as Game>::step", "tickwire_room::plan");
        assert_eq!(of_the_game(&of_the_room), of_the_room, "it is the room's own");
    }
}
