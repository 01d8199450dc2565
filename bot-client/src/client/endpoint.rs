//! Where a server is: a WebSocket address taken apart.

use std::net::SocketAddr;

use hyper::Uri;

use super::error::ClientError;

/// What is said of an encrypted address.
const NO_TLS: &str = "TLS is not supported here; use ws:// with the server's own port, \
    a plain port of the proxy, or a tunnel such as stunnel";

/// A server's host, port and path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The host's name or address, without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The path and query.
    pub path: String,
}

impl Endpoint {
    /// Takes `ws://host:port/path` apart; `http://` means the same, and no path means `/ws`.
    ///
    /// # Errors
    /// When it is not such an address, or asks for encryption.
    pub fn parse(url: &str) -> Result<Endpoint, ClientError> {
        let problem = |problem| ClientError::Url { url: url.to_owned(), problem };
        let uri: Uri = url.parse().map_err(|_| problem("it is not an address"))?;
        match uri.scheme_str() {
            Some("ws" | "http") => {}
            Some("wss" | "https") => return Err(problem(NO_TLS)),
            _ => return Err(problem("it must begin with ws:// or http://")),
        }
        let host = uri.host().filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| problem("it names no host"))?;
        let path = Some(uri.path()).filter(|path| !["", "/"].contains(path)).unwrap_or("/ws");
        let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
        Ok(Endpoint {
            host: host.trim_start_matches('[').trim_end_matches(']').to_owned(),
            port: uri.port_u16().unwrap_or(80),
            path: format!("{path}{query}"),
        })
    }

    /// The same server with another path and query.
    #[must_use]
    pub fn with_path(&self, path: String) -> Endpoint {
        Endpoint { path, ..self.clone() }
    }

    /// The host and port as a `Host` header has them.
    #[must_use]
    pub fn authority(&self) -> String {
        let Endpoint { host, port, .. } = self;
        if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
    }

    /// All addresses of the host.
    ///
    /// # Errors
    /// When its name means nothing.
    pub async fn resolve(&self) -> Result<Vec<SocketAddr>, ClientError> {
        let failed = |source| ClientError::Resolve { host: self.host.clone(), source };
        let found = tokio::net::lookup_host((self.host.as_str(), self.port)).await;
        let found: Vec<_> = found.map_err(failed)?.collect();
        if found.is_empty() {
            let none = std::io::Error::new(std::io::ErrorKind::NotFound, "it has no address");
            return Err(failed(none));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_apart() {
        let parse = |url| Endpoint::parse(url).unwrap();
        let plain = parse("ws://127.0.0.1:2567/ws?game=arena");
        assert_eq!((plain.host.as_str(), plain.port), ("127.0.0.1", 2567));
        assert_eq!(plain.path, "/ws?game=arena");
        assert_eq!(plain.authority(), "127.0.0.1:2567");
        let bare = parse("http://localhost");
        assert_eq!((bare.host.as_str(), bare.port), ("localhost", 80));
        let six = parse("ws://[::1]:9");
        assert_eq!((six.host.as_str(), six.authority().as_str()), ("::1", "[::1]:9"));
    }

    #[test]
    fn an_address_without_a_path_is_where_servers_take_players() {
        for (url, path) in [
            ("ws://a:1", "/ws"),
            ("ws://a:1/", "/ws"),
            ("ws://a:1?game=drift", "/ws?game=drift"),
            ("ws://a:1/?room=ABCD", "/ws?room=ABCD"),
            ("ws://a:1/ws?room=ABCD", "/ws?room=ABCD"),
            ("ws://a:1/play", "/play"),
        ] {
            assert_eq!(Endpoint::parse(url).unwrap().path, path, "{url}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_a_reason() {
        for (url, problem) in [
            ("127.0.0.1:2567", "begin with ws://"),
            ("wss://example.org", "TLS is not supported"),
            ("ftp://example.org", "begin with ws://"),
            ("ws://", "not an address"),
            ("ws://a b", "not an address"),
            ("", "not an address"),
        ] {
            let text = Endpoint::parse(url).unwrap_err().to_string();
            assert!(text.contains(problem), "{url}: {text}");
        }
    }
}
