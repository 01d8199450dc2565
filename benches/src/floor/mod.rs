//! The server against the physical limit of its machine.
//!
//! A server of this kind cannot do less than read each client's input from the kernel and write each
//! client's frame to it. The [`bare`] server does that and nothing else: one thread, the same
//! connections, as many bytes each way, at the same times; no game, no codec. What the real server
//! takes beyond that is its own doing, and a ratio of the two, measured one right after the other on
//! one core, hardly depends on the machine.

pub mod bare;
pub mod measure;
pub mod print;
pub mod scenario;

pub use self::{
    measure::{Compared, Measured, Plan, compare},
    scenario::{SCENARIOS, Scenario},
};
