//! How bad a network is.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{chance::scramble, error::NetError};
use crate::frame::Reader;

/// The conditions of a connection: what its two links, up (client to server) and down, do to what
/// passes them. All zeros, the default, is a network that does nothing to it.
///
/// As text: fields in any order, each once, after the name of a [`Profile`](super::Profile) if they
/// are to change that one: `latency=30ms,jitter=5ms,loss=0.5%,up=768kbit,down=1.6mbit,blackout=2s/30s`,
/// or `wifi,loss=1%`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Conditions {
    /// The mean delay one way, in microseconds; at most 2 s. A round trip takes twice as long.
    pub latency_us: u32,
    /// By how much the delay one way may be off from the mean, either way, in microseconds; at most
    /// the latency. One half of it is drawn anew for each message, the other one wanders slowly, so
    /// that delays drift for seconds as they do when a network fills and empties.
    pub jitter_us: u32,
    /// How many TCP segments in a million are lost, and come late; at most half of them.
    pub loss_ppm: u32,
    /// Bits a second from the client to the server, headers included, from 8 kbit on; 0: no limit.
    pub up_bps: u32,
    /// Bits a second from the server to the client, headers included, from 8 kbit on; 0: no limit.
    pub down_bps: u32,
    /// For how long nothing gets through, both ways, in milliseconds; at most a minute. 0: never.
    pub blackout_ms: u32,
    /// From the beginning of a blackout to that of the next, in milliseconds, longer than one and
    /// at most an hour; where in it the first one lies follows from the seed. 0: there is only one,
    /// and it begins when the conditions do.
    pub blackout_every_ms: u32,
}

/// A network, and which of all networks that bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Net {
    /// How bad it is.
    pub conditions: Conditions,
    /// The same seed gives the same delays for the same traffic.
    pub seed: u64,
}

impl Net {
    /// One of many networks that are as bad as each other, by its number.
    #[must_use]
    pub fn numbered(conditions: Conditions, seed: u64, number: u64) -> Net {
        Net { conditions, seed: scramble(seed ^ scramble(number)) }
    }
}

/// The length of [`Conditions`] on the wire.
pub const CONDITIONS_BYTES: usize = 28;

const LATENCY_US_MAX: u32 = 2_000_000;
const LOSS_PPM_MAX: u32 = 500_000;
const RATE_BPS_MIN: u32 = 8_000;
const BLACKOUT_MS_MAX: u32 = 60_000;
const BLACKOUT_EVERY_MS_MAX: u32 = 3_600_000;

impl Conditions {
    /// A network that does nothing to what passes it.
    pub const NONE: Conditions = Conditions {
        latency_us: 0,
        jitter_us: 0,
        loss_ppm: 0,
        up_bps: 0,
        down_bps: 0,
        blackout_ms: 0,
        blackout_every_ms: 0,
    };

    /// What a message takes one way at least.
    #[must_use]
    pub fn least_delay(&self) -> Duration {
        Duration::from_micros(self.latency_us.saturating_sub(self.jitter_us).into())
    }

    /// Whether they do nothing to what passes.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Conditions::NONE
    }

    /// Checks that each field is in its range.
    ///
    /// # Errors
    /// The first one that is not, and what it may be.
    pub fn check(&self) -> Result<(), NetError> {
        let rate = |bps: u32| bps == 0 || bps >= RATE_BPS_MIN;
        let within = [
            ("latency", self.latency_us <= LATENCY_US_MAX, "at most 2s"),
            ("jitter", self.jitter_us <= self.latency_us, "at most as long as the latency"),
            ("loss", self.loss_ppm <= LOSS_PPM_MAX, "at most 50%"),
            ("up", rate(self.up_bps), "8kbit to 4gbit; leave it out for no limit"),
            ("down", rate(self.down_bps), "8kbit to 4gbit; leave it out for no limit"),
            ("blackout", self.blackout_ms <= BLACKOUT_MS_MAX, "at most 60s long"),
            ("blackout", self.is_every_well(), "longer apart than long, and at most 3600s apart"),
        ];
        match within.into_iter().find(|(_, holds, _)| !holds) {
            Some((key, _, range)) => Err(NetError::Range { key, range }),
            None => Ok(()),
        }
    }

    fn is_every_well(&self) -> bool {
        let every = self.blackout_every_ms;
        every == 0 || self.blackout_ms < every && every <= BLACKOUT_EVERY_MS_MAX
    }

    /// Appends the fields in their order, each as 4 bytes, little-endian.
    pub fn write(&self, out: &mut Vec<u8>) {
        debug_assert!(self.check().is_ok(), "conditions are checked before they are sent");
        let fields = [
            self.latency_us,
            self.jitter_us,
            self.loss_ppm,
            self.up_bps,
            self.down_bps,
            self.blackout_ms,
            self.blackout_every_ms,
        ];
        fields.iter().for_each(|field| out.extend_from_slice(&field.to_le_bytes()));
    }

    /// Reads what [`Conditions::write`] wrote. Whether it is in range [`Conditions::check`] says.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Conditions, crate::frame::FrameError> {
        Ok(Conditions {
            latency_us: reader.u32()?,
            jitter_us: reader.u32()?,
            loss_ppm: reader.u32()?,
            up_bps: reader.u32()?,
            down_bps: reader.u32()?,
            blackout_ms: reader.u32()?,
            blackout_every_ms: reader.u32()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_out_of_range_is_named() {
        let refused = |conditions: Conditions| conditions.check().unwrap_err().to_string();
        let usual = Conditions::NONE;
        let late = refused(Conditions { latency_us: 2_000_001, ..usual });
        assert_eq!(late, "latency must be at most 2s");
        let jitter = refused(Conditions { latency_us: 5, jitter_us: 6, ..usual });
        assert_eq!(jitter, "jitter must be at most as long as the latency");
        assert!(refused(Conditions { loss_ppm: 500_001, ..usual }).starts_with("loss"));
        assert!(refused(Conditions { up_bps: 7_999, ..usual }).starts_with("up"));
        assert!(refused(Conditions { down_bps: 1, ..usual }).starts_with("down"));
        assert!(refused(Conditions { blackout_ms: 60_001, ..usual }).starts_with("blackout"));
        let overlapping = Conditions { blackout_ms: 2000, blackout_every_ms: 2000, ..usual };
        assert!(refused(overlapping).starts_with("blackout"));
        assert!(usual.check().is_ok() && usual.is_none());
    }

    #[test]
    fn fields_come_back_from_the_wire() {
        let conditions = Conditions {
            latency_us: 30_000,
            jitter_us: 5_000,
            loss_ppm: 10_000,
            up_bps: 768_000,
            down_bps: 1_600_000,
            blackout_ms: 2_000,
            blackout_every_ms: 30_000,
        };
        let mut bytes = Vec::new();
        conditions.write(&mut bytes);
        assert_eq!(bytes.len(), CONDITIONS_BYTES);
        let mut reader = Reader(&bytes);
        assert_eq!(Conditions::read(&mut reader).ok(), Some(conditions));
        assert!(reader.0.is_empty());
    }
}
