//! Requests that bring what the server says, when there is something or at once.

use std::{
    sync::atomic::Ordering::Relaxed,
    time::{Duration, Instant},
};

use hyper::body::Bytes;
use tickwire_shared::batch::Batch;
use tokio::time::sleep_until;

use super::{HELD, Incoming, MOST_MESSAGE_BYTES, Shared, batch::Outgoing, push};
use crate::client::error::ClientError;

/// Asks all the time, and each answer waits until there is something to say. The client's first message
/// goes up with the first request, the others beside them.
pub(super) async fn long_poll(shared: Shared, mut said: Outgoing, heard: Incoming) {
    if said.wait().await.is_none() {
        return;
    }
    let first = said.body(shared.header(0, true));
    let asking = ask_on(&shared, first, &heard);
    let sending = push::run(shared.clone(), said, heard.clone());
    let ended = tokio::select! {
        ended = asking => ended,
        () = sending => return,
    };
    _ = heard.send(Err(ended.err().unwrap_or(ClientError::BrokenOff))).await;
}

async fn ask_on(shared: &Shared, first: Bytes, heard: &Incoming) -> Result<(), ClientError> {
    let mut post = shared.post("poll", HELD + shared.silence);
    let mut body = first;
    loop {
        let answer = post.ask(&body).await.map_err(|error| shared.meaning(error))?;
        if !hand_on(shared, answer, heard).await? {
            return Ok(());
        }
        let mut next = Vec::new();
        shared.header(0, true).write(&mut next);
        body = next.into();
    }
}

/// Asks so often, with all that the client has to say, and is answered at once. When an answer takes
/// longer than that, the next request comes when it has come.
pub(super) async fn poll(shared: Shared, mut said: Outgoing, heard: Incoming, every: Duration) {
    if said.wait().await.is_none() {
        return;
    }
    let ended = poll_on(&shared, &mut said, &heard, every).await;
    _ = heard.send(Err(ended.err().unwrap_or(ClientError::BrokenOff))).await;
}

async fn poll_on(
    shared: &Shared,
    said: &mut Outgoing,
    heard: &Incoming,
    every: Duration,
) -> Result<(), ClientError> {
    let mut post = shared.post("poll", shared.silence);
    // Answers to a join come with a tick. When between two ticks it asks from then on is chance, as it
    // is with a timer of a page, and the key is random.
    let phase = every * u32::from(shared.key[0]) / 256;
    let mut due = None;
    loop {
        let body = said.body(shared.header(0, false));
        let answer = post.ask(&body).await.map_err(|error| shared.meaning(error))?;
        if !hand_on(shared, answer, heard).await? {
            return Ok(());
        }
        let now = Instant::now();
        let next = due.map_or(now + phase, |due: Instant| (due + every).max(now));
        due = Some(next);
        sleep_until(next.into()).await;
    }
}

/// Hands an answer's messages on, unless it came before; whether the client is still there.
async fn hand_on(
    shared: &Shared,
    answer: Option<Bytes>,
    heard: &Incoming,
) -> Result<bool, ClientError> {
    let Some(answer) = answer else { return Ok(!heard.is_closed()) };
    let short = ClientError::Answer("it ends too early");
    let (number, messages) = answer.split_first_chunk().ok_or(short)?;
    let number = u32::from_le_bytes(*number);
    let wrong = |_| ClientError::Answer("its messages are cut short or too long");
    let messages = Batch::check(messages, MOST_MESSAGE_BYTES).map_err(wrong)?;
    if number <= shared.received.load(Relaxed) {
        return Ok(true);
    }
    shared.received.store(number, Relaxed);
    for message in messages {
        if heard.send(Ok(message.to_vec())).await.is_err() {
            return Ok(false);
        }
    }
    Ok(true)
}
