//! How a session outlives its connection.

use std::time::Duration;

use tickwire_shared::{
    message::PROTOCOL,
    session::{Resume, TOKEN_BYTES, Token},
};

use super::{core::Core, error::CoreError};

impl Core {
    /// The connection is lost and there is a new one: what is polled next is the first message there,
    /// and asks for the session to go on. What comes is [`Event::Resumed`](super::Event::Resumed), and
    /// frames that build upon the world that is held.
    ///
    /// `attempt` is random, and the same when the same attempt is made again because no answer came.
    ///
    /// # Errors
    /// Before the welcome there is no session.
    pub fn resume(&mut self, attempt: [u8; TOKEN_BYTES]) -> Result<(), CoreError> {
        let session = self.session.as_mut().ok_or(CoreError::NotJoined)?;
        let applied = session.note_lost();
        let token = session.about.token;
        self.pings.forget();
        self.resume = Some(Resume { protocol: PROTOCOL, token, attempt, applied });
        self.is_returning = true;
        Ok(())
    }

    /// The secret that stands for the session, once there is one. Whoever has it is the player.
    #[must_use]
    pub fn token(&self) -> Option<Token> {
        self.session.as_ref().map(|session| session.about.token)
    }

    /// For how long the server keeps the session when the connection is lost, once there is one.
    #[must_use]
    pub fn grace(&self) -> Option<Duration> {
        let about = &self.session.as_ref()?.about;
        Some(Duration::from_secs_f64(f64::from(about.grace_ticks) / f64::from(about.tick_hz)))
    }
}
