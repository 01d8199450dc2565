//! Messages over a WebSocket.

use std::{
    pin::pin,
    time::{Duration, Instant},
};

use fastwebsockets::{Frame, OpCode, Payload, WebSocketError, WebSocketRead, WebSocketWrite};
use tickwire_shared::frame::MAX_FRAME_BYTES;
use tokio::{
    io::{ReadHalf, WriteHalf},
    time::{sleep_until, timeout},
};

use super::{
    close::Closed,
    core::Core,
    dial::Dialer,
    error::ClientError,
    handshake::{self, Stream},
};

/// One that has nothing to send looks so often whether that has changed.
const IDLE: Duration = Duration::from_secs(1);

/// A WebSocket.
pub(super) struct Socket {
    read: WebSocketRead<ReadHalf<Stream>>,
    write: WebSocketWrite<WriteHalf<Stream>>,
    outgoing: Vec<u8>,
}

impl Socket {
    /// Opens a WebSocket at the path that the dialer's endpoint has.
    pub(super) async fn open(dialer: &Dialer) -> Result<Socket, ClientError> {
        let wire = dialer.open().await?;
        let brake = (&dialer.hindrance, dialer.left.clone());
        dialer.meter.count_request();
        let limit = dialer.patience;
        let socket = timeout(limit, handshake::open(wire, &dialer.endpoint, brake)).await;
        let timed_out = |_| ClientError::TimedOut { what: "the handshake", limit };
        let (mut read, write) = socket.map_err(timed_out)??;
        // The limit is exclusive; evidence is a little longer than the largest frame.
        read.set_max_message_size(MAX_FRAME_BYTES + 1024);
        // The library loses the close code when its own answer no longer gets through.
        read.set_auto_close(false);
        read.set_auto_pong(false);
        Ok(Socket { read, write, outgoing: Vec::new() })
    }

    /// Sends what is due when it is due, until a message comes, which replaces `message`.
    pub(super) async fn exchange(
        &mut self,
        core: &mut Core,
        opened: Instant,
        message: &mut Vec<u8>,
    ) -> Result<(), ClientError> {
        let mut is_gone = false;
        loop {
            let Socket { read, write, outgoing } = self;
            let sender = Sender { core, write, message: outgoing, opened };
            let frame = read_while(read, sender, &mut is_gone).await?;
            match frame.opcode {
                OpCode::Close => {
                    let closed = Closed::read(&frame.payload);
                    let _ = self.write.write_frame(Frame::close_raw(frame.payload)).await;
                    return Err(closed.into());
                }
                _ if is_gone => {}
                OpCode::Ping => self.write.write_frame(Frame::pong(frame.payload)).await?,
                OpCode::Pong => {}
                OpCode::Binary if frame.fin => {
                    message.clear();
                    message.extend_from_slice(&frame.payload);
                    return Ok(());
                }
                OpCode::Binary | OpCode::Text | OpCode::Continuation => {
                    return Err(ClientError::NotBinary);
                }
            }
        }
    }
}

/// What sends while something else reads.
struct Sender<'a> {
    core: &'a mut Core,
    write: &'a mut WebSocketWrite<WriteHalf<Stream>>,
    message: &'a mut Vec<u8>,
    opened: Instant,
}

impl Sender<'_> {
    /// Sends what is due; says when the next will be.
    async fn send_due(&mut self) -> Result<Instant, ClientError> {
        while self.core.poll_outgoing(self.opened.elapsed(), self.message) {
            let payload = Payload::BorrowedMut(self.message);
            self.write.write_frame(Frame::binary(payload)).await?;
        }
        let next = self.core.next_due().map(|due| self.opened + due);
        Ok(next.unwrap_or_else(|| Instant::now() + IDLE))
    }
}

/// Reads the next frame, and sends meanwhile. The reading is never given up halfway.
async fn read_while<'f>(
    read: &'f mut WebSocketRead<ReadHalf<Stream>>,
    mut sender: Sender<'_>,
    is_gone: &mut bool,
) -> Result<Frame<'f>, ClientError> {
    let mut nothing = |_: Frame<'_>| async { Ok::<(), WebSocketError>(()) };
    let mut frame = pin!(read.read_frame(&mut nothing));
    loop {
        let next = match sender.send_due().await {
            // What the server said last tells more than that it is gone, so that is read first.
            Err(ClientError::BrokenOff) => {
                *is_gone = true;
                return Ok(frame.await?);
            }
            sent => sent?,
        };
        tokio::select! {
            biased;
            frame = &mut frame => return Ok(frame?),
            () = sleep_until(next.into()) => {}
        }
    }
}

/// The length of the header before an unmasked payload of this length.
pub(super) fn header_bytes(payload: usize) -> usize {
    match payload {
        0..126 => 2,
        126..65536 => 4,
        _ => 10,
    }
}
