//! Questions to the threads that have the rooms, and answers in time.

use std::{sync::Arc, time::Duration};

use tokio::sync::{Semaphore, oneshot};

use super::refused::Refused;
use crate::{
    directory::RoomEntry,
    http::Site,
    shard::{Ask, Command, Said, Wish},
    watchdog,
};

/// How many questions may wait at once, for all threads. Those that a stuck thread does not answer
/// count until it goes on.
const MOST_ASKS: usize = 64;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// The places of questions.
pub(in crate::admin) struct Asks(Arc<Semaphore>);

impl Default for Asks {
    fn default() -> Self {
        Asks(Arc::new(Semaphore::new(MOST_ASKS)))
    }
}

/// Asks the thread that has a room, unless that is stuck.
///
/// # Errors
/// When it does not answer in time, or has no such room.
pub(super) async fn ask(site: &Site, room: &Arc<RoomEntry>, wish: Wish) -> Result<Said, Refused> {
    let shard = &site.shards[room.shard()];
    let asks = site.admin.as_ref().map(|admin| &admin.asks.0);
    let place = asks.and_then(|asks| Arc::clone(asks).try_acquire_owned().ok());
    let place = place.filter(|_| !watchdog::is_stuck(site, shard));
    let Some(place) = place else { return Err(Refused::Stuck(shard.busy())) };
    let (answer, said) = oneshot::channel();
    shard.send(Command::Ask(Arc::clone(room), Ask { wish, answer, _place: place }));
    match tokio::time::timeout(PATIENCE, said).await {
        Ok(Ok(said)) => Ok(said),
        Ok(Err(_)) => Err(Refused::NoSuchRoom),
        Err(_) => Err(Refused::Stuck(shard.busy())),
    }
}
