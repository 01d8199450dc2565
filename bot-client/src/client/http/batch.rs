//! Messages on their way up, as bodies of requests.

use hyper::body::Bytes;
use tickwire_shared::batch::{HEADER_BYTES, MAX_REQUEST_BYTES, RequestHeader, write_message};
use tokio::sync::mpsc;

/// The most bytes that stand before a message.
const LENGTH_BYTES: usize = 2;

/// What the client says, as it comes.
#[derive(Debug)]
pub(super) struct Outgoing {
    messages: mpsc::Receiver<Vec<u8>>,
    /// The one that did not fit into the last body.
    left: Option<Vec<u8>>,
    /// The number of the last body that had messages.
    number: u32,
}

impl Outgoing {
    pub(super) fn new(messages: mpsc::Receiver<Vec<u8>>) -> Outgoing {
        Outgoing { messages, left: None, number: 0 }
    }

    /// The first message when there is one; nothing when the client is gone.
    pub(super) async fn wait(&mut self) -> Option<()> {
        if self.left.is_none() {
            self.left = Some(self.messages.recv().await?);
        }
        Some(())
    }

    /// All messages that there are and that fit, behind a header; its number is filled in.
    pub(super) fn body(&mut self, header: RequestHeader) -> Bytes {
        let mut batch = Vec::new();
        while let Some(message) = self.left.take().or_else(|| self.messages.try_recv().ok()) {
            let all = HEADER_BYTES + batch.len() + LENGTH_BYTES + message.len();
            if all > MAX_REQUEST_BYTES {
                self.left = Some(message);
                break;
            }
            write_message(&message, &mut batch);
        }
        let number = if batch.is_empty() {
            0
        } else {
            self.number += 1;
            self.number
        };
        let mut body = Vec::with_capacity(HEADER_BYTES + batch.len());
        RequestHeader { number, ..header }.write(&mut body);
        body.extend_from_slice(&batch);
        body.into()
    }
}

#[cfg(test)]
mod tests {
    use tickwire_shared::message::MAX_CLIENT_MESSAGE_BYTES;

    use super::*;

    #[tokio::test]
    async fn bodies_are_numbered_and_none_is_too_long() {
        let (say, said) = mpsc::channel(64);
        let mut outgoing = Outgoing::new(said);
        let header = RequestHeader { key: [1; 16], number: 0, received: 3, wait: false };
        let read = |body: Bytes| {
            let (header, batch) = RequestHeader::read(&body, MAX_CLIENT_MESSAGE_BYTES).unwrap();
            (header.number, batch.count())
        };
        assert_eq!(read(outgoing.body(header)), (0, 0), "nothing was said");
        for _ in 0..20 {
            say.send(vec![7; MAX_CLIENT_MESSAGE_BYTES]).await.unwrap();
        }
        outgoing.wait().await.unwrap();
        assert_eq!(read(outgoing.body(header)), (1, 15));
        assert_eq!(read(outgoing.body(header)), (2, 5));
        assert_eq!(read(outgoing.body(header)), (0, 0));
        drop(say);
        assert_eq!(outgoing.wait().await, None);
    }
}
