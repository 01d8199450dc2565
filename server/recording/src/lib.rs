//! Recordings of rooms as files: what a file consists of, how it is written, and how it is read back,
//! also when its end is missing or a part of it was damaged.
//!
//! A recording holds what a room was told, not what it sent: chunks of a room's input log, each of which
//! begins with a keyframe of the game's world, so that playing it again makes the same ticks. All integers
//! are little-endian.
//!
//! ```text
//! file    := magic:8 length:u32 crc:u32 header{length} block*
//! magic   := "TWREC 1\n"
//! header  := a JSON object, see Header
//! block   := kind:u8 first:u32 last:u32 unpacked:u32 packed:u32 crc:u32 check:u32 payload{packed}
//! ```
//! `crc` is the CRC-32 (IEEE) of the header, or of the payload as it stands in the file; `check` is that of
//! the six fields before it. So a length that was damaged is noticed before anything is read by it, and a
//! payload that was damaged spoils no block behind it. `first` and `last` are ticks.
//!
//! | kind | payload, packed with zstd |
//! |------|---------------------------|
//! | 1 | a chunk: the world as it was after `first`, then what happened up to and including `last` |
//! | 2 | how long the ticks from `first` to `last` took: four `u32` each, see [`Timing`] |
//! | 3 | the end, and why: the name of an [`Ending`], and nothing follows |
//!
//! Blocks of other kinds are passed over. A file without a block of kind 3 was cut short, or is still being
//! written; all that is whole before its end can be played.

mod block;
mod error;
mod header;
mod read;
mod timing;
mod write;

pub use block::{Block, Kind, MAX_UNPACKED};
pub use error::{Damage, RecordingError};
pub use header::{Ending, Header, Incident, MAX_HEADER_BYTES, Why};
pub use read::{End, Recording};
pub use timing::{MAX_TIMINGS, TIMING_BYTES, Timing};
pub use write::Writer;
