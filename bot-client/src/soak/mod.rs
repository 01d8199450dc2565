//! Soaks: bots of many kinds for hours, and a verdict with reasons.
//!
//! [`main`] is the program; [`run`] is the run, for whoever wants its [`SoakReport`](report::SoakReport).

mod attack;
mod cast;
pub mod diff;
mod director;
mod endings;
pub mod html;
mod judge;
mod leftovers;
mod live;
mod machine;
mod options;
mod record;
pub mod report;
mod run;
mod sampler;
pub mod scenario;
mod schedule;
pub mod stats;
mod summary;

pub use self::{
    options::{ABOUT, EXAMPLES, SoakCommand, SoakOptions},
    run::{main, run},
};
