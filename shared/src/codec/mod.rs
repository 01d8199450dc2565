//! The segment codec: from rows of quantised integers to bytes and back.
//!
//! [`range`] turns modelled bits into bytes, [`model`] says what is modelled and
//! from which priors it starts, [`layout`] flattens a schema for one audience,
//! [`predict`] says what a row is expected to become, and [`encode`] and [`decode`]
//! walk two sets of rows and code how they differ. All of it is integer arithmetic that
//! JavaScript can repeat bit for bit.

pub mod decode;
pub mod encode;
pub mod layout;
pub mod model;
pub mod predict;
pub mod range;

pub use decode::{DecodeError, Decoder};
pub use encode::{Encoded, Encoder};
pub use layout::Layout;
pub use model::Priors;
