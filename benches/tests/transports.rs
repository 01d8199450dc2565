//! What `TRANSPORTS.md` shows of each transport is what a server says.

use std::{fs, path::Path};

use tickwire_benches::transports::capture::{self, SAMPLE_ACCEPT, SAMPLE_KEY, SAMPLE_MASK, Said};
use tickwire_games::arena::Arena;
use tickwire_server::{Config, Games, Server};
use tickwire_shared::{
    batch::{Batch, RequestHeader, split_message},
    message::{ClientMessage, kind},
};

/// All that was said, on a server of today.
async fn captured() -> Vec<Said> {
    let listen = ([127, 0, 0, 1], 0).into();
    let config = Config { listen, seed: 1, ..Config::default() };
    let server = Server::start(config, Games::new().with::<Arena>()).await.unwrap();
    let address = server.local_addr();
    tokio::task::spawn_blocking(move || capture::take(address)).await.unwrap().unwrap()
}

fn find<'a>(said: &'a [Said], what: &str) -> &'a [u8] {
    let found = said.iter().find(|said| said.what.starts_with(what));
    &found.unwrap_or_else(|| panic!("{what}")).bytes
}

/// What stands behind the empty line.
fn body(bytes: &[u8]) -> &[u8] {
    let head = bytes.windows(4).position(|end| end == b"\r\n\r\n").expect("a head");
    &bytes[head + 4..]
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).to_ascii_lowercase()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_socket_is_what_the_page_says() {
    let said = captured().await;
    let answer = find(&said, "The handshake is answered");
    assert!(answer.starts_with(b"HTTP/1.1 101 Switching Protocols\r\n"), "{}", text(answer));
    let accept = format!("sec-websocket-accept: {SAMPLE_ACCEPT}").to_ascii_lowercase();
    assert!(text(answer).contains(&accept), "{}", text(answer));
    // A client's frame: final and binary, masked, seven bits of length, the mask, the message.
    let ping = find(&said, "A short frame of the client's");
    assert_eq!(ping[..2], [0x82, 0x85]);
    assert_eq!(ping[2..6], SAMPLE_MASK);
    let plain: Vec<u8> =
        ping[6..].iter().zip(SAMPLE_MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
    assert_eq!(ClientMessage::read(&plain).unwrap(), ClientMessage::Ping(42));
    assert_eq!(find(&said, "A short frame of the server's"), [0x82, 5, kind::PONG, 42, 0, 0, 0]);
    let join = find(&said, "The first frame");
    assert_eq!(join[..2], [0x82, 0x80 | (join.len() - 6) as u8]);
    // A longer one says so with 126, and then its length in two bytes.
    let welcome = find(&said, "The server's first frame");
    assert_eq!(welcome[..2], [0x82, 126]);
    assert_eq!(usize::from(u16::from_be_bytes([welcome[2], welcome[3]])), welcome.len() - 4);
    assert_eq!(welcome[4], kind::WELCOME);
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_and_polls_are_what_the_page_says() {
    let said = captured().await;
    let (header, batch) = RequestHeader::read(body(find(&said, "A stream is")), 1024).unwrap();
    assert_eq!((header.number, header.received, header.wait), (1, 0, false));
    assert!(matches!(batch.map(ClientMessage::read).next(), Some(Ok(ClientMessage::Join(_)))));
    let head = text(find(&said, "The answer to it"));
    assert!(head.starts_with("http/1.1 200") && head.contains("transfer-encoding: chunked"));
    assert!(head.contains("x-accel-buffering: no") && !head.contains("content-length"), "{head}");
    let chunk = find(&said, "A chunk of that answer");
    let start = chunk.windows(2).position(|end| end == b"\r\n").unwrap() + 2;
    let (welcome, _) = split_message(&chunk[start..], 1 << 20).unwrap().unwrap();
    assert_eq!(welcome[0], kind::WELCOME);
    let arrived = find(&said, "It has arrived");
    assert!(arrived.starts_with(b"HTTP/1.1 204 "), "{}", text(arrived));
    let (header, batch) = RequestHeader::read(body(find(&said, "A poll that may")), 1024).unwrap();
    assert_eq!((header.number, header.wait, batch.count()), (0, true, 0));
    let answer = body(find(&said, "Its answer"));
    let (number, messages) = answer.split_first_chunk().unwrap();
    assert!(u32::from_le_bytes(*number) == header.received + 1);
    assert!(Batch::check(messages, 1 << 20).unwrap().count() > 0);
}

#[test]
fn the_page_quotes_bytes_that_hold() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("TRANSPORTS.md");
    let page = fs::read_to_string(page).unwrap();
    for quoted in [
        SAMPLE_KEY,
        SAMPLE_ACCEPT,
        "GET /rooms/",
        "101 Switching Protocols",
        // The ping and its answer, as a test above takes them apart.
        "82 85 37 fa 21 3d 32 d0 21 3d 37",
        "82 05 83 2a 00 00 00",
        "Transfer-Encoding: chunked",
    ] {
        assert!(page.to_ascii_lowercase().contains(&quoted.to_ascii_lowercase()), "{quoted}");
    }
}
