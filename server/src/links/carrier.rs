//! A link as a shard sees it: a transport like any other.

use std::sync::Arc;

use tickwire_shared::{
    batch::{split_message, write_message},
    message::{MAX_CLIENT_MESSAGE_BYTES, closed},
};

use super::{Down, Link, write};
use crate::{
    metrics::{ShardMetrics, VANISHED},
    shard::{Context, Gone, Incoming, Ready, Split, Transport},
    ws::close::CloseReason,
};

/// How many bytes of replies wait for a client to ask. Beyond it there are none, so that none pile up.
const MOST_REPLIES: usize = 4096;

/// A shard's end of a link. When it is dropped, the link is over.
pub(crate) struct LinkCarrier {
    link: Arc<Link>,
    /// Replies, each with its length, that go with what is sent next.
    replies: Vec<u8>,
}

impl LinkCarrier {
    pub(crate) fn new(link: Arc<Link>) -> Self {
        LinkCarrier { link, replies: Vec::new() }
    }

    /// Whether it is a stream.
    pub(crate) fn is_stream(&self) -> bool {
        self.link.is_stream()
    }

    /// How many bytes wait, to be read and to be asked for.
    pub(crate) fn waiting(&self) -> usize {
        let mailbox = self.link.mailbox.lock();
        let down = match &mailbox.down {
            Down::Stream(stream) => stream.waiting(),
            Down::Poll(poll) => poll.waiting(),
        };
        self.replies.len() + mailbox.up.waiting() + down
    }

    /// How many polls came since this was last asked.
    pub(crate) fn take_asked(&mut self) -> u32 {
        std::mem::take(&mut self.link.mailbox.lock().asked)
    }
}

impl Drop for LinkCarrier {
    fn drop(&mut self) {
        match &mut self.link.mailbox.lock().down {
            Down::Stream(stream) if !stream.is_over() => stream.close(Vec::new()),
            Down::Poll(poll) if !poll.is_over() => poll.cut(),
            _ => {}
        }
        self.link.ended.notify_one();
    }
}

impl Transport for LinkCarrier {
    fn begin(&mut self, connection: u64) {
        self.link.mailbox.lock().connection = Some(connection);
    }

    fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, Gone> {
        let mut mailbox = self.link.mailbox.lock();
        if matches!(&mailbox.down, Down::Stream(stream) if stream.is_cut) {
            return Err(Gone(VANISHED, "the stream was cut"));
        }
        Ok(mailbox.up.read(buffer))
    }

    fn split<'a>(
        &mut self,
        bytes: &'a mut [u8],
        _: &mut Context,
    ) -> Result<Split<'a>, CloseReason> {
        // All of it was looked at when the request came.
        let Ok(Some((message, rest))) = split_message(bytes, MAX_CLIENT_MESSAGE_BYTES) else {
            return Ok(None);
        };
        Ok(Some((Incoming::Message(message), bytes.len() - rest.len())))
    }

    fn reply(&mut self, message: &[u8]) {
        if self.replies.len() < MOST_REPLIES {
            write_message(message, &mut self.replies);
        }
    }

    fn ready(&mut self, _: &ShardMetrics) -> Result<Ready, Gone> {
        let mut mailbox = self.link.mailbox.lock();
        mailbox.is_called = false;
        match &mailbox.down {
            Down::Stream(stream) if stream.is_cut => Err(Gone(VANISHED, "the stream was cut")),
            Down::Stream(stream) if stream.is_free() => Ok(Ready::Yes),
            Down::Stream(_) => Ok(Ready::Blocked),
            Down::Poll(poll) if poll.asks() => Ok(Ready::Yes),
            Down::Poll(_) => Ok(Ready::Unasked),
        }
    }

    fn unsent(&self) -> &[u8] {
        &self.replies
    }

    fn write_with(&self, out: &mut Vec<u8>, fill: &mut dyn FnMut(&mut Vec<u8>) -> bool) -> bool {
        write::message_with(out, fill)
    }

    fn send(&mut self, bytes: &[u8], metrics: &ShardMetrics) -> Result<(), Gone> {
        self.replies = Vec::new();
        match (&mut self.link.mailbox.lock().down, bytes) {
            (Down::Poll(poll), []) => poll.send_nothing(),
            (Down::Stream(_), []) => {}
            (Down::Poll(poll), bytes) => poll.send(bytes),
            (Down::Stream(stream), bytes) => stream.send(bytes),
        }
        metrics.wire_bytes.add(bytes.len() as u64);
        Ok(())
    }
}

impl LinkCarrier {
    /// Says why it ends, with what was to be said before that.
    pub(crate) fn close(mut self, reason: &CloseReason) {
        let mut last = std::mem::take(&mut self.replies);
        write_message(&closed(reason.code, &reason.text), &mut last);
        match &mut self.link.mailbox.lock().down {
            Down::Stream(stream) => stream.close(last),
            Down::Poll(poll) => poll.close(last),
        }
    }
}
