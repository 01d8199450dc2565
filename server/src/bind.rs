//! Listening on an address, and what to do when that fails.

use std::{io, net::SocketAddr};

use tokio::net::TcpListener;

/// Listens on the address that a flag names.
///
/// # Errors
/// When that cannot be done, with what to do.
pub(crate) async fn bind(address: SocketAddr, flag: &str) -> io::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| explain(address, flag, &error))
}

fn explain(address: SocketAddr, flag: &str, error: &io::Error) -> io::Error {
    let hint = match error.kind() {
        io::ErrorKind::AddrInUse => {
            let port = address.port().checked_add(1).unwrap_or_else(|| address.port() - 1);
            let other = SocketAddr::new(address.ip(), port);
            format!(
                "; another program listens there, perhaps this one: end it, or choose another \
                 port with {flag} {other}"
            )
        }
        io::ErrorKind::PermissionDenied => format!("; choose a port above 1023 with {flag}"),
        io::ErrorKind::AddrNotAvailable => {
            "; that is no address of this machine; 0.0.0.0 stands for all that it has".to_owned()
        }
        _ => String::new(),
    };
    io::Error::new(error.kind(), format!("cannot listen on {address}: {error}{hint}"))
}
