//! Messages over HTTP: a task or two that ask, beside the client that plays.
//!
//! What the client says waits in a queue of [`MOST_WAITING`] messages; when that is full it is asked for
//! no more until there is room. What the server says waits in another, and while that is full nothing
//! more is read from the socket.

mod batch;
mod post;
mod pull;
mod push;
mod reserve;
mod stream;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use tickwire_shared::{
    batch::{KEY_BYTES, RequestHeader},
    frame::MAX_FRAME_BYTES,
};
use tokio::{sync::mpsc, task::JoinSet, time::sleep_until};

pub use self::reserve::Seat;
pub(super) use self::reserve::reserve;
use self::{batch::Outgoing, post::Post};
use super::{core::Core, dial::Dialer, error::ClientError, transport::Transport};

/// The most messages that wait on their way up.
const MOST_WAITING: usize = 64;
/// The most messages that wait for the client.
const MOST_UNREAD: usize = 256;
/// One that has nothing to send looks so often whether that has changed.
const IDLE: Duration = Duration::from_secs(1);
/// One that has no room to send looks so often whether that has changed.
const FULL: Duration = Duration::from_millis(10);
/// The most bytes of a message: evidence is a little longer than the largest frame.
const MOST_MESSAGE_BYTES: usize = MAX_FRAME_BYTES + 1024;
/// A server holds a poll for about ten seconds at most.
const HELD: Duration = Duration::from_secs(12);

type Incoming = mpsc::Sender<Result<Vec<u8>, ClientError>>;

/// A connection that is made of requests.
#[derive(Debug)]
pub(super) struct Link {
    outgoing: mpsc::Sender<Vec<u8>>,
    incoming: mpsc::Receiver<Result<Vec<u8>, ClientError>>,
    /// What asks; it ends with the link.
    _tasks: JoinSet<()>,
}

/// What all requests of a connection have in common.
#[derive(Clone, Debug)]
struct Shared {
    dialer: Dialer,
    /// Such as `/rooms/ABCD`.
    room: String,
    key: [u8; KEY_BYTES],
    /// The last answer to a poll that arrived.
    received: Arc<AtomicU32>,
    /// After how long without an answer a connection counts as dead.
    silence: Duration,
}

impl Shared {
    fn header(&self, number: u32, wait: bool) -> RequestHeader {
        RequestHeader { key: self.key, number, received: self.received.load(Relaxed), wait }
    }

    /// What a refusal means: once the connection was open, that the server knows it no more.
    fn meaning(&self, error: ClientError) -> ClientError {
        if self.received.load(Relaxed) == 0 { error } else { lost(error) }
    }

    fn post(&self, what: &str, limit: Duration) -> Post {
        Post::new(self.dialer.clone(), format!("{}/{what}", self.room), limit)
    }
}

impl Link {
    /// A connection to a room that nothing was said on. The first message opens it.
    pub(super) fn open(
        dialer: &Dialer,
        room: &str,
        transport: Transport,
        (poll_hz, silence): (u32, Duration),
    ) -> Result<Link, ClientError> {
        let (outgoing, said) = mpsc::channel(MOST_WAITING);
        let (heard, incoming) = mpsc::channel(MOST_UNREAD);
        let shared = Shared {
            dialer: dialer.clone(),
            room: format!("/rooms/{room}"),
            key: random()?,
            received: Arc::default(),
            silence,
        };
        let mut tasks = JoinSet::new();
        let said = Outgoing::new(said);
        match transport {
            Transport::Poll => {
                let every = Duration::from_secs(1) / poll_hz.max(1);
                tasks.spawn(pull::poll(shared, said, heard, every));
            }
            Transport::LongPoll => _ = tasks.spawn(pull::long_poll(shared, said, heard)),
            // A WebSocket is none of these; the first choice beside it is a stream.
            Transport::Stream | Transport::WebSocket => {
                tasks.spawn(stream::run(shared, said, heard));
            }
        }
        Ok(Link { outgoing, incoming, _tasks: tasks })
    }

    /// Sends what is due when it is due, until a message comes, which replaces `message`.
    pub(super) async fn exchange(
        &mut self,
        core: &mut Core,
        opened: Instant,
        message: &mut Vec<u8>,
    ) -> Result<(), ClientError> {
        loop {
            let next = self.send_due(core, opened);
            tokio::select! {
                biased;
                heard = self.incoming.recv() => {
                    *message = heard.unwrap_or(Err(ClientError::BrokenOff))?;
                    return Ok(());
                }
                () = sleep_until(next.into()) => {}
            }
        }
    }

    /// Hands on what is due and has room; says when to look again.
    fn send_due(&self, core: &mut Core, opened: Instant) -> Instant {
        let mut message = Vec::new();
        while let Ok(place) = self.outgoing.try_reserve() {
            if !core.poll_outgoing(opened.elapsed(), &mut message) {
                let next = core.next_due().map(|due| opened + due);
                return next.unwrap_or_else(|| Instant::now() + IDLE);
            }
            place.send(std::mem::take(&mut message));
        }
        Instant::now() + FULL
    }
}

/// Random bytes that nobody can guess.
///
/// # Errors
/// When the system has none.
pub(super) fn random<const N: usize>() -> Result<[u8; N], ClientError> {
    let mut bytes = [0; N];
    let filled = getrandom::fill(&mut bytes);
    filled.map_err(|_| ClientError::Answer("the system gives no random bytes"))?;
    Ok(bytes)
}

/// What a refusal means for a connection that was open.
fn lost(error: ClientError) -> ClientError {
    match error {
        ClientError::Http { status: 404 | 409, .. } => ClientError::BrokenOff,
        other => other,
    }
}
