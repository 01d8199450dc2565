//! Flags and environment. A field that is absent was not given.

use std::{collections::BTreeMap, ffi::OsString, fmt, path::PathBuf, str::FromStr, sync::LazyLock};

use clap::{
    Arg, ArgMatches, Args, Command, CommandFactory, FromArgMatches, Parser, ValueEnum,
    builder::Resettable,
    error::{ContextKind, ContextValue},
    parser::ValueSource,
};
use serde::Deserialize;

use super::bounds::{self, Bounds};
use crate::{build, replay};

/// The program that ships with Tickwire. Others have versions that this crate does not know.
const OWN_PROGRAM: &str = env!("CARGO_PKG_NAME");
static VERSION: LazyLock<String> = LazyLock::new(|| build().to_string());
static OTHERS_VERSION: LazyLock<String> = LazyLock::new(|| format!("(tickwire {})", build()));

/// Hosts games in rooms and sends every player what changed, tick by tick.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
pub struct Flags {
    /// Take settings from this file (TOML)
    #[arg(long, value_name = "FILE", env = "TICKWIRE_CONFIG")]
    pub config: Option<PathBuf>,
    /// The settings that the file may hold too.
    #[command(flatten)]
    pub settings: Settings,
    /// How each setting that is not from the file was given.
    #[arg(skip)]
    pub given: BTreeMap<String, Given>,
    /// Keys that only the environment holds, so that no list of processes shows them.
    #[arg(skip)]
    pub secrets: Secrets,
}

/// Keys as the environment holds them.
#[derive(Clone, Default)]
pub struct Secrets {
    /// What tokens of players are signed with: `TICKWIRE_JWT_KEY`.
    pub jwt_key: Option<String>,
    /// What tickets are signed with: `TICKWIRE_SECRET`.
    pub secret: Option<String>,
    /// What the operator has to know: `TICKWIRE_ADMIN_TOKEN`.
    pub admin_token: Option<String>,
}

impl Secrets {
    fn read() -> Self {
        let value = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        Secrets {
            jwt_key: value("TICKWIRE_JWT_KEY"),
            secret: value("TICKWIRE_SECRET"),
            admin_token: value("TICKWIRE_ADMIN_TOKEN"),
        }
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(not shown)")
    }
}

/// How a setting was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// By its flag.
    Flag,
    /// By this variable of the environment.
    Variable(String),
}

impl Flags {
    /// Reads a command line, the program's name first, and the environment. An empty variable is
    /// as good as none.
    ///
    /// # Errors
    /// What to print, be it help or what is wrong.
    pub fn read(args: &[OsString], game: &str) -> Result<Flags, clap::Error> {
        let command = command(&program(args), game);
        let with_env = command.clone().mut_args(without_empty_variable);
        let matches = with_env.clone().try_get_matches_from(args).map_err(|error| {
            if !error.use_stderr() {
                return error;
            }
            // What a flag overrides is not looked at, so this tells the two apart.
            let typed = command.mut_args(|arg| arg.env(Resettable::Reset));
            match typed.try_get_matches_from(args) {
                Ok(_) => name_variable(error, &with_env),
                Err(error) => error,
            }
        })?;
        let mut flags = Flags::from_arg_matches(&matches)?;
        flags.given = given(&with_env, &matches);
        flags.secrets = Secrets::read();
        Ok(flags)
    }
}

/// The program's name as it was called.
pub(crate) fn program(args: &[OsString]) -> String {
    let path = args.first().map(PathBuf::from).unwrap_or_default();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_else(|| OWN_PROGRAM.to_owned());
    name.strip_suffix(std::env::consts::EXE_SUFFIX).unwrap_or(&name).to_owned()
}

fn command(program: &str, game: &str) -> Command {
    let command =
        Flags::command().display_name(program.to_owned()).after_help(examples(program, game));
    let asked = format!("The game that players get who name none [default: {game}]");
    // Otherwise a number below 0 would be taken for a flag.
    let command = command
        .mut_arg("game", |arg| arg.help(asked))
        .mut_args(|arg| arg.allow_negative_numbers(true));
    // It is run before flags are read, and only has to be found here.
    let command = command.subcommand(replay::command()).args_conflicts_with_subcommands(true);
    if program == OWN_PROGRAM {
        return command.version(VERSION.as_str());
    }
    command.version(OTHERS_VERSION.as_str())
}

fn without_empty_variable(arg: Arg) -> Arg {
    let value = arg.get_env().and_then(std::env::var_os);
    if value.is_some_and(|value| value.is_empty()) { arg.env(Resettable::Reset) } else { arg }
}

