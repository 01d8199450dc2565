//! The client without its socket: messages in, messages out, and nobody's clock.

use std::{sync::Arc, time::Duration};

use parking_lot::Mutex;
use tickwire_shared::{
    PlayerId, Replicate, Tick,
    message::{ClientMessage, Join, PROTOCOL, ServerMessage, Welcome},
    record::RecordLayout,
    replica::{Applied, Memo, Replica},
    schema::MAX_COLUMNS,
    session::Resume,
};

use super::{
    error::CoreError, mismatch::MismatchReport, ping::Pings, session::Session, speech::Outbox,
};

/// What a message from the server turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The welcome: the client is in, and frames follow.
    Joined,
    /// The session goes on over a new connection, and frames follow.
    Resumed,
    /// A frame was applied. If it carried a hash, the check is in [`Applied::hash`];
    /// one that does not hold has been reported to the server already.
    Frame(Applied),
    /// The answer to a ping, and how long it took.
    Pong(Duration),
    /// The server's evidence of a mismatch, compared with what was held.
    Mismatch(Box<MismatchReport>),
    /// Nothing that anybody needs to know, such as a frame that builds upon a refused one.
    Nothing,
}

/// A client's state: a replica that proves itself, and what it owes the server.
///
/// Sans I/O: bytes and the time are arguments. After each message handled, call
/// [`Core::poll_outgoing`] until it has no more; what it gives are whole messages.
///
/// ```
/// use std::time::Duration;
/// use tickwire_bots::client::Core;
///
/// let mut core = Core::new("robin", None);
/// let mut message = Vec::new();
/// assert!(core.poll_outgoing(Duration::ZERO, &mut message), "the join is the first message");
/// assert!(!core.poll_outgoing(Duration::ZERO, &mut message), "then the server has to speak");
/// let error = core.handle_message(b"\x82nonsense", Duration::ZERO).unwrap_err();
/// assert_eq!(error.to_string(), "there was no welcome yet");
/// ```
#[derive(Debug)]
pub struct Core {
    join: Option<Join>,
    /// When the join was sent.
    joined_at: Duration,
    pub(super) session: Option<Session>,
    memo: Option<Arc<Mutex<Memo>>>,
    pub(super) pings: Pings,
    pub(super) outbox: Outbox,
    /// What a new connection begins with.
    pub(super) resume: Option<Resume>,
    /// It has asked for its session and not heard of it.
    pub(super) is_returning: bool,
    leave: Leave,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leave {
    No,
    Wanted,
    Said,
}

/// What was sent, and how it fared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InputStats {
    /// Inputs sent.
    pub sent: u64,
    /// Frames that told of an input that came too late.
    pub late: u64,
    /// By how many ticks the input sent last was ahead of the frame applied last.
    pub lead: i32,
    /// The tick of the input sent last.
    pub newest: Option<Tick>,
}

impl Core {
    /// A client that wants in under `name`; with a `schema_hash`, only to a game of that schema.
    #[must_use]
    pub fn new(name: &str, schema_hash: Option<u32>) -> Core {
        let join = Join { protocol: PROTOCOL, name: name.to_owned(), schema_hash, ticket: None };
        Core {
            join: Some(join),
            joined_at: Duration::ZERO,
            session: None,
            memo: None,
            pings: Pings::default(),
            outbox: Outbox::default(),
            resume: None,
            is_returning: false,
            leave: Leave::No,
        }
    }

    /// Joins with the ticket of a seat that was reserved; to be said before the first message.
    #[must_use]
    pub fn with_ticket(mut self, ticket: String) -> Core {
        if let Some(join) = &mut self.join {
            join.ticket = Some(ticket);
        }
        self
    }

    /// Decodes only what none of those who share `memo` has decoded from the same; the outcome is
    /// the same. Meant for the clients of one room, and to be said before the welcome.
    #[must_use]
    pub fn sharing(mut self, memo: Arc<Mutex<Memo>>) -> Core {
        self.memo = Some(memo);
        self
    }

