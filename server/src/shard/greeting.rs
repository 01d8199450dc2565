//! The first message of a connection, which joins or goes on with a session.

use tickwire_shared::{
    message::{self, ClientMessage, CloseCode, Join},
    session::Resume,
};

use crate::ws::close::CloseReason;

/// How a connection begins.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Greeting {
    /// Somebody comes in.
    Join(Join),
    /// Somebody goes on.
    Resume(Resume),
}

/// Reads the first message.
///
/// # Errors
/// The close that says what is wrong with it.
pub(crate) fn read_greeting(bytes: &[u8]) -> Result<Greeting, CloseReason> {
    if !matches!(bytes.first(), Some(&(message::kind::JOIN | message::kind::RESUME))) {
        return Err(no_join());
    }
    // The version comes first and is looked at first: what follows it may be laid out otherwise.
    if claimed_protocol(&bytes[1..]).is_some_and(|version| version != message::PROTOCOL) {
        return Err(wrong_protocol());
    }
    let (protocol, greeting) = match ClientMessage::read(bytes) {
        Ok(ClientMessage::Join(join)) => (join.protocol, Greeting::Join(join)),
        Ok(ClientMessage::Resume(resume)) => (resume.protocol, Greeting::Resume(resume)),
        Ok(_) => return Err(no_join()),
        Err(error) => return Err(CloseReason::new(CloseCode::BadMessage, error.to_string())),
    };
    if protocol == message::PROTOCOL { Ok(greeting) } else { Err(wrong_protocol()) }
}

fn no_join() -> CloseReason {
    CloseReason::new(CloseCode::NoJoin, "the first message must be a join or a resume")
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
    use tickwire_shared::session::Token;

    use super::*;

    fn code(bytes: &[u8]) -> u16 {
        read_greeting(bytes).expect_err("it is no join").code
    }

    fn join(protocol: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let join = Join { protocol, name: "ann".to_owned(), schema_hash: None, ticket: None };
        ClientMessage::Join(join).write(&mut bytes);
        bytes
    }

    #[test]
    fn a_join_of_this_protocol_is_read() {
        let Ok(Greeting::Join(join)) = read_greeting(&join(message::PROTOCOL)) else { panic!() };
        assert_eq!(join.name, "ann");
    }

    #[test]
    fn a_resume_of_this_protocol_is_read_and_of_another_is_not() {
        let (token, attempt) = (Token([1; 16]), [2; 16]);
        let read = |protocol| {
            let resume = Resume { protocol, token, attempt, applied: None };
            let mut bytes = Vec::new();
            ClientMessage::Resume(resume.clone()).write(&mut bytes);
            (read_greeting(&bytes).map_err(|reason| reason.code), resume)
        };
        let (greeting, resume) = read(message::PROTOCOL);
        assert_eq!(greeting, Ok(Greeting::Resume(resume)));
        assert_eq!(read(message::PROTOCOL + 1).0, Err(4002));
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
