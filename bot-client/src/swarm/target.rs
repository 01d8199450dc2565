//! Which server a swarm goes to, and whether it may.

use std::{net::SocketAddr, time::Duration};

use tokio::{net::TcpStream, time::timeout};

use crate::client::{ClientError, Endpoint};

use super::options::SwarmOptions;

const PATIENCE: Duration = Duration::from_secs(5);

/// A server that answers.
#[derive(Clone, Debug)]
pub struct Target {
    address: SocketAddr,
    server: Endpoint,
}

/// Why a swarm does not set out.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// The address makes no sense, or is not one of this machine's: a mistake in the command.
    #[error("{0}")]
    Usage(String),
    /// Nobody is there.
    #[error("{0}")]
    Absent(String),
}

impl Target {
    /// Finds the server and makes sure that it is there.
    ///
    /// # Errors
    /// See [`TargetError`].
    pub async fn find(options: &SwarmOptions) -> Result<Target, TargetError> {
        let usage = |error: ClientError| TargetError::Usage(error.to_string());
        let server = Endpoint::parse(&options.url).map_err(usage)?;
        if server.path != "/ws" {
            return Err(TargetError::Usage(format!(
                "--url {} has a path that no server has: leave it out, or give /ws. \
                 What to join is said by --game and --room",
                options.url,
            )));
        }
        let addresses = server.resolve().await.map_err(usage)?;
        if let Some(remote) = addresses.iter().find(|address| !address.ip().is_loopback())
            && !options.allow_remote
        {
            return Err(TargetError::Usage(format!(
                "{} is not on this machine, and a swarm is a load that a server should expect. \
                 If it does, give --allow-remote",
                remote.ip(),
            )));
        }
        Target::knock(server, &addresses).await
    }

    async fn knock(server: Endpoint, addresses: &[SocketAddr]) -> Result<Target, TargetError> {
        let mut problem = String::new();
        for address in addresses {
            problem = match timeout(PATIENCE, TcpStream::connect(address)).await {
                Ok(Ok(_)) => return Ok(Target { address: *address, server }),
                Ok(Err(error)) => error.to_string(),
                Err(_) => format!("no answer in {} s", PATIENCE.as_secs()),
            };
        }
        Err(TargetError::Absent(format!(
            "nobody answers at {}: {problem}. Start a server there, or give its address with --url",
            server.authority(),
        )))
    }

    /// The address that answers.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where to join (or make) any room of a game, or of the one that the server is for.
    #[must_use]
    pub fn game(&self, game: Option<&str>) -> Endpoint {
        let query = game.map(|game| format!("?game={game}")).unwrap_or_default();
        self.server.with_path(format!("/ws{query}"))
    }

    /// Where to make a room of a game, or of the one that the server is for.
    #[must_use]
    pub fn new_room(&self, game: Option<&str>) -> Endpoint {
        let game = game.map(|game| format!("game={game}&")).unwrap_or_default();
        self.server.with_path(format!("/ws?{game}create=1"))
    }

    /// Where to join the room of a code.
    #[must_use]
    pub fn room(&self, code: &str) -> Endpoint {
        self.server.with_path(format!("/ws?room={code}"))
    }
}
