//! Seats that are kept for somebody who is on the way.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    time::{Duration, Instant},
};

use super::{Seat, Who};

/// A seat that is kept.
#[derive(Debug)]
pub(super) struct Reservation {
    pub(super) seat: Seat,
    pub(super) who: Who,
    expires: Instant,
}

/// The seats that are kept, all for equally long. There are never more than seats in rooms.
#[derive(Debug)]
pub(super) struct Reservations {
    /// By number, and so in the order in which they end.
    kept: BTreeMap<u64, Reservation>,
    /// How many are whose, of those who may not have many.
    owners: BTreeMap<IpAddr, usize>,
    next: u64,
    time: Duration,
}

impl Reservations {
    /// None yet; each is kept for `time`. No number is ever used twice, also not by another process.
    pub(super) fn new(time: Duration, random: u64) -> Self {
        // Half of the numbers are left to count on from there.
        Reservations { kept: BTreeMap::new(), owners: BTreeMap::new(), next: random >> 1, time }
    }

    /// Keeps a seat: the number of its reservation, and when it ends.
    pub(super) fn keep(&mut self, seat: Seat, who: Who, now: Instant) -> (u64, Instant) {
        // Times may come in a little out of order from several threads, but the numbers rule.
        let last = self.kept.last_key_value().map(|(_, last)| last.expires);
        let expires = last.map_or(now + self.time, |last| last.max(now + self.time));
        let number = self.next;
        self.next += 1;
        if let Some(owner) = who.counted_as() {
            *self.owners.entry(owner).or_default() += 1;
        }
        self.kept.insert(number, Reservation { seat, who, expires });
        (number, expires)
    }

    /// Gives a seat to whoever holds the ticket for it; once.
    pub(super) fn take(&mut self, number: u64) -> Option<Reservation> {
        let taken = self.kept.remove(&number)?;
        self.forget(&taken.who);
        Some(taken)
    }

    /// How many there are of somebody for whom limits hold.
    pub(super) fn of(&self, who: &Who) -> usize {
        who.counted_as().and_then(|owner| self.owners.get(&owner)).copied().unwrap_or(0)
    }

    fn forget(&mut self, who: &Who) {
        if let Some(owner) = who.counted_as()
            && let Some(count) = self.owners.get_mut(&owner)
        {
            *count -= 1;
            if *count == 0 {
                self.owners.remove(&owner);
            }
        }
    }

    /// Gives the seats back of all who did not come in time.
    pub(super) fn sweep(&mut self, now: Instant) {
        while self.kept.first_key_value().is_some_and(|(_, first)| first.expires <= now) {
            if let Some((_, late)) = self.kept.pop_first() {
                self.forget(&late.who);
            }
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.kept.len()
    }
}
