//! A connection without manners: bytes as they come, whatever a server expects.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// How long a server may take to answer, or to have enough.
pub const PATIENCE: Duration = Duration::from_secs(12);
/// More than this is not kept of what the server says.
const MOST_BYTES: usize = 1 << 20;

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// With a close frame of this code.
    Closed(u16),
    /// With an HTTP answer of this status.
    Answered(u16),
    /// Without a word.
    HungUp,
    /// Not at all, for as long as one waited.
    Open,
    /// Nobody was there in the first place.
    Absent,
}

impl End {
    /// In words.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            End::Closed(code) => format!("closed with {code}"),
            End::Answered(status) => format!("answered with {status}"),
            End::HungUp => "hung up".to_owned(),
            End::Open => format!("not closed in {} s", PATIENCE.as_secs()),
            End::Absent => "nobody answered".to_owned(),
        }
    }
}

/// The first bytes of a WebSocket frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opcode {
    /// A text message.
    Text = 0x81,
    /// A binary message.
    Binary = 0x82,
}

/// A connection.
#[derive(Debug)]
pub struct Raw(pub TcpStream);

impl Raw {
    /// Connects.
    ///
    /// # Errors
    /// When nobody is there.
    pub async fn open(address: SocketAddr) -> io::Result<Raw> {
        let socket = timeout(PATIENCE, TcpStream::connect(address)).await??;
        socket.set_nodelay(true)?;
        Ok(Raw(socket))
    }

    /// Sends bytes.
    ///
    /// # Errors
    /// When the server has hung up.
    pub async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes).await
    }

    /// Asks for a WebSocket; the status of the answer.
    ///
    /// # Errors
    /// When the server hangs up, or says what is no HTTP.
    pub async fn upgrade(&mut self, host: &str, path: &str) -> io::Result<u16> {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        self.send(request.as_bytes()).await?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") && head.len() < 4096 {
            head.push(timeout(PATIENCE, self.0.read_u8()).await??);
        }
        status(&head).ok_or(io::ErrorKind::InvalidData.into())
    }

    /// Waits for the end.
    pub async fn end(&mut self) -> End {
        timeout(PATIENCE, end(&mut self.0)).await.unwrap_or(End::Open)
    }

    /// Waits for a message that begins with this byte; false when the end comes first.
    pub async fn hears(&mut self, first: u8) -> bool {
        let heard = timeout(PATIENCE, async {
            loop {
                let (opcode, payload) = read_frame(&mut self.0).await?;
                if opcode == CLOSE || payload.first() == Some(&first) {
                    return io::Result::Ok(opcode != CLOSE);
                }
            }
        });
        matches!(heard.await, Ok(Ok(true)))
    }
}

/// A frame as a client sends it, or without the mask that it has to have. The mask is zero: it is
/// there for proxies, and changes nothing.
#[must_use]
pub fn frame(opcode: Opcode, payload: &[u8], is_masked: bool) -> Vec<u8> {
    let mask = if is_masked { 0x80 } else { 0 };
    let mut bytes = vec![opcode as u8];
    match u8::try_from(payload.len()).ok().filter(|length| *length < 126) {
        Some(length) => bytes.push(mask | length),
        None => {
            bytes.push(mask | 126);
            bytes.extend_from_slice(&(payload.len() as u16).to_be_bytes());
        }
    }
    if is_masked {
        bytes.extend_from_slice(&[0; 4]);
    }
    bytes.extend_from_slice(payload);
    bytes
}

const CLOSE: u8 = 8;

/// Reads until the server closes, hangs up, or answers with HTTP.
pub async fn end(socket: &mut (impl AsyncRead + Unpin)) -> End {
    let Ok(first) = socket.read_u8().await else { return End::HungUp };
    if first == b'H' {
        return answer(socket).await;
    }
    let mut first = Some(first);
    loop {
        let opcode = match first.take() {
            Some(first) => first,
            None => match socket.read_u8().await {
                Ok(byte) => byte,
                Err(_) => return End::HungUp,
            },
        };
        let Ok(payload) = read_payload(socket).await else { return End::HungUp };
        if opcode & 0x0F == CLOSE {
            let code = payload.first_chunk().map(|code| u16::from_be_bytes(*code));
            return code.map_or(End::HungUp, End::Closed);
        }
    }
}

/// The status of an HTTP answer whose first letter has been read.
async fn answer(socket: &mut (impl AsyncRead + Unpin)) -> End {
    let mut line = vec![b'H'];
    while let Ok(byte) = socket.read_u8().await {
        line.push(byte);
        if byte == b'\n' || line.len() > 4096 {
            break;
        }
    }
    status(&line).map_or(End::HungUp, End::Answered)
}

fn status(head: &[u8]) -> Option<u16> {
    std::str::from_utf8(head.get(9..12)?).ok()?.parse().ok()
}

async fn read_frame(socket: &mut (impl AsyncRead + Unpin)) -> io::Result<(u8, Vec<u8>)> {
    let opcode = socket.read_u8().await? & 0x0F;
    Ok((opcode, read_payload(socket).await?))
}

async fn read_payload(socket: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let length = match socket.read_u8().await? & 0x7F {
        126 => u64::from(socket.read_u16().await?),
        127 => socket.read_u64().await?,
        length => u64::from(length),
    };
    let length = usize::try_from(length).ok().filter(|length| *length <= MOST_BYTES);
    let mut payload = vec![0; length.ok_or(io::ErrorKind::InvalidData)?];
    socket.read_exact(&mut payload).await?;
    Ok(payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn end_of(mut bytes: &[u8]) -> End {
        end(&mut bytes).await
    }

    #[tokio::test]
    async fn an_end_is_known_however_it_comes() {
        assert_eq!(end_of(b"").await, End::HungUp);
        assert_eq!(end_of(b"HTTP/1.1 400 Bad Request\r\n").await, End::Answered(400));
        assert_eq!(end_of(&[0x88, 2, 0x0F, 0xA0]).await, End::Closed(4000));
        let mut long = vec![0x82, 126, 1, 0];
        long.extend([7; 256]);
        long.extend([0x88, 2, 0x03, 0xF0]);
        assert_eq!(end_of(&long).await, End::Closed(1008));
        assert_eq!(end_of(&[0x82, 127, 255, 0, 0, 0, 0, 0, 0, 0]).await, End::HungUp);
    }

    #[test]
    fn frames_say_how_long_they_are() {
        assert_eq!(frame(Opcode::Binary, &[5], true), [0x82, 0x81, 0, 0, 0, 0, 5]);
        assert_eq!(frame(Opcode::Text, &[5, 6], false), [0x81, 2, 5, 6]);
        assert_eq!(frame(Opcode::Binary, &[0; 300], true)[..4], [0x82, 0xFE, 1, 44]);
    }
}
