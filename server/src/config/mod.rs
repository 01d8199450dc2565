//! What an operator may set.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use tickwire_shared::link::Conditions;

use crate::{codes::random_seed, recorder::Recordings};

mod admin;
mod bounds;
mod error;
pub(crate) mod file;
pub(crate) mod flags;
mod network;
mod resolve;
mod secret;

pub use admin::AdminConfig;
pub use network::{Network, NoNetwork, household};
pub(crate) use resolve::{Resolved, resolve};
pub use secret::{Secret, TooShort};

/// Where games are expected: the port that game servers of this kind use.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:2567";
/// Where operators are expected, if anywhere: the port beside it.
pub const DEFAULT_ADMIN_LISTEN: &str = "127.0.0.1:2568";

/// How a server runs.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen. Port 0 takes any free one.
    pub listen: SocketAddr,
    /// Ticks a second, 1 to 240; each game's own if absent. Whoever opens a room may ask for fewer, and
    /// for more up to the game's own or 60.
    pub tick_hz: Option<u32>,
    /// Seeds all randomness: the first room's is this very number.
    pub seed: u64,
    /// Whether join codes follow from `seed` as well, so that a run is repeated with its codes. Anybody
    /// who knows the seed, or enough codes, can then work out those of private rooms.
    pub seeded_codes: bool,
    /// The tick before a room's first one.
    pub start_tick: u32,
    /// Players a room takes; each game's own limit if absent.
    pub max_players: Option<u32>,
    /// Bytes of frames that one player is sent in a second; each game's own limit if absent.
    pub bytes_a_second: Option<u32>,
    /// Threads that run rooms; as many as there are cores if absent.
    pub shards: Option<usize>,
    /// Serve pages from this directory instead of the ones in the binary.
    pub assets: Option<PathBuf>,
    /// Pages of these origins may connect, besides those that the server itself serves.
    pub allow_origin: Vec<String>,
    /// A frame carries a hash when its tick is a multiple of this.
    pub hash_interval: u32,
    /// Spectators that a room takes.
    pub max_spectators: u32,
    /// Where browsers reach the server, without a slash at the end, for the links that it gives;
    /// as they reached it if absent.
    pub public_url: Option<String>,
    /// Requests from here say themselves where they come from in the first place.
    pub trusted_proxies: Vec<Network>,
    /// What tokens of players are signed with; nobody has to say who it is if absent.
    pub jwt_key: Option<Secret>,
    /// Whom those tokens have to be for, if they have to be for anybody.
    pub jwt_audience: Option<String>,
    /// What tickets are signed with; something random if absent.
    pub secret: Option<Secret>,
    /// Sockets beyond this are turned away.
    pub max_connections: usize,
    /// Sockets of one address beyond this are turned away; this machine itself may have more.
    pub max_connections_per_address: usize,
    /// Rooms beyond this are not opened.
    pub max_rooms: usize,
    /// How long a room stays when nobody is in it.
    pub linger: Duration,
    /// How long a player is kept whose connection is lost.
    pub grace: Duration,
    /// The bad network that every connection is put on, seeded by `seed` and the connection's number.
    pub net: Option<Conditions>,
    /// Whether clients may say how bad their own network is to be; if absent, whether it listens on
    /// a loopback address.
    pub net_control: Option<bool>,
    /// Where the operator looks at the server; nowhere if absent.
    pub admin: Option<AdminConfig>,
    /// What is recorded, and where.
    pub recordings: Recordings,
    /// What one connection may take.
    pub limits: Limits,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 2567)),
            tick_hz: None,
            seed: random_seed(),
            seeded_codes: false,
            start_tick: 0,
            max_players: None,
            bytes_a_second: None,
            shards: None,
            assets: None,
            allow_origin: Vec::new(),
            hash_interval: 8,
            max_spectators: 16,
            public_url: None,
            trusted_proxies: Vec::new(),
            jwt_key: None,
            jwt_audience: None,
            secret: None,
            max_connections: 20_000,
            max_connections_per_address: 64,
            max_rooms: 1_000,
            linger: Duration::from_secs(30),
            grace: Duration::from_secs(30),
            net: None,
            net_control: None,
            admin: None,
            recordings: Recordings {
                limit: 256 * 1024 * 1024,
                total: 16 * 1024 * 1024 * 1024,
                ..Recordings::default()
            },
            limits: Limits::default(),
        }
    }
}

