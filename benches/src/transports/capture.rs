//! The bytes themselves: what a client and a server say to each other on each transport, as sockets had
//! them. `TRANSPORTS.md` explains what is shown here.

mod wire;

use std::{fmt::Write, net::SocketAddr};

use serde_json::Value;
use tickwire_shared::{
    batch::{KEY_BYTES, RequestHeader, write_message},
    message::{ClientMessage, Join, PROTOCOL, kind},
};

use self::wire::Wire;
use super::serve;

/// The key of the example in RFC 6455, so that its answer is known, too.
pub const SAMPLE_KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
/// What RFC 6455 says that the answer to [`SAMPLE_KEY`] is.
pub const SAMPLE_ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
/// The mask of the example in RFC 6455. A client draws another for each frame.
pub const SAMPLE_MASK: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];
/// A key for connections over HTTP that is easily told apart. A client draws it at random.
const LINK_KEY: [u8; KEY_BYTES] = *b"drawn at random.";
/// The type of bodies that hold messages.
const BYTES: &str = "application/octet-stream";
/// Of anything longer only so many bytes are shown.
const MOST_SHOWN: usize = 48;

/// One thing that was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// What it is, in words.
    pub what: &'static str,
    /// Whether the server said it.
    pub by_server: bool,
    /// As it went over the wire.
    pub bytes: Vec<u8>,
}

/// Takes all of it from a server of its own, as text.
///
/// # Errors
/// When the server does not start, or answers otherwise than it should.
pub fn run() -> Result<String, String> {
    let child = serve(30)?;
    let said = take(child.address).map_err(|error| error.to_string())?;
    Ok(said.iter().map(show).collect())
}

/// Takes all of it from a server.
///
/// # Errors
/// When it answers otherwise than it should.
pub fn take(server: SocketAddr) -> std::io::Result<Vec<Said>> {
    let mut said = Vec::new();
    let (room, ticket) = reserve(server, &mut said)?;
    web_socket(server, (&room, &ticket), &mut said)?;
    let (room, ticket) = reserve(server, &mut Vec::new())?;
    stream(server, (&room, &ticket), &mut said)?;
    let (room, ticket) = reserve(server, &mut Vec::new())?;
    poll(server, (&room, &ticket), &mut said)?;
    Ok(said)
}

