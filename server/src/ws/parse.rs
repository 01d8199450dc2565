//! Client frames, parsed and unmasked where they lie.
//!
//! Everything a game client has no use for is refused: fragments, extensions,
//! text, long messages. What is refused is decided from the first byte that
//! shows it, so a claimed length never makes anyone wait or allocate.

use tickwire_shared::message::{CloseCode, MAX_CLIENT_MESSAGE_BYTES};

use super::close::{CloseReason, may_be_received};

/// The longest payload of a control frame.
pub const MAX_CONTROL_BYTES: usize = 125;

/// A whole frame from a client, unmasked.
#[derive(Debug, PartialEq, Eq)]
pub enum Frame<'a> {
    /// A message.
    Binary(&'a [u8]),
    /// Asks for the same bytes back.
    Ping(&'a [u8]),
    /// An answer, or a sign of life.
    Pong,
    /// The peer closes, perhaps with a code.
    Close(Option<u16>),
}

/// How a client broke the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Violation {
    /// The bytes are not a frame that a client may send.
    Protocol(&'static str),
    /// A text message.
    Text,
    /// A message longer than [`MAX_CLIENT_MESSAGE_BYTES`].
    TooBig,
}

impl Violation {
    /// The close that says so.
    #[must_use]
    pub fn close_reason(self) -> CloseReason {
        match self {
            Violation::Protocol(why) => CloseReason::new(CloseCode::Protocol, why),
            Violation::Text => {
                CloseReason::new(CloseCode::Unsupported, "only binary messages are understood")
            }
            Violation::TooBig => CloseReason::new(
                CloseCode::TooBig,
                format!("a message may have at most {MAX_CLIENT_MESSAGE_BYTES} bytes"),
            ),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Opcode {
    Binary,
    Close,
    Ping,
    Pong,
}

/// A frame at the front of some bytes, and how many of them it took.
type Parsed<'a> = Option<(Frame<'a>, usize)>;

/// Parses the frame at the front of `bytes`, or says that there is not all of it yet.
///
/// # Errors
/// A [`Violation`] as soon as the bytes show one, whatever may follow.
pub fn parse(bytes: &mut [u8]) -> Result<Parsed<'_>, Violation> {
    let Some(first) = bytes.first() else { return Ok(None) };
    let opcode = opcode(*first)?;
    let Some(second) = bytes.get(1) else { return Ok(None) };
    if second & 0x80 == 0 {
        return Err(Violation::Protocol("a client's frames must be masked"));
    }
    let Some((length, mask_at)) = length(opcode, second & 0x7F, &bytes[2..])? else {
        return Ok(None);
    };
    let payload_at = mask_at + 4;
    let end = payload_at + length;
    if bytes.len() < end {
        return Ok(None);
    }
    let (header, payload) = bytes[..end].split_at_mut(payload_at);
    unmask(
        payload,
        [header[mask_at], header[mask_at + 1], header[mask_at + 2], header[mask_at + 3]],
    );
    let frame = match opcode {
        Opcode::Binary => Frame::Binary(payload),
        Opcode::Ping => Frame::Ping(payload),
        Opcode::Pong => Frame::Pong,
        Opcode::Close => Frame::Close(close_code(payload)?),
    };
    Ok(Some((frame, end)))
}

fn opcode(first: u8) -> Result<Opcode, Violation> {
    if first & 0x70 != 0 {
        return Err(Violation::Protocol("a reserved bit is set, and no extension was agreed on"));
    }
    let opcode = match first & 0x0F {
        0x0 => return Err(Violation::Protocol("messages must not be sent in fragments")),
        0x1 => return Err(Violation::Text),
        0x2 => Opcode::Binary,
        0x8 => Opcode::Close,
        0x9 => Opcode::Ping,
        0xA => Opcode::Pong,
        _ => return Err(Violation::Protocol("the frame's opcode is reserved")),
    };
    match first & 0x80 {
        0 => Err(Violation::Protocol("messages must not be sent in fragments")),
        _ => Ok(opcode),
    }
}

/// The payload's length and where the mask begins; `rest` is what follows the first two bytes.
fn length(opcode: Opcode, short: u8, rest: &[u8]) -> Result<Option<(usize, usize)>, Violation> {
    let length = usize::from(short);
    if opcode != Opcode::Binary && length > MAX_CONTROL_BYTES {
        return Err(Violation::Protocol("a control frame may have at most 125 bytes"));
    }
    match (short, rest) {
        (127, _) => Err(Violation::TooBig),
        (126, [high, low, ..]) => match usize::from(u16::from_be_bytes([*high, *low])) {
            ..=125 => Err(Violation::Protocol("the frame's length is not in its shortest form")),
            length if length > MAX_CLIENT_MESSAGE_BYTES => Err(Violation::TooBig),
            length => Ok(Some((length, 4))),
        },
        (126, _) => Ok(None),
        _ => Ok(Some((length, 2))),
    }
}

fn close_code(payload: &[u8]) -> Result<Option<u16>, Violation> {
    let (code, text) = match payload {
        [] => return Ok(None),
        [_] => return Err(Violation::Protocol("a close frame with half a code")),
        [high, low, text @ ..] => (u16::from_be_bytes([*high, *low]), text),
    };
    if !may_be_received(code) {
        return Err(Violation::Protocol("a close frame with a code that may not be sent"));
    }
    if std::str::from_utf8(text).is_err() {
        return Err(Violation::Protocol("a close frame whose reason is not UTF-8"));
    }
    Ok(Some(code))
}

/// Takes the mask off; eight bytes at a time, which the compiler makes wider still.
fn unmask(payload: &mut [u8], mask: [u8; 4]) {
    let wide = u64::from_ne_bytes([
        mask[0], mask[1], mask[2], mask[3], mask[0], mask[1], mask[2], mask[3],
    ]);
    let (chunks, rest) = payload.as_chunks_mut::<8>();
    for chunk in chunks {
        *chunk = (u64::from_ne_bytes(*chunk) ^ wide).to_ne_bytes();
    }
    for (byte, mask) in rest.iter_mut().zip(mask.iter().cycle()) {
        *byte ^= mask;
    }
}

#[cfg(test)]
mod tests;
