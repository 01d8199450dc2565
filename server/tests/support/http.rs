//! Requests on a real socket, and connections over them.

use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
};

use tickwire_shared::{
    Tick,
    batch::{RequestHeader, split_message, write_message},
    message::ClientMessage,
};

use super::{
    client::PATIENCE,
    viewer::{Event, Viewer, bare},
};

/// A socket for one request after the other.
pub struct Http {
    addr: SocketAddr,
    stream: TcpStream,
    /// What came behind an answer's header.
    bytes: Vec<u8>,
}

/// What a request was answered with.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub header: String,
    pub body: Vec<u8>,
}

impl Http {
    pub fn connect(addr: SocketAddr) -> Self {
        let stream = TcpStream::connect(addr).expect("the server listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        stream.set_nodelay(true).expect("no delay");
        Http { addr, stream, bytes: Vec::new() }
    }

    /// Sends a request whose header has these lines, too; each ends a line.
    pub fn ask(&mut self, method: &str, path: &str, lines: &str, body: &[u8]) {
        let (addr, length) = (self.addr, body.len());
        let header = format!(
            "{method} {path} HTTP/1.1\r\nHost: {addr}\r\n{lines}Content-Length: {length}\r\n\r\n"
        );
        let request = [header.as_bytes(), body].concat();
        self.stream.write_all(&request).expect("the server takes it");
    }

    /// Reads more; false when the server hung up.
    fn read_more(&mut self) -> bool {
        let mut buffer = [0; 16 * 1024];
        match self.stream.read(&mut buffer) {
            Ok(0) => false,
            Ok(read) => {
                self.bytes.extend_from_slice(&buffer[..read]);
                true
            }
            Err(error) if error.kind() == ErrorKind::ConnectionReset => false,
            Err(error) => panic!("nothing came: {error}"),
        }
    }

    fn read_header(&mut self) -> String {
        loop {
            let end = self.bytes.windows(4).position(|window| window == b"\r\n\r\n");
            if let Some(end) = end {
                let header: Vec<u8> = self.bytes.drain(..end + 4).collect();
                return String::from_utf8(header).expect("a header is text").to_lowercase();
            }
            assert!(self.read_more(), "the server hung up");
        }
    }

    /// The answer to what was asked.
    pub fn answer(&mut self) -> Answer {
        let header = self.read_header();
        let status = super::client::status_of(&header);
        let length = header.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
        let length = length.map_or(0, |length| length.trim().parse().expect("a number"));
        while self.bytes.len() < length {
            assert!(self.read_more(), "the server hung up");
        }
        Answer { status, header, body: self.bytes.drain(..length).collect() }
    }

    pub fn post(&mut self, path: &str, body: &[u8]) -> Answer {
        self.ask("POST", path, "", body);
        self.answer()
    }

    /// The next part of an answer without an end; `None` when it has ended.
    pub fn read_chunk(&mut self) -> Option<Vec<u8>> {
        let (start, length) = loop {
            if let Some(end) = self.bytes.windows(2).position(|window| window == b"\r\n") {
                let digits = std::str::from_utf8(&self.bytes[..end]).expect("a length is text");
                break (end + 2, usize::from_str_radix(digits, 16).expect("a length"));
            }
            if !self.read_more() {
                return None;
            }
        };
        while self.bytes.len() < start + length + 2 {
            if !self.read_more() {
                return None;
            }
        }
        let chunk = self.bytes[start..start + length].to_vec();
        self.bytes.drain(..start + length + 2);
        Some(chunk).filter(|chunk| !chunk.is_empty())
    }
}

/// A client whose messages go over requests.
pub struct Linked {
    path: String,
    header: RequestHeader,
    /// For sends and polls.
    pub http: Http,
    /// For what a stream brings.
    stream: Option<Http>,
    pub viewer: Viewer,
    pub frames: u32,
    pub close: Option<(u16, String)>,
    /// Messages that go with the next request.
    pub outgoing: Vec<u8>,
}

impl Linked {
    /// One that will poll, and has not yet.
    pub fn new(addr: SocketAddr, room: &str, key: u8, first: &ClientMessage<'_>) -> Self {
        let header = RequestHeader { key: [key; 16], number: 0, received: 0, wait: true };
        let mut outgoing = Vec::new();
        write_message(&bare(first), &mut outgoing);
        Linked {
            path: format!("/rooms/{room}"),
            header,
            http: Http::connect(addr),
            stream: None,
            viewer: Viewer::default(),
            frames: 0,
            close: None,
            outgoing,
        }
    }

