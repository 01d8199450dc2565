//! What the client says goes up in requests of its own: one after the other, each with all that has
//! come together meanwhile.

use super::{Incoming, Shared, batch::Outgoing};

/// Sends until the client is gone or it fails, and then says so.
pub(super) async fn run(shared: Shared, mut said: Outgoing, heard: Incoming) {
    let mut post = shared.post("send", shared.silence);
    while said.wait().await.is_some() {
        let body = said.body(shared.header(0, false));
        if let Err(error) = post.ask(&body).await {
            // The other request may still bring why the connection is over.
            tokio::time::sleep(super::FULL * 20).await;
            _ = heard.send(Err(super::lost(error))).await;
            return;
        }
    }
}
