//! A bad network, as a program on TCP sees it.
//!
//! A [`Link`] is one direction of a connection. What is pushed in comes out later, in the same
//! order, and nothing is ever lost: that is what TCP makes of a network that delays, drops and
//! throttles packets. In this order a message passes
//!
//! ```text
//! buffer        bounded; when it is full, push says so, as a full socket buffer does
//! bottleneck    one message after the other at the bandwidth, none during a blackout
//! delay         latency ± jitter, half of it drawn for each message, half wandering slowly
//! loss          a lost segment comes with its retransmission, and all behind it wait
//! blackout      what would arrive during one arrives at its end
//! ```
//!
//! [`Duplex`] is both directions, [`Stream`] carries bytes instead of messages. [`Conditions`] say how
//! bad it is, [`Profile`] has such conditions by name, and [`Mix`] deals them out to many clients.
//!
//! Time is a [`Duration`](std::time::Duration) since any fixed moment and chance comes from a seed,
//! so the same calls give the same deliveries, in virtual time as well as on real sockets:
//!
//! ```
//! use std::time::Duration;
//! use tickwire_shared::link::{Conditions, Duplex};
//!
//! // A round trip of 60 ± 10 ms.
//! let conditions: Conditions = "latency=30ms,jitter=5ms".parse()?;
//! let ms = Duration::from_millis;
//! let mut line: Duplex<&str> = Duplex::new(&conditions, 7, ms(0));
//! line.up.push(ms(1000), 4, "ping").expect("there is space");
//! assert_eq!(line.up.pop(ms(1024)), None);
//! assert_eq!(line.up.pop(ms(1035)), Some("ping"));
//! # Ok::<(), tickwire_shared::link::NetError>(())
//! ```

mod chance;
mod conditions;
mod error;
mod mix;
mod path;
mod profile;
mod queue;
mod stream;
mod text;

pub use self::{
    conditions::{CONDITIONS_BYTES, Conditions, Net},
    error::NetError,
    mix::{Mix, Part},
    path::{HEADER_BYTES, SEGMENT_BYTES, Way},
    profile::{PROFILES, Profile},
    queue::{Duplex, LIMIT_BYTES, Link},
    stream::Stream,
};
