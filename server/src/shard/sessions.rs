//! Who has a seat in a room, and with what secret it may go on after its connection was lost.
//!
//! A session begins with a join and ends when the room says that its player has left; connections
//! come and go meanwhile, and one at a time holds it. It lives with the room, on the room's thread,
//! so of any number of attempts to resume it at once one wins.

use std::net::IpAddr;

use tickwire_shared::{
    PlayerId,
    session::{Resume, TOKEN_BYTES, Token},
};

use crate::{
    directory::{Banned, Seat},
    tickets::random_bytes,
};

/// No connection has this number.
const NOBODY: u64 = 0;

/// A session.
struct Session {
    player: PlayerId,
    seat: Seat,
    /// Where its player came from last.
    address: IpAddr,
    /// What it is resumed with.
    token: Token,
    /// The attempt that this token was made for, until its client shows that it has it.
    unconfirmed: Option<Box<Attempt>>,
    /// The number of the connection that holds it, or [`NOBODY`] while its player is away.
    holder: u64,
}

/// By what an attempt is known that is made again.
struct Attempt {
    token: Token,
    attempt: [u8; TOKEN_BYTES],
}

/// The sessions of a room, in order of joining. There are as many as seats.
#[derive(Default)]
pub(crate) struct Sessions {
    list: Vec<Session>,
    /// Whether some have changed hands, and whose connection before that is to be closed.
    moved: bool,
    /// By what those are known whose session has ended since the room was last asked what it wants.
    ended: Vec<(PlayerId, Banned)>,
}

impl Sessions {
    /// Begins one for a player that has joined over this connection from this address; its token.
    pub(crate) fn begin(
        &mut self,
        player: PlayerId,
        seat: Seat,
        (connection, address): (u64, IpAddr),
    ) -> Token {
        let (token, holder) = (Token(random_bytes()), connection);
        if self.list.len() == self.list.capacity() {
            // As rooms do with their players: not for twice as many.
            self.list.reserve_exact(8 + self.list.len() / 8);
        }
        self.list.push(Session { player, seat, address, token, unconfirmed: None, holder });
        token
    }

    /// Hands the session of a token over to this connection from this address, if it is a session's:
    /// its player, and the token from now on. The same attempt again gives the same again, until it
    /// was confirmed.
    pub(crate) fn resume(
        &mut self,
        resume: &Resume,
        (connection, address): (u64, IpAddr),
    ) -> Option<(PlayerId, Token)> {
        let again = |session: &Session| {
            let last = session.unconfirmed.as_deref();
            last.is_some_and(|last| last.token == resume.token && last.attempt == resume.attempt)
        };
        let known = |session: &&mut Session| session.token == resume.token || again(session);
        let session = self.list.iter_mut().find(known)?;
        if session.token == resume.token {
            let attempt = Attempt { token: resume.token, attempt: resume.attempt };
            session.unconfirmed = Some(Box::new(attempt));
            session.token = Token(random_bytes());
        }
        self.moved |= session.holder != NOBODY;
        (session.holder, session.address) = (connection, address);
        Some((session.player, session.token))
    }

    /// The client behind this connection has its token: the one before is good for nothing any more.
    pub(crate) fn confirm(&mut self, player: PlayerId, connection: u64) {
        if let Some(session) = self.get(player).filter(|one| one.holder == connection) {
            session.unconfirmed = None;
        }
    }

    /// Whether this connection holds the player's session.
    pub(crate) fn is_held_by(&self, player: PlayerId, connection: u64) -> bool {
        let held = |index: usize| self.list[index].holder == connection;
        self.position(player).is_some_and(held)
    }

    /// Whether another connection than this one, which held the player's session, has it now. That is
    /// known until [`Sessions::take_moved`], after which the one that had it is closed.
    pub(crate) fn has_moved_from(&self, player: PlayerId, connection: u64) -> bool {
        self.moved && !self.is_held_by(player, connection)
    }

    /// Whether some have changed hands since this was last asked.
    pub(crate) fn take_moved(&mut self) -> bool {
        std::mem::take(&mut self.moved)
    }

    /// The player is away.
    pub(crate) fn release(&mut self, player: PlayerId) {
        if let Some(session) = self.get(player) {
            session.holder = NOBODY;
        }
    }

    /// Ends a session and gives its seat back.
    pub(crate) fn end(&mut self, player: PlayerId) {
        let Some(index) = self.position(player) else { return };
        let mut session = self.list.remove(index);
        let identity = session.seat.pass.identity.take().map(Banned::Identity);
        self.ended.push((player, identity.unwrap_or(Banned::Address(session.address))));
    }

    /// Where a player is, or was when its connection was lost.
    pub(crate) fn address(&self, player: PlayerId) -> Option<IpAddr> {
        self.position(player).map(|index| self.list[index].address)
    }

    /// By what a player is known whose session has just ended, if it is to stay out.
    pub(crate) fn known_as(&self, player: PlayerId) -> Option<Banned> {
        let ended = self.ended.iter().find(|(ended, _)| *ended == player);
        ended.map(|(_, known)| known.clone())
    }

    /// The players that are the same somebody as one who is to stay out. Of an address there may be
    /// several somebodies.
    pub(crate) fn same_as(&self, banned: &Banned) -> Vec<PlayerId> {
        let Banned::Identity(identity) = banned else { return Vec::new() };
        let same = |session: &&Session| session.seat.pass.identity.as_ref() == Some(identity);
        self.list.iter().filter(same).map(|session| session.player).collect()
    }

    /// Forgets whose session has ended.
    pub(crate) fn forget_ended(&mut self) {
        if !self.ended.is_empty() {
            self.ended = Vec::new();
        }
    }

    /// How many there are, and of these how many whose player is away.
    pub(crate) fn count(&self) -> (usize, usize) {
        (self.list.len(), self.list.iter().filter(|one| one.holder == NOBODY).count())
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    fn position(&self, player: PlayerId) -> Option<usize> {
        self.list.binary_search_by_key(&player, |session| session.player).ok()
    }

    fn get(&mut self, player: PlayerId) -> Option<&mut Session> {
        self.position(player).map(|index| &mut self.list[index])
    }
}
