//! One answer that does not end brings what the server says.

use http_body_util::BodyExt;
use hyper::body::{Bytes, Incoming as Body};
use tickwire_shared::batch::split_message;
use tokio::time::timeout;

use super::{Incoming, Shared, batch::Outgoing, push};
use crate::client::{error::ClientError, http::MOST_MESSAGE_BYTES};

/// Opens the stream with the client's first message; sends the others beside it.
pub(super) async fn run(shared: Shared, mut said: Outgoing, heard: Incoming) {
    if said.wait().await.is_none() {
        return;
    }
    let first = said.body(shared.header(0, false));
    let reading = read(&shared, &first, &heard);
    let sending = push::run(shared.clone(), said, heard.clone());
    let ended = tokio::select! {
        ended = reading => ended,
        () = sending => return,
    };
    _ = heard.send(Err(ended.err().unwrap_or(ClientError::BrokenOff))).await;
}

async fn read(shared: &Shared, first: &Bytes, heard: &Incoming) -> Result<(), ClientError> {
    let limit = shared.dialer.patience;
    let mut post = shared.post("stream", limit);
    let answer = timeout(limit, post.begin(first)).await;
    let answer = answer.map_err(|_| ClientError::TimedOut { what: "the stream", limit })??;
    pass_on(answer.into_body(), heard).await
}

/// Passes messages on until the answer ends.
async fn pass_on(mut body: Body, heard: &Incoming) -> Result<(), ClientError> {
    let mut bytes: Vec<u8> = Vec::new();
    while let Some(frame) = body.frame().await {
        // An answer that breaks off is as over as one that ends.
        let frame = frame.map_err(|_| ClientError::BrokenOff)?;
        bytes.extend_from_slice(frame.data_ref().map_or(&[], |data| data));
        let mut rest = bytes.as_slice();
        let cut = |_| ClientError::Answer("a message is too long");
        while let Some((message, after)) = split_message(rest, MOST_MESSAGE_BYTES).map_err(cut)? {
            rest = after;
            if heard.send(Ok(message.to_vec())).await.is_err() {
                return Ok(());
            }
        }
        let done = bytes.len() - rest.len();
        bytes.drain(..done);
    }
    Ok(())
}
