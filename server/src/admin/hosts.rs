//! For which host a request may be.
//!
//! A stranger may give a name of its own this machine's address, and then its page is, to a browser, of one
//! origin with what answers here ("DNS rebinding"). It cannot do so with an address or with
//! `localhost`, so requests for those are answered, and for names that the operator has given.

use std::net::{Ipv6Addr, SocketAddr};

use hyper::{HeaderMap, header};

use crate::http::handshake::only;

/// Whether a request is for this machine by an address, `localhost`, or one of these names.
pub(crate) fn is_ours(headers: &HeaderMap, names: &[String]) -> bool {
    only(headers, header::HOST).is_some_and(|host| is_known(host, names))
}

fn is_known(host: &str, names: &[String]) -> bool {
    if let Some(bare) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return bare.parse::<Ipv6Addr>().is_ok();
    }
    if host.parse::<SocketAddr>().is_ok() {
        return true;
    }
    let name = match host.split_once(':') {
        Some((name, port)) if port.parse::<u16>().is_ok() => name,
        Some(_) => return false,
        None => host,
    };
    let same = |known: &str| known.eq_ignore_ascii_case(name);
    name.parse::<std::net::Ipv4Addr>().is_ok()
        || same("localhost")
        || names.iter().any(|known| same(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_localhost_and_given_names_are_ours() {
        let names = ["admin.example".to_owned()];
        for host in [
            "127.0.0.1",
            "127.0.0.1:2568",
            "10.1.2.3:1",
            "[::1]",
            "[::1]:2568",
            "localhost",
            "LocalHost:2568",
            "admin.example",
            "ADMIN.example:443",
        ] {
            assert!(is_known(host, &names), "{host}");
        }
    }

    #[test]
    fn a_strangers_name_is_not_whatever_it_looks_like() {
        let names = ["admin.example".to_owned()];
        for host in [
            "",
            "evil.example",
            "evil.example:2568",
            "127.0.0.1.evil.example",
            "localhost.evil.example:2568",
            "admin.example.evil.example",
            "localhost:2568:2568",
            "localhost:x",
            "[evil.example]",
            "127.0.0.1:2568@evil.example",
        ] {
            assert!(!is_known(host, &names), "{host}");
        }
    }

    #[test]
    fn there_is_exactly_one_host() {
        let mut headers = HeaderMap::new();
        assert!(!is_ours(&headers, &[]));
        headers.append(header::HOST, "localhost".parse().expect("a value"));
        assert!(is_ours(&headers, &[]));
        headers.append(header::HOST, "evil.example".parse().expect("a value"));
        assert!(!is_ours(&headers, &[]));
    }
}
