//! Traces: a game's state tick by tick as JSON lines, and what sending it would cost.
//!
//! ```text
//! {"kinds":{"ship":{"pos":{"type":"vec2","min":0,"max":4096,"step":0.0625,"predict":"linear"}}}}
//! {"tick":1,"entities":[[7,"ship",{"pos":[10.5,3.0]}]]}
//! ```
//! [`reader`] turns lines into ticks, [`meter`] measures them, [`report`] is what comes out,
//! [`export`] writes traces of the named worlds. All of it streams: however long a trace is,
//! a line and two ticks' rows are in memory.

pub mod error;
pub mod export;
pub mod header;
pub mod json;
pub mod lines;
pub mod meter;
pub mod names;
pub mod plain;
pub mod print;
pub mod progress;
pub mod reader;
pub mod report;
pub mod rivals;
pub mod value;
pub mod what_if;
pub mod wire;

pub use error::{Problem, TraceError};
pub use meter::measure;
pub use reader::TraceReader;
pub use report::Report;
