//! Frames: what the server pushes to one viewer for one tick.
//!
//! ```text
//! frame   := 0x82 flags tick [hash:u32] [slack:i16] [age:u8] [messages] segment*     until the bytes end
//! flags   := bit 0 FULL, bit 1 HASH, bit 2 INPUT, bit 3 MESSAGES, bit 4 STARVED; the others are zero
//! tick    := FULL ? tick:u32 : gap:u8           gap ≥ 1 ticks after the frame before
//! slack   := with INPUT: see InputEcho, in 1/256 ticks
//! age     := with STARVED: see InputEcho, in ticks
//! messages:= count:varint message{count}
//! message := index:u8 record                    a game's, below 64
//!            index:u8 length:varint byte{length}    the room's, from 0xF0; see crate::room_message
//! segment := head:varint body                   head = handle << 3 | mode
//! body    := mode 0 DELTA:    length:varint byte{length}
//!            mode 2 KEYFRAME: audience:u8 length:varint byte{length}
//!            mode 4 ADVANCE:  nothing
//!            mode 6 KEEP:     nothing
//!            mode 7 DROP:     nothing
//!            modes 1, 3 and 5 are 0, 2 and 4, and the segment rests afterwards
//! ```
//! Integers are little-endian; a varint is LEB128 of a `u32`. Segments come in
//! rising order of handle.
//!
//! **Live and resting segments.** Each segment that a viewer holds stands at a tick
//! of its own. One that a frame names is at the frame's tick afterwards, but for KEEP,
//! which leaves it where it is and makes it rest. Of those that a frame does not name,
//! a *live* one became exactly what was predicted, and a *resting* one stays as it is.
//! So a far cell that is sent every eighth tick takes no bytes in between.
//!
//! **The baseline rule.** The transport is ordered and reliable, so a segment's baseline
//! is what was last written of it to the same viewer. When a session is
//! [resumed](crate::session::Resume), that is what the viewer held after the frame that it says it
//! applied last; later ones count as never written. `gap` says how many ticks ago the last frame
//! was. A FULL frame has no baseline: the viewer forgets every segment, and all that follow are
//! keyframes.

use thiserror::Error;

use crate::{
    message::kind,
    record::RecordLayout,
    room_message::FIRST_INDEX,
    schema::{AUDIENCES, Audience},
    tick::{TICK_PARTS, Tick},
};

const FULL: u8 = 1;
const HASH: u8 = 2;
const INPUT: u8 = 4;
const MESSAGES: u8 = 8;
const STARVED: u8 = 16;
/// The low bits of a segment's head, which say its mode.
const MODE_BITS: u32 = 3;

/// The most ticks that a delta may span; beyond it a viewer gets a keyframe.
pub const MAX_GAP: u8 = 128;
/// Segment handles are below this.
pub const MAX_HANDLE: u32 = 1 << 16;
/// The largest frame that a client accepts, in bytes.
pub const MAX_FRAME_BYTES: usize = 1 << 20;

/// How the server saw a player's inputs.
///
/// The state of a tick includes all inputs up to that tick, so a frame's tick is also the number
/// of the last input that it acknowledges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InputEcho {
    /// How long before its tick was made the server had read an input, in 1/256 ticks; negative when
    /// it came too late by so much. The least of all inputs that were used, or came too late or far too
    /// early, since the last frame; `None` when there was no such input.
    pub slack: Option<i16>,
    /// How many ticks before this frame's tick the last input was meant for; 255 stands for more. 0
    /// when the tick had an input of its own, and for a player that sends none and says so.
    pub age: u8,
}

impl InputEcho {
    /// The slack in ticks.
    #[must_use]
    pub fn slack_ticks(self) -> Option<f64> {
        self.slack.map(|slack| f64::from(slack) / f64::from(TICK_PARTS))
    }
}

/// What stands before a frame's segments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FrameHeader<'a> {
    /// The tick that the viewer holds after this frame.
    pub tick: FrameTick,
    /// The hash of what the viewer then holds, when it is due; see [`crate::replica`].
    pub hash: Option<u32>,
    /// How the viewer's inputs fared.
    pub input: InputEcho,
    /// Messages, each its index in the schema and its record.
    pub messages: Messages<'a>,
}

/// A frame's place in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameTick {
    /// The frame stands alone.
    Full(Tick),
    /// It builds upon the frame this many ticks before, `1..=MAX_GAP`.
    After(u8),
}

impl Default for FrameTick {
    fn default() -> Self {
        FrameTick::Full(Tick::default())
    }
}

/// Packed messages of a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Messages<'a> {
    /// How many there are.
    pub count: u32,
    /// Their bytes, one after the other.
    pub bytes: &'a [u8],
}

