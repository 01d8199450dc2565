//! Plain HTTP requests, one a socket.

use std::{io::Read, net::SocketAddr};

use serde_json::Value;

use super::client::{exchange, status_of};

/// What a server answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// In lower case.
    pub header: String,
    pub body: String,
}

impl Answer {
    /// The body, which is JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// A text of the body's JSON, by its path such as `room/code`.
    pub fn text(&self, path: &str) -> String {
        let json = self.json();
        let value = json.pointer(&format!("/{path}")).and_then(Value::as_str);
        value.unwrap_or_else(|| panic!("no {path} in {json}")).to_owned()
    }

    /// The value of a header, in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.header.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(key, _)| *key == name).map(|(_, value)| value).next()
    }

    /// Asserts that it is a problem with this status and code, in words, and gives the words.
    pub fn problem(&self, status: u16, code: &str) -> String {
        assert_eq!(self.status, status, "{self:?}");
        let json = self.json();
        assert_eq!((&json["status"], &json["code"]), (&status.into(), &code.into()), "{self:?}");
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        assert!(json["title"].as_str().is_some_and(|title| !title.is_empty()), "{self:?}");
        self.text("detail")
    }
}

/// Sends a request with more header lines, each with its end, and a body.
pub fn request(addr: SocketAddr, (method, path): (&str, &str), more: &str, body: &str) -> Answer {
    let length = match body {
        "" => String::new(),
        body => format!("Content-Length: {}\r\n", body.len()),
    };
    let text = format!(
        "{method} {path} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n{length}{more}\r\n{body}"
    );
    send(addr, text.as_bytes())
}

/// Sends these very bytes and reads all that is answered.
pub fn send(addr: SocketAddr, bytes: &[u8]) -> Answer {
    let (mut stream, header, mut body) = exchange(addr, bytes);
    let _ = stream.read_to_end(&mut body);
    let body = String::from_utf8_lossy(&body).into_owned();
    Answer { status: status_of(&header), header: header.to_lowercase(), body }
}
