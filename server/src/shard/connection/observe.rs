//! How a connection comes to look on: it has no seat and no session, and says nothing but what it has got.

use std::{sync::Arc, time::Instant};

use tickwire_room::HostedRoom;
use tickwire_shared::{PlayerId, session::Token};

use super::{Connection, End};
use crate::{
    directory::RoomEntry,
    shard::{Arrival, Context, Entrance, Transport, socket::Socket},
    ws::close::CloseReason,
};

/// What an observer's welcome has in the place of a token: it has no session to come back to.
const NO_TOKEN: Token = Token([0; 16]);

impl<S: Socket> Connection<S> {
    /// A connection of the operator, which is yet to see anything.
    pub(crate) fn observer(
        number: u64,
        arrival: Arrival<S>,
        entry: Arc<RoomEntry>,
        now: Instant,
        cx: &Context,
    ) -> Self {
        let mut connection = Connection::new(number, arrival, Entrance::Door(entry), now, cx);
        (connection.observes, connection.stranger) = (true, None);
        connection
    }

    /// Shows the operator what a player sees, or else what a spectator does. It ends at once if the room
    /// has no place for it.
    pub(crate) fn look_on(&mut self, like: Option<PlayerId>, room: &mut dyn HostedRoom) {
        match room.handle_observe(like) {
            Ok(observer) => {
                self.player = Some(observer);
                self.carrier.reply(&room.welcome(observer, &NO_TOKEN));
            }
            Err(refusal) => {
                let reason = CloseReason::new(refusal.close_code(), refusal.to_string());
                self.end(End::Close(reason));
            }
        }
    }
}
