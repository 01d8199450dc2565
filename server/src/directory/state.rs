//! How far a room is in its life.

/// How far a room is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum RoomState {
    /// Nobody has come in yet.
    Created,
    /// Whoever finds a seat may come in.
    Open,
    /// Its host lets nobody in; who is in stays.
    Locked,
    /// Nobody is let in any more, and it ends soon.
    Draining,
    /// It is over.
    Closed,
}

impl RoomState {
    /// The name that clients see.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            RoomState::Created => "created",
            RoomState::Open => "open",
            RoomState::Locked => "locked",
            RoomState::Draining => "draining",
            RoomState::Closed => "closed",
        }
    }

    /// Whether a room in this state may go on to another one. Only a lock is ever taken back.
    pub(super) fn may_become(self, to: RoomState) -> bool {
        (self as u8) < to as u8 || (self, to) == (RoomState::Locked, RoomState::Open)
    }

    pub(super) fn from(value: u8) -> Self {
        match value {
            0 => RoomState::Created,
            1 => RoomState::Open,
            2 => RoomState::Locked,
            3 => RoomState::Draining,
            _ => RoomState::Closed,
        }
    }
}
