//! How a client comes back when its connection is lost.

use std::time::{Duration, Instant};

use tickwire_shared::session::TOKEN_BYTES;
use tokio::time::sleep;

use super::{
    carrier::Carrier, connect::Client, error::ClientError, http::random, transport::Transport,
};

/// A client on its way back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Return {
    since: Instant,
    /// How long to wait before the next attempt.
    pause: Duration,
    /// The same as long as no answer came, so that none is lost with an answer.
    attempt: [u8; TOKEN_BYTES],
}

impl Client {
    /// Cuts the connection, as a network does: nobody says a word.
    pub fn cut(&mut self) {
        self.carrier = None;
    }

    /// From the next connection on messages are carried so; see [`Client::resume`].
    pub fn set_transport(&mut self, transport: Transport) {
        self.transport = transport;
    }

    /// Asks for the session over a new connection, whether or not the old one is lost. The answer is the
    /// next event, [`Event::Resumed`](super::Event::Resumed), or an error.
    ///
    /// # Errors
    /// When there was no welcome yet, or no connection can be made. It may be tried again.
    pub async fn resume(&mut self) -> Result<(), ClientError> {
        let room = self.core.room().ok_or(super::CoreError::NotJoined)?.to_owned();
        let back = match self.returning {
            Some(back) => back,
            None => {
                let pause = self.comeback.map_or(Duration::ZERO, |comeback| comeback.pause);
                Return { since: Instant::now(), pause, attempt: random()? }
            }
        };
        self.returning = Some(back);
        self.carrier = None;
        self.core.resume(back.attempt)?;
        let asking = (self.poll_hz, self.silence);
        let carrier = Carrier::to_room(&self.dialer, &room, self.transport, asking).await?;
        self.carrier = Some(carrier);
        Ok(())
    }

    pub(super) fn comes_back(&self) -> bool {
        self.comeback.is_some() && self.core.room().is_some()
    }

    /// Tries to resume until there is a connection, which may be lost before the answer comes.
    pub(super) async fn come_back(&mut self, mut lost: ClientError) -> Result<(), ClientError> {
        loop {
            let Some(comeback) = self.comeback else { return Err(lost) };
            if let Some(back) = &mut self.returning {
                if back.since.elapsed() + back.pause > comeback.patience {
                    return Err(lost);
                }
                sleep(back.pause).await;
                back.pause = (back.pause * 2).min(comeback.longest);
            }
            match self.resume().await {
                Err(error) if error.is_lost() => lost = error,
                other => return other,
            }
        }
    }
}
