//! Reading a recording: first its blocks' headers, then any payload.

use std::io::{self, Read, Seek, SeekFrom};

use tickwire_shared::Tick;
use zstd::bulk::Decompressor;

use crate::{
    block::{BLOCK_BYTES, Block, Kind},
    error::{Damage, RecordingError},
    header::{Ending, Header, MAX_HEADER_BYTES},
    timing::Timing,
    write::MAGIC,
};

/// More blocks than a server ever writes to one file.
const MAX_BLOCKS: usize = 1 << 20;

/// How a file ends.
#[derive(Debug)]
pub enum End {
    /// As it was meant to.
    Whole(Ending),
    /// Behind a whole block, without a word: it is still being written, or the server was killed.
    Open,
    /// With something that cannot be read.
    Damaged {
        /// Where that begins, in bytes from the file's beginning.
        at: u64,
        /// What is wrong there.
        damage: Damage,
    },
}

/// A recording that is read.
pub struct Recording<R> {
    input: R,
    header: Header,
    /// Chunks in the order of their ticks.
    chunks: Vec<Block>,
    timings: Vec<Block>,
    end: End,
    unpacker: Decompressor<'static>,
    packed: Vec<u8>,
}

impl<R: Read + Seek> Recording<R> {
    /// Reads what a file consists of. What is wrong behind its header is told by [`Recording::end`]: all
    /// that is whole before can be read.
    ///
    /// # Errors
    /// When it cannot be read, or is no recording.
    pub fn open(mut input: R) -> Result<Self, RecordingError> {
        let length = input.seek(SeekFrom::End(0))?;
        input.seek(SeekFrom::Start(0))?;
        let header = read_header(&mut input)?;
        let unpacker = Decompressor::new()?;
        let end = End::Open;
        let (chunks, timings, packed) = (Vec::new(), Vec::new(), Vec::new());
        let mut recording = Recording { input, header, chunks, timings, end, unpacker, packed };
        recording.scan(length)?;
        Ok(recording)
    }

    /// What was recorded, and why.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The chunks, in the order of their ticks.
    #[must_use]
    pub fn chunks(&self) -> &[Block] {
        &self.chunks
    }

    /// How it ends.
    #[must_use]
    pub fn end(&self) -> &End {
        &self.end
    }

    /// The last chunk whose keyframe is at `tick` or before it, if that chunk goes on to `tick`.
    #[must_use]
    pub fn chunk_of(&self, tick: Tick) -> Option<usize> {
        let before = self.chunks.partition_point(|chunk| tick.since(chunk.first) >= 0);
        before.checked_sub(1).filter(|index| self.chunks[*index].holds(tick))
    }

    /// Reads a chunk, by its place among all.
    ///
    /// # Errors
    /// When it cannot be read or is damaged; others may be whole.
    ///
    /// # Panics
    /// When there is no such chunk.
    pub fn read_chunk(&mut self, index: usize) -> Result<Vec<u8>, RecordingError> {
        self.payload(self.chunks[index])
    }

    /// Reads how long ticks took, of a file that tells: the first tick, and one entry for each from there.
    ///
    /// # Errors
    /// When they cannot be read or are damaged.
    pub fn read_timings(&mut self) -> Result<Option<(Tick, Vec<Timing>)>, RecordingError> {
        let Some(block) = self.timings.first().copied() else { return Ok(None) };
        let bytes = self.payload(block)?;
        let timings = Timing::read_all(&bytes, block.ticks() as usize + 1);
        let timings = timings.map_err(|damage| RecordingError::Damaged { at: block.at, damage })?;
        Ok(Some((block.first, timings)))
    }

