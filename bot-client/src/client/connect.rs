//! A client on a WebSocket.

use std::{
    io,
    net::SocketAddr,
    path::PathBuf,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use fastwebsockets::{Frame, OpCode, Payload, WebSocketError, WebSocketRead, WebSocketWrite};
use parking_lot::Mutex;
use tickwire_shared::{frame::MAX_FRAME_BYTES, link::Net, message::CloseCode, replica::Memo};
use tokio::{
    io::{ReadHalf, WriteHalf},
    net::{TcpSocket, TcpStream},
    time::{sleep_until, timeout},
};

use super::{
    close::Closed,
    core::{Core, Event},
    endpoint::Endpoint,
    error::ClientError,
    handshake::{self, Stream},
    hindrance::Hindrance,
    recorder::Recorder,
    wire::Wire,
};

/// One that has nothing to send looks so often whether that has changed.
const IDLE: Duration = Duration::from_secs(1);
/// How long the server may take to close after a goodbye.
const GOODBYE: Duration = Duration::from_secs(3);

/// What a client may set.
#[derive(Clone, Debug)]
pub struct Options {
    /// The player's name.
    pub name: String,
    /// The schema that the client insists on, by its hash.
    pub schema_hash: Option<u32>,
    /// How long connecting, and then the handshake, may take.
    pub patience: Duration,
    /// After how long without a word from the server the connection counts as dead.
    pub silence: Duration,
    /// What holds the client up, to try out a server.
    pub hindrance: Hindrance,
    /// A bad network between the client and its socket, from the handshake on, until it leaves.
    pub net: Option<Net>,
    /// A file for all that the server sends, to train priors on.
    pub record: Option<PathBuf>,
    /// Shared by clients of one room, so that each decodes only what no other has; see
    /// [`Core::sharing`].
    pub memo: Option<Arc<Mutex<Memo>>>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            name: "bot".to_owned(),
            schema_hash: None,
            patience: Duration::from_secs(5),
            silence: Duration::from_secs(10),
            hindrance: Hindrance::default(),
            net: None,
            record: None,
            memo: None,
        }
    }
}

/// A client on a WebSocket.
pub struct Client {
    read: WebSocketRead<ReadHalf<Stream>>,
    write: WebSocketWrite<WriteHalf<Stream>>,
    core: Core,
    /// What the core's time is counted from.
    opened: Instant,
    silence: Duration,
    /// Set when it leaves, so that nothing holds it up any more.
    left: Arc<AtomicBool>,
    recorder: Option<Recorder>,
    outgoing: Vec<u8>,
    last_wire_bytes: usize,
    last_payload_bytes: usize,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("core", &self.core).finish_non_exhaustive()
    }
}

/// Connects to `ws://host:port/ws?game=NAME` (or `?room=CODE`) and asks to join.
///
/// Without a path it is `/ws`, and without a game the one that the server is for.
///
/// # Errors
/// When there is no such host, nobody answers, or the answer is no WebSocket.
pub async fn connect(url: &str, options: &Options) -> Result<Client, ClientError> {
    let endpoint = Endpoint::parse(url)?;
    let mut failure = None;
    for address in endpoint.resolve().await? {
        match connect_at(address, &endpoint, options).await {
            Err(error @ ClientError::Connect { .. }) => failure = Some(error),
            other => return other,
        }
    }
    Err(failure.expect("a host that resolves has an address"))
}

