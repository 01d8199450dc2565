//! What the command line says.

use std::{path::PathBuf, time::Duration};

use clap::{Args, Subcommand};

use super::{
    diff::{self, DiffOptions},
    scenario::Scenario,
};
use crate::swarm::{options::SwarmOptions, parse_duration};

/// What the help says first.
pub const ABOUT: &str = "\
Let bots of many kinds live on a server for hours, and say whether it holds.

A scenario says who comes and when: people who play, mash buttons, run to the centre, do
nothing, hide their tab, stop reading, are on bad networks, lose their connections, watch, talk,
or mean harm; how many of each, in how many rooms, through which phases. Each bot proves its
state by hash, and the server is looked at each second.

The run ends in PASS, FAIL or VOID, with reasons, against the limits of the scenario: hash
mismatches, connections that end for no reason of the bot's, refusals, what ticks take and whether
that grows, the age of frames, memory, open files, tasks, rooms and sessions that grow (which, by how
much an hour, since when), and what is left when all bots have gone. It is VOID when the bots
themselves were held up, or nothing was proved.

Round trips have up to a tick of waiting in them, as the server answers pings at its ticks.";

/// What the help says last.
pub const EXAMPLES: &str = "\
EXAMPLES
  Ten minutes of the usual, against a server on this machine:
      tickwire-bots soak

  A week in an hour, with a report for people and one for scripts:
      tickwire-bots soak --scenario week-in-an-hour --report week.html --json week.json

  The same in a tenth of the time; stays of people and rooms are as long as before:
      tickwire-bots soak --scenario week-in-an-hour --for 6m

  Which scenarios there are, and one to change:
      tickwire-bots soak --list
      tickwire-bots soak --print churn > mine.toml
      tickwire-bots soak --scenario mine.toml --for 2h

  Is the second of two runs worse than the first:
      tickwire-bots soak diff before.json after.json

EXIT CODE
  0 PASS   1 FAIL, or there is no server   2 the command line or the scenario makes no sense, or
  a file cannot be written   3 VOID";

/// What can be done with soaks beside making one.
#[derive(Clone, Debug, Subcommand)]
pub enum SoakCommand {
    /// Compare the JSON of two soaks: what differs, by how much, and whether that can be chance
    #[command(long_about = diff::ABOUT, after_long_help = diff::EXAMPLES)]
    #[command(after_help = "See --help for examples and for what counts as worse.")]
    Diff(DiffOptions),
}

/// What `tickwire-bots soak` takes.
#[derive(Clone, Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct SoakOptions {
    /// Something else than a soak
    #[command(subcommand)]
    pub command: Option<SoakCommand>,

    /// Where the server is; http:// means the same as ws://
    #[arg(long, default_value = "ws://127.0.0.1:2567", env = "TICKWIRE_URL")]
    pub url: String,

    /// What happens: the name of a scenario (see --list), or a file that ends in .toml
    #[arg(long, value_name = "NAME_OR_FILE", default_value = "steady")]
    pub scenario: String,

    /// How long the run takes, such as 10m or 2h; the scenario's phases are stretched to that
    /// [default: as the scenario says]
    #[arg(long = "for", value_name = "TIME", value_parser = parse_duration)]
    pub time: Option<Duration>,

    /// Makes bots do the same again; the server's own chance has a seed of its own
    #[arg(long, default_value_t = 1)]
    pub seed: u64,

    /// Also write the report as one HTML file
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,

    /// Also write the report as JSON, to compare it with others
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,

    /// How the server was started, for the report
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub server_flags: Option<String>,

    /// Print the verdict and its reasons and nothing else
    #[arg(long, short)]
    pub quiet: bool,

    /// List the scenarios that there are
    #[arg(long, conflicts_with = "print")]
    pub list: bool,

    /// Print the file of a scenario
    #[arg(long, value_name = "NAME")]
    pub print: Option<String>,

    /// Threads to run the bots on; as many as there are cores if not given
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,

    /// Send load, and attacks if the scenario has any, to a server that is not on this machine
    #[arg(long)]
    pub allow_remote: bool,
}

/// In a shorter run nobody gets as far as proving anything.
const SHORTEST: Duration = Duration::from_secs(5);

impl SoakOptions {
    /// How long the run takes.
    ///
    /// # Errors
    /// When that is too short, in words.
    pub fn time(&self, scenario: &Scenario) -> Result<Duration, String> {
        let time = self.time.unwrap_or_else(|| scenario.time());
        let problem = || format!("a soak takes at least {} s", SHORTEST.as_secs());
        if time < SHORTEST { Err(problem()) } else { Ok(time) }
    }

    /// What the bots of one persona go by.
    #[must_use]
    pub fn swarm(&self) -> SwarmOptions {
        SwarmOptions {
            time: self.time.unwrap_or_default(),
            seed: self.seed,
            threads: self.threads,
            allow_remote: self.allow_remote,
            ..SwarmOptions::of_one_bot(&self.url)
        }
    }

    /// What repeats the run.
    #[must_use]
    pub fn repeats(&self, time: Duration) -> String {
        let SoakOptions { url, scenario, seed, .. } = self;
        let time = time.as_secs_f64();
        let remote = if self.allow_remote { " --allow-remote" } else { "" };
        let threads = self.threads.map(|threads| format!(" --threads {threads}"));
        let threads = threads.unwrap_or_default();
        let (scenario, url) = (quoted(scenario), quoted(url));
        format!(
            "tickwire-bots soak --scenario {scenario} --for {time:.0}s --seed {seed} --url {url}{threads}{remote}"
        )
    }
}

/// A word as a shell takes it for one.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:[]@%+=,".contains(letter);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_a_shell_would_take_apart_is_quoted() {
        assert_eq!(quoted("ws://127.0.0.1:2567"), "ws://127.0.0.1:2567");
        assert_eq!(quoted("my run.toml"), "'my run.toml'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
