//! A block's header: what is known of a block before its payload is read.

use tickwire_shared::Tick;

use crate::Damage;

/// How many bytes stand before a payload.
pub(crate) const BLOCK_BYTES: usize = 25;
/// Of these, those that `check` is of.
const CHECKED_BYTES: usize = BLOCK_BYTES - 4;
/// The most bytes that a payload has before it is packed.
pub const MAX_UNPACKED: usize = 16 * 1024 * 1024;
/// The most that it has when it is packed: what cannot be packed grows a little.
const MAX_PACKED: usize = MAX_UNPACKED + MAX_UNPACKED / 128 + 1024;

/// What a block holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A chunk of a room's input log.
    Chunk,
    /// How long ticks took.
    Timings,
    /// Why the recording ends here.
    End,
    /// Something that this version does not know.
    Other(u8),
}

impl Kind {
    fn number(self) -> u8 {
        match self {
            Kind::Chunk => 1,
            Kind::Timings => 2,
            Kind::End => 3,
            Kind::Other(number) => number,
        }
    }

    fn read(number: u8) -> Kind {
        match number {
            1 => Kind::Chunk,
            2 => Kind::Timings,
            3 => Kind::End,
            other => Kind::Other(other),
        }
    }
}

/// A block of a file, without its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// What it holds.
    pub kind: Kind,
    /// The first tick of which it says something; of a chunk, the tick of its keyframe.
    pub first: Tick,
    /// The last one.
    pub last: Tick,
    /// How many bytes the payload has before it is packed.
    pub unpacked: u32,
    /// And in the file.
    pub packed: u32,
    pub(crate) crc: u32,
    /// Where the payload begins, in bytes from the file's beginning.
    pub(crate) at: u64,
}

impl Block {
    /// How many ticks a chunk makes.
    #[must_use]
    pub fn ticks(&self) -> u32 {
        self.last.since(self.first).max(0) as u32
    }

    /// Whether `tick` is one of its ticks; of a chunk, the keyframe's included.
    #[must_use]
    pub fn holds(&self, tick: Tick) -> bool {
        tick.since(self.first) >= 0 && self.last.since(tick) >= 0
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let start = out.len();
        out.push(self.kind.number());
        for number in [self.first.0, self.last.0, self.unpacked, self.packed, self.crc] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        let check = crc32fast::hash(&out[start..]);
        out.extend_from_slice(&check.to_le_bytes());
    }

    /// Reads the header of a block that begins at this byte.
    pub(crate) fn read(bytes: &[u8; BLOCK_BYTES], at: u64) -> Result<Block, Damage> {
        let number = |place: usize| {
            let bytes = bytes[place..place + 4].try_into().expect("four bytes");
            u32::from_le_bytes(bytes)
        };
        if number(CHECKED_BYTES) != crc32fast::hash(&bytes[..CHECKED_BYTES]) {
            return Err(Damage::Checksum);
        }
        let block = Block {
            kind: Kind::read(bytes[0]),
            first: Tick(number(1)),
            last: Tick(number(5)),
            unpacked: number(9),
            packed: number(13),
            crc: number(17),
            at: at + BLOCK_BYTES as u64,
        };
        let small = block.unpacked as usize <= MAX_UNPACKED && block.packed as usize <= MAX_PACKED;
        match small && block.last.since(block.first) >= 0 {
            true => Ok(block),
            false => Err(Damage::Senseless),
        }
    }
}
