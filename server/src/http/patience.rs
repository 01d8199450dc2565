//! How long a socket that speaks HTTP is waited for.
//!
//! A header that has begun has to come soon: whoever lets it trickle in only holds a place. A socket
//! that was answered and asks nothing more is a browser's, or a proxy's, which keep them for what may
//! come next. It may stay for as long as places are not short, and is no refusal when it ends.

use std::{
    io::IoSlice,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use tokio::{
    io::{self, AsyncRead, AsyncWrite, ReadBuf},
    sync::Notify,
};

use super::caller::Line;
use crate::config::Limits;

/// How long an answer may take, from its request to its last byte, on top of the time that a socket may
/// be idle. One that is [held](Line::is_held) may take longer.
const ANSWER_TIME: Duration = Duration::from_secs(60);

/// What a socket is waited for to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// To send the first byte of all.
    Begin,
    /// To send the rest of a header.
    Ask,
    /// To take the answer, once there is one.
    Wait,
    /// To ask something else, when it has taken all of the answer.
    Rest,
}

/// Why a socket was waited for long enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// The header that it began did not come in time.
    LateHeader,
    /// It did not take its answer in time.
    Slow,
    /// It did nothing.
    Idle,
}

/// How far a socket has come, and who waits to be told.
#[derive(Debug)]
pub(super) struct Patience(Mutex<State>, Notify);

#[derive(Clone, Copy, Debug)]
struct State {
    phase: Phase,
    /// Since when it is in this phase; in the last one, since it took something of the answer.
    since: Instant,
    /// When it asked last.
    asked: Instant,
}

impl State {
    fn new(now: Instant) -> Self {
        State { phase: Phase::Begin, since: now, asked: now }
    }

    /// Bytes have come; true if a header begins with them.
    fn hear(&mut self, now: Instant) -> bool {
        match self.phase {
            // Who takes its time to say anything has as much less for the rest.
            Phase::Begin => self.phase = Phase::Ask,
            Phase::Rest => (self.phase, self.since) = (Phase::Ask, now),
            Phase::Ask | Phase::Wait => return false,
        }
        true
    }

    fn ask(&mut self, now: Instant) {
        *self = State { phase: Phase::Wait, since: now, asked: now };
    }

    fn answer(&mut self, now: Instant) {
        (self.phase, self.since) = (Phase::Rest, now);
    }

    fn tell(&mut self, now: Instant) {
        if self.phase == Phase::Rest {
            self.since = now;
        }
    }

    /// Until when it is waited for, and what is wrong with it then. While places are `short`, one that
    /// rests gives its own back.
    fn end(&self, limits: &Limits, short: bool) -> (Instant, Over) {
        match self.phase {
            Phase::Begin => (self.since + limits.header_timeout, Over::Idle),
            Phase::Ask => (self.since + limits.header_timeout, Over::LateHeader),
            Phase::Wait => (self.since + ANSWER_TIME, Over::Slow),
            Phase::Rest => {
                let idle = if short { limits.header_timeout } else { limits.idle_timeout };
                let slow = self.asked + limits.idle_timeout + ANSWER_TIME;
                (slow.min(self.since + idle), Over::Idle)
            }
        }
    }
}

impl Patience {
    /// With a socket that was accepted just now.
    pub(super) fn new() -> Self {
        Patience(Mutex::new(State::new(Instant::now())), Notify::new())
    }

    /// Bytes have come.
    fn heard(&self) {
        if self.0.lock().hear(Instant::now()) {
            self.1.notify_one();
        }
    }

    /// A header is whole.
    pub(super) fn asked(&self) {
        self.0.lock().ask(Instant::now());
    }

    /// The answer is there, if not all of its body.
    pub(super) fn answered(&self) {
        self.0.lock().answer(Instant::now());
    }

    /// An answer that was held is over; what was waited for it does not count.
    pub(super) fn released(&self) {
        let now = Instant::now();
        let mut state = self.0.lock();
        (state.since, state.asked) = (now, now);
    }

    /// Bytes of an answer were taken.
    fn told(&self) {
        self.0.lock().tell(Instant::now());
    }

    /// Waits until the socket was waited for long enough. Answers that are `held` take as long as they take.
    pub(super) async fn over(
        &self,
        limits: &Limits,
        (short, held): (impl Fn() -> bool, impl Fn() -> bool),
    ) -> Over {
        loop {
            let (now, state) = (Instant::now(), *self.0.lock());
            let (end, why) = state.end(limits, state.phase == Phase::Rest && short());
            if end <= now && !held() {
                return why;
            }
            // Places may get short meanwhile, and what is held be over.
            let most = now + limits.header_timeout;
            let again = if end > now { end.min(most) } else { most };
            tokio::select! {
                () = tokio::time::sleep_until(again.into()) => {}
                () = self.1.notified() => {}
            }
        }
    }
}

/// A socket whose patience learns of what is read and written.
pub(super) struct Watched<S> {
    pub(super) socket: S,
    pub(super) line: Arc<Line>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.socket).poll_read(cx, buffer))?;
        if buffer.filled().len() > before {
            this.line.patience.heard();
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> Watched<S> {
    fn told(&self, written: io::Result<usize>) -> Poll<io::Result<usize>> {
        self.line.patience.told();
        Poll::Ready(written)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = ready!(Pin::new(&mut this.socket).poll_write(cx, bytes));
        this.told(written)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = ready!(Pin::new(&mut this.socket).poll_write_vectored(cx, parts));
        this.told(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// After how many seconds a socket has been waited for, and why.
    fn over(state: &State, begun: Instant, short: bool) -> (u64, Over) {
        let limits =
            Limits { header_timeout: 5 * SECOND, idle_timeout: 75 * SECOND, ..Limits::default() };
        let (end, why) = state.end(&limits, short);
        (end.duration_since(begun).as_secs(), why)
    }

    #[test]
    fn only_a_header_that_has_begun_can_be_late() {
        let begun = Instant::now();
        let mut state = State::new(begun);
        assert_eq!(over(&state, begun, false), (5, Over::Idle), "it said nothing");
        assert!(state.hear(begun + 3 * SECOND));
        assert!(!state.hear(begun + 4 * SECOND), "what trickles in is still the same header");
        assert_eq!(over(&state, begun, false), (5, Over::LateHeader));
    }

    #[test]
    fn who_was_answered_may_rest_while_places_are_not_short() {
        let begun = Instant::now();
        let mut state = State::new(begun);
        state.ask(begun);
        state.answer(begun + SECOND);
        state.tell(begun + 2 * SECOND);
        assert_eq!(over(&state, begun, true), (7, Over::Idle));
        assert_eq!(over(&state, begun, false), (77, Over::Idle));
        assert!(state.hear(begun + 40 * SECOND));
        assert_eq!(over(&state, begun, false), (45, Over::LateHeader), "as the first header");
    }

    #[test]
    fn who_takes_an_answer_byte_by_byte_does_not_take_for_ever() {
        let begun = Instant::now();
        let mut state = State::new(begun);
        state.ask(begun);
        state.answer(begun);
        state.tell(begun + 130 * SECOND);
        assert_eq!(over(&state, begun, false).0, 135);
    }
}
