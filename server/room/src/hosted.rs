//! A room of any game, as the shell that carries its bytes sees it.

use tickwire_shared::{
    PlayerId, Tick,
    message::{CloseCode, MessageError},
};

use crate::{counters::RoomCounters, incoming::Reply, outgoing::Poll, room::Refusal, work::Work};

/// A room whose game is not known: what a shell needs, and nothing else.
///
/// `handle_*` takes what happened, `poll_*` gives what follows from it and is
/// called until it has no more.
pub trait HostedRoom: Send {
    /// A player wants in under this name; `schema_hash` is what its client was built for.
    ///
    /// # Errors
    /// [`Refusal`] when the room is full or the schema is another.
    fn handle_join(&mut self, name: &str, schema_hash: Option<u32>) -> Result<PlayerId, Refusal>;

    /// A player is gone. Unknown players are ignored.
    fn handle_leave(&mut self, player: PlayerId);

    /// A message came from a player that has joined; `left` of 256 parts of a tick are left until
    /// the next one is made.
    ///
    /// # Errors
    /// When it is not a message of this protocol; the game is unchanged and the
    /// connection should be closed with [`CloseCode::BadMessage`].
    fn handle_message_ahead(
        &mut self,
        player: PlayerId,
        bytes: &[u8],
        left: u16,
    ) -> Result<Reply, MessageError>;

    /// A message came just before the next tick; see [`HostedRoom::handle_message_ahead`].
    ///
    /// # Errors
    /// Those of [`HostedRoom::handle_message_ahead`].
    fn handle_message(&mut self, player: PlayerId, bytes: &[u8]) -> Result<Reply, MessageError> {
        self.handle_message_ahead(player, bytes, 0)
    }

    /// A player's frame of the last tick is not polled: its connection has not yet taken
    /// all of an earlier one.
    fn handle_blocked(&mut self, player: PlayerId);

    /// Makes the next tick.
    fn tick(&mut self);

    /// Appends the player's frame for the last tick to `out`, if one is due.
    fn poll_frame(&mut self, player: PlayerId, out: &mut Vec<u8>) -> Poll;

    /// Swaps the room's working memory with `work`: before a tick to lend it, and after the tick's
    /// frames to have it back. A room that nothing is lent to keeps memory of its own.
    fn lend(&mut self, work: &mut Work);

    /// Gives back all memory that can be made again. Does nothing while somebody is in; the next
    /// tick goes on where the last one ended.
    fn sleep(&mut self);

    /// A player that must be given up, and why; it has left already.
    fn poll_eviction(&mut self) -> Option<(PlayerId, CloseCode)>;

    /// The welcome message of a player, as a whole message.
    fn welcome(&self, player: PlayerId) -> Vec<u8>;

    /// The join code.
    fn code(&self) -> &str;

    /// How many players are in.
    fn player_count(&self) -> usize;

    /// The last tick made.
    fn now(&self) -> Tick;

    /// Ticks a second.
    fn tick_hz(&self) -> u32;

    /// What was counted so far.
    fn counters(&self) -> RoomCounters;
}
