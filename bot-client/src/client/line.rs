//! A socket, and what holds a client up between it and itself.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use hyper::body::{Buf, Bytes};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep_until},
};

use super::hindrance::{Bucket, Hindrance, Stall};

/// How often one that waits looks whether it still has to.
const LOOK: Duration = Duration::from_millis(50);

/// A socket, and before it what came together with the answer to the handshake.
pub(super) struct Line<S> {
    early: Bytes,
    socket: S,
    brake: Option<Box<Brake>>,
}

/// What a hindrance comes to.
struct Brake {
    opened: Instant,
    bucket: Option<Bucket>,
    stall: Option<Stall>,
    hold: Option<Duration>,
    /// What is kept back, and when it goes.
    held: Vec<u8>,
    goes: Instant,
    over: Arc<AtomicBool>,
    left: Arc<AtomicBool>,
    timer: Pin<Box<Sleep>>,
}

impl<S> Line<S> {
    /// A socket with what holds its client up, until the client leaves.
    pub(super) fn new(
        (early, socket): (Bytes, S),
        hindrance: &Hindrance,
        left: Arc<AtomicBool>,
    ) -> Self {
        let brake = (!hindrance.is_none()).then(|| Box::new(Brake::new(hindrance, left)));
        Line { early, socket, brake }
    }
}

impl Brake {
    fn new(hindrance: &Hindrance, left: Arc<AtomicBool>) -> Brake {
        let now = Instant::now();
        Brake {
            opened: now,
            bucket: hindrance.rate.clone().map(|rate| Bucket::new(rate, now)),
            stall: hindrance.stall,
            hold: hindrance.hold,
            held: Vec::new(),
            goes: now,
            over: hindrance.over.clone(),
            left,
            timer: Box::pin(sleep_until(now.into())),
        }
    }

    fn is_off(&self) -> bool {
        self.over.load(Ordering::Relaxed) || self.left.load(Ordering::Relaxed)
    }

    /// How many bytes may be read, or how long to wait.
    fn space(&mut self, now: Instant) -> Result<usize, Duration> {
        if let Some(left) = self.stall.and_then(|stall| stall.left(now - self.opened)) {
            return Err(left);
        }
        self.bucket.as_mut().map_or(Ok(usize::MAX), |bucket| bucket.space(now))
    }

    /// Sees to it that the task is woken in a while.
    fn wake_in(&mut self, time: Duration, cx: &mut Context<'_>) {
        let when = Instant::now() + time.min(LOOK);
        self.timer.as_mut().reset(when.into());
        // When it is due at once, the task is to look again at once.
        if self.timer.as_mut().poll(cx).is_ready() {
            cx.waker().wake_by_ref();
        }
    }
}

/// Sends what was kept back, as far as it goes.
fn flush<W: AsyncWrite + Unpin>(
    brake: &mut Brake,
    write: &mut W,
    cx: &mut Context<'_>,
) -> Poll<io::Result<()>> {
    while !brake.held.is_empty() {
        let sent = ready!(Pin::new(&mut *write).poll_write(cx, &brake.held))?;
        brake.held.drain(..sent);
    }
    Poll::Ready(Ok(()))
}

/// Reads what came early, then the socket.
fn read<S: AsyncRead + Unpin>(
    (early, socket): (&mut Bytes, &mut S),
    cx: &mut Context<'_>,
    buf: &mut ReadBuf<'_>,
) -> Poll<io::Result<()>> {
    if early.is_empty() {
        return Pin::new(socket).poll_read(cx, buf);
    }
    let count = early.len().min(buf.remaining());
    buf.put_slice(&early[..count]);
    early.advance(count);
    Poll::Ready(Ok(()))
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Line<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Line { early, socket, brake } = self.get_mut();
        let Some(brake) = brake else { return read((early, socket), cx, buf) };
        let now = Instant::now();
        if brake.is_off() {
            let _ = flush(brake, socket, cx)?;
            return read((early, socket), cx, buf);
        }
        if let Some(hold) = brake.hold.filter(|_| now >= brake.goes) {
            brake.goes = now + hold;
            let _ = flush(brake, socket, cx)?;
        }
        let space = match brake.space(now) {
            Ok(space) => space.min(buf.remaining()),
            Err(wait) => {
                brake.wake_in(wait, cx);
                return Poll::Pending;
            }
        };
        let mut part = ReadBuf::new(buf.initialize_unfilled_to(space));
        let polled = read((early, socket), cx, &mut part);
        let count = part.filled().len();
        buf.advance(count);
        if let Some(bucket) = &mut brake.bucket {
            bucket.take(count);
        }
        if polled.is_pending() {
            brake.wake_in(LOOK, cx);
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Line<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let Line { socket, brake, .. } = self.get_mut();
        if let Some(brake) = brake {
            if brake.hold.is_some() && !brake.is_off() {
                brake.held.extend_from_slice(bytes);
                return Poll::Ready(Ok(bytes.len()));
            }
            ready!(flush(brake, socket, cx))?;
        }
        Pin::new(socket).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_shutdown(cx)
    }
}