impl FrameHeader<'_> {
    /// Appends the header.
    pub fn write(&self, out: &mut Vec<u8>) {
        let full = matches!(self.tick, FrameTick::Full(_));
        let flag = |on: bool, flag: u8| if on { flag } else { 0 };
        out.push(kind::FRAME);
        out.push(
            flag(full, FULL)
                | flag(self.hash.is_some(), HASH)
                | flag(self.input.slack.is_some(), INPUT)
                | flag(self.messages.count > 0, MESSAGES)
                | flag(self.input.age > 0, STARVED),
        );
        match self.tick {
            FrameTick::Full(tick) => out.extend_from_slice(&tick.0.to_le_bytes()),
            FrameTick::After(gap) => out.push(gap),
        }
        if let Some(hash) = self.hash {
            out.extend_from_slice(&hash.to_le_bytes());
        }
        if let Some(slack) = self.input.slack {
            out.extend_from_slice(&slack.to_le_bytes());
        }
        if self.input.age > 0 {
            out.push(self.input.age);
        }
        if self.messages.count > 0 {
            write_varint(self.messages.count, out);
            out.extend_from_slice(self.messages.bytes);
        }
    }
}

/// What a segment does in the frames that do not name it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cadence {
    /// It becomes what is predicted.
    #[default]
    Live,
    /// It stays as it is.
    Rests,
}

/// One segment's part of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SegmentBody<'a> {
    /// How it differs from what the baseline predicts.
    Delta(Cadence, &'a [u8]),
    /// All of it, and who it is for.
    Keyframe(Cadence, Audience, &'a [u8]),
    /// It is exactly what the baseline predicts.
    Advance(Cadence),
    /// It stays at its tick, and rests.
    Keep,
    /// The viewer no longer sees it.
    Drop,
}

impl SegmentBody<'_> {
    fn mode(self) -> u32 {
        match self {
            SegmentBody::Delta(cadence, _) => cadence as u32,
            SegmentBody::Keyframe(cadence, ..) => 2 + cadence as u32,
            SegmentBody::Advance(cadence) => 4 + cadence as u32,
            SegmentBody::Keep => 6,
            SegmentBody::Drop => 7,
        }
    }
}

/// Appends a segment to a frame.
pub fn write_segment(handle: u32, body: SegmentBody<'_>, out: &mut Vec<u8>) {
    write_varint(handle << MODE_BITS | body.mode(), out);
    let bytes = match body {
        SegmentBody::Delta(_, bytes) => bytes,
        SegmentBody::Keyframe(_, audience, bytes) => {
            out.push(audience as u8);
            bytes
        }
        SegmentBody::Advance(_) | SegmentBody::Keep | SegmentBody::Drop => return,
    };
    write_varint(bytes.len() as u32, out);
    out.extend_from_slice(bytes);
}