/// Says which variable is wrong, not which flag: nobody typed that.
fn name_variable(mut error: clap::Error, command: &Command) -> clap::Error {
    let Some(ContextValue::String(shown)) = error.get(ContextKind::InvalidArg) else {
        return error;
    };
    let flag = shown.split(' ').next().and_then(|flag| flag.strip_prefix("--"));
    let arg =
        command.get_arguments().find(|arg| arg.get_long().is_some() && arg.get_long() == flag);
    if let Some(variable) = arg.and_then(Arg::get_env) {
        let variable = variable.to_string_lossy().into_owned();
        error.insert(ContextKind::InvalidArg, ContextValue::String(variable));
    }
    error
}

fn given(command: &Command, matches: &ArgMatches) -> BTreeMap<String, Given> {
    let how = |arg: &Arg| match matches.value_source(arg.get_id().as_str())? {
        ValueSource::CommandLine => Some(Given::Flag),
        ValueSource::EnvVariable => {
            arg.get_env().map(|name| Given::Variable(name.to_string_lossy().into_owned()))
        }
        _ => None,
    };
    let named = command.get_arguments().filter_map(|arg| Some((arg.get_long()?, how(arg)?)));
    named.map(|(name, how)| (name.to_owned(), how)).collect()
}

fn examples(program: &str, game: &str) -> String {
    let examples = [
        ("", "play at http://127.0.0.1:2567/"),
        ("--listen 0.0.0.0:2567", "let others on your network play"),
        ("--seed 7 --tick-hz 60", "repeat a run, at 60 ticks a second"),
        ("--assets assets", "edit pages without building again"),
        ("--config tickwire.toml", "take settings from a file"),
        ("--admin-listen 127.0.0.1:2568", "metrics, health and the monitor page"),
        ("--trusted-proxy 127.0.0.1", "behind a proxy on this machine that speaks TLS"),
        ("--jwt-key players.key", "let only those in whom your own login has signed"),
        ("replay FILE", "play a recording again and compare every hash"),
    ];
    let lines = examples.map(|(flags, what)| format!("  {program} {flags:<29} {what}\n"));
    let lines = lines.concat();
    format!(
        "\
Examples:
{lines}
A flag wins over its environment variable, that one over the file, and the file
over the default; an empty variable is as good as none. In the file a key is the
flag's name without its dashes, and a table named as a game holds that game's own
settings:

  tick-hz = 60

  [{game}]
  # what its configuration has, a key a line

Keys are better not typed: TICKWIRE_JWT_KEY holds what --jwt-key names a file for,
TICKWIRE_SECRET what tickets are signed with, and TICKWIRE_ADMIN_TOKEN what has to be
known to change anything by the admin listener (the latter two something random without it).

While it runs: /rooms lists the rooms, /status shows counters, /livez and /readyz
are for whoever watches over it; --admin-listen adds /metrics for Prometheus. Ctrl-C tells all players, then ends; a second
Ctrl-C ends at once."
    )
}

