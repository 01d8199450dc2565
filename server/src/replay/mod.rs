//! `tickwire-server replay FILE`: plays a recording again, through the game that it was made by.
//!
//! Without more it plays all of it as fast as it goes and compares every world hash that was recorded with
//! the one that the game comes to. With `--listen` it shows the recording in a browser as well ([`site`]).

use std::{
    ffi::OsString,
    fs::File,
    io::BufReader,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Command, CommandFactory, FromArgMatches, Parser};

use crate::{Games, config::flags::program};

mod frames;
mod player;
mod report;
mod site;
#[cfg(test)]
mod tests;
mod verify;

use player::{Player, ReplayError};

/// The command's name.
const NAME: &str = "replay";
/// What could not be played at all.
const UNPLAYABLE: u8 = 2;

/// A recording on the disk.
type OnDisk = Player<BufReader<File>>;

/// Plays a recording of a room again, and verifies every hash in it.
///
/// Ends with 0 when all that was asked for could be played and is as recorded, with 1 when not, and
/// with 2 when there is nothing to play.
#[derive(Debug, Parser)]
#[command(name = NAME, max_term_width = 100)]
struct ReplayFlags {
    /// The recording, as --record or --flight wrote it
    file: PathBuf,
    /// Begin with this tick [default: the first one]
    #[arg(long, value_name = "TICK")]
    from: Option<u32>,
    /// End with this tick [default: the last one]
    #[arg(long, value_name = "TICK")]
    to: Option<u32>,
    /// Print one JSON object instead of lines
    #[arg(long)]
    json: bool,
    /// Show the recording in a browser: listen here, such as on 127.0.0.1:2569
    #[arg(long, value_name = "ADDR", conflicts_with_all = ["from", "to", "json"])]
    listen: Option<SocketAddr>,
    /// With --listen, let other machines look, who then see all that players did
    #[arg(long, requires = "listen")]
    allow_remote: bool,
    /// With --listen, serve what this directory has before what is in the binary
    #[arg(long, value_name = "DIR", requires = "listen")]
    assets: Option<PathBuf>,
}

/// What it takes, to be listed by the program's help.
pub(crate) fn command() -> Command {
    ReplayFlags::command()
}

/// Whether a command line, the program's name first, asks for this.
pub(crate) fn is_asked_for(args: &[OsString]) -> bool {
    args.get(1).is_some_and(|first| first == NAME)
}

/// Does it.
pub(crate) fn run(args: &[OsString], games: &Games) -> ExitCode {
    let own = args.iter().enumerate().filter(|(place, _)| *place != 1).map(|(_, arg)| arg);
    // The program may be one with a game of somebody's own, and has its name then.
    let command = command().bin_name(format!("{} {NAME}", program(args)));
    let matches = command.try_get_matches_from(own);
    let flags = match matches.and_then(|matches| ReplayFlags::from_arg_matches(&matches)) {
        Ok(flags) => flags,
        Err(error) => error.exit(),
    };
    if let Some(listen) = flags.listen.filter(|listen| !listen.ip().is_loopback())
        && !flags.allow_remote
    {
        eprintln!(
            "tickwire: --listen {listen} can be reached from elsewhere: --allow-remote allows that"
        );
        return ExitCode::from(UNPLAYABLE);
    }
    let outcome = open(&flags.file, games).and_then(|player| match flags.listen {
        Some(_) if !player.has_ticks() => Err(ReplayError::Empty),
        Some(listen) => site::run(player, &flags, games, listen).map(|()| ExitCode::SUCCESS),
        None => verify_all(player, &flags),
    });
    outcome.unwrap_or_else(|error| {
        eprintln!("tickwire: {}: {error}", flags.file.display());
        ExitCode::from(UNPLAYABLE)
    })
}

fn open(path: &Path, games: &Games) -> Result<OnDisk, ReplayError> {
    Player::open(BufReader::new(File::open(path)?), games)
}

fn verify_all(mut player: OnDisk, flags: &ReplayFlags) -> Result<ExitCode, ReplayError> {
    let range = player.range(flags.from, flags.to)?;
    let found = verify::verify(&mut player, range, &mut verify::Bar::new(range));
    let report = report::Report::new(&mut player, &flags.file, found);
    match flags.json {
        true => println!("{}", report.json()),
        false => print!("{report}"),
    }
    Ok(if report.holds() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
