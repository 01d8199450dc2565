//! Links by which others come to a room: as text, as a picture for a phone's camera, and where they lead.

use std::{
    fmt::Write,
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
};

use hyper::{HeaderMap, header};
use qrcodegen::{QrCode, QrCodeEcc};

use super::{Caller, Site, forwarded};

/// The white border that a QR code needs, in squares.
const QUIET: i32 = 4;
/// The longest name of a host, with its port.
const MOST_HOST_BYTES: usize = 261;

/// The links to a room, the one that most others can use first.
pub(super) fn to_room(
    site: &Site,
    caller: &Caller,
    headers: &HeaderMap,
    code: &str,
) -> Vec<String> {
    let link = |base: &str| format!("{base}/join/{code}");
    if let Some(url) = &site.config.public_url {
        return vec![link(url)];
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.filter(|host| is_host(host)).map(str::to_owned);
    let host = host.unwrap_or_else(|| site.local_addr.to_string());
    let scheme = if forwarded::over_tls(caller.forwarded, headers) { "https" } else { "http" };
    let mut links = Vec::new();
    // Nobody else reaches this machine under the name that it has for itself.
    if is_loopback(&host)
        && site.local_addr.ip().is_unspecified()
        && let Some(address) = lan_address()
    {
        links.push(link(&format!("http://{}", SocketAddr::new(address, site.local_addr.port()))));
    }
    links.push(link(&format!("{scheme}://{host}")));
    links
}

/// Letters, digits and what else a host with a port is written with.
fn is_host(host: &str) -> bool {
    let plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']');
    (1..=MOST_HOST_BYTES).contains(&host.len()) && host.chars().all(plain)
}

/// Whether a host is what a machine calls itself.
fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|c| c.is_ascii_digit()) => name,
        _ => host,
    };
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse::<IpAddr>();
    name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

/// The address of this machine that others on its network reach: the one from which it would send to
/// an address that is for documentation only. Nothing is sent.
fn lan_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_unspecified() && !address.is_loopback()).then_some(address)
}

/// The QR code of a text as an SVG picture, unless the text is too long for one.
pub(super) fn qr_svg(text: &str) -> Option<String> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let side = code.size() + 2 * QUIET;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\""
    );
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|x| code.get_module(*x, y)).count() as i32;
            if run > 0 {
                let (left, top) = (x + QUIET, y + QUIET);
                write!(svg, "M{left} {top}h{run}v1h-{run}z").expect("a text takes all");
            }
            x += run.max(1);
        }
    }
    svg.push_str("\"/></svg>\n");
    Some(svg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_machine_calls_itself_is_known() {
        for host in
            ["localhost", "LOCALHOST:2567", "127.0.0.1:2567", "127.9.9.9", "[::1]:80", "[::1]"]
        {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["localhost.example", "10.0.0.1", "example.com:80", "[::2]:80", "", ":"] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn a_host_that_is_none_gets_into_no_link() {
        for host in ["a.example:2567", "[::1]:80", "my_host"] {
            assert!(is_host(host), "{host}");
        }
        for host in ["", "a.example/x", "a\"b", "<b>", "a b", &"a".repeat(300)] {
            assert!(!is_host(host), "{host}");
        }
    }

    #[test]
    fn the_squares_of_a_picture_are_those_of_the_code() {
        let text = "http://192.168.1.20:2567/join/BCDFG";
        let svg = qr_svg(text).expect("it fits");
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).expect("it fits");
        let (_, path) = svg.rsplit_once(" d=\"").expect("a path");
        let mut dark = vec![];
        for run in path.split('M').skip(1) {
            let (x, rest) = run.split_once(' ').expect("a place");
            let (y, rest) = rest.split_once('h').expect("a place");
            let (length, _) = rest.split_once('v').expect("a length");
            let [x, y, length] = [x, y, length].map(|n| n.parse::<i32>().expect("a number"));
            dark.extend((x..x + length).map(|x| (x - QUIET, y - QUIET)));
        }
        let side = 0..code.size();
        let all = side.clone().flat_map(|y| side.clone().map(move |x| (x, y)));
        let expected: Vec<_> = all.filter(|(x, y)| code.get_module(*x, *y)).collect();
        assert_eq!(dark, expected);
        assert!(qr_svg(&"x".repeat(5_000)).is_none());
    }
}
