//! Who wants in, and who may not come in again.

use std::{collections::VecDeque, net::IpAddr};

use crate::config::household;

/// How many bans a room keeps; the oldest is forgotten for one more.
const MOST_BANS: usize = 256;

/// Somebody who wants in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// Where from.
    pub address: IpAddr,
    /// Whether that is this machine itself, for which no limit by address holds.
    pub local: bool,
    /// Who it is, as whoever signed its token says.
    pub identity: Option<Box<str>>,
}

impl Who {
    /// Somebody at an address, of whom nothing else is known.
    #[must_use]
    pub fn at(address: IpAddr) -> Self {
        Who { address, local: address.is_loopback(), identity: None }
    }

    /// The address that limits count it by, unless none hold for it.
    pub(super) fn counted_as(&self) -> Option<IpAddr> {
        (!self.local).then(|| household(self.address))
    }
}

/// By what somebody is known who may not come in again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Banned {
    /// By who it is.
    Identity(Box<str>),
    /// By where it comes from, when it is not known who it is.
    Address(IpAddr),
}

/// The bans of a room.
#[derive(Debug, Default)]
pub(super) struct Bans(VecDeque<Banned>);

impl Bans {
    /// Adds one; with [`MOST_BANS`] the oldest goes.
    pub(super) fn add(&mut self, who: Banned) {
        if self.0.contains(&who) {
            return;
        }
        if self.0.len() == MOST_BANS {
            self.0.pop_front();
        }
        self.0.push_back(who);
    }

    /// Whether somebody is among them.
    pub(super) fn hold(&self, who: &Who) -> bool {
        self.0.iter().any(|banned| banned.is(who))
    }
}

impl Banned {
    /// Whether this ban is for somebody. Who is known is not held to account for its address.
    pub(super) fn is(&self, who: &Who) -> bool {
        match (self, &who.identity) {
            (Banned::Identity(banned), Some(identity)) => banned == identity,
            (Banned::Address(banned), None) => household(*banned) == household(who.address),
            _ => false,
        }
    }
}
