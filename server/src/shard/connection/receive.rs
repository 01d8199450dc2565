//! What a connection sent: bytes, then messages.

use std::time::Instant;

use tickwire_room::Reply;
use tickwire_shared::{
    link::Conditions,
    message::{self, CloseCode},
};

use super::{Connection, End, Hall};
use crate::{
    shard::{Context, Gone, Incoming, Transport, socket::Socket},
    ws::close::CloseReason,
};

impl<S: Socket> Connection<S> {
    /// Reads what has come and says how many bytes there were, unless the connection ended.
    pub(super) fn read(
        &mut self,
        now: Instant,
        hall: &mut Hall<'_>,
        cx: &mut Context,
    ) -> Option<usize> {
        let filled = match self.fill(cx) {
            Ok(filled) => filled,
            Err(gone) => {
                self.end(gone.into());
                return None;
            }
        };
        let mut scratch = std::mem::take(&mut cx.incoming);
        let outcome = self.read_messages(&mut scratch[..filled], now, hall, cx);
        cx.incoming = scratch;
        self.carrier.end_reading(cx);
        outcome.map_err(|end| self.end(end)).ok().map(|()| filled)
    }

    /// Puts what was left over and what is new into the scratch buffer and says how much it is.
    fn fill(&mut self, cx: &mut Context) -> Result<usize, Gone> {
        let kept = self.received.len();
        let limit = cx.limits.bytes_per_tick.saturating_sub(self.taken as usize);
        if cx.incoming.len() < kept.max(limit) {
            cx.incoming.resize(kept.max(limit), 0);
        }
        cx.incoming[..kept].copy_from_slice(&self.received);
        self.received.clear();
        if kept >= limit {
            return Ok(kept);
        }
        let read = self.carrier.fill(&mut cx.incoming[kept..limit])?;
        self.taken += read as u32;
        cx.metrics.received_bytes.add(read as u64);
        Ok(kept + read)
    }

    /// Acts upon whole messages, up to a tick's limit, and keeps the rest.
    fn read_messages(
        &mut self,
        bytes: &mut [u8],
        now: Instant,
        hall: &mut Hall<'_>,
        cx: &mut Context,
    ) -> Result<(), End> {
        let (mut at, before) = (0, self.heard);
        while self.heard < cx.limits.messages_per_tick {
            let Some((incoming, used)) =
                self.carrier.split(&mut bytes[at..], cx).map_err(End::Close)?
            else {
                break;
            };
            match incoming {
                Incoming::Message(message) => {
                    self.handle(message, now, hall, cx).map_err(End::Close)?;
                }
                Incoming::Control => {}
                Incoming::Close(code) => return Err(hung_up(code)),
            }
            at += used;
            self.heard += 1;
        }
        cx.metrics.received_messages.add(u64::from(self.heard - before));
        if bytes.len() > at {
            self.received.extend_from_slice(&bytes[at..]);
        } else if self.received.capacity() > cx.limits.bytes_per_tick / 8 {
            self.received = Vec::new();
        }
        Ok(())
    }

    fn handle(
        &mut self,
        message: &[u8],
        now: Instant,
        hall: &mut Hall<'_>,
        cx: &mut Context,
    ) -> Result<(), CloseReason> {
        let Some(player) = self.player else { return self.greet(message, now, hall, cx) };
        if !self.observes && hall.sessions.has_moved_from(player, self.number) {
            // Another connection has it now, and this one has not been closed yet.
            return Ok(());
        }
        if !self.is_confirmed {
            self.is_confirmed = true;
            hall.sessions.confirm(player, self.number);
        }
        let bad = |error: message::MessageError| {
            CloseReason::new(CloseCode::BadMessage, error.to_string())
        };
        match hall.room.handle_message_ahead(player, message, cx.left).map_err(bad)? {
            Reply::Nothing => {}
            Reply::Pong(token) => self.carrier.reply(&message::pong(token)),
            Reply::Send(bytes) => self.carrier.reply(&bytes),
            Reply::Net(conditions) => self.impair(conditions, cx),
            Reply::Leave => return Err(CloseReason::new(CloseCode::Normal, "you left")),
        }
        Ok(())
    }

    /// Does as this client asks, to its own connection, if it may ask.
    fn impair(&mut self, conditions: Conditions, cx: &mut Context) {
        if cx.net_control {
            let net = cx.next_net(conditions);
            self.carrier.impair(net, cx);
        } else {
            cx.metrics.ignored_nets.add(1);
        }
    }
}

/// What it means that a client closed: with the code for that or without any it meant to, and leaves.
/// With another one something befell it, such as a page that goes away, and it may come back.
fn hung_up(code: Option<u16>) -> End {
    let echo = CloseReason::echo(code);
    if echo.code == CloseCode::Normal as u16 { End::Close(echo) } else { End::Away(echo) }
}
