//! What a client says beside its inputs, and what the room tells it.

use std::collections::VecDeque;

use tickwire_shared::{
    Replicate,
    message::{ClientMessage, MAX_CHAT_BYTES, Moderation},
    record::RecordLayout,
    replica::Replica,
    room_message::{FIRST_INDEX, RoomMessage},
    schema::MAX_COLUMNS,
};

use super::{core::Core, error::CoreError};

/// The most messages that wait to be sent; what is beyond is refused.
const MOST_WAITING: usize = 32;

/// Messages that wait to be sent, oldest first.
#[derive(Debug, Default)]
pub(super) struct Outbox(VecDeque<Vec<u8>>);

impl Outbox {
    fn push(&mut self, message: &ClientMessage<'_>) -> Result<(), CoreError> {
        if self.0.len() >= MOST_WAITING {
            return Err(CoreError::Unsayable("too much waits to be sent already"));
        }
        let mut bytes = Vec::new();
        message.write(&mut bytes);
        self.0.push_back(bytes);
        Ok(())
    }

    /// Replaces `out` by the oldest message, if there is one.
    pub(super) fn poll_outgoing(&mut self, out: &mut Vec<u8>) -> bool {
        let oldest = self.0.pop_front();
        oldest.map(|message| *out = message).is_some()
    }
}

impl Core {
    /// Says something to everybody in the room. The server cleans and cuts it.
    ///
    /// # Errors
    /// Before the welcome, when it is longer than any line may be, or when too much waits already.
    pub fn say(&mut self, text: &str) -> Result<(), CoreError> {
        if text.len() > MAX_CHAT_BYTES {
            return Err(CoreError::Unsayable("it is longer than a chat line may be"));
        }
        self.send(&ClientMessage::Chat(text))
    }

    /// Asks the game for something, once. The type must be one of its requests.
    ///
    /// # Errors
    /// Before the welcome, when the game has no request that is exactly like `T`, or when too much
    /// waits already.
    pub fn request<T: Replicate>(&mut self, request: &T) -> Result<(), CoreError> {
        let session = self.session.as_ref().ok_or(CoreError::NotJoined)?;
        let kind = T::kind();
        let index = session.schema().requests.iter().position(|known| *known == kind);
        let index = index.ok_or(CoreError::Unsayable("the game has no such request"))? as u8;
        let mut columns = [0; MAX_COLUMNS];
        request.quantise(&mut columns[..T::COLUMNS]);
        let mut record = Vec::new();
        RecordLayout::new(&kind).pack(&columns[..T::COLUMNS], &mut record);
        self.send(&ClientMessage::Request { index, record: &record })
    }

    /// Asks for something that only the room's host may; from others it has no effect.
    ///
    /// # Errors
    /// Before the welcome, or when too much waits already.
    pub fn moderate(&mut self, moderation: Moderation) -> Result<(), CoreError> {
        self.send(&ClientMessage::Moderate(moderation))
    }

    fn send(&mut self, message: &ClientMessage<'_>) -> Result<(), CoreError> {
        if self.session.is_none() {
            return Err(CoreError::NotJoined);
        }
        self.outbox.push(message)
    }

    /// What the last frame that was applied told of the room: who is there, who has gone, who says
    /// what. What this client does not know is passed over. Read it at each
    /// [`Event::Frame`](super::Event::Frame): the next one replaces it.
    pub fn room_messages(&self) -> impl Iterator<Item = RoomMessage<'_>> {
        let messages = self.replica().into_iter().flat_map(Replica::messages);
        messages.filter_map(|(index, body)| {
            let index = u8::try_from(index).ok().filter(|index| *index >= FIRST_INDEX)?;
            RoomMessage::read(index, body).ok()?
        })
    }
}
