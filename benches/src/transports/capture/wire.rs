//! A socket whose bytes are kept as they come.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use super::Said;

/// A server that says nothing for so long does not answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A socket.
pub(super) struct Wire(TcpStream);

impl Wire {
    pub(super) fn to(server: SocketAddr) -> io::Result<Wire> {
        let socket = TcpStream::connect(server)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.set_nodelay(true)?;
        Ok(Wire(socket))
    }

    /// Says something, and notes it.
    pub(super) fn say(
        &mut self,
        what: &'static str,
        bytes: Vec<u8>,
        said: &mut Vec<Said>,
    ) -> io::Result<()> {
        self.0.write_all(&bytes)?;
        said.push(Said { what, by_server: false, bytes });
        Ok(())
    }

    /// Notes what the server said.
    pub(super) fn note(&self, what: &'static str, bytes: Vec<u8>, said: &mut Vec<Said>) {
        said.push(Said { what, by_server: true, bytes });
    }

    fn read(&mut self, count: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; count];
        self.0.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn read_until(&mut self, end: &[u8]) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        while !bytes.ends_with(end) {
            bytes.extend(self.read(1)?);
        }
        Ok(bytes)
    }

    /// An answer's head, with the empty line behind it.
    pub(super) fn head(&mut self) -> io::Result<Vec<u8>> {
        self.read_until(b"\r\n\r\n")
    }

    /// An answer's head and body.
    pub(super) fn answer(&mut self) -> io::Result<(Vec<u8>, Vec<u8>)> {
        let head = self.head()?;
        let text = String::from_utf8_lossy(&head).to_ascii_lowercase();
        let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
        Ok((head, self.read(length)?))
    }

    /// The number of an answer to a poll.
    pub(super) fn number(&mut self) -> io::Result<u32> {
        let (head, body) = self.answer()?;
        let number = body.first_chunk().map(|number| u32::from_le_bytes(*number));
        number.ok_or_else(|| io::Error::other(String::from_utf8_lossy(&head).into_owned()))
    }

    /// A chunk of an answer, with its length before and the line's end behind it.
    pub(super) fn chunk(&mut self) -> io::Result<Vec<u8>> {
        let line = self.read_until(b"\r\n")?;
        let digits = String::from_utf8_lossy(&line);
        let length = usize::from_str_radix(digits.trim(), 16).map_err(io::Error::other)?;
        let rest = self.read(length + 2)?;
        Ok([line, rest].concat())
    }

    /// The next WebSocket frame whose message is of this kind, with its header.
    pub(super) fn frame_of(&mut self, kind: u8) -> io::Result<Vec<u8>> {
        loop {
            let mut header = self.read(2)?;
            let more = match header[1] & 0x7F {
                126 => 2,
                127 => 8,
                _ => 0,
            };
            let length = self.read(more)?;
            let said = length.iter().fold(0_usize, |all, byte| all << 8 | usize::from(*byte));
            let count = if more == 0 { usize::from(header[1] & 0x7F) } else { said };
            let payload = self.read(count)?;
            if header[0] == 0x88 {
                return Err(io::Error::other("the server closed the WebSocket"));
            }
            if payload.first() == Some(&kind) {
                header.extend(length);
                header.extend(payload);
                return Ok(header);
            }
        }
    }
}
