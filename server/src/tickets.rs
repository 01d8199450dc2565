//! Tickets: what a client shows to get the seat that it has reserved.
//!
//! A ticket names the room, the reservation, when it ends and as what its holder comes in, and is
//! signed, so nobody can make one up. That it is used once only is the directory's business.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{codes::CODE_LENGTH, config::Secret};

/// The room, the reservation, its end, and whether its holder only watches.
const TEXT_BYTES: usize = CODE_LENGTH + 8 + 8 + 1;
const MAC_BYTES: usize = 32;
/// What is signed with the same key for another purpose is no ticket.
const PURPOSE: &[u8] = b"tickwire ticket 1";

/// What a ticket says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket {
    /// The join code of its room.
    pub(crate) room: [u8; CODE_LENGTH],
    /// The number of its reservation.
    pub(crate) number: u64,
    /// When it ends, in milliseconds since 1970.
    pub(crate) expires: u64,
    /// Its holder only watches.
    pub(crate) spectator: bool,
}

/// Signs tickets and knows its own.
pub(crate) struct Tickets {
    mac: Hmac<Sha256>,
    start: Instant,
    /// The time of `start`, in milliseconds since 1970.
    start_millis: u64,
}

impl Tickets {
    /// With this key, or else one that nobody knows.
    pub(crate) fn new(secret: Option<&Secret>, now: Instant) -> Self {
        let random = random_bytes::<32>();
        let mut mac = keyed(secret.map_or(random.as_slice(), Secret::bytes));
        mac.update(PURPOSE);
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Tickets { mac, start: now, start_millis: since.as_millis() as u64 }
    }

    /// A time in milliseconds since 1970, which no change of the machine's clock disturbs.
    pub(crate) fn millis(&self, at: Instant) -> u64 {
        self.start_millis + at.saturating_duration_since(self.start).as_millis() as u64
    }

    /// A ticket as its holder gets it.
    pub(crate) fn seal(&self, ticket: &Ticket) -> String {
        let mut bytes = [0; TEXT_BYTES + MAC_BYTES];
        let (text, mac) = bytes.split_at_mut(TEXT_BYTES);
        text[..CODE_LENGTH].copy_from_slice(&ticket.room);
        text[CODE_LENGTH..][..8].copy_from_slice(&ticket.number.to_be_bytes());
        text[CODE_LENGTH + 8..][..8].copy_from_slice(&ticket.expires.to_be_bytes());
        text[TEXT_BYTES - 1] = ticket.spectator.into();
        mac.copy_from_slice(&self.mac.clone().chain_update(text).finalize().into_bytes());
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// What a ticket says, if it is one of ours.
    pub(crate) fn open(&self, sealed: &str) -> Option<Ticket> {
        let mut bytes = [0; TEXT_BYTES + MAC_BYTES];
        let length = BASE64URL_NOPAD.decode_len(sealed.len()).ok()?;
        if length != bytes.len() {
            return None;
        }
        BASE64URL_NOPAD.decode_mut(sealed.as_bytes(), &mut bytes).ok()?;
        let (text, mac) = bytes.split_at(TEXT_BYTES);
        self.mac.clone().chain_update(text).verify_slice(mac).ok()?;
        let (room, rest) = text.split_first_chunk::<CODE_LENGTH>()?;
        let (number, rest) = rest.split_first_chunk::<8>()?;
        let (expires, spectator) = rest.split_first_chunk::<8>()?;
        let (number, expires) = (u64::from_be_bytes(*number), u64::from_be_bytes(*expires));
        Some(Ticket { room: *room, number, expires, spectator: spectator == [1] })
    }
}

/// An HMAC-SHA256 with a key, which may be of any length.
pub(crate) fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("any length is fine")
}

/// Bytes that nobody can foresee.
pub(crate) fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system has randomness, or nothing here is safe");
    bytes
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn ticket() -> Ticket {
        Ticket { room: *b"BCDFG", number: 7, expires: 1_800_000_000_000, spectator: true }
    }

    #[test]
    fn a_ticket_is_read_by_whoever_has_its_key_and_by_nobody_else() {
        let (own, now) = (Secret::new(&[7; 32]).expect("long enough"), Instant::now());
        let sealed = Tickets::new(Some(&own), now).seal(&ticket());
        assert_eq!(sealed.len(), 72);
        assert_eq!(Tickets::new(Some(&own), now).open(&sealed), Some(ticket()));
        assert_eq!(Tickets::new(None, now).open(&sealed), None);
    }

    #[test]
    fn what_was_signed_for_another_purpose_is_no_ticket() {
        let own = Secret::new(&[7; 32]).expect("long enough");
        let tickets = Tickets::new(Some(&own), Instant::now());
        let text = [0; TEXT_BYTES];
        let mac = keyed(own.bytes()).chain_update(text).finalize().into_bytes();
        assert_eq!(tickets.open(&BASE64URL_NOPAD.encode(&[&text[..], &mac[..]].concat())), None);
    }

    #[test]
    fn time_goes_on_for_tickets_as_for_everybody() {
        let now = Instant::now();
        let tickets = Tickets::new(None, now);
        let second = tickets.millis(now + Duration::from_secs(1));
        assert_eq!(second - tickets.millis(now), 1000);
    }

    proptest! {
        #[test]
        fn one_bit_that_differs_makes_it_worthless(bit in 0..72_usize * 6) {
            let tickets = Tickets::new(None, Instant::now());
            let mut bytes = BASE64URL_NOPAD.decode(tickets.seal(&ticket()).as_bytes()).expect("ours");
            let at = bit % (bytes.len() * 8);
            bytes[at / 8] ^= 1 << (at % 8);
            prop_assert_eq!(tickets.open(&BASE64URL_NOPAD.encode(&bytes)), None);
        }

        #[test]
        fn whatever_is_shown_is_refused_without_a_panic(text in "\\PC{0,100}", bytes in prop::collection::vec(any::<u8>(), 54)) {
            let tickets = Tickets::new(None, Instant::now());
            prop_assert_eq!(tickets.open(&text), None);
            prop_assert_eq!(tickets.open(&BASE64URL_NOPAD.encode(&bytes)), None);
        }
    }
}