/// Reads a whole number. What it may be is checked later, but said here already.
fn whole<T: FromStr>(
    bounds: Bounds,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static {
    move |text| text.parse().map_err(|_| format!("it must be a whole number, {bounds}"))
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people
    #[default]
    Text,
    /// For programs: one JSON object a line
    Json,
}

/// Everything that a flag, the environment or the file may set.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Settings {
    /// Where to listen [default: 127.0.0.1:2567]
    #[arg(long, value_name = "ADDR", env = "TICKWIRE_LISTEN")]
    pub listen: Option<String>,
    /// The game that players get who name none [default: the first of this server]
    #[arg(long, value_name = "NAME", env = "TICKWIRE_GAME")]
    pub game: Option<String>,
    /// Ticks a second, 1 to 240; who opens a room may ask for as many, or 60 [default: the game's own]
    #[arg(long, value_name = "N", env = "TICKWIRE_TICK_HZ", value_parser = whole::<u32>(bounds::TICK_HZ))]
    pub tick_hz: Option<u32>,
    /// Seed of games and join codes, to repeat a run; codes can then be foreseen [default: random, logged]
    #[arg(long, value_name = "N", env = "TICKWIRE_SEED", value_parser = whole::<u64>(bounds::SEED))]
    pub seed: Option<u64>,
    /// The tick before a room's first one [default: 0]
    #[arg(long, value_name = "N", env = "TICKWIRE_START_TICK", value_parser = whole::<u32>(bounds::START_TICK))]
    pub start_tick: Option<u32>,
    /// Players that a room takes [default: the game's own]
    #[arg(long, value_name = "N", env = "TICKWIRE_MAX_PLAYERS", value_parser = whole::<u32>(bounds::MAX_PLAYERS))]
    pub max_players: Option<u32>,
    /// Bytes of frames that one player is sent in a second; what is far waits [default: the game's own]
    #[arg(long, value_name = "N", env = "TICKWIRE_BYTES_A_SECOND", value_parser = whole::<u32>(bounds::BYTES_A_SECOND))]
    pub bytes_a_second: Option<u32>,
    /// Threads that run rooms [default: as many as there are cores]
    #[arg(long, value_name = "N", env = "TICKWIRE_SHARDS", value_parser = whole::<usize>(bounds::SHARDS))]
    pub shards: Option<usize>,
    /// Serve what this directory has in pages/<game>/, sdk/ and maps/ before what is in the binary
    #[arg(long, value_name = "DIR", env = "TICKWIRE_ASSETS")]
    pub assets: Option<PathBuf>,
    /// A page of this origin may connect too, such as https://example.com; may be repeated
    #[arg(long, value_name = "ORIGIN", env = "TICKWIRE_ALLOW_ORIGIN", value_delimiter = ',')]
    pub allow_origin: Option<Vec<String>>,
    /// Send a hash of the state every N ticks, for clients to check theirs [default: 8]
    #[arg(long, value_name = "N", env = "TICKWIRE_HASH_INTERVAL", value_parser = whole::<u32>(bounds::HASH_INTERVAL))]
    pub hash_interval: Option<u32>,
    /// Spectators that a room takes [default: 16]
    #[arg(long, value_name = "N", env = "TICKWIRE_MAX_SPECTATORS", value_parser = whole::<u32>(bounds::MAX_SPECTATORS))]
    pub max_spectators: Option<u32>,
    /// Where browsers reach this server, for the links to its rooms, such as https://play.example.com
    /// [default: as they reached it]
    #[arg(long, value_name = "URL", env = "TICKWIRE_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Believe this address or network, such as 10.0.0.0/8, whom it forwards for (X-Forwarded-For);
    /// may be repeated
    #[arg(long, value_name = "ADDR", env = "TICKWIRE_TRUSTED_PROXY", value_delimiter = ',')]
    pub trusted_proxy: Option<Vec<String>>,
    /// Let only those in who bring a JSON Web Token (HS256) signed with this file's key; the
    /// variable TICKWIRE_JWT_KEY holds the key itself
    #[arg(long, value_name = "FILE")]
    pub jwt_key: Option<PathBuf>,
    /// Whom those tokens have to be for: one of their `aud` [default: they name nobody]
    #[arg(long, value_name = "NAME", env = "TICKWIRE_JWT_AUDIENCE")]
    pub jwt_audience: Option<String>,
    /// Sockets beyond this are turned away [default: 20000]
    #[arg(long, value_name = "N", env = "TICKWIRE_MAX_CONNECTIONS", value_parser = whole::<usize>(bounds::MAX_CONNECTIONS))]
    pub max_connections: Option<usize>,
    /// Sockets of one address beyond this are turned away, unless it is this machine's [default: 64]
    #[arg(long, value_name = "N", env = "TICKWIRE_MAX_CONNECTIONS_PER_ADDRESS", value_parser = whole::<usize>(bounds::MAX_CONNECTIONS_PER_ADDRESS))]
    pub max_connections_per_address: Option<usize>,
    /// Handshakes and reservations that one address may make in a second, and five times as many at
    /// once, unless it is this machine's [default: 20]
    #[arg(long, value_name = "N", env = "TICKWIRE_JOINS_PER_ADDRESS", value_parser = whole::<u32>(bounds::JOINS_PER_ADDRESS))]
    pub joins_per_address: Option<u32>,
    /// Rooms of one address that there may be, unless it is this machine's [default: 8]
    #[arg(long, value_name = "N", env = "TICKWIRE_ROOMS_PER_ADDRESS", value_parser = whole::<u32>(bounds::ROOMS_PER_ADDRESS))]
    pub rooms_per_address: Option<u32>,
    /// Rooms beyond this are not opened [default: 1000]
    #[arg(long, value_name = "N", env = "TICKWIRE_MAX_ROOMS", value_parser = whole::<usize>(bounds::MAX_ROOMS))]
    pub max_rooms: Option<usize>,
    /// How long a room stays when nobody is in it [default: 30]
    #[arg(long, value_name = "SECONDS", env = "TICKWIRE_LINGER", value_parser = whole::<u64>(bounds::LINGER))]
    pub linger: Option<u64>,
    /// How long a player whose connection is lost may take to come back [default: 30]
    #[arg(long, value_name = "SECONDS", env = "TICKWIRE_GRACE", value_parser = whole::<u64>(bounds::GRACE))]
    pub grace: Option<u64>,
    /// Put every connection on a bad network, to try out how a game feels: lan, wifi, 4g, 3g,
    /// transatlantic or train, or fields such as latency=30ms,jitter=5ms,loss=0.5%
    #[arg(long, value_name = "NETWORK", env = "TICKWIRE_NET")]
    pub net: Option<String>,
    /// Let clients say how bad their own network is to be, as a page's controls do [default: only
    /// when listening on a loopback address; set to false behind a proxy on this machine]
    #[arg(long, value_name = "BOOL", env = "TICKWIRE_NET_CONTROL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub net_control: Option<bool>,
    /// Where the operator looks at the server: metrics, health and the monitor page
    /// [default: nowhere]
    #[arg(long, value_name = "ADDR", env = "TICKWIRE_ADMIN_LISTEN")]
    pub admin_listen: Option<String>,
    /// Let others than this machine reach that address; only where a firewall or a proxy keeps
    /// strangers out. What tells of rooms and players then takes the token [default: false]
    #[arg(long, value_name = "BOOL", env = "TICKWIRE_ADMIN_ALLOW_REMOTE", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub admin_allow_remote: Option<bool>,
    /// A name that it is reached by besides its address and localhost, such as admin.example.com; may
    /// be repeated
    #[arg(long, value_name = "NAME", env = "TICKWIRE_ADMIN_HOST", value_delimiter = ',')]
    pub admin_host: Option<Vec<String>>,
    /// Record every room into a file in this directory, to be played again by `replay`
    #[arg(long, value_name = "DIR", env = "TICKWIRE_RECORD")]
    pub record: Option<PathBuf>,
    /// The most that one such file has; then that recording ends [default: 256]
    #[arg(long, value_name = "MIB", env = "TICKWIRE_RECORD_LIMIT", value_parser = whole::<u64>(bounds::RECORD_LIMIT))]
    pub record_limit: Option<u64>,
    /// The most that all files there have together, and all of --flight; then nothing more is recorded until some
    /// are taken away [default: 16384]
    #[arg(long, value_name = "MIB", env = "TICKWIRE_RECORD_TOTAL", value_parser = whole::<u64>(bounds::RECORD_TOTAL))]
    pub record_total: Option<u64>,
    /// When a room's first tick takes too long, its first client differs or its game panics, keep
    /// what led to it in a file in this directory
    #[arg(long, value_name = "DIR", env = "TICKWIRE_FLIGHT")]
    pub flight: Option<PathBuf>,
    /// How log lines look [default: text]
    #[arg(long, value_enum, env = "TICKWIRE_LOG_FORMAT")]
    pub log_format: Option<LogFormat>,
    /// What is logged: error, warn, info, debug, trace, or a filter such as info,tickwire_server=debug [default: info]
    #[arg(long, value_name = "FILTER", env = "TICKWIRE_LOG")]
    pub log: Option<String>,
}

