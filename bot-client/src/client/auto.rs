//! A client that takes the best transport that works, as networks and proxies between it and the server
//! may let some through and not others.

use std::{net::SocketAddr, time::Duration};

use tokio::time::timeout;

use super::{
    close::Closed,
    connect::{Client, connect_at},
    core::Event,
    endpoint::Endpoint,
    error::ClientError,
    options::Options,
    transport::{TRANSPORTS, Transport},
};

/// On a transport that works the first message comes within this time.
const FIRST_WORD: Duration = Duration::from_secs(3);

/// Which transport is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// This one.
    Only(Transport),
    /// The first of [`TRANSPORTS`] on which the server's first message comes in time.
    Auto,
}

/// Connects to one address of an endpoint and waits until the client is in.
///
/// # Errors
/// What went wrong; of several transports that do not work, with the last.
pub async fn join(
    address: SocketAddr,
    endpoint: &Endpoint,
    options: &Options,
    choice: Choice,
) -> Result<Client, ClientError> {
    let transport = match choice {
        Choice::Auto => return join_somehow(address, endpoint, options).await,
        Choice::Only(transport) => transport,
    };
    let options = Options { transport, ..options.clone() };
    let mut client = connect_at(address, endpoint, &options).await?;
    wait(&mut client).await?;
    Ok(client)
}

async fn wait(client: &mut Client) -> Result<(), ClientError> {
    while client.next().await? != Event::Joined {}
    Ok(())
}

async fn join_somehow(
    address: SocketAddr,
    endpoint: &Endpoint,
    options: &Options,
) -> Result<Client, ClientError> {
    let mut failure = ClientError::BrokenOff;
    for transport in TRANSPORTS {
        // The same way in for all, so that a seat that one of them takes is any other's.
        let options = Options { transport, reserves: true, ..options.clone() };
        let mut client = match connect_at(address, endpoint, &options).await {
            Ok(client) => client,
            Err(error) if is_final(&error) => return Err(error),
            Err(error) => {
                failure = error;
                continue;
            }
        };
        let limit = FIRST_WORD;
        let late = ClientError::TimedOut { what: "the first message", limit };
        match timeout(limit, wait(&mut client)).await.unwrap_or(Err(late)) {
            Ok(()) => return Ok(client),
            Err(error) if is_final(&error) => return Err(error),
            Err(error) => failure = error,
        }
        client.give_up().await;
    }
    Err(failure)
}

/// Whether another transport would come to the same.
fn is_final(error: &ClientError) -> bool {
    match error {
        ClientError::Http { wanted, .. } => *wanted == "reserving a seat",
        ClientError::Closed(Closed { code, .. }) => code.is_some(),
        ClientError::Connect { .. } | ClientError::Url { .. } => true,
        ClientError::Core(_) | ClientError::Record(_) => true,
        _ => false,
    }
}
