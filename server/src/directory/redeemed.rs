//! What becomes of tickets that are shown.

use std::{net::IpAddr, time::Instant};

use tickwire_shared::message::CloseCode;

use super::{Denied, Directory, RoomEntry, RoomState, Seat, Who};
use crate::{metrics::Counter, ws::close::CloseReason};

impl Directory {
    /// Gives the reserved seat that a ticket is for; once.
    ///
    /// # Errors
    /// The close that says what is wrong with the ticket.
    pub fn redeem(
        &self,
        ticket: &str,
        room: &RoomEntry,
        now: Instant,
    ) -> Result<Seat, CloseReason> {
        let metrics = &self.metrics;
        let bad = |counter: &Counter, why: &'static str| {
            counter.add(1);
            CloseReason::new(CloseCode::BadTicket, why)
        };
        let Some(ticket) = self.tickets.open(ticket) else {
            return Err(bad(&metrics.forged_tickets, "this is no ticket of this server"));
        };
        if ticket.room != room.code_bytes() {
            return Err(bad(&metrics.foreign_tickets, "the ticket is for another room"));
        }
        if ticket.expires <= self.tickets.millis(now) {
            return Err(bad(
                &metrics.expired_tickets,
                "the ticket has expired; reserve a seat anew",
            ));
        }
        let mut reservations = self.reservations.lock();
        reservations.sweep(now);
        // A code may be given again when its room is gone, but no number is.
        let kept = reservations.take(ticket.number);
        drop(reservations);
        let kept = kept.filter(|kept| kept.seat.room().number == room.number);
        let Some(kept) = kept else {
            return Err(bad(
                &metrics.used_tickets,
                "the ticket was used already; reserve a seat anew",
            ));
        };
        let denied = match room.state() {
            RoomState::Closed => Some(Denied::NoSuchRoom),
            RoomState::Draining if self.draining() => Some(Denied::ShuttingDown),
            // Who had a seat before the room was locked, or drained alone, may still take it.
            _ if room.bans(&kept.who) => Some(Denied::Banned),
            _ => None,
        };
        if let Some(denied) = denied {
            denied.count(metrics);
            return Err(denied.close_reason());
        }
        room.open_up();
        Ok(kept.seat)
    }

    /// Whether whoever takes this seat, from this address, is not banned from its room.
    ///
    /// # Errors
    /// The close that says so otherwise.
    pub(crate) fn check_bans(&self, seat: &Seat, address: IpAddr) -> Result<(), CloseReason> {
        let who = Who { identity: seat.pass.identity.clone(), ..Who::at(address) };
        if seat.room().bans(&who) {
            Denied::Banned.count(&self.metrics);
            return Err(Denied::Banned.close_reason());
        }
        Ok(())
    }
}