impl Config {
    /// Whether clients may say how bad their own network is to be.
    #[must_use]
    pub fn allows_net_control(&self) -> bool {
        self.net_control.unwrap_or_else(|| self.listen.ip().is_loopback())
    }

    /// The origin of pages at the public address, as browsers write it.
    #[must_use]
    pub fn public_origin(&self) -> Option<String> {
        let (scheme, rest) = self.public_url.as_deref()?.split_once("://")?;
        let authority = rest.split('/').next()?;
        Some(format!("{scheme}://{authority}"))
    }

    /// How many shards to run.
    #[must_use]
    pub fn shard_count(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        self.shards.unwrap_or_else(cores).max(1)
    }
}

/// What one connection may take, in time and memory. Not for operators; tests make them smaller.
#[derive(Clone, Debug)]
pub struct Limits {
    /// For a request's header to arrive.
    pub header_timeout: Duration,
    /// For the next request, of a socket that was answered; while places are short it has only as long
    /// as for a header.
    pub idle_timeout: Duration,
    /// For a socket to speak HTTP. The next answer after that is its last one, and says so: a proxy must not
    /// send a request on a socket that is just being closed. Browsers connect again.
    pub http_time: Duration,
    /// For a request's body to arrive.
    pub body_timeout: Duration,
    /// From the reservation of a seat until it is given to somebody else.
    pub ticket_time: Duration,
    /// Handshakes and reservations that one address may make in a second, for long.
    pub knocks_a_second: u32,
    /// How many of them it may make at once.
    pub knocks_at_once: u32,
    /// Rooms that one address may have opened which are still there.
    pub rooms_per_address: u32,
    /// For the first message to arrive after the handshake.
    pub join_timeout: Duration,
    /// For the peer to answer a close.
    pub close_wait: Duration,
    /// For a shard to finish what is due, until it counts as stuck.
    pub stuck_after: Duration,
    /// For all players to be told of a shutdown.
    pub shutdown_wait: Duration,
    /// Without a word from a player, until it is given up.
    pub silence: Duration,
    /// Without an acknowledgement from a player that has frames under way, until it is given up.
    pub stall: Duration,
    /// Of sustained excess, until a connection that floods is closed.
    pub flood_wait: Duration,
    /// Messages read from one connection a tick; the rest waits.
    pub messages_per_tick: u32,
    /// Bytes read from one connection a tick; the rest waits in the kernel.
    pub bytes_per_tick: usize,
    /// Unsent bytes kept for one connection; beyond it is closed.
    pub unsent_bytes: usize,
    /// The kernel's send buffer for one connection, which it doubles.
    pub send_buffer: usize,
    /// The kernel's receive buffer for one connection, which it doubles.
    pub receive_buffer: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            header_timeout: Duration::from_secs(5),
            idle_timeout: Duration::from_secs(75),
            http_time: Duration::from_secs(60),
            body_timeout: Duration::from_secs(5),
            ticket_time: Duration::from_secs(10),
            knocks_a_second: 20,
            knocks_at_once: 100,
            rooms_per_address: 8,
            join_timeout: Duration::from_secs(5),
            close_wait: Duration::from_secs(1),
            stuck_after: Duration::from_secs(5),
            shutdown_wait: Duration::from_secs(2),
            silence: Duration::from_secs(15),
            stall: Duration::from_secs(15),
            flood_wait: Duration::from_secs(2),
            messages_per_tick: 32,
            bytes_per_tick: 8 * 1024,
            unsent_bytes: 192 * 1024,
            send_buffer: 64 * 1024,
            receive_buffer: 32 * 1024,
        }
    }
}
