//! What the room itself tells its players, in frames, beside the game's own messages.
//!
//! ```text
//! message  := index:u8 length:varint body        index from 0xF0; a game's are below 64
//! 0xF0 presence   player:u32 flags:u8 name:text  somebody is there, or is so now
//! 0xF1 gone       player:u32 why:u8
//! 0xF2 chat       player:u32 text                player 0 is the server
//! 0xF3 state      state:u8                       the room's
//! 0xF4 dropped    what:u8                        something of yours was too much, and had no effect
//! flags    := bit 0 spectator, bit 1 host, bit 2 away (its connection is lost, its session kept)
//! why      := 0 left, 1 lost (did not come back in time), 2 kicked, 3 banned
//! state    := 0 open, 1 locked, 2 draining
//! what     := 0 chat, 1 request
//! ```
//! Who comes in is told of everybody, itself included, and of the state if that is not open. Indices
//! that a client does not know are to be passed over.

use crate::{
    frame::{FrameError, Reader, write_varint},
    ids::PlayerId,
};

/// Indices of messages from here on are the room's.
pub const FIRST_INDEX: u8 = 0xF0;

const PRESENCE: u8 = 0xF0;
const GONE: u8 = 0xF1;
const CHAT: u8 = 0xF2;
const STATE: u8 = 0xF3;
const DROPPED: u8 = 0xF4;

/// How somebody is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// It only watches.
    pub spectator: bool,
    /// It may throw others out and lock the room.
    pub host: bool,
    /// Its connection is lost, its session kept.
    pub away: bool,
}

impl Standing {
    fn flags(self) -> u8 {
        u8::from(self.spectator) | u8::from(self.host) << 1 | u8::from(self.away) << 2
    }

    fn of_flags(flags: u8) -> Self {
        Standing { spectator: flags & 1 != 0, host: flags & 2 != 0, away: flags & 4 != 0 }
    }
}

/// Why somebody has gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Departure {
    /// It left.
    Left,
    /// It did not come back in time.
    Lost,
    /// The host threw it out.
    Kicked,
    /// The host threw it out for good.
    Banned,
}

/// Whether a room lets others in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RoomState {
    /// It does.
    #[default]
    Open,
    /// The host does not want anybody else.
    Locked,
    /// It ends when the last one has left, or soon.
    Draining,
}

/// What was too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dropped {
    /// A chat line.
    Chat,
    /// A request to the game.
    Request,
}

/// What the room tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoomMessage<'a> {
    /// Somebody is there, and how.
    Presence(PlayerId, Standing, &'a str),
    /// Somebody has gone.
    Gone(PlayerId, Departure),
    /// Somebody says something; player 0 is the server.
    Chat(PlayerId, &'a str),
    /// The room lets others in, or does not.
    State(RoomState),
    /// Something of this client's was dropped.
    Dropped(Dropped),
}

impl<'a> RoomMessage<'a> {
    /// Appends the message as it stands among a frame's.
    pub fn write(&self, out: &mut Vec<u8>) {
        let player = |player: PlayerId| player.0.to_le_bytes();
        let write = |out: &mut Vec<u8>, index: u8, parts: [&[u8]; 3]| {
            out.push(index);
            write_varint(parts.iter().map(|part| part.len()).sum::<usize>() as u32, out);
            parts.iter().for_each(|part| out.extend_from_slice(part));
        };
        match *self {
            RoomMessage::Presence(id, standing, name) => {
                write(out, PRESENCE, [&player(id), &[standing.flags()], name.as_bytes()]);
            }
            RoomMessage::Gone(id, why) => write(out, GONE, [&player(id), &[why as u8], &[]]),
            RoomMessage::Chat(id, text) => write(out, CHAT, [&player(id), text.as_bytes(), &[]]),
            RoomMessage::State(state) => write(out, STATE, [&[state as u8], &[], &[]]),
            RoomMessage::Dropped(what) => write(out, DROPPED, [&[what as u8], &[], &[]]),
        }
    }

    /// Reads the body of a message with this index; `None` when it is not known.
    ///
    /// # Errors
    /// [`FrameError::Message`] when the body is not of its kind.
    pub fn read(index: u8, body: &'a [u8]) -> Result<Option<Self>, FrameError> {
        let bad = FrameError::Message(index);
        let mut reader = Reader(body);
        let text = |bytes: &'a [u8]| std::str::from_utf8(bytes).map_err(|_| bad);
        let player = |reader: &mut Reader<'a>| reader.u32().map(PlayerId).map_err(|_| bad);
        let number = |reader: &mut Reader<'a>| reader.byte().map_err(|_| bad);
        let message = match index {
            PRESENCE => {
                let (id, flags) = (player(&mut reader)?, number(&mut reader)?);
                let name = text(std::mem::take(&mut reader.0))?;
                RoomMessage::Presence(id, Standing::of_flags(flags), name)
            }
            GONE => {
                let id = player(&mut reader)?;
                let why = match number(&mut reader)? {
                    0 => Departure::Left,
                    1 => Departure::Lost,
                    2 => Departure::Kicked,
                    3 => Departure::Banned,
                    _ => return Err(bad),
                };
                RoomMessage::Gone(id, why)
            }
            CHAT => {
                let id = player(&mut reader)?;
                RoomMessage::Chat(id, text(std::mem::take(&mut reader.0))?)
            }
            STATE => RoomMessage::State(match number(&mut reader)? {
                0 => RoomState::Open,
                1 => RoomState::Locked,
                2 => RoomState::Draining,
                _ => return Err(bad),
            }),
            DROPPED => RoomMessage::Dropped(match number(&mut reader)? {
                0 => Dropped::Chat,
                1 => Dropped::Request,
                _ => return Err(bad),
            }),
            _ => return Ok(None),
        };
        if reader.0.is_empty() { Ok(Some(message)) } else { Err(bad) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_comes_back() {
        let standing = Standing { spectator: true, host: false, away: true };
        let messages = [
            RoomMessage::Presence(PlayerId(7), standing, "Ada ✈"),
            RoomMessage::Gone(PlayerId(7), Departure::Banned),
            RoomMessage::Chat(PlayerId(0), "welcome"),
            RoomMessage::State(RoomState::Draining),
            RoomMessage::Dropped(Dropped::Request),
        ];
        for message in messages {
            let mut bytes = Vec::new();
            message.write(&mut bytes);
            let mut reader = Reader(&bytes[1..]);
            let length = reader.varint().unwrap() as usize;
            assert_eq!(length, reader.0.len());
            assert_eq!(RoomMessage::read(bytes[0], reader.0), Ok(Some(message)));
        }
    }

    #[test]
    fn what_is_not_known_is_passed_over_and_what_is_broken_refused() {
        assert_eq!(RoomMessage::read(0xFF, &[1, 2]), Ok(None));
        for (index, body) in
            [(PRESENCE, &[1, 0, 0][..]), (GONE, &[1, 0, 0, 0, 9]), (STATE, &[1, 1])]
        {
            assert_eq!(RoomMessage::read(index, body), Err(FrameError::Message(index)));
        }
    }
}
