//! Server frames: unmasked, whole, and written straight into a send buffer.

use super::close::CloseReason;

const FIN_BINARY: u8 = 0x82;
const FIN_CLOSE: u8 = 0x88;
const FIN_PONG: u8 = 0x8A;

/// What is left free for a header. A longer or shorter one moves its payload.
const USUAL_HEADER: usize = 4;

/// Appends a binary message whose payload `fill` appends.
///
/// If `fill` says that there is none, nothing stays in `out`.
pub fn binary(out: &mut Vec<u8>, fill: impl FnOnce(&mut Vec<u8>) -> bool) -> bool {
    let start = out.len();
    out.extend_from_slice(&[0; USUAL_HEADER]);
    let filled = fill(out);
    if filled {
        finish(out, start);
    } else {
        out.truncate(start);
    }
    filled
}

/// Writes the header before the payload that begins [`USUAL_HEADER`] bytes after `start`.
fn finish(out: &mut Vec<u8>, start: usize) {
    let payload_at = start + USUAL_HEADER;
    let length = out.len() - payload_at;
    out[start] = FIN_BINARY;
    if length <= 125 {
        out.copy_within(payload_at.., start + 2);
        out.truncate(start + 2 + length);
        out[start + 1] = length as u8;
    } else if let Ok(length) = u16::try_from(length) {
        out[start + 1] = 126;
        out[start + 2..payload_at].copy_from_slice(&length.to_be_bytes());
    } else {
        out.extend_from_slice(&[0; 6]);
        let payload_end = payload_at + length;
        out.copy_within(payload_at..payload_end, payload_at + 6);
        out[start + 1] = 127;
        out[start + 2..start + 10].copy_from_slice(&(length as u64).to_be_bytes());
    }
}

/// Appends a binary message.
pub fn message(out: &mut Vec<u8>, payload: &[u8]) {
    binary(out, |out| {
        out.extend_from_slice(payload);
        true
    });
}

/// Appends a pong with a ping's payload, which is short enough for a control frame.
pub fn pong(out: &mut Vec<u8>, payload: &[u8]) {
    out.extend_from_slice(&[FIN_PONG, payload.len() as u8]);
    out.extend_from_slice(payload);
}

/// Appends a close frame.
pub fn close(out: &mut Vec<u8>, reason: &CloseReason) {
    let text = reason.text.as_bytes();
    out.extend_from_slice(&[FIN_CLOSE, 2 + text.len() as u8]);
    out.extend_from_slice(&reason.code.to_be_bytes());
    out.extend_from_slice(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(payload: &[u8]) -> Vec<u8> {
        let mut out = vec![0xEE];
        message(&mut out, payload);
        out.split_off(1)
    }

    #[test]
    fn every_length_gets_its_shortest_header() {
        let cases = [(0, 2), (125, 2), (126, 4), (65_535, 4), (65_536, 10), (200_000, 10)];
        for (length, header) in cases {
            let payload: Vec<u8> = (0..length).map(|n| n as u8).collect();
            let frame = written(&payload);
            assert_eq!(frame.len(), header + length, "{length}");
            assert!(frame[header..] == payload, "{length}");
            assert_eq!(frame[0], 0x82);
        }
        assert_eq!(written(&[7; 300])[..4], [0x82, 126, 1, 44]);
        assert_eq!(written(&[7; 65_536])[..10], [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
    }

    #[test]
    fn a_message_that_is_not_filled_leaves_nothing() {
        let mut out = vec![1, 2];
        assert!(!binary(&mut out, |out| {
            out.push(9);
            false
        }));
        assert_eq!(out, [1, 2]);
    }
}
