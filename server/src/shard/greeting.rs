//! The first message of a connection, which must be a join.

use tickwire_shared::message::{self, ClientMessage, CloseCode, Join};

use crate::ws::close::CloseReason;

/// Reads the first message.
///
/// # Errors
/// The close that says what is wrong with it.
pub(crate) fn read_join(bytes: &[u8]) -> Result<Join, CloseReason> {
    if bytes.first() != Some(&message::kind::JOIN) {
        return Err(CloseReason::new(CloseCode::NoJoin, "the first message must be a join"));
    }
    // The version comes first and is looked at first: what follows it may be laid out otherwise.
    if claimed_protocol(&bytes[1..]).is_some_and(|version| version != message::PROTOCOL) {
        return Err(wrong_protocol());
    }
    match ClientMessage::read(bytes) {
        Ok(ClientMessage::Join(join)) if join.protocol == message::PROTOCOL => Ok(join),
        Ok(ClientMessage::Join(_)) => Err(wrong_protocol()),
        Ok(_) => Err(CloseReason::new(CloseCode::NoJoin, "the first message must be a join")),
        Err(error) => Err(CloseReason::new(CloseCode::BadMessage, error.to_string())),
    }
}

/// A variable-length integer below 251 is one byte, which is enough for a long time.
fn claimed_protocol(body: &[u8]) -> Option<u32> {
    body.first().filter(|byte| **byte < 251).map(|byte| u32::from(*byte))
}

fn wrong_protocol() -> CloseReason {
    let text = format!("the server speaks protocol {}; reload the page", message::PROTOCOL);
    CloseReason::new(CloseCode::WrongProtocol, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(bytes: &[u8]) -> u16 {
        read_join(bytes).expect_err("it is no join").code
    }

    fn join(protocol: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let join = Join { protocol, name: "ann".to_owned(), schema_hash: None, ticket: None };
        ClientMessage::Join(join).write(&mut bytes);
        bytes
    }

    #[test]
    fn a_join_of_this_protocol_is_read() {
        assert_eq!(read_join(&join(message::PROTOCOL)).map(|join| join.name), Ok("ann".to_owned()));
    }

    #[test]
    fn anything_else_is_no_join() {
        assert_eq!(code(&[]), 4001);
        assert_eq!(code(&[message::kind::LEAVE]), 4001);
        assert_eq!(code(&[0xEE, 1, 2]), 4001);
    }

    #[test]
    fn another_protocol_is_named_even_when_its_join_has_other_fields() {
        assert_eq!(code(&join(message::PROTOCOL + 1)), 4002);
        assert_eq!(code(&join(100_000)), 4002);
        let mut longer = join(message::PROTOCOL + 1);
        longer.extend_from_slice(b"more");
        assert_eq!(code(&longer), 4002);
    }

    #[test]
    fn a_malformed_join_is_a_bad_message() {
        assert_eq!(code(&[message::kind::JOIN]), 4000);
        let mut longer = join(message::PROTOCOL);
        longer.push(0);
        assert_eq!(code(&longer), 4000);
    }
}