    /// Opens a stream with the first message.
    pub fn open_stream(&mut self) {
        let (path, body) = (format!("{}/stream", self.path), self.body());
        let mut stream = Http::connect(self.http.addr);
        stream.ask("POST", &path, "", &body);
        let header = stream.read_header();
        assert_eq!(super::client::status_of(&header), 200, "{header}");
        assert!(header.contains("transfer-encoding: chunked"), "{header}");
        assert!(header.contains("x-accel-buffering: no"), "{header}");
        assert!(header.contains("no-store, no-transform"), "{header}");
        self.stream = Some(stream);
    }

    /// The body of the next request.
    pub fn body(&mut self) -> Vec<u8> {
        let messages = std::mem::take(&mut self.outgoing);
        let number = if messages.is_empty() {
            0
        } else {
            self.header.number += 1;
            self.header.number
        };
        let mut body = Vec::new();
        RequestHeader { number, ..self.header }.write(&mut body);
        body.extend_from_slice(&messages);
        body
    }

    pub fn say(&mut self, message: &ClientMessage<'_>) {
        self.say_bytes(&bare(message));
    }

    pub fn say_bytes(&mut self, message: &[u8]) {
        write_message(message, &mut self.outgoing);
    }

    fn acknowledge(&mut self) {
        if let Some(tick) = self.viewer.tick() {
            self.say(&ClientMessage::Ack(tick));
        }
    }

    /// Sends what is to be sent.
    pub fn send(&mut self) -> Answer {
        let (path, body) = (format!("{}/send", self.path), self.body());
        self.http.post(&path, &body)
    }

    pub fn poll_path(&self) -> String {
        format!("{}/poll", self.path)
    }

    /// Sends a poll and takes what it is answered with.
    pub fn poll(&mut self) -> Answer {
        let (path, body) = (self.poll_path(), self.body());
        let answer = self.http.post(&path, &body);
        self.take_answer(&answer);
        answer
    }

    pub fn take_answer(&mut self, answer: &Answer) {
        if answer.status == 200 {
            let (number, messages) = answer.body.split_first_chunk().expect("a number");
            let number = u32::from_le_bytes(*number);
            assert_eq!(number, self.header.received + 1, "answers come in order");
            self.header.received = number;
            self.take_messages(messages);
        }
    }

    fn take_messages(&mut self, mut bytes: &[u8]) {
        while let Ok(Some((message, rest))) = split_message(bytes, 1 << 20) {
            bytes = rest;
            match self.viewer.read(message) {
                Event::Frame(_) => self.frames += 1,
                Event::Close(code, reason) => self.close = Some((code, reason)),
                _ => {}
            }
        }
        assert!(bytes.is_empty(), "messages are whole");
    }

    /// Takes what comes next over the stream; false when it has ended.
    pub fn read_stream(&mut self) -> bool {
        let chunk = self.stream.as_mut().expect("it has a stream").read_chunk();
        chunk.inspect(|bytes| self.take_messages(bytes)).is_some()
    }

    /// Plays for so many frames, acknowledging each and checking every hash.
    pub fn play(&mut self, frames: u32) {
        let until = self.frames + frames;
        while self.frames < until {
            let before = self.frames;
            if self.stream.is_some() {
                assert!(self.read_stream(), "the stream ended: {:?}", self.close);
            } else {
                let answer = self.poll();
                assert!(matches!(answer.status, 200 | 204), "{answer:?}");
            }
            assert_eq!(self.close, None);
            if self.frames > before {
                self.acknowledge();
                if self.stream.is_some() {
                    assert_eq!(self.send().status, 204);
                }
            }
        }
    }

    /// Goes on until it is told why it is over.
    pub fn wait_for_close(&mut self) -> (u16, String) {
        loop {
            if let Some(close) = self.close.take() {
                return close;
            }
            if self.stream.is_some() {
                assert!(self.read_stream(), "the stream ended without a word");
            } else {
                let answer = self.poll();
                assert!(matches!(answer.status, 200 | 204), "{answer:?}");
            }
        }
    }

    pub fn tick(&self) -> Tick {
        self.viewer.tick().expect("frames came")
    }
}
