//! Where a request comes from in the first place, as proxies say that are trusted.

use std::net::{IpAddr, SocketAddr};

use hyper::HeaderMap;

use crate::config::Network;

const FORWARDED_FOR: &str = "x-forwarded-for";
const FORWARDED_PROTO: &str = "x-forwarded-proto";

/// The client that trusted proxies have sent a request on for, if one has. Each hop writes down at the
/// right whom it heard from, so what counts is the rightmost address that is not trusted itself:
/// whatever stands left of that anybody may have made up.
pub(super) fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> Option<IpAddr> {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    if !is_trusted(peer) || !headers.contains_key(FORWARDED_FOR) {
        return None;
    }
    let lines = headers.get_all(FORWARDED_FOR).iter().rev();
    let hops = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
    let mut client = peer;
    for hop in hops {
        // What cannot be read was not written by a proxy that does its work; who sent it is known.
        let Some(address) = address(hop.trim()) else { break };
        client = address;
        if !is_trusted(address) {
            break;
        }
    }
    Some(client)
}

/// Whether a trusted proxy has taken the request over TLS.
pub(super) fn over_tls(forwarded: bool, headers: &HeaderMap) -> bool {
    let proto = headers.get(FORWARDED_PROTO).and_then(|value| value.to_str().ok());
    forwarded && proto.is_some_and(|proto| proto.trim().eq_ignore_ascii_case("https"))
}

/// An address with or without a port.
fn address(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|hop| hop.strip_suffix(']')).unwrap_or(hop);
    let with_port = || hop.parse::<SocketAddr>().ok().map(|address| address.ip());
    bare.parse().ok().or_else(with_port)
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    fn found(peer: &str, lines: &[&str]) -> Option<String> {
        let trusted = ["10.0.0.0/8", "::1"].map(|text| text.parse().expect("a network"));
        let header = |line: &&str| {
            let name = FORWARDED_FOR.parse().expect("a name");
            (name, HeaderValue::from_str(line).expect("a value"))
        };
        let headers: HeaderMap = lines.iter().map(header).fold(HeaderMap::new(), |mut all, one| {
            let (name, value): (hyper::header::HeaderName, HeaderValue) = one;
            all.append(name, value);
            all
        });
        client(peer.parse().expect("an address"), &headers, &trusted).map(|one| one.to_string())
    }

    #[test]
    fn who_is_not_trusted_is_not_believed() {
        assert_eq!(found("192.0.2.9", &["203.0.113.1"]), None);
        assert_eq!(found("192.0.2.9", &[]), None);
    }

    #[test]
    fn the_rightmost_hop_that_is_not_trusted_counts() {
        let cases: [(&[&str], Option<&str>); 9] = [
            (&[], None),
            (&["203.0.113.1"], Some("203.0.113.1")),
            (&["6.6.6.6, 203.0.113.1"], Some("203.0.113.1")),
            (&["6.6.6.6, 203.0.113.1, 10.1.1.1"], Some("203.0.113.1")),
            (&["6.6.6.6", "203.0.113.1,10.1.1.1"], Some("203.0.113.1")),
            (&["203.0.113.1:4711"], Some("203.0.113.1")),
            (&["[2001:db8::1]:4711"], Some("2001:db8::1")),
            (&["[2001:db8::1]"], Some("2001:db8::1")),
            (&["10.3.3.3, 10.2.2.2"], Some("10.3.3.3")),
        ];
        for (lines, expected) in cases {
            assert_eq!(found("10.0.0.1", lines).as_deref(), expected, "{lines:?}");
        }
        assert_eq!(found("::1", &["127.0.0.1"]).as_deref(), Some("127.0.0.1"));
    }

    #[test]
    fn nothing_is_read_beyond_what_is_no_address() {
        for line in ["203.0.113.1, unknown", "203.0.113.1, _hidden", "203.0.113.1,", "1.2.3.4, é"]
        {
            let client = found("10.0.0.1", &[line]);
            assert_eq!(client.as_deref(), Some("10.0.0.1"), "{line}");
        }
        assert_eq!(found("10.0.0.1", &["x, 10.1.1.1"]).as_deref(), Some("10.1.1.1"));
    }
}
