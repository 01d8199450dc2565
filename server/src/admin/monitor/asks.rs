//! Questions to the threads that have the rooms, and answers in time.

use std::{sync::Arc, time::Duration};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::refused::Refused;
use crate::{
    directory::RoomEntry,
    http::Site,
    shard::{Ask, Command, Said, Wish},
    watchdog,
};

/// How many questions may wait for one thread at once. Those that a stuck thread does not answer count
/// until it goes on, and take no places of other threads.
const MOST_ASKS: usize = 32;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// The places of questions, for each thread.
pub(in crate::admin) struct Asks(Vec<Arc<Semaphore>>);

impl Asks {
    /// For so many threads.
    pub(in crate::admin) fn new(shards: usize) -> Self {
        Asks((0..shards).map(|_| Arc::new(Semaphore::new(MOST_ASKS))).collect())
    }

    /// A place for a question to a thread, if there is one.
    fn place(&self, shard: usize) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0[shard]).try_acquire_owned().ok()
    }
}

/// Asks the thread that has a room, unless that is stuck.
///
/// # Errors
/// When it does not answer in time, or has no such room.
pub(super) async fn ask(site: &Site, room: &Arc<RoomEntry>, wish: Wish) -> Result<Said, Refused> {
    let index = room.shard();
    let shard = &site.shards[index];
    let place = site.admin.as_ref().and_then(|admin| admin.asks.place(index));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_answers_nobody_takes_no_places_of_another() {
        let asks = Asks::new(2);
        let mut taken: Vec<_> = (0..MOST_ASKS).map_while(|_| asks.place(0)).collect();
        assert_eq!(taken.len(), MOST_ASKS);
        assert!(asks.place(0).is_none() && asks.place(1).is_some());
        taken.pop();
        assert!(asks.place(0).is_some(), "a place is given back");
    }
}
