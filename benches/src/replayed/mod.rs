//! What a recorded room costs, when it is played again by two builds in turn.
//!
//! [`measure`] plays a recording once and takes the figures of it; [`compare`] does so with the programs of
//! two builds, one after the other over and over, and says by how much they differ and how sure that is.

pub mod compare;
pub mod interval;
pub mod measure;