/// Appends a varint: seven bits a byte, low bits first, the high bit set on all but the last.
pub fn write_varint(mut value: u32, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Why a frame was refused.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum FrameError {
    /// The bytes end too early.
    #[error("the frame ends too early")]
    Truncated,
    /// The frame is larger than [`MAX_FRAME_BYTES`].
    #[error("a frame of {0} bytes; at most 1048576 are accepted")]
    TooLong(usize),
    /// Flags that have no meaning are set.
    #[error("unknown flags {0:#04x}")]
    Flags(u8),
    /// The gap is zero or above [`MAX_GAP`].
    #[error("a gap of {0} ticks; 1 to 128 are allowed")]
    Gap(u8),
    /// A varint is longer than a `u32`.
    #[error("a varint is too long")]
    Varint,
    /// A message's index or record does not fit the schema.
    #[error("message {0} does not fit the schema")]
    Message(u8),
    /// A segment's audience or handle has no meaning, or handles do not rise.
    #[error("segment head {0:#x} has no meaning here")]
    Segment(u32),
    /// The frame builds upon something that is not held, or was left to rest for too long.
    #[error("the frame builds upon something that is not held")]
    NoBaseline,
    /// It would make the client hold more than [`crate::rows::MAX_HELD_ROWS`] rows.
    #[error("more than 1048576 rows to hold")]
    TooManyRows,
    /// A segment could not be decoded.
    #[error("segment {handle}: {error}")]
    Decode {
        /// The segment's handle.
        handle: u32,
        /// What is wrong with it.
        error: crate::codec::DecodeError,
    },
}

/// Reads a message from the front: little steps that cannot run past the end.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    /// The next `count` bytes.
    ///
    /// # Errors
    /// [`FrameError::Truncated`] when there are fewer.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], FrameError> {
        let (head, rest) = self.0.split_at_checked(count).ok_or(FrameError::Truncated)?;
        self.0 = rest;
        Ok(head)
    }

    /// The next byte.
    ///
    /// # Errors
    /// [`FrameError::Truncated`] at the end.
    pub fn byte(&mut self) -> Result<u8, FrameError> {
        Ok(self.take(1)?[0])
    }

    /// The next two bytes as an integer.
    ///
    /// # Errors
    /// [`FrameError::Truncated`] when there are fewer.
    pub fn u16(&mut self) -> Result<u16, FrameError> {
        let bytes = self.take(2)?;
        Ok(u16::from_le_bytes(bytes.try_into().expect("two bytes were taken")))
    }

    /// The next four bytes as an integer.
    ///
    /// # Errors
    /// [`FrameError::Truncated`] when there are fewer.
    pub fn u32(&mut self) -> Result<u32, FrameError> {
        let bytes = self.take(4)?;
        Ok(u32::from_le_bytes(bytes.try_into().expect("four bytes were taken")))
    }

    /// The next varint.
    ///
    /// # Errors
    /// [`FrameError::Varint`] when it does not fit 32 bits, [`FrameError::Truncated`] at the end.
    pub fn varint(&mut self) -> Result<u32, FrameError> {
        let mut value = 0u64;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return u32::try_from(value).map_err(|_| FrameError::Varint);
            }
        }
        Err(FrameError::Varint)
    }

    fn audience(&mut self, head: u32) -> Result<Audience, FrameError> {
        let index = usize::from(self.byte()?);
        AUDIENCES.get(index).copied().ok_or(FrameError::Segment(head))
    }

    /// The next segment, or `None` at the end.
    ///
    /// # Errors
    /// When it is cut short or its head has no meaning.
    pub fn segment(&mut self) -> Result<Option<(u32, SegmentBody<'a>)>, FrameError> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let head = self.varint()?;
        let handle = head >> MODE_BITS;
        if handle >= MAX_HANDLE {
            return Err(FrameError::Segment(head));
        }
        let cadence = if head & 1 == 0 { Cadence::Live } else { Cadence::Rests };
        let body = match head & 7 {
            0 | 1 => SegmentBody::Delta(cadence, self.block()?),
            2 | 3 => SegmentBody::Keyframe(cadence, self.audience(head)?, self.block()?),
            4 | 5 => SegmentBody::Advance(cadence),
            6 => SegmentBody::Keep,
            _ => SegmentBody::Drop,
        };
        Ok(Some((handle, body)))
    }

    /// As many bytes as the varint before them says.
    ///
    /// # Errors
    /// [`FrameError::Truncated`] when there are fewer, [`FrameError::Varint`] when it is none.
    pub fn block(&mut self) -> Result<&'a [u8], FrameError> {
        let length = self.varint()?;
        self.take(length as usize)
    }
}

/// Splits a frame into its header and a reader over its segments; `records` lays out its messages.
///
/// # Errors
/// See [`FrameError`].
pub fn read_header<'a>(
    bytes: &'a [u8],
    records: &[RecordLayout],
) -> Result<(FrameHeader<'a>, Reader<'a>), FrameError> {
    if bytes.len() > MAX_FRAME_BYTES {
        return Err(FrameError::TooLong(bytes.len()));
    }
    let mut reader = Reader(bytes);
    reader.take(1)?;
    let flags = reader.byte()?;
    if flags & !(FULL | HASH | INPUT | MESSAGES | STARVED) != 0 {
        return Err(FrameError::Flags(flags));
    }
    let tick = match flags & FULL {
        0 => FrameTick::After(reader.byte()?),
        _ => FrameTick::Full(Tick(reader.u32()?)),
    };
    if let FrameTick::After(gap) = tick
        && !(1..=MAX_GAP).contains(&gap)
    {
        return Err(FrameError::Gap(gap));
    }
    let hash = if flags & HASH == 0 { None } else { Some(reader.u32()?) };
    let slack = if flags & INPUT == 0 { None } else { Some(reader.u16()? as i16) };
    let age = if flags & STARVED == 0 { 0 } else { reader.byte()? };
    let input = InputEcho { slack, age };
    let messages = match flags & MESSAGES {
        0 => Messages::default(),
        _ => read_messages(&mut reader, records)?,
    };
    Ok((FrameHeader { tick, hash, input, messages }, reader))
}

fn read_messages<'a>(
    reader: &mut Reader<'a>,
    records: &[RecordLayout],
) -> Result<Messages<'a>, FrameError> {
    let count = reader.varint()?;
    let start = reader.0;
    for _ in 0..count {
        let index = reader.byte()?;
        if index >= FIRST_INDEX {
            reader.block()?;
            continue;
        }
        let layout = records.get(usize::from(index)).ok_or(FrameError::Message(index))?;
        reader.take(layout.bytes())?;
    }
    let length = start.len() - reader.0.len();
    Ok(Messages { count, bytes: &start[..length] })
}
