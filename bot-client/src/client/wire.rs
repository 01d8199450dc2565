//! A socket, and a bad network between it and the client if one was asked for.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

use tickwire_shared::link::{Conditions, Net, Stream, Way};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep_until},
};

use super::traffic::Counted;

/// How often one that waits looks whether it still has to.
const LOOK: Duration = Duration::from_millis(50);

/// A socket, as it is or on a bad network.
pub(super) enum Wire {
    Plain(Counted),
    Impaired(Box<Impaired>),
}

impl Wire {
    /// A socket on this network, until one of `over` is set.
    pub(super) fn new(socket: Counted, net: Option<Net>, over: [Arc<AtomicBool>; 2]) -> Wire {
        match net {
            Some(net) => Wire::Impaired(Box::new(Impaired::new(socket, net, over))),
            None => Wire::Plain(socket),
        }
    }
}

/// A socket with both directions of a bad network.
pub(super) struct Impaired {
    socket: Counted,
    opened: Instant,
    up: Stream,
    down: Stream,
    /// That the socket has no more to read: why, or that it has ended.
    ended: Option<io::Result<()>>,
    end_sent: bool,
    /// Somebody wants to hear of what arrives.
    is_awaited: bool,
    over: [Arc<AtomicBool>; 2],
    is_over: bool,
    timer: Pin<Box<Sleep>>,
}

impl Impaired {
    fn new(socket: Counted, net: Net, over: [Arc<AtomicBool>; 2]) -> Impaired {
        let opened = Instant::now();
        let stream = |way| Stream::new(way, &net.conditions, net.seed, Duration::ZERO);
        Impaired {
            socket,
            opened,
            up: stream(Way::Up),
            down: stream(Way::Down),
            ended: None,
            end_sent: false,
            is_awaited: false,
            over,
            is_over: false,
            timer: Box::pin(sleep_until(opened.into())),
        }
    }

    /// The time, at which a network that is over becomes a good one.
    fn now(&mut self) -> Duration {
        let now = self.opened.elapsed();
        if !self.is_over && self.over.iter().any(|over| over.load(Ordering::Relaxed)) {
            self.is_over = true;
            self.up.set(&Conditions::NONE, now);
            self.down.set(&Conditions::NONE, now);
        }
        now
    }

    /// Gives the socket what has arrived at it; `true` when it takes no more for now, and will wake us.
    fn send(&mut self, now: Duration, cx: &mut Context<'_>) -> io::Result<bool> {
        loop {
            let bytes = self.up.arrived(now);
            if bytes.is_empty() {
                break;
            }
            match Pin::new(&mut self.socket).poll_write(cx, bytes) {
                Poll::Ready(sent) => self.up.consume(sent?),
                Poll::Pending => return Ok(true),
            }
        }
        if self.up.is_over() {
            return Ok(Pin::new(&mut self.socket).poll_shutdown(cx)?.is_pending());
        }
        Ok(false)
    }

    /// Takes from the socket what there is and fits.
    fn receive(&mut self, now: Duration, cx: &mut Context<'_>) {
        let mut bytes = [0; 4096];
        while self.ended.is_none() {
            let space = self.down.space().min(bytes.len());
            if space == 0 {
                return;
            }
            let mut part = ReadBuf::new(&mut bytes[..space]);
            match Pin::new(&mut self.socket).poll_read(cx, &mut part) {
                Poll::Pending => return,
                Poll::Ready(Ok(())) if !part.filled().is_empty() => {
                    self.down.write(now, part.filled());
                }
                Poll::Ready(ended) => self.ended = Some(ended),
            }
        }
        if !self.end_sent {
            self.end_sent = self.down.finish(now).is_ok();
        }
    }

    /// Has the task woken when something arrives, unless the socket will do so.
    fn wait(&mut self, now: Duration, is_blocked: bool, cx: &mut Context<'_>) {
        let up = self.up.next_due().filter(|_| !is_blocked);
        let down = self.down.next_due().filter(|_| self.is_awaited);
        let look = (!self.is_over).then_some(now + LOOK);
        let Some(due) = up.into_iter().chain(down).chain(look).min() else { return };
        self.timer.as_mut().reset((self.opened + due).into());
        // When it is due at once, the task is to look again at once.
        if self.timer.as_mut().poll(cx).is_ready() {
            cx.waker().wake_by_ref();
        }
    }
}

impl AsyncRead for Impaired {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let now = this.now();
        let is_blocked = this.send(now, cx).unwrap_or(false);
        this.receive(now, cx);
        let bytes = this.down.arrived(now);
        let count = bytes.len().min(buf.remaining());
        buf.put_slice(&bytes[..count]);
        this.down.consume(count);
        this.is_awaited = count == 0 && !this.down.is_over();
        if !this.is_awaited {
            // What was sent arrives even when nobody reads on.
            this.wait(now, is_blocked, cx);
            let ended = this.ended.take_if(|_| count == 0 && this.down.is_over());
            return Poll::Ready(ended.unwrap_or(Ok(())));
        }
        this.wait(now, is_blocked, cx);
        Poll::Pending
    }
}

impl AsyncWrite for Impaired {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let now = this.now();
        let mut is_blocked = this.send(now, cx)?;
        let taken = this.up.write(now, bytes);
        if taken > 0 && !is_blocked {
            is_blocked = this.send(now, cx)?;
        }
        this.wait(now, is_blocked, cx);
        if taken > 0 || bytes.is_empty() { Poll::Ready(Ok(taken)) } else { Poll::Pending }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // What is under way needs no push.
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let now = this.now();
        let finished = this.up.finish(now);
        let is_blocked = this.send(now, cx)?;
        this.wait(now, is_blocked, cx);
        if finished.is_ok() { Poll::Ready(Ok(())) } else { Poll::Pending }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Wire::Plain(socket) => Pin::new(socket).poll_read(cx, buf),
            Wire::Impaired(socket) => Pin::new(&mut **socket).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Wire::Plain(socket) => Pin::new(socket).poll_write(cx, bytes),
            Wire::Impaired(socket) => Pin::new(&mut **socket).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Wire::Plain(socket) => Pin::new(socket).poll_flush(cx),
            Wire::Impaired(socket) => Pin::new(&mut **socket).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Wire::Plain(socket) => Pin::new(socket).poll_shutdown(cx),
            Wire::Impaired(socket) => Pin::new(&mut **socket).poll_shutdown(cx),
        }
    }
}