    /// Handles one message from the server, which came at `now` (since any fixed moment).
    ///
    /// # Errors
    /// See [`CoreError`]; [`CoreError::is_recoverable`] says whether to go on.
    pub fn handle_message(&mut self, bytes: &[u8], now: Duration) -> Result<Event, CoreError> {
        let message = ServerMessage::read(bytes)?;
        if let ServerMessage::Welcome(welcome) = message {
            return self.handle_welcome(*welcome, now);
        }
        let session = self.session.as_mut().ok_or(CoreError::NotJoined)?;
        match message {
            ServerMessage::Frame(bytes) => session.handle_frame(bytes, now),
            ServerMessage::Evidence(tick, segments) => session.handle_evidence(tick, segments),
            ServerMessage::Pong(token) => {
                Ok(self.pings.answer(token, now).map_or(Event::Nothing, Event::Pong))
            }
            ServerMessage::Welcome(_) => Err(CoreError::SecondWelcome),
            ServerMessage::Resumed(token) => {
                session.about.token = token;
                self.is_returning = false;
                Ok(Event::Resumed)
            }
            ServerMessage::Closed(..) => Ok(Event::Nothing),
        }
    }

    /// The first welcome lets the client in. One that comes back without a world gets another.
    fn handle_welcome(&mut self, welcome: Welcome, now: Duration) -> Result<Event, CoreError> {
        if self.session.is_some() && !self.is_returning {
            return Err(CoreError::SecondWelcome);
        }
        let round_trip = now.saturating_sub(self.joined_at);
        let memo = match &mut self.session {
            Some(session) => session.take_memo(),
            None => self.memo.take(),
        };
        let session = Session::new(welcome, memo, round_trip)?;
        let before = self.session.replace(session);
        self.is_returning = false;
        Ok(if before.is_some() { Event::Resumed } else { Event::Joined })
    }

    /// Replaces `out` by the next message to send at `now`, if there is one.
    ///
    /// Each tick gets one input, when the client's clock comes to it; see
    /// [`InputClock`](tickwire_shared::netcode::InputClock). Inputs say which frame was applied last;
    /// without one each frame is acknowledged. [`Core::next_due`] says when to ask again.
    pub fn poll_outgoing(&mut self, now: Duration, out: &mut Vec<u8>) -> bool {
        out.clear();
        if let Some(resume) = self.resume.take() {
            self.joined_at = now;
            ClientMessage::Resume(resume).write(out);
            return true;
        }
        // Until it knows that the session goes on, it has nothing else to say.
        if self.is_returning {
            return false;
        }
        match self.leave {
            Leave::Said => return false,
            Leave::Wanted => {
                self.leave = Leave::Said;
                ClientMessage::Leave.write(out);
                return true;
            }
            Leave::No => {}
        }
        if let Some(join) = self.join.take() {
            self.joined_at = now;
            ClientMessage::Join(join).write(out);
            return true;
        }
        let Some(session) = &mut self.session else { return false };
        self.outbox.poll_outgoing(out)
            || session.poll_outgoing(now, out)
            || self.pings.poll_outgoing(now, out)
    }

    /// When the next message will be due if none comes before, in the time that `poll_outgoing` takes.
    #[must_use]
    pub fn next_due(&self) -> Option<Duration> {
        let session = self.session.as_ref().filter(|_| !self.is_returning);
        session.and_then(Session::next_due)
    }

    /// Says how far behind the newest frame the player sees the others, in ticks; at first not at all.
    /// The server rewinds the player's shots by this, and by as much as its inputs are ahead.
    pub fn look_behind(&mut self, ticks: f64) {
        if let Some(session) = &mut self.session {
            session.look_behind(ticks);
        }
    }

    /// Sets what the player does from now on. The type must be the game's input.
    ///
    /// # Errors
    /// Before the welcome, or when the game's input is another type.
    pub fn set_input<T: Replicate>(&mut self, input: &T) -> Result<(), CoreError> {
        let session = self.session.as_mut().ok_or(CoreError::NotJoined)?;
        if session.schema().input != T::kind() {
            return Err(CoreError::Input("its schema is another"));
        }
        let mut columns = [0; MAX_COLUMNS];
        input.quantise(&mut columns[..T::COLUMNS]);
        session.set_input(&columns[..T::COLUMNS])
    }

