//! A recording: what the server sent one client, as it was sent.
//!
//! ```text
//! recording := ( length:u32 message:byte{length} )*      little-endian; the first is the welcome
//! ```
//! It holds nothing that the client may not see. Priors are trained on it, whatever the game.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

/// Writes a recording.
#[derive(Debug)]
pub(super) struct Recorder(BufWriter<File>);

impl Recorder {
    pub fn create(path: &Path) -> io::Result<Recorder> {
        Ok(Recorder(BufWriter::new(File::create(path)?)))
    }

    pub fn write(&mut self, message: &[u8]) -> io::Result<()> {
        self.0.write_all(&(message.len() as u32).to_le_bytes())?;
        self.0.write_all(message)
    }
}
