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

/// That somebody may not come into a room again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ban {
    /// By what it is named: those of a room are counted.
    pub number: u32,
    /// Whom it is for.
    pub who: Banned,
    /// What that one was called when it was banned. It may be anything, and is never markup.
    pub name: Box<str>,
}

/// The bans of a room, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Bans {
    list: VecDeque<Ban>,
    /// How many there ever were.
    count: u32,
}

impl Bans {
    /// Adds one; with [`MOST_BANS`] the oldest goes. Who is banned already stays so.
    pub(super) fn add(&mut self, who: Banned, name: Box<str>) {
        if self.list.iter().any(|ban| ban.who == who) {
            return;
        }
        if self.list.len() == MOST_BANS {
            self.list.pop_front();
        }
        self.count = self.count.wrapping_add(1);
        self.list.push_back(Ban { number: self.count, who, name });
    }

    /// Whether somebody is among them.
    pub(super) fn hold(&self, who: &Who) -> bool {
        self.list.iter().any(|ban| ban.who.is(who))
    }

    /// All of them.
    pub(super) fn list(&self) -> Vec<Ban> {
        self.list.iter().cloned().collect()
    }

    /// Takes out the one of this number, if it is there.
    pub(super) fn lift(&mut self, number: u32) -> Option<Ban> {
        let index = self.list.iter().position(|ban| ban.number == number)?;
        self.list.remove(index)
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
