//! Soaks: bots of many kinds for hours, and a verdict with reasons.

pub mod diff;
pub mod html;
pub mod report;
pub mod stats;
