//! Why nobody may come in this way.

use tickwire_shared::message::CloseCode;

use crate::{metrics::ServerMetrics, ws::close::CloseReason};

/// Why a seat was not given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Denied {
    /// No room has that code.
    NoSuchRoom,
    /// No game has that name; these there are.
    NoSuchGame(String),
    /// All seats are taken.
    RoomFull,
    /// Its host lets nobody in any more.
    RoomLocked,
    /// Its host threw this one out for good.
    Banned,
    /// The server opens no more rooms.
    TooManyRooms,
    /// The server shuts down.
    ShuttingDown,
    /// The game failed to start.
    Broken,
}

impl Denied {
    /// The close that says so: a browser cannot read the status of a refused handshake.
    #[must_use]
    pub fn close_reason(&self) -> CloseReason {
        let (code, text) = match self {
            Denied::NoSuchRoom => (
                CloseCode::NoSuchRoom,
                "there is no room with this code; it may have closed".into(),
            ),
            Denied::NoSuchGame(games) => {
                (CloseCode::NoSuchRoom, format!("there is no such game here; there is: {games}"))
            }
            Denied::RoomFull => (CloseCode::RoomFull, "the room is full".into()),
            Denied::RoomLocked => {
                (CloseCode::RoomLocked, "its host lets nobody into the room any more".into())
            }
            Denied::Banned => (CloseCode::Banned, "you were thrown out of this room".into()),
            Denied::TooManyRooms => {
                (CloseCode::RoomFull, "the server has all the rooms that it may have".into())
            }
            Denied::ShuttingDown => (CloseCode::GoingAway, "the server is shutting down".into()),
            Denied::Broken => (CloseCode::RoomClosed, "the game failed to start".into()),
        };
        CloseReason::new(code, text)
    }

    /// Counts the refusal.
    pub fn count(&self, metrics: &ServerMetrics) {
        match self {
            Denied::NoSuchRoom | Denied::NoSuchGame(_) => metrics.unknown_rooms.add(1),
            Denied::RoomLocked => metrics.locked_rooms.add(1),
            Denied::Banned => metrics.banned.add(1),
            Denied::RoomFull => metrics.full_rooms.add(1),
            Denied::TooManyRooms => metrics.too_many_rooms.add(1),
            Denied::ShuttingDown | Denied::Broken => {}
        }
    }
}