/// Connects to one address of an endpoint and asks to join.
///
/// # Errors
/// When nobody answers, or the answer is no WebSocket.
pub async fn connect_at(
    address: SocketAddr,
    endpoint: &Endpoint,
    options: &Options,
) -> Result<Client, ClientError> {
    let recorder = options.record.as_deref().map(Recorder::create).transpose();
    let recorder = recorder.map_err(ClientError::Record)?;
    let limit = options.patience;
    let timed_out = |what| move |_| ClientError::TimedOut { what, limit };
    let socket = timeout(limit, open_socket(address, &options.hindrance)).await;
    let socket = socket.map_err(timed_out("connecting"))?;
    let socket = socket.map_err(|source| ClientError::Connect { address, source })?;
    // Inputs are small and urgent. Where this fails, they are merely less urgent.
    let _ = socket.set_nodelay(true);
    let opened = Instant::now();
    let left = Arc::new(AtomicBool::new(false));
    let socket = Wire::new(socket, options.net, [left.clone(), options.hindrance.over.clone()]);
    let brake = (&options.hindrance, left.clone());
    let socket = timeout(limit, handshake::open(socket, endpoint, brake)).await;
    let (mut read, write) = socket.map_err(timed_out("the handshake"))??;
    // The limit is exclusive; evidence is a little longer than the largest frame.
    read.set_max_message_size(MAX_FRAME_BYTES + 1024);
    // The library loses the close code when its own answer no longer gets through.
    read.set_auto_close(false);
    read.set_auto_pong(false);
    let core = Core::new(&options.name, options.schema_hash);
    let core = match &options.memo {
        Some(memo) => core.sharing(memo.clone()),
        None => core,
    };
    Ok(Client {
        read,
        write,
        core,
        opened,
        silence: options.silence,
        left,
        recorder,
        outgoing: Vec::new(),
        last_wire_bytes: 0,
        last_payload_bytes: 0,
    })
}

/// Connects; a small buffer must be known before that.
async fn open_socket(address: SocketAddr, hindrance: &Hindrance) -> io::Result<TcpStream> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    if let Some(bytes) = hindrance.receive_buffer {
        socket.set_recv_buffer_size(bytes)?;
    }
    socket.connect(address).await
}

impl Client {
    /// Sends what is due when it is due, until a message comes, and handles that.
    ///
    /// Inputs are sent within this call, one for each tick. **Not cancel-safe**: a call that is
    /// dropped may take half a message with it, so never put it in a `select!` unless you then drop
    /// the client.
    ///
    /// # Errors
    /// See [`ClientError`]. After a [`CoreError`](super::CoreError) that is
    /// recoverable the client may be used further, after any other error not.
    pub async fn next(&mut self) -> Result<Event, ClientError> {
        let mut is_gone = false;
        loop {
            let sender = Sender {
                core: &mut self.core,
                write: &mut self.write,
                message: &mut self.outgoing,
                opened: self.opened,
            };
            let frame =
                timeout(self.silence, read_while(&mut self.read, sender, &mut is_gone)).await;
            let frame = frame.map_err(|_| ClientError::Silent(self.silence))??;
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
                    self.last_payload_bytes = frame.payload.len();
                    if let Some(recorder) = &mut self.recorder {
                        recorder.write(&frame.payload).map_err(ClientError::Record)?;
                    }
                    self.last_wire_bytes = frame.payload.len() + header_bytes(frame.payload.len());
                    return Ok(self.core.handle_message(&frame.payload, self.opened.elapsed())?);
                }
                OpCode::Binary | OpCode::Text | OpCode::Continuation => {
                    return Err(ClientError::NotBinary);
                }
            }
        }
    }

    /// Leaves properly: says so, and waits until the server has closed.
    ///
    /// # Errors
    /// When the server closes with anything but [`CloseCode::Normal`], or not at all.
    pub async fn leave(&mut self) -> Result<(), ClientError> {
        self.core.leave();
        self.left.store(true, Ordering::Relaxed);
        let limit = GOODBYE;
        let closed = timeout(limit, async {
            loop {
                match self.next().await {
                    Ok(_) => {}
                    Err(ClientError::Core(error)) if error.is_recoverable() => {}
                    Err(ClientError::BrokenOff) => return Ok(()),
                    Err(ClientError::Closed(closed)) if closed.is(CloseCode::Normal) => {
                        return Ok(());
                    }
                    Err(error) => return Err(error),
                }
            }
        });
        closed.await.unwrap_or(Err(ClientError::TimedOut { what: "the server's goodbye", limit }))
    }

    /// The client's state.
    #[must_use]
    pub fn core(&self) -> &Core {
        &self.core
    }

    /// The client's state, to set inputs.
    pub fn core_mut(&mut self) -> &mut Core {
        &mut self.core
    }

    /// How long ago the socket was opened.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.opened.elapsed()
    }

    /// The bytes of the last message, without and with its WebSocket header.
    #[must_use]
    pub fn last_message_bytes(&self) -> (usize, usize) {
        (self.last_payload_bytes, self.last_wire_bytes)
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
fn header_bytes(payload: usize) -> usize {
    match payload {
        0..126 => 2,
        126..65536 => 4,
        _ => 10,
    }
}
