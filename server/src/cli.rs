//! A whole server program: flags in, exit code out.

use std::{
    ffi::OsString,
    io::{self, Write},
    process::ExitCode,
};

use tickwire_shared::Game;

use crate::{
    Games, Running, Server,
    config::{Config, Resolved, flags::Flags, resolve},
    logging, process, replay,
    signals::Signals,
};

/// Bad usage, as other programs say it too.
const BAD_USAGE: u8 = 2;
/// Threads for HTTP and handshakes; rooms have their own.
const HTTP_THREADS: usize = 2;

/// Runs a server for one game until it is told to stop: flags, environment,
/// configuration file, log and signals included.
///
/// ```no_run
/// use tickwire_games::arena::Arena; // or a game of your own
///
/// fn main() -> std::process::ExitCode {
///     tickwire_server::serve::<Arena>()
/// }
/// ```
#[must_use]
pub fn serve<G: Game>() -> ExitCode {
    serve_games(Games::new().with::<G>())
}

/// The same for several games; the first one is the default.
#[must_use]
pub fn serve_games(mut games: Games) -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    if replay::is_asked_for(&args) {
        return replay::run(&args, &games);
    }
    let flags = match Flags::read(&args, games.names().next().unwrap_or("game")) {
        Ok(flags) => flags,
        Err(error) => error.exit(),
    };
    let resolved = match resolve(flags, &mut games) {
        Ok(resolved) => resolved,
        Err(error) => {
            eprintln!("tickwire: {error}");
            return ExitCode::from(BAD_USAGE);
        }
    };
    let Resolved { config, log_format, log } = resolved;
    logging::init(log_format, log);
    process::raise_handle_limit();
    match run(config, games) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tickwire: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(config: Config, games: Games) -> io::Result<()> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(HTTP_THREADS).enable_all().build()?;
    let ended = runtime.block_on(run_until_stopped(config, games));
    runtime.shutdown_background();
    ended
}

async fn run_until_stopped(config: Config, games: Games) -> io::Result<()> {
    let seed = config.seed;
    let game = games.names().next().unwrap_or("no game").to_owned();
    let mut signals = Signals::listen()?;
    let running = Server::start(config, games).await?;
    tracing::info!(address = %running.local_addr(), game, seed, "listening");
    greet(&game, &running);
    signals.next().await;
    tracing::info!("shutting down; again to end at once");
    tokio::select! {
        all = running.end() => if all {
            tracing::info!("all rooms have ended, and their players were told");
        },
        () = signals.next() => tracing::warn!("ended at once"),
    }
    Ok(())
}

/// Says where to go, on standard output, in a few lines.
fn greet(game: &str, running: &Running) {
    let address = running.local_addr();
    let port = address.port();
    let (play, share) = if address.ip().is_unspecified() {
        let share = format!("others open http://<this machine's address>:{port}/");
        (format!("http://127.0.0.1:{port}/"), share)
    } else if address.ip().is_loopback() {
        let share = format!("start it with --listen 0.0.0.0:{port}, so that others reach it");
        (format!("http://{address}/"), share)
    } else {
        (format!("http://{address}/"), "others open the same address".to_owned())
    };
    let admin = running.admin_url().map(|url| format!("  admin  {url}\n")).unwrap_or_default();
    let text = format!(
        "Tickwire hosts {game:?}.\n\n  play   {play}\n  share  {share}\n{admin}  stop   Ctrl-C\n\n"
    );
    // Nobody may be reading, and that is no reason to stop.
    let _ = io::stdout().write_all(text.as_bytes()).and_then(|()| io::stdout().flush());
}
