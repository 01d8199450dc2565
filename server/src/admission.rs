//! How many sockets there may be.

use std::{collections::BTreeMap, net::IpAddr, sync::Arc};

use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{config::household, metrics::ServerMetrics};

/// Lets in as many sockets as there may be, and as there may be of one address.
#[derive(Clone)]
pub(crate) struct Admission {
    most: usize,
    places: Arc<Semaphore>,
    households: Arc<Households>,
    metrics: Arc<ServerMetrics>,
}

/// How many sockets each address has, of those that have any: never more than there are sockets.
struct Households {
    most: usize,
    taken: Mutex<BTreeMap<IpAddr, usize>>,
}

/// Why a socket is turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TurnedAway {
    /// There are as many as there may be.
    Full,
    /// Its address has as many as one may have.
    Crowd,
}

impl Admission {
    /// For `most` sockets, of which `most_of_one` may be of one address.
    pub(crate) fn new(most: usize, most_of_one: usize, metrics: Arc<ServerMetrics>) -> Self {
        let most = most.min(Semaphore::MAX_PERMITS);
        let places = Arc::new(Semaphore::new(most));
        let households = Arc::new(Households { most: most_of_one, taken: Mutex::default() });
        Admission { most, places, households, metrics }
    }

    /// A place for one more socket, which counts as one of `address` if there is a limit for that.
    pub(crate) fn admit(&self, address: Option<IpAddr>) -> Result<Guard, TurnedAway> {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            self.metrics.too_many_connections.add(1);
            return Err(TurnedAway::Full);
        };
        let share = address.map(|address| self.share(address).map(Box::new)).transpose()?;
        self.metrics.accepted.add(1);
        self.metrics.connections.add(1);
        Ok(Guard { _place: place, share, metrics: Arc::clone(&self.metrics) })
    }

    /// Whether there are few places left, for all or for one of this address, so that sockets that do
    /// nothing should give theirs back.
    pub(crate) fn is_short(&self, address: Option<IpAddr>) -> bool {
        let households = &self.households;
        let taken = |address| households.taken.lock().get(&household(address)).copied();
        let crowd = address.and_then(taken).is_some_and(|taken| taken * 2 > households.most);
        crowd || self.places.available_permits() * 8 < self.most
    }

    /// One more socket of an address, if it may have one more.
    pub(crate) fn share(&self, address: IpAddr) -> Result<Share, TurnedAway> {
        let address = household(address);
        let mut taken = self.households.taken.lock();
        let count = taken.get(&address).copied().unwrap_or(0);
        if count >= self.households.most {
            self.metrics.too_many_of_address.add(1);
            return Err(TurnedAway::Crowd);
        }
        taken.insert(address, count + 1);
        Ok(Share { address, households: Arc::clone(&self.households) })
    }
}

/// One socket's place, given back when dropped. It goes along to the shard.
pub(crate) struct Guard {
    _place: OwnedSemaphorePermit,
    /// Apart, because connections of this machine have none.
    share: Option<Box<Share>>,
    metrics: Arc<ServerMetrics>,
}

impl Guard {
    /// Counts as one of another address from now on: it was a proxy's, and is somebody's now.
    pub(crate) fn count_as(&mut self, share: Share) {
        self.share = Some(Box::new(share));
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.metrics.connections.take();
    }
}

/// One of the sockets that an address may have, given back when dropped.
pub(crate) struct Share {
    address: IpAddr,
    households: Arc<Households>,
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut taken = self.households.taken.lock();
        if let Some(count) = taken.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Option<IpAddr> {
        Some(text.parse().expect("an address"))
    }

    #[test]
    fn one_address_leaves_places_for_others_and_gives_back_its_own() {
        let admission = Admission::new(4, 2, Arc::default());
        let first = admission.admit(address("2001:db8::1")).expect("a place");
        let second = admission.admit(address("2001:db8::2")).expect("a place");
        let third = admission.admit(address("2001:db8::3"));
        assert_eq!(third.err(), Some(TurnedAway::Crowd), "it is the same household");
        let other = admission.admit(address("192.0.2.1")).expect("a place");
        let uncounted = admission.admit(None).expect("a place");
        assert_eq!(admission.admit(None).err(), Some(TurnedAway::Full));
        drop((first, second, uncounted));
        assert!(admission.admit(address("2001:db8::3")).is_ok());
        drop(other);
        assert!(admission.households.taken.lock().is_empty());
    }

    #[test]
    fn places_are_short_before_they_are_taken() {
        let admission = Admission::new(8, 3, Arc::default());
        let (crowded, other) = (address("192.0.2.1"), address("192.0.2.2"));
        let mut guards = vec![admission.admit(crowded).expect("a place")];
        assert!(!admission.is_short(crowded));
        guards.push(admission.admit(crowded).expect("a place"));
        assert!(admission.is_short(crowded) && !admission.is_short(other));
        guards.extend((0..6).map(|_| admission.admit(None).expect("a place")));
        assert!(admission.is_short(other) && admission.is_short(None));
    }

    #[test]
    fn a_proxys_socket_counts_as_the_one_that_it_is_used_for() {
        let admission = Admission::new(4, 1, Arc::default());
        let mut guard = admission.admit(None).expect("a place");
        guard.count_as(admission.share([192, 0, 2, 1].into()).expect("the first"));
        assert!(admission.share([192, 0, 2, 1].into()).is_err());
        guard.count_as(admission.share([192, 0, 2, 2].into()).expect("the first"));
        assert!(admission.share([192, 0, 2, 1].into()).is_ok());
    }
}
