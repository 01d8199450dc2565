//! What goes down to a client that has a stream: one hand-over at a time, taken when the last one is
//! on its way. So a reader that does not keep up is felt at once, as with a socket that is full.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use hyper::body::{Body, Bytes, Frame};

use super::Link;

/// The hand-over between a shard and the body of an answer.
#[derive(Debug, Default)]
pub(super) struct Stream {
    slot: Option<Bytes>,
    /// What is said last.
    closing: Option<Bytes>,
    is_over: bool,
    /// The body waits for the slot to be filled.
    reader: Option<Waker>,
    /// The reader has gone.
    pub(super) is_cut: bool,
}

impl Stream {
    /// Whether there is space for one more hand-over.
    pub(super) fn is_free(&self) -> bool {
        self.slot.is_none()
    }

    /// How many bytes the reader has not taken.
    pub(super) fn waiting(&self) -> usize {
        [&self.slot, &self.closing].into_iter().flatten().map(Bytes::len).sum()
    }

    /// Hands messages over.
    pub(super) fn send(&mut self, messages: &[u8]) {
        self.slot = Some(Bytes::copy_from_slice(messages));
        self.wake();
    }

    /// Says this at the end; without anything it just ends.
    pub(super) fn close(&mut self, messages: Vec<u8>) {
        self.closing = Some(messages.into()).filter(|bytes: &Bytes| !bytes.is_empty());
        self.is_over = true;
        self.wake();
    }

    /// Whether the end was said.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    fn wake(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
    }

    fn poll(&mut self, cx: &Context<'_>) -> Poll<Option<Bytes>> {
        match self.slot.take().or_else(|| self.closing.take()) {
            Some(bytes) => Poll::Ready(Some(bytes)),
            None if self.is_over => Poll::Ready(None),
            None => {
                self.reader = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

/// The body of a stream's answer. When it is dropped, the link is cut.
pub(crate) struct StreamBody<H> {
    pub(super) link: Arc<Link>,
    /// Kept for as long as the body.
    pub(super) _held: H,
}

impl<H: Unpin> Body for StreamBody<H> {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let polled = self.link.with_stream(|stream| stream.poll(cx));
        let polled = polled.unwrap_or(Poll::Ready(None));
        polled.map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}

impl<H> Drop for StreamBody<H> {
    fn drop(&mut self) {
        self.link.with_stream(|stream| stream.is_cut = true);
    }
}
