//! The segment codec: from rows of quantised integers to bytes and back.
//!
//! [`range`] turns modelled bits into bytes, [`model`] says what is modelled, [`priors`]
//! from where it starts, [`layout`] flattens a schema for one audience,
//! [`predict`] and [`quat`] say what a row is expected to become, [`compare`] how it
//! differs, and [`encode`] and [`decode`]
//! walk two sets of rows and code how they differ. A [`Pricer`] tells what each field takes of that. All of it is integer arithmetic that
//! JavaScript can repeat bit for bit.

mod compare;
mod context;
mod costs;
pub mod decode;
pub mod encode;
pub mod layout;
pub mod model;
mod models;
pub mod predict;
pub mod priors;
pub mod quat;
pub mod range;
mod read;
mod write;

pub use costs::{Costs, Pricer};
pub use decode::{DecodeError, Decoder};
pub use encode::{Encoded, Encoder};
pub use layout::Layout;
pub use priors::{BUILTIN, Priors, PriorsError};
