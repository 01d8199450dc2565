//! A client's WebSocket that never blocks and holds next to nothing.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use super::Message;

const FIN: u8 = 0x80;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
/// Any key will do: a mask protects proxies from scripts, and here is neither.
const MASK: [u8; 4] = [0x5A, 0x13, 0xC7, 0x2E];
/// A handshake's answer is shorter than this.
const MOST_ANSWER: usize = 4096;

/// Frames that wait to be written.
#[derive(Debug, Default)]
pub struct Outgoing {
    /// Whole frames, masked.
    pub bytes: Vec<u8>,
    /// How many of them.
    pub count: u64,
}

impl Outgoing {
    /// Adds a binary message.
    pub fn binary(&mut self, payload: &[u8]) {
        self.frame(FIN | BINARY, payload);
    }

    /// Adds a text message.
    pub fn text(&mut self, payload: &[u8]) {
        self.frame(FIN | TEXT, payload);
    }

    /// Adds any frame.
    pub fn frame(&mut self, first: u8, payload: &[u8]) {
        self.count += 1;
        self.bytes.push(first);
        match payload.len() {
            short @ ..=125 => self.bytes.push(FIN | short as u8),
            long => {
                let length = u16::try_from(long).expect("clients send short messages");
                self.bytes.push(FIN | 126);
                self.bytes.extend_from_slice(&length.to_be_bytes());
            }
        }
        self.bytes.extend_from_slice(&MASK);
        let masked = payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask);
        self.bytes.extend(masked);
    }
}

/// A connection.
#[derive(Debug)]
pub struct Socket {
    stream: TcpStream,
    /// The beginning of a frame whose rest has not come.
    rest: Vec<u8>,
}

impl Socket {
    /// Connects and shakes hands, waiting for both.
    ///
    /// # Errors
    /// When there is no server, or it does not want to.
    pub fn connect(address: SocketAddr, target: &str) -> io::Result<Socket> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let request = format!(
            "GET {target} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(request.as_bytes())?;
        let rest = read_answer(&mut stream)?;
        stream.set_nonblocking(true)?;
        Ok(Socket { stream, rest })
    }

    /// The socket itself, to change its settings.
    #[must_use]
    pub fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// Reads what is there and hands on each whole message. Returns how many bytes came.
    ///
    /// # Errors
    /// When the connection has ended, or `handle` says so.
    pub fn read(
        &mut self,
        scratch: &mut [u8],
        mut handle: impl FnMut(Message<'_>) -> Result<(), String>,
    ) -> Result<usize, String> {
        let mut received = 0;
        loop {
            let kept = self.rest.len();
            scratch[..kept].copy_from_slice(&self.rest);
            let count = match self.stream.read(&mut scratch[kept..]) {
                Ok(0) => return Err("the server hung up".to_owned()),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => 0,
                Err(error) => return Err(error.to_string()),
            };
            received += count;
            let used = take_messages(&scratch[..kept + count], &mut handle)?;
            self.rest.clear();
            self.rest.extend_from_slice(&scratch[used..kept + count]);
            if self.rest.len() == scratch.len() {
                return Err("a message is larger than the buffer".to_owned());
            }
            // A read that does not fill the buffer has emptied the socket.
            if kept + count < scratch.len() {
                return Ok(received);
            }
        }
    }

    /// Writes frames, and says whether the kernel took them.
    ///
    /// # Errors
    /// When the connection has ended.
    pub fn write(&mut self, bytes: &[u8]) -> Result<bool, String> {
        match self.stream.write(bytes) {
            Ok(count) if count == bytes.len() => Ok(true),
            Ok(_) => Err("the server has stopped reading".to_owned()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// Reads the answer to a handshake; returns what came right behind it.
fn read_answer(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut answer = Vec::new();
    let mut buffer = [0; MOST_ANSWER];
    loop {
        let count = stream.read(&mut buffer)?;
        answer.extend_from_slice(&buffer[..count]);
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
        if end.is_some() && answer.starts_with(b"HTTP/1.1 101") {
            return Ok(answer.split_off(end.unwrap_or_default() + 4));
        }
        if end.is_some() || count == 0 || answer.len() > MOST_ANSWER {
            let said = String::from_utf8_lossy(&answer).lines().next().unwrap_or("").to_owned();
            return Err(io::Error::other(format!("the server did not shake hands: {said:?}")));
        }
    }
}

/// Hands on every whole message and returns how many bytes they took.
fn take_messages(
    bytes: &[u8],
    handle: &mut impl FnMut(Message<'_>) -> Result<(), String>,
) -> Result<usize, String> {
    let mut at = 0;
    while let Some((first, header, length)) = parse(&bytes[at..]) {
        let Some(payload) = bytes.get(at + header..at + header + length) else { break };
        handle(match first & 0x0F {
            TEXT => Message::Text(payload),
            BINARY => Message::Binary(payload),
            other => Message::Control(other, payload),
        })?;
        at += header + length;
    }
    Ok(at)
}

/// A frame's first byte, how long its header is, and how long its payload.
fn parse(bytes: &[u8]) -> Option<(u8, usize, usize)> {
    let (first, short) = (*bytes.first()?, *bytes.get(1)? & 0x7F);
    match short {
        126 => Some((first, 4, u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?]).into())),
        127 => {
            let length = u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?);
            Some((first, 10, usize::try_from(length).ok()?))
        }
        short => Some((first, 2, short.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(bytes: &[u8]) -> (Vec<(bool, usize)>, usize) {
        let mut seen = Vec::new();
        let used = take_messages(bytes, &mut |message| {
            match message {
                Message::Binary(payload) => seen.push((true, payload.len())),
                Message::Text(payload) | Message::Control(_, payload) => {
                    seen.push((false, payload.len()));
                }
            }
            Ok(())
        });
        (seen, used.expect("nothing objects"))
    }

    #[test]
    fn whole_messages_of_every_length_are_taken_and_the_rest_is_left() {
        let mut bytes = vec![0x82, 3, 1, 2, 3, 0x81, 0, 0x82, 126, 1, 0];
        bytes.extend([7; 256]);
        bytes.extend([0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
        bytes.extend([7; 65_536]);
        let whole = bytes.len();
        for cut in [1, 2, 5, 9, 100] {
            let next = [&[0x82, 126, 0, 200][..], &[0; 200]].concat();
            let more = [&bytes[..], &next[..cut]].concat();
            let (seen, used) = messages(&more);
            assert_eq!(seen, [(true, 3), (false, 0), (true, 256), (true, 65_536)]);
            assert_eq!(used, whole);
        }
    }

    #[test]
    fn a_frame_is_masked_and_says_its_length() {
        let mut out = Outgoing::default();
        out.binary(&[0, 0, 0, 0, 0]);
        let masked = [MASK[0], MASK[1], MASK[2], MASK[3], MASK[0]];
        assert_eq!(out.bytes, [&[0x82, 0x85][..], &MASK, &masked].concat());
        out.bytes.clear();
        out.text(&[1; 300]);
        assert_eq!(out.bytes[..4], [0x81, 0xFE, 1, 44]);
        assert_eq!((out.bytes.len(), out.count), (308, 2));
    }
}