impl Settings {
    /// These settings, and those of `under` where these have none.
    #[must_use]
    pub fn over(self, under: Settings) -> Settings {
        Settings {
            listen: self.listen.or(under.listen),
            game: self.game.or(under.game),
            tick_hz: self.tick_hz.or(under.tick_hz),
            seed: self.seed.or(under.seed),
            start_tick: self.start_tick.or(under.start_tick),
            max_players: self.max_players.or(under.max_players),
            bytes_a_second: self.bytes_a_second.or(under.bytes_a_second),
            shards: self.shards.or(under.shards),
            assets: self.assets.or(under.assets),
            allow_origin: self.allow_origin.or(under.allow_origin),
            hash_interval: self.hash_interval.or(under.hash_interval),
            max_spectators: self.max_spectators.or(under.max_spectators),
            public_url: self.public_url.or(under.public_url),
            trusted_proxy: self.trusted_proxy.or(under.trusted_proxy),
            jwt_key: self.jwt_key.or(under.jwt_key),
            jwt_audience: self.jwt_audience.or(under.jwt_audience),
            max_connections: self.max_connections.or(under.max_connections),
            max_connections_per_address: self
                .max_connections_per_address
                .or(under.max_connections_per_address),
            joins_per_address: self.joins_per_address.or(under.joins_per_address),
            rooms_per_address: self.rooms_per_address.or(under.rooms_per_address),
            max_rooms: self.max_rooms.or(under.max_rooms),
            linger: self.linger.or(under.linger),
            grace: self.grace.or(under.grace),
            net: self.net.or(under.net),
            net_control: self.net_control.or(under.net_control),
            admin_listen: self.admin_listen.or(under.admin_listen),
            admin_allow_remote: self.admin_allow_remote.or(under.admin_allow_remote),
            admin_host: self.admin_host.or(under.admin_host),
            record: self.record.or(under.record),
            record_limit: self.record_limit.or(under.record_limit),
            record_total: self.record_total.or(under.record_total),
            flight: self.flight.or(under.flight),
            log_format: self.log_format.or(under.log_format),
            log: self.log.or(under.log),
        }
    }
}