    /// Sets what the player does from now on, as columns of the schema's input; for any game.
    ///
    /// # Errors
    /// Before the welcome, or when the columns do not fit the schema.
    pub fn set_input_columns(&mut self, columns: &[u32]) -> Result<(), CoreError> {
        self.session.as_mut().ok_or(CoreError::NotJoined)?.set_input(columns)
    }

    /// What the player does, as the server will understand it, if it is of type `T`.
    #[must_use]
    pub fn input<T: Replicate>(&self) -> Option<T> {
        let session = self.session.as_ref()?;
        if session.schema().input != T::kind() {
            return None;
        }
        let mut columns = [0; MAX_COLUMNS];
        session.read_input(&mut columns[..T::COLUMNS]).then(|| T::restore(&columns[..T::COLUMNS]))
    }

    /// Sends no more inputs, only acknowledgements; the server then takes the neutral input.
    pub fn clear_input(&mut self) {
        if let Some(session) = &mut self.session {
            session.clear_input();
        }
    }

    /// Leaves: the next message is the last, and the server closes.
    pub fn leave(&mut self) {
        if self.leave == Leave::No {
            self.leave = Leave::Wanted;
        }
    }

    /// Who this client is, once it is in.
    #[must_use]
    pub fn player(&self) -> Option<PlayerId> {
        self.session.as_ref().map(|session| session.about.player)
    }

    /// Whether the client only watches, once it is in.
    #[must_use]
    pub fn is_spectator(&self) -> Option<bool> {
        self.session.as_ref().map(|session| session.about.spectator)
    }

    /// The room's join code, once it is in.
    #[must_use]
    pub fn room(&self) -> Option<&str> {
        self.session.as_ref().map(|session| session.about.room.as_str())
    }

    /// The room's ticks a second, once it is in; at least 1.
    #[must_use]
    pub fn tick_hz(&self) -> Option<u32> {
        self.session.as_ref().map(|session| session.about.tick_hz)
    }

    /// What the game says once, such as the map, once it is in.
    #[must_use]
    pub fn setup(&self) -> Option<&str> {
        self.session.as_ref().map(|session| session.about.setup.as_str())
    }

    /// The copy of the world, once the client is in.
    #[must_use]
    pub fn replica(&self) -> Option<&Replica> {
        self.session.as_ref().map(Session::replica)
    }

    /// What the last frame that was applied told the player once, of type `T`, in order.
    ///
    /// Read it at each [`Event::Frame`]: the next one replaces it. There is nothing
    /// before the welcome, nor when the game has no message that is exactly like `T`.
    ///
    /// ```
    /// # use tickwire_bots::client::Core;
    /// use tickwire_games::arena::Kill;
    ///
    /// # let core = Core::new("robin", None);
    /// for Kill { killer, victim } in core.messages_of::<Kill>() {
    ///     println!("player {killer} shot player {victim}");
    /// }
    /// ```
    pub fn messages_of<T: Replicate>(&self) -> impl Iterator<Item = T> {
        let (replica, kind) = (self.replica(), T::kind());
        let wanted = replica.and_then(|replica| {
            replica.schema().messages.iter().position(|message| *message == kind)
        });
        let layout = RecordLayout::new(&kind);
        let messages = replica.into_iter().flat_map(Replica::messages);
        messages.filter(move |(index, _)| Some(*index) == wanted).filter_map(move |(_, record)| {
            let mut columns = [0; MAX_COLUMNS];
            let columns = &mut columns[..T::COLUMNS];
            layout.unpack(record, columns).ok()?;
            Some(T::restore(columns))
        })
    }

    /// The tick of the last frame that came, applied or not.
    #[must_use]
    pub fn latest_tick(&self) -> Option<Tick> {
        self.session.as_ref().and_then(Session::latest_tick)
    }

    /// How the inputs fare.
    #[must_use]
    pub fn inputs(&self) -> InputStats {
        self.session.as_ref().map(Session::inputs).unwrap_or_default()
    }
}
