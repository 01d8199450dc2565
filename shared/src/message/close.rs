//! Why connections end.

/// Why a socket was closed, as the close frame's code. PROTOCOL.md lists them for clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum CloseCode {
    /// The player left, or the client closed.
    Normal = 1000,
    /// The server shuts down.
    GoingAway = 1001,
    /// The bytes break the WebSocket protocol.
    Protocol = 1002,
    /// A text message arrived; only binary ones are understood.
    Unsupported = 1003,
    /// Too many messages.
    Policy = 1008,
    /// A message is too large.
    TooBig = 1009,
    /// The message is not of this protocol.
    BadMessage = 4000,
    /// The first message was not a join, or none came in time.
    NoJoin = 4001,
    /// The client speaks another version of the protocol.
    WrongProtocol = 4002,
    /// The client was built for another schema.
    WrongSchema = 4003,
    /// The room is full.
    RoomFull = 4004,
    /// There is no such room.
    NoSuchRoom = 4005,
    /// Nothing was heard for too long.
    Idle = 4006,
    /// The connection did not take frames for too long.
    TooSlow = 4007,
    /// The room ended.
    RoomClosed = 4008,
    /// The session is over, or there was none with this token.
    NoSession = 4009,
    /// Another connection has taken the session over.
    TakenOver = 4010,
    /// The host threw the player out.
    Kicked = 4011,
    /// The host threw the player out for good.
    Banned = 4012,
    /// The ticket is forged, expired, used, or for another room; or there is none.
    BadTicket = 4013,
    /// The room lets nobody in any more.
    RoomLocked = 4014,
    /// The server wants to know who the player is.
    Unidentified = 4015,
}