    /// Reads all blocks' headers, up to the end or the first one that cannot be read.
    fn scan(&mut self, length: u64) -> Result<(), RecordingError> {
        loop {
            let at = self.input.stream_position()?;
            if at == length {
                return Ok(());
            }
            match self.scan_block(at, length) {
                Ok(None) => {}
                Ok(Some(end)) => {
                    self.end = end;
                    return Ok(());
                }
                Err(RecordingError::Damaged { at, damage }) => {
                    self.end = End::Damaged { at, damage };
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Reads the header of the block at this byte, and goes on behind the block; says how the file ends if
    /// it is the last one.
    fn scan_block(&mut self, at: u64, length: u64) -> Result<Option<End>, RecordingError> {
        let damaged = |damage| RecordingError::Damaged { at, damage };
        if self.chunks.len() + self.timings.len() == MAX_BLOCKS {
            return Err(damaged(Damage::Senseless));
        }
        if length - at < BLOCK_BYTES as u64 {
            return Err(damaged(Damage::Cut));
        }
        let mut bytes = [0; BLOCK_BYTES];
        self.input.read_exact(&mut bytes)?;
        let block = Block::read(&bytes, at).map_err(damaged)?;
        let behind = block.at + u64::from(block.packed);
        if behind > length {
            return Err(damaged(Damage::Cut));
        }
        match block.kind {
            Kind::End => {
                let name = self.payload(block)?;
                let ending = Ending::read(&name).ok_or(damaged(Damage::Senseless))?;
                return Ok(Some(End::Whole(ending)));
            }
            Kind::Chunk if self.follows(&block) => self.chunks.push(block),
            Kind::Chunk => return Err(damaged(Damage::Senseless)),
            Kind::Timings => self.timings.push(block),
            Kind::Other(_) => {}
        }
        self.input.seek(SeekFrom::Start(behind))?;
        Ok(None)
    }

    /// Whether a chunk may stand behind those that were read so far.
    fn follows(&self, block: &Block) -> bool {
        self.chunks.last().is_none_or(|last| block.first.since(last.last) >= 0)
    }

    fn payload(&mut self, block: Block) -> Result<Vec<u8>, RecordingError> {
        let damaged = |damage| RecordingError::Damaged { at: block.at, damage };
        self.input.seek(SeekFrom::Start(block.at))?;
        self.packed.resize(block.packed as usize, 0);
        self.input.read_exact(&mut self.packed).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => damaged(Damage::Cut),
            _ => RecordingError::Io(error),
        })?;
        if crc32fast::hash(&self.packed) != block.crc {
            return Err(damaged(Damage::Checksum));
        }
        let unpacked = self.unpacker.decompress(&self.packed, block.unpacked as usize);
        let unpacked = unpacked.map_err(|_| damaged(Damage::Senseless))?;
        match unpacked.len() == block.unpacked as usize {
            true => Ok(unpacked),
            false => Err(damaged(Damage::Senseless)),
        }
    }
}

fn read_header(input: &mut impl Read) -> Result<Header, RecordingError> {
    let cut = |error: io::Error| match error.kind() {
        io::ErrorKind::UnexpectedEof => RecordingError::NotOne,
        _ => RecordingError::Io(error),
    };
    let mut start = [0; MAGIC.len() + 8];
    input.read_exact(&mut start).map_err(cut)?;
    let format = MAGIC.len() - 2;
    if start[..format] != MAGIC[..format] {
        return Err(RecordingError::NotOne);
    }
    if start[format] != MAGIC[format] {
        return Err(RecordingError::Format(char::from(start[format])));
    }
    let number = |at: usize| u32::from_le_bytes(start[at..at + 4].try_into().expect("four bytes"));
    let (length, crc) = (number(MAGIC.len()) as usize, number(MAGIC.len() + 4));
    if length > MAX_HEADER_BYTES {
        return Err(RecordingError::Header(format!("it is said to have {length} bytes")));
    }
    let mut text = vec![0; length];
    input.read_exact(&mut text).map_err(cut)?;
    if crc32fast::hash(&text) != crc {
        return Err(RecordingError::Header("its checksum is wrong".to_owned()));
    }
    Header::read(&text)
}
