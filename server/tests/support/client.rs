//! A client on a real socket.

use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use tickwire_shared::{
    PlayerId, Tick,
    message::{ClientMessage, Welcome},
};

use super::viewer::{Event, Viewer, framed, join};

/// Far longer than anything takes, so that a slow machine fails no test.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct Client {
    pub stream: TcpStream,
    pub viewer: Viewer,
    pub welcome: Option<Box<Welcome>>,
}

/// A handshake that is in order.
pub fn handshake(addr: SocketAddr, path: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: {addr}\r\nConnection: keep-alive, Upgrade\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
}

/// Sends a request and reads the answer until the end of its header.
pub fn exchange(addr: SocketAddr, request: &[u8]) -> (TcpStream, String, Vec<u8>) {
    let mut stream = TcpStream::connect(addr).expect("the server listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    stream.set_nodelay(true).expect("no delay");
    // A server that turns sockets away may have hung up already, and its answer is there.
    let _ = stream.write_all(request);
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let rest = bytes.split_off(end + 4);
            return (stream, String::from_utf8(bytes).expect("a header is text"), rest);
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => {
                return (stream, String::from_utf8(bytes).expect("a header is text"), Vec::new());
            }
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
        }
    }
}

/// The status of an answer.
pub fn status_of(header: &str) -> u16 {
    let code = header.split(' ').nth(1).and_then(|code| code.parse().ok());
    code.unwrap_or_else(|| panic!("no status in {header:?}"))
}

impl Client {
    pub fn connect(addr: SocketAddr, path: &str) -> Client {
        Self::connect_with(addr, handshake(addr, path).as_bytes())
    }

    /// Shakes hands by these very bytes.
    pub fn connect_with(addr: SocketAddr, request: &[u8]) -> Client {
        let (stream, header, rest) = exchange(addr, request);
        assert_eq!(status_of(&header), 101, "{header}");
        Client { stream, viewer: Viewer { bytes: rest, ..Viewer::default() }, welcome: None }
    }

    pub fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("the server takes it");
    }

    pub fn send_message(&mut self, message: &ClientMessage<'_>) {
        self.send(&framed(message));
    }

    /// The next message; `None` when the server hung up.
    pub fn next(&mut self) -> Option<Event> {
        let mut buffer = [0; 16 * 1024];
        loop {
            if let Some(event) = self.viewer.next() {
                if let Event::Welcome(welcome) = &event {
                    self.welcome = Some(welcome.clone());
                }
                return Some(event);
            }
            match self.stream.read(&mut buffer) {
                Ok(0) => return None,
                Ok(read) => self.viewer.bytes.extend_from_slice(&buffer[..read]),
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("nothing came: {error}"),
            }
        }
    }

    /// Joins and applies the first frame.
    pub fn join(&mut self) {
        self.send(&join());
        self.wait_for_frame();
    }

    pub fn player(&self) -> PlayerId {
        self.welcome.as_ref().expect("a welcome came").player
    }

    pub fn room(&self) -> &str {
        &self.welcome.as_ref().expect("a welcome came").room
    }

    pub fn wait_for_frame(&mut self) -> Tick {
        loop {
            match self.next() {
                Some(Event::Frame(applied)) => return applied.tick,
                Some(Event::Close(code, reason)) => panic!("closed with {code}: {reason}"),
                Some(_) => {}
                None => panic!("the server hung up"),
            }
        }
    }

    /// Waits for anything at all.
    pub fn wait_for_frame_or_close(&mut self) {
        let _ = self.next();
    }

    /// Plays for some frames, acknowledging each and checking every hash.
    pub fn play(&mut self, frames: u32) {
        for _ in 0..frames {
            self.wait_for_frame();
            let ack = self.viewer.ack().expect("a frame was applied");
            self.send(&ack);
        }
    }

    /// Leaves for good.
    pub fn leave(&mut self) {
        self.send_message(&ClientMessage::Leave);
        assert_eq!(self.wait_for_close().0, 1000);
    }

    /// Waits for the close, whatever comes before it, when its viewer has gone on elsewhere.
    pub fn wait_for_close_code(&mut self) -> u16 {
        let mut buffer = [0; 16 * 1024];
        loop {
            if let Some(code) = self.viewer.close_code() {
                return code;
            }
            let read = self.stream.read(&mut buffer).expect("a close comes");
            assert!(read > 0, "the server hung up without a close");
            self.viewer.bytes.extend_from_slice(&buffer[..read]);
        }
    }

    /// Waits for the close: its code and reason. Afterwards the server must hang up.
    pub fn wait_for_close(&mut self) -> (u16, String) {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            match self.next() {
                Some(Event::Close(code, reason)) => {
                    assert!(self.next().is_none(), "nothing follows a close");
                    assert!(reason.len() <= 123, "a reason fits its frame");
                    return (code, reason);
                }
                Some(_) => {}
                None => panic!("the server hung up without a close"),
            }
        }
        panic!("no close came");
    }
}
