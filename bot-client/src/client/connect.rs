//! A client and its connection.

use std::{
    net::SocketAddr,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use tickwire_shared::message::{CloseCode, ServerMessage, kind};
use tokio::time::timeout;

use super::{
    carrier::Carrier,
    close::Closed,
    comeback::Return,
    core::{Core, Event},
    dial::Dialer,
    endpoint::Endpoint,
    error::ClientError,
    http::{Seat, reserve},
    options::{Comeback, Options},
    recorder::Recorder,
    traffic::Traffic,
    transport::Transport,
    ws::Socket,
};

/// How long the server may take to close after a goodbye.
const GOODBYE: Duration = Duration::from_secs(3);
/// How long a goodbye that nobody answers may take to be sent.
const FAREWELL: Duration = Duration::from_millis(300);

/// A client on a connection, which may be lost and replaced.
pub struct Client {
    /// Nothing when it was cut.
    pub(super) carrier: Option<Carrier>,
    pub(super) core: Core,
    pub(super) dialer: Dialer,
    pub(super) transport: Transport,
    pub(super) poll_hz: u32,
    pub(super) silence: Duration,
    pub(super) comeback: Option<Comeback>,
    /// That it is on its way back, and since when.
    pub(super) returning: Option<Return>,
    /// What the core's time is counted from.
    opened: Instant,
    recorder: Option<Recorder>,
    message: Vec<u8>,
    last_wire_bytes: usize,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("core", &self.core).finish_non_exhaustive()
    }
}

/// Connects to `ws://host:port/ws?game=NAME` (or `?room=CODE`, or `?create=1`) and asks to join.
///
/// Without a path it is `/ws`, and without a game the one that the server is for. The options say how
/// messages are carried; whatever it is, the address is this.
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
    let dialer = Dialer::new(address, endpoint, options);
    let mut core = Core::new(&options.name, options.schema_hash);
    if let Some(memo) = &options.memo {
        core = core.sharing(memo.clone());
    }
    let opened = Instant::now();
    let (carrier, core) = if options.reserves || options.transport != Transport::WebSocket {
        let who = (options.spectate, options.identity.as_deref());
        let seat = reserve(&dialer, &Seat::of(endpoint), who).await?;
        let asking = (options.poll_hz, options.silence);
        let carrier = Carrier::to_room(&dialer, &seat.room, options.transport, asking).await?;
        (carrier, core.with_ticket(seat.ticket))
    } else {
        (Carrier::Socket(Box::new(Socket::open(&dialer).await?)), core)
    };
    Ok(Client {
        carrier: Some(carrier),
        core,
        dialer,
        transport: options.transport,
        poll_hz: options.poll_hz,
        silence: options.silence,
        comeback: options.comeback,
        returning: None,
        opened,
        recorder,
        message: Vec::new(),
        last_wire_bytes: 0,
    })
}

impl Client {
    /// Sends what is due when it is due, until a message comes, and handles that.
    ///
    /// Inputs are sent within this call, one for each tick. When the connection is lost and the
    /// options have a [`Comeback`], the session is resumed, which is [`Event::Resumed`]. **Not
    /// cancel-safe**: a call that is dropped may take half a message with it, so never put it in a
    /// `select!` unless you then drop the client.
    ///
    /// # Errors
    /// See [`ClientError`]. After a [`CoreError`](super::CoreError) that is
    /// recoverable the client may be used further, after one that [is
    /// lost](ClientError::is_lost) [resumed](Client::resume), after any other error not.
    pub async fn next(&mut self) -> Result<Event, ClientError> {
        loop {
            match self.next_on_this_connection().await {
                Ok(Event::Resumed) => {
                    self.returning = None;
                    return Ok(Event::Resumed);
                }
                Err(error) if error.is_lost() && self.comes_back() => self.come_back(error).await?,
                other => return other,
            }
        }
    }

    async fn next_on_this_connection(&mut self) -> Result<Event, ClientError> {
        let Client { carrier, core, message, opened, .. } = self;
        let carrier = carrier.as_mut().ok_or(ClientError::BrokenOff)?;
        let came = timeout(self.silence, carrier.exchange(core, *opened, message)).await;
        came.map_err(|_| ClientError::Silent(self.silence))??;
        if let Some(recorder) = &mut self.recorder {
            recorder.write(message).map_err(ClientError::Record)?;
        }
        self.last_wire_bytes = message.len() + carrier.header_bytes(message.len());
        if message.first() == Some(&kind::CLOSED)
            && let Ok(ServerMessage::Closed(code, reason)) = ServerMessage::read(message)
        {
            return Err(Closed { code: Some(code), reason: reason.to_owned() }.into());
        }
        Ok(core.handle_message(message, opened.elapsed())?)
    }

    /// Leaves properly: says so, and waits until the server has closed.
    ///
    /// # Errors
    /// When the server closes with anything but [`CloseCode::Normal`], or not at all: a connection that
    /// breaks off meanwhile says nothing of what has become of the player.
    pub async fn leave(&mut self) -> Result<(), ClientError> {
        self.core.leave();
        self.comeback = None;
        self.dialer.left.store(true, Ordering::Relaxed);
        let limit = GOODBYE;
        let closed = timeout(limit, async {
            loop {
                match self.next().await {
                    Ok(_) => {}
                    Err(ClientError::Core(error)) if error.is_recoverable() => {}
                    Err(ClientError::Closed(closed)) if closed.is(CloseCode::Normal) => {
                        return Ok(());
                    }
                    Err(error) => return Err(error),
                }
            }
        });
        closed.await.unwrap_or(Err(ClientError::TimedOut { what: "the server's goodbye", limit }))
    }

    /// Goes from a connection on which nothing came, and says so, in case it is only answers that do
    /// not get through: nobody is to stand about for it.
    pub(super) async fn give_up(&mut self) {
        self.core.leave();
        let _ = timeout(FAREWELL, self.next_on_this_connection()).await;
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

    /// How long ago it set out.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.opened.elapsed()
    }

    /// The bytes of the last message, without and with what stands right before it: a WebSocket
    /// header, or a length.
    #[must_use]
    pub fn last_message_bytes(&self) -> (usize, usize) {
        (self.message.len(), self.last_wire_bytes)
    }

    /// How its messages are carried.
    #[must_use]
    pub fn transport(&self) -> Transport {
        self.transport
    }

    /// What went over all of its sockets so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.dialer.meter.read()
    }
}
