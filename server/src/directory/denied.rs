//! Why nobody may come in this way.

use tickwire_shared::message::CloseCode;

use crate::{metrics::ServerMetrics, ws::close::CloseReason};

/// Why a seat was not given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Denied {
    /// No room has that code.
    NoSuchRoom,
    /// No room is as it was wanted, and none was to be opened.
    NoRoomFits,
    /// No game has that name; these there are.
    NoSuchGame(String),
    /// A new room cannot be like that; this says why.
    BadOptions(String),
    /// All seats are taken.
    RoomFull,
    /// Its host lets nobody in any more.
    RoomLocked,
    /// Its host threw this one out for good.
    Banned,
    /// The server wants to know who it is.
    Unidentified,
    /// The server opens no more rooms.
    TooManyRooms,
    /// Whoever asks has opened as many rooms as one may.
    TooManyOwnRooms,
    /// Whoever asks has reserved as many seats as one may.
    TooManyReserved,
    /// The server shuts down.
    ShuttingDown,
    /// The game failed to start.
    Broken,
}

impl Denied {
    /// The close that says so: a browser cannot read the status of a refused handshake.
    #[must_use]
    pub fn close_reason(&self) -> CloseReason {
        let code = match self {
            Denied::NoSuchRoom | Denied::NoRoomFits | Denied::NoSuchGame(_) => {
                CloseCode::NoSuchRoom
            }
            Denied::RoomFull
            | Denied::TooManyRooms
            | Denied::TooManyOwnRooms
            | Denied::TooManyReserved => CloseCode::RoomFull,
            Denied::RoomLocked => CloseCode::RoomLocked,
            Denied::Banned => CloseCode::Banned,
            Denied::Unidentified => CloseCode::Unidentified,
            Denied::ShuttingDown => CloseCode::GoingAway,
            Denied::Broken | Denied::BadOptions(_) => CloseCode::RoomClosed,
        };
        CloseReason::new(code, self.text())
    }

    /// What it is, in words.
    #[must_use]
    pub fn text(&self) -> String {
        let text = match self {
            Denied::NoSuchRoom => "there is no room with this code; it may have closed",
            Denied::NoRoomFits => "no open room fits; ask for less, or with \"create\": true",
            Denied::NoSuchGame(games) => {
                return format!("there is no such game here; there is: {games}");
            }
            Denied::BadOptions(why) => why,
            Denied::RoomFull => "the room is full",
            Denied::RoomLocked => "the room lets nobody in any more",
            Denied::Banned => "you were thrown out of this room",
            Denied::Unidentified => {
                "this server wants to know who you are; reserve a seat with \
                 Authorization: Bearer and a token"
            }
            Denied::TooManyRooms => "the server has all the rooms that it may have",
            Denied::TooManyOwnRooms => "you have opened as many rooms as you may; one has to close",
            Denied::TooManyReserved => {
                "too many seats are reserved from your address; take one first"
            }
            Denied::ShuttingDown => "the server is shutting down",
            Denied::Broken => "the game failed to start",
        };
        text.to_owned()
    }

    /// Counts the refusal.
    pub fn count(&self, metrics: &ServerMetrics) {
        match self {
            Denied::NoSuchRoom | Denied::NoSuchGame(_) => metrics.unknown_rooms.add(1),
            Denied::NoRoomFits => metrics.unfit_rooms.add(1),
            // The request is counted, and only requests have options.
            Denied::BadOptions(_) => {}
            Denied::RoomLocked => metrics.locked_rooms.add(1),
            Denied::Banned => metrics.banned.add(1),
            Denied::RoomFull => metrics.full_rooms.add(1),
            Denied::Unidentified => metrics.unidentified.add(1),
            Denied::TooManyRooms => metrics.too_many_rooms.add(1),
            Denied::TooManyOwnRooms => metrics.too_many_own_rooms.add(1),
            Denied::TooManyReserved => metrics.too_many_requests.add(1),
            Denied::ShuttingDown => metrics.shutting_down.add(1),
            Denied::Broken => metrics.broken_games.add(1),
        }
    }
}
