//! WebSocket on a raw socket: the transport that costs least.

use super::{
    Context,
    pipe::{Pipe, is_transient},
    socket::Socket,
    transport::{Gone, Incoming, Ready, Split, Transport},
};
use crate::{
    metrics::{ShardMetrics, VANISHED},
    ws::{
        close::CloseReason,
        parse::{self, Frame, MAX_CONTROL_BYTES},
        write,
    },
};

/// The last ping of those that are read at once, the only one of them that is answered.
pub(crate) struct LastPing {
    payload: [u8; MAX_CONTROL_BYTES],
    length: Option<usize>,
}

impl LastPing {
    /// None came yet.
    pub(crate) const NONE: LastPing = LastPing { payload: [0; MAX_CONTROL_BYTES], length: None };

    fn keep(&mut self, payload: &[u8]) {
        self.payload[..payload.len()].copy_from_slice(payload);
        self.length = Some(payload.len());
    }
}

/// A socket that speaks WebSocket.
pub(crate) struct WebSocket<S> {
    pub(crate) pipe: Pipe<S>,
}

impl<S: Socket> Transport for WebSocket<S> {
    fn begin(&mut self, _connection: u64) {}

    fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, Gone> {
        match self.pipe.read(buffer) {
            Ok(0) => Err(Gone(VANISHED, "hung up without a close")),
            Ok(read) => Ok(read),
            Err(error) if is_transient(&error) => Ok(0),
            Err(_) => Err(BROKE),
        }
    }

    fn split<'a>(
        &mut self,
        bytes: &'a mut [u8],
        cx: &mut Context,
    ) -> Result<Split<'a>, CloseReason> {
        let parsed = parse::parse(bytes).map_err(|broken| broken.close_reason())?;
        let Some((frame, used)) = parsed else { return Ok(None) };
        let incoming = match frame {
            Frame::Binary(message) => Incoming::Message(message),
            Frame::Ping(payload) => {
                cx.ping.keep(payload);
                Incoming::Control
            }
            Frame::Pong => Incoming::Control,
            Frame::Close(code) => Incoming::Close(code),
        };
        Ok(Some((incoming, used)))
    }

    fn end_reading(&mut self, cx: &mut Context) {
        let asked = cx.ping.length.take();
        if let Some(length) = asked.filter(|_| !self.pipe.blocked()) {
            write::pong(&mut self.pipe.unsent, &cx.ping.payload[..length]);
            cx.metrics.pongs.add(1);
        }
    }

    fn reply(&mut self, message: &[u8]) {
        if !self.pipe.blocked() {
            write::message(&mut self.pipe.unsent, message);
        }
    }

    fn ready(&mut self, metrics: &ShardMetrics) -> Result<Ready, Gone> {
        self.pipe.retry(metrics).map_err(|_| BROKE)?;
        Ok(if self.pipe.blocked() { Ready::Blocked } else { Ready::Yes })
    }

    fn unsent(&self) -> &[u8] {
        &self.pipe.unsent
    }

    fn write_with(&self, out: &mut Vec<u8>, fill: &mut dyn FnMut(&mut Vec<u8>) -> bool) -> bool {
        write::binary(out, fill)
    }

    fn send(&mut self, bytes: &[u8], metrics: &ShardMetrics) -> Result<(), Gone> {
        match bytes {
            [] => Ok(()),
            bytes => self.pipe.send(bytes, metrics).map_err(|_| BROKE),
        }
    }
}

const BROKE: Gone = Gone(VANISHED, "the connection broke");
