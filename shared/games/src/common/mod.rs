//! What the games share: chance, who is near whom, and a room without a server for their tests.

pub mod grid;
#[cfg(test)]
pub(crate) mod harness;
pub mod rng;
