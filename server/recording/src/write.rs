//! Writing a recording, block by block.

use std::io::{self, Write};

use tickwire_shared::Tick;

use crate::{
    block::{Block, Kind, MAX_UNPACKED},
    header::{Ending, Header},
    timing::{MAX_TIMINGS, Timing},
};

/// What every file begins with.
pub(crate) const MAGIC: &[u8; 8] = b"TWREC 1\n";
/// No end has more bytes than this.
const MAX_END_BYTES: u64 = 64;
/// How hard zstd tries: more makes files little smaller and takes much longer.
const LEVEL: i32 = 3;

/// Writes a recording. Each block is handed on in one piece, so whatever cuts the file short leaves whole
/// blocks before the cut.
pub struct Writer<W> {
    out: W,
    /// What goes out next.
    piece: Vec<u8>,
    written: u64,
}

impl<W: Write> Writer<W> {
    /// Begins a recording.
    ///
    /// # Errors
    /// When `out` takes no more, or the header is larger than [`MAX_HEADER_BYTES`](crate::MAX_HEADER_BYTES).
    pub fn new(out: W, header: &Header) -> io::Result<Self> {
        let text = header.write()?;
        let mut piece = MAGIC.to_vec();
        piece.extend_from_slice(&(text.len() as u32).to_le_bytes());
        piece.extend_from_slice(&crc32fast::hash(&text).to_le_bytes());
        piece.extend_from_slice(&text);
        let mut writer = Writer { out, piece, written: 0 };
        writer.hand_on()?;
        Ok(writer)
    }

    /// How many bytes the file has so far. What was handed on of a block before an error is not among them.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.written
    }

    /// What it is written to.
    pub fn get_ref(&self) -> &W {
        &self.out
    }

    /// Appends a chunk whose keyframe is of `first` and whose last tick is `last`.
    ///
    /// # Errors
    /// When `out` takes no more.
    ///
    /// # Panics
    /// When the chunk is larger than [`MAX_UNPACKED`].
    pub fn chunk(&mut self, first: Tick, last: Tick, chunk: &[u8]) -> io::Result<()> {
        self.block(Kind::Chunk, (first, last), chunk)
    }

    /// Appends a chunk unless the file, with its end, would have more than `most` bytes then, and says whether it
    /// did.
    ///
    /// # Errors
    /// When `out` takes no more.
    ///
    /// # Panics
    /// When the chunk is larger than [`MAX_UNPACKED`].
    pub fn chunk_within(
        &mut self,
        most: u64,
        (first, last): (Tick, Tick),
        chunk: &[u8],
    ) -> io::Result<bool> {
        self.pack(Kind::Chunk, (first, last), chunk)?;
        let fits = self.written + self.piece.len() as u64 + MAX_END_BYTES <= most;
        if fits {
            self.hand_on()?;
        }
        self.piece = Vec::new();
        Ok(fits)
    }

    /// Appends how long ticks took, of which `first` is the first.
    ///
    /// # Errors
    /// When `out` takes no more.
    ///
    /// # Panics
    /// When there are none, or more than [`MAX_TIMINGS`].
    pub fn timings(&mut self, first: Tick, timings: &[Timing]) -> io::Result<()> {
        assert!((1..=MAX_TIMINGS).contains(&timings.len()), "{} timings", timings.len());
        let mut bytes = Vec::new();
        timings.iter().for_each(|timing| timing.write(&mut bytes));
        let last = first.offset(timings.len() as i32 - 1);
        self.block(Kind::Timings, (first, last), &bytes)
    }

    /// Ends the recording at this tick, and gives back what it was written to.
    ///
    /// # Errors
    /// When `out` takes no more.
    pub fn end(mut self, at: Tick, why: Ending) -> io::Result<W> {
        self.block(Kind::End, (at, at), why.name().as_bytes())?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn block(&mut self, kind: Kind, ticks: (Tick, Tick), bytes: &[u8]) -> io::Result<()> {
        self.pack(kind, ticks, bytes)?;
        self.hand_on()
    }

    fn pack(&mut self, kind: Kind, (first, last): (Tick, Tick), bytes: &[u8]) -> io::Result<()> {
        assert!(bytes.len() <= MAX_UNPACKED, "a block of {} bytes", bytes.len());
        // What packs is not kept from block to block: it takes up to a megabyte, and a server has a file for each room.
        let packed = zstd::bulk::compress(bytes, LEVEL)?;
        let block = Block {
            kind,
            first,
            last,
            unpacked: bytes.len() as u32,
            packed: packed.len() as u32,
            crc: crc32fast::hash(&packed),
            at: 0,
        };
        block.write(&mut self.piece);
        self.piece.extend_from_slice(&packed);
        Ok(())
    }

    fn hand_on(&mut self) -> io::Result<()> {
        self.out.write_all(&self.piece)?;
        self.written += self.piece.len() as u64;
        self.piece = Vec::new();
        Ok(())
    }
}
