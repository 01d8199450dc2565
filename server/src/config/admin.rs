//! What an operator may set of the admin listener.

use std::net::{SocketAddr, ToSocketAddrs};

use super::{Secret, error::ConfigError};

/// Where the operator looks at the server and changes things, apart from where players come in.
#[derive(Clone, Debug)]
pub struct AdminConfig {
    /// Where to listen. Port 0 takes any free one.
    pub listen: SocketAddr,
    /// What it may be called by besides addresses and `localhost`, without a port and in lower case.
    pub hosts: Vec<String>,
    /// What one has to know to change something; something random, which is then shown, if absent.
    pub token: Option<Secret>,
}

impl AdminConfig {
    /// On this address, with a random token.
    #[must_use]
    pub fn on(listen: SocketAddr) -> Self {
        AdminConfig { listen, hosts: Vec::new(), token: None }
    }

    /// What the settings make of it, if it is to listen at all.
    pub(super) fn resolve(
        listen: Option<&str>,
        allow_remote: bool,
        hosts: Vec<String>,
        token: Option<Secret>,
    ) -> Result<Option<Self>, ConfigError> {
        let Some(text) = listen else { return Ok(None) };
        let bad = |why: String| ConfigError::AdminListen(text.to_owned(), why);
        let mut found = text.to_socket_addrs().map_err(|error| bad(error.to_string()))?;
        let listen = found.next().ok_or_else(|| bad("no such host".to_owned()))?;
        if !listen.ip().is_loopback() && !allow_remote {
            return Err(ConfigError::AdminRemote(listen));
        }
        let hosts = hosts.into_iter().map(host).collect::<Result<_, _>>()?;
        Ok(Some(AdminConfig { listen, hosts, token }))
    }
}

/// A host's name as it is compared.
fn host(name: String) -> Result<String, ConfigError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || !name.chars().all(plain) {
        return Err(ConfigError::AdminHost(name));
    }
    Ok(name.to_ascii_lowercase())
}
