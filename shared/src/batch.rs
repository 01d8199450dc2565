//! Messages over HTTP: several in one body, each with its length before it.
//!
//! ```text
//! request  := key:16 number:u32 received:u32 wait:u8 message*     of every POST
//! answer   := number:u32 message*                                 of a poll
//! stream   := message*                                            of a stream, without an end
//! message  := length:varint byte{length}
//! ```
//! `key` names the connection. The client draws it at random and tells nobody, so it is as good as a
//! socket of one's own; the first request that brings one opens the connection. `number` counts the
//! client's batches from 1: what comes again is acted upon once. `received` is the number of the last
//! answer to a poll that arrived: the server repeats the one after it, byte for byte, until it is told so;
//! an answer that is lost loses nothing. With `wait` the answer to a poll comes when there is something to
//! say, else at once.

use thiserror::Error;

use crate::frame::{Reader, write_varint};

/// How many bytes a connection's key has.
pub const KEY_BYTES: usize = 16;
/// How many bytes stand before a request's messages.
pub const HEADER_BYTES: usize = KEY_BYTES + 9;
/// The largest body of a request, in bytes.
pub const MAX_REQUEST_BYTES: usize = 16 * 1024;

/// What stands before a request's messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestHeader {
    /// Names the connection.
    pub key: [u8; KEY_BYTES],
    /// Counts the client's batches, from 1; 0 for a request without messages.
    pub number: u32,
    /// The last answer to a poll that arrived; 0 before the first.
    pub received: u32,
    /// Whether the answer may wait until there is something to say.
    pub wait: bool,
}

/// Why a body is no batch.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum BatchError {
    /// It ends too early.
    #[error("the body ends too early")]
    Truncated,
    /// It is larger than [`MAX_REQUEST_BYTES`].
    #[error("a body of {0} bytes; at most 16384 are accepted")]
    TooLong(usize),
    /// A message is longer than may be.
    #[error("a message of {0} bytes is too long")]
    Message(usize),
    /// The byte that says whether to wait is neither 0 nor 1.
    #[error("wait must be 0 or 1")]
    Wait,
    /// There are messages without a number for them.
    #[error("messages need a number above 0")]
    Number,
}

impl RequestHeader {
    /// Appends the header.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.key);
        out.extend_from_slice(&self.number.to_le_bytes());
        out.extend_from_slice(&self.received.to_le_bytes());
        out.push(u8::from(self.wait));
    }

    /// Splits a body into its header and its messages, each of at most `most` bytes.
    ///
    /// # Errors
    /// See [`BatchError`]; all messages have been looked at, so reading them again cannot fail.
    pub fn read(bytes: &[u8], most: usize) -> Result<(Self, Batch<'_>), BatchError> {
        if bytes.len() > MAX_REQUEST_BYTES {
            return Err(BatchError::TooLong(bytes.len()));
        }
        let mut reader = Reader(bytes);
        let cut = |_| BatchError::Truncated;
        let key = reader.take(KEY_BYTES).map_err(cut)?.try_into().expect("so many were taken");
        let (number, received) = (reader.u32().map_err(cut)?, reader.u32().map_err(cut)?);
        let wait = match reader.byte().map_err(cut)? {
            0 => false,
            1 => true,
            _ => return Err(BatchError::Wait),
        };
        let batch = Batch::check(reader.0, most)?;
        if number == 0 && !reader.0.is_empty() {
            return Err(BatchError::Number);
        }
        Ok((RequestHeader { key, number, received, wait }, batch))
    }
}

/// Appends one message with its length.
pub fn write_message(message: &[u8], out: &mut Vec<u8>) {
    write_varint(message.len() as u32, out);
    out.extend_from_slice(message);
}

/// A message and what follows it.
pub type Split<'a> = (&'a [u8], &'a [u8]);

