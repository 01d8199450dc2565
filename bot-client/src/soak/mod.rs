//! Soaks: bots of many kinds for hours, and a verdict with reasons.

pub mod report;
pub mod stats;