fn post(path: &str, server: SocketAddr, media: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {server}\r\nContent-Type: {media}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// Reserves a seat: the room's code and the ticket.
fn reserve(server: SocketAddr, said: &mut Vec<Said>) -> std::io::Result<(String, String)> {
    let mut wire = Wire::to(server)?;
    let request = post("/match", server, "application/json", b"{}");
    wire.say("A seat is asked for", request, said)?;
    let (head, body) = wire.answer()?;
    let told: Value = serde_json::from_slice(&body).unwrap_or_default();
    wire.note("A seat, and the ticket for it", [head, body].concat(), said);
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let seat = text(&told["room"]["code"]).zip(text(&told["ticket"]));
    seat.ok_or_else(|| std::io::Error::other(format!("no seat: {told}")))
}

fn join(ticket: &str) -> Vec<u8> {
    let (name, ticket) = ("Ada".to_owned(), Some(ticket.to_owned()));
    let mut message = Vec::new();
    ClientMessage::Join(Join { protocol: PROTOCOL, name, schema_hash: None, ticket })
        .write(&mut message);
    message
}

/// A client's frame around a short message.
fn masked(message: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x82];
    match message.len() {
        short @ 0..126 => frame.push(0x80 | short as u8),
        long => {
            frame.push(0x80 | 126);
            frame.extend_from_slice(&(long as u16).to_be_bytes());
        }
    }
    frame.extend_from_slice(&SAMPLE_MASK);
    frame.extend(message.iter().zip(SAMPLE_MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

fn web_socket(
    server: SocketAddr,
    (room, ticket): (&str, &str),
    said: &mut Vec<Said>,
) -> std::io::Result<()> {
    let mut wire = Wire::to(server)?;
    let request = format!(
        "GET /rooms/{room}/ws HTTP/1.1\r\nHost: {server}\r\nConnection: Upgrade\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {SAMPLE_KEY}\r\n\r\n"
    );
    wire.say("A WebSocket is asked for", request.into_bytes(), said)?;
    let head = wire.head()?;
    wire.note("The handshake is answered", head, said);
    wire.say("The first frame: a join with the ticket", masked(&join(ticket)), said)?;
    let welcome = wire.frame_of(kind::WELCOME)?;
    wire.note("The server's first frame: the welcome", welcome, said);
    let frame = wire.frame_of(kind::FRAME)?;
    wire.note("A frame of the game", frame, said);
    let mut ping = Vec::new();
    ClientMessage::Ping(42).write(&mut ping);
    wire.say("A short frame of the client's: a ping", masked(&ping), said)?;
    let pong = wire.frame_of(kind::PONG)?;
    wire.note("A short frame of the server's: the pong", pong, said);
    wire.say("The client leaves", masked(&[kind::LEAVE]), &mut Vec::new())
}

/// The body of a request with these messages.
fn body(number: u32, received: u32, wait: bool, messages: &[&[u8]]) -> Vec<u8> {
    let mut body = Vec::new();
    RequestHeader { key: LINK_KEY, number, received, wait }.write(&mut body);
    messages.iter().for_each(|message| write_message(message, &mut body));
    body
}

fn stream(
    server: SocketAddr,
    (room, ticket): (&str, &str),
    said: &mut Vec<Said>,
) -> std::io::Result<()> {
    let path = |what: &str| format!("/rooms/{room}/{what}");
    let mut wire = Wire::to(server)?;
    let join = body(1, 0, false, &[&join(ticket)]);
    wire.say("A stream is asked for", post(&path("stream"), server, BYTES, &join), said)?;
    let head = wire.head()?;
    wire.note("The answer to it, which has no length", head, said);
    let chunk = wire.chunk()?;
    wire.note("A chunk of that answer: the welcome", chunk, said);
    let chunk = wire.chunk()?;
    wire.note("The next chunk: a frame of the game", chunk, said);
    let mut beside = Wire::to(server)?;
    let leave = body(2, 0, false, &[&[kind::LEAVE]]);
    beside.say(
        "A message goes up beside it: a leave",
        post(&path("send"), server, BYTES, &leave),
        said,
    )?;
    let head = beside.head()?;
    beside.note("It has arrived", head, said);
    Ok(())
}

fn poll(
    server: SocketAddr,
    (room, ticket): (&str, &str),
    said: &mut Vec<Said>,
) -> std::io::Result<()> {
    let path = format!("/rooms/{room}/poll");
    // The same key would name the connection that has just ended.
    let key = |mut body: Vec<u8>| {
        body[..4].copy_from_slice(b"also");
        body
    };
    let mut wire = Wire::to(server)?;
    let join = key(body(1, 0, true, &[&join(ticket)]));
    wire.say("The first poll", post(&path, server, BYTES, &join), &mut Vec::new())?;
    let mut number = wire.number()?;
    let next = key(body(0, number, true, &[]));
    wire.say("A poll that may wait", post(&path, server, BYTES, &next), said)?;
    let (head, answer) = wire.answer()?;
    number = answer.first_chunk().map_or(number, |number| u32::from_le_bytes(*number));
    wire.note("Its answer, when there was something to say", [head, answer].concat(), said);
    let leave = key(body(2, number, false, &[&[kind::LEAVE]]));
    wire.say("The client leaves", post(&path, server, BYTES, &leave), &mut Vec::new())?;
    wire.answer().map(drop)
}

fn show(said: &Said) -> String {
    let Said { what, by_server, bytes } = said;
    let arrow = if *by_server { '<' } else { '>' };
    let mut text = format!("{what}:\n\n");
    let head = bytes.windows(4).position(|end| end == b"\r\n\r\n").map_or(0, |at| at + 4);
    let is_http =
        bytes.starts_with(b"HTTP/") || bytes.starts_with(b"GET ") || bytes.starts_with(b"POST ");
    let (head, rest) = bytes.split_at(if is_http { head } else { 0 });
    String::from_utf8_lossy(head).lines().for_each(|line| _ = writeln!(text, "    {arrow} {line}"));
    if rest.first() == Some(&b'{') || rest.first() == Some(&b'[') {
        let _ = writeln!(text, "    {arrow} {}", String::from_utf8_lossy(rest));
        return text + "\n";
    }
    for line in rest[..rest.len().min(MOST_SHOWN)].chunks(16) {
        let hex: Vec<String> = line.iter().map(|byte| format!("{byte:02x}")).collect();
        let _ = writeln!(text, "    {arrow} {}", hex.join(" "));
    }
    if rest.len() > MOST_SHOWN {
        let _ = writeln!(text, "    {arrow} ... {} bytes in all", rest.len());
    }
    text + "\n"
}