/// Takes one message off the front of `bytes`, or nothing if it is not all there yet.
///
/// # Errors
/// [`BatchError::Message`] when it is longer than `most`, [`BatchError::Truncated`] when its length is
/// no number.
pub fn split_message(bytes: &[u8], most: usize) -> Result<Option<Split<'_>>, BatchError> {
    let mut reader = Reader(bytes);
    let length = match reader.varint() {
        Ok(length) => length as usize,
        Err(crate::frame::FrameError::Truncated) => return Ok(None),
        Err(_) => return Err(BatchError::Truncated),
    };
    if length > most {
        return Err(BatchError::Message(length));
    }
    Ok(reader.0.split_at_checked(length))
}

/// Whole messages, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch<'a>(&'a [u8]);

impl<'a> Batch<'a> {
    /// Takes what must be whole messages of at most `most` bytes.
    ///
    /// # Errors
    /// See [`BatchError`].
    pub fn check(bytes: &'a [u8], most: usize) -> Result<Self, BatchError> {
        let mut rest = bytes;
        while !rest.is_empty() {
            rest = split_message(rest, most)?.ok_or(BatchError::Truncated)?.1;
        }
        Ok(Batch(bytes))
    }

    /// The messages as they were sent, with their lengths.
    #[must_use]
    pub fn bytes(self) -> &'a [u8] {
        self.0
    }
}

impl<'a> Iterator for Batch<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.0.is_empty() {
            return None;
        }
        let (message, rest) = split_message(self.0, usize::MAX).ok()??;
        self.0 = rest;
        Some(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: RequestHeader =
        RequestHeader { key: [5; KEY_BYTES], number: 7, received: 6, wait: true };

    fn request(messages: &[&[u8]]) -> Vec<u8> {
        let mut out = Vec::new();
        HEADER.write(&mut out);
        messages.iter().for_each(|message| write_message(message, &mut out));
        out
    }

    #[test]
    fn a_request_comes_back() {
        let long = [9; 300];
        let bytes = request(&[&[1, 2], &[], &long]);
        let (header, batch) = RequestHeader::read(&bytes, 1024).unwrap();
        assert_eq!(header, HEADER);
        assert_eq!(batch.collect::<Vec<_>>(), [&[1, 2][..], &[], &long]);
    }

    #[test]
    fn what_is_cut_short_or_too_long_is_refused() {
        let bytes = request(&[&[1, 2, 3]]);
        for length in 0..bytes.len() {
            let whole = length == HEADER_BYTES;
            assert_eq!(RequestHeader::read(&bytes[..length], 8).is_ok(), whole, "{length}");
        }
        assert_eq!(RequestHeader::read(&bytes, 2), Err(BatchError::Message(3)));
        let mut huge = request(&[]);
        huge.extend_from_slice(&[0xFF; 4]);
        huge.push(0x0F);
        assert_eq!(RequestHeader::read(&huge, 8), Err(BatchError::Message(u32::MAX as usize)));
        let body = vec![0; MAX_REQUEST_BYTES + 1];
        assert_eq!(RequestHeader::read(&body, 8), Err(BatchError::TooLong(body.len())));
    }

    #[test]
    fn messages_need_a_number() {
        let mut bytes = Vec::new();
        RequestHeader { number: 0, ..HEADER }.write(&mut bytes);
        assert!(RequestHeader::read(&bytes, 8).is_ok());
        write_message(&[1], &mut bytes);
        assert_eq!(RequestHeader::read(&bytes, 8), Err(BatchError::Number));
    }

    #[test]
    fn a_stream_is_split_as_it_comes() {
        let mut bytes = Vec::new();
        write_message(&[1, 2], &mut bytes);
        assert_eq!(split_message(&bytes[..2], 9), Ok(None));
        assert_eq!(split_message(&bytes, 9), Ok(Some((&[1, 2][..], &[][..]))));
        assert_eq!(split_message(&[], 9), Ok(None));
    }
}
