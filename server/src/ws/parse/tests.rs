use proptest::prelude::*;

use super::*;

/// The most bytes that an accepted frame takes: two, an extended length, the mask, the payload.
const MAX_FRAME_BYTES: usize = 2 + 2 + 4 + MAX_CLIENT_MESSAGE_BYTES;

/// A client's frame, masked.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mask = [0x5A, 0x01, 0xFF, 0x80];
    let mut bytes = vec![first];
    match payload.len() {
        length @ ..=125 => bytes.push(0x80 | length as u8),
        length => {
            bytes.push(0x80 | 126);
            bytes.extend_from_slice(&(length as u16).to_be_bytes());
        }
    }
    bytes.extend_from_slice(&mask);
    bytes.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    bytes
}

fn violation(bytes: &[u8]) -> Violation {
    parse(&mut bytes.to_vec()).expect_err("it breaks a rule")
}

#[test]
fn a_binary_frame_is_unmasked_in_place() {
    for length in [0, 1, 7, 8, 9, 125, 126, 1024] {
        let payload: Vec<u8> = (0..length).map(|n| (n * 7) as u8).collect();
        let mut bytes = frame(0x82, &payload);
        let total = bytes.len();
        bytes.push(0x82);
        let parsed = parse(&mut bytes).expect("it is fine");
        assert_eq!(parsed, Some((Frame::Binary(&payload), total)), "{length}");
    }
}

#[test]
fn control_frames_are_understood() {
    assert_eq!(parse(&mut frame(0x89, b"hi")), Ok(Some((Frame::Ping(b"hi"), 8))));
    assert_eq!(parse(&mut frame(0x8A, b"hi")), Ok(Some((Frame::Pong, 8))));
    assert_eq!(parse(&mut frame(0x88, b"")), Ok(Some((Frame::Close(None), 6))));
    assert_eq!(parse(&mut frame(0x88, b"\x0F\xA0ok")), Ok(Some((Frame::Close(Some(4000)), 10))));
}

#[test]
fn what_a_client_may_not_send_is_a_protocol_error() {
    let cases: [&[u8]; 11] = [
        &[0x82, 0x05],         // not masked
        &[0xC2],               // a reserved bit
        &[0x92],               // another
        &[0xA2],               // and the third
        &[0x83],               // a reserved opcode
        &[0x8B],               // a reserved control opcode
        &[0x02],               // the first fragment
        &[0x80],               // a continuation
        &[0x09],               // a fragmented ping
        &[0x89, 0xFE],         // a long ping
        &[0x82, 0xFE, 0, 125], // a length that wants one byte
    ];
    for bytes in cases {
        assert!(matches!(violation(bytes), Violation::Protocol(_)), "{bytes:02X?}");
    }
}

#[test]
fn oversize_control_frames_of_all_kinds_are_refused_by_their_header() {
    for first in [0x88, 0x89, 0x8A] {
        for second in [0xFE, 0xFF] {
            assert!(matches!(violation(&[first, second]), Violation::Protocol(_)));
        }
    }
}

#[test]
fn a_claimed_length_is_refused_before_any_of_it_arrives() {
    assert_eq!(violation(&[0x82, 0xFE, 4, 1]), Violation::TooBig);
    assert_eq!(violation(&[0x82, 0xFF]), Violation::TooBig);
}

#[test]
fn text_is_refused_by_its_first_byte() {
    assert_eq!(violation(&[0x81]), Violation::Text);
}

#[test]
fn malformed_closes_are_refused() {
    for payload in [b"\x03".as_slice(), b"\x03\xEC", b"\x03\xED", b"\x0B\xB7", b"\x03\xE8\xFF"] {
        let violation = violation(&frame(0x88, payload));
        assert!(matches!(violation, Violation::Protocol(_)), "{payload:02X?}");
    }
}

/// What a whole stream of bytes comes to: its frames, and the violation that ended it.
fn read_all(chunks: &[&[u8]]) -> (Vec<String>, Option<Violation>) {
    let mut buffer = Vec::new();
    let mut seen = Vec::new();
    for chunk in chunks {
        buffer.extend_from_slice(chunk);
        loop {
            match parse(&mut buffer) {
                Ok(None) => break,
                Ok(Some((frame, used))) => {
                    seen.push(format!("{frame:?}"));
                    buffer.drain(..used);
                }
                Err(violation) => return (seen, Some(violation)),
            }
        }
        assert!(buffer.len() < MAX_FRAME_BYTES, "an unfinished frame is never longer than a frame");
    }
    (seen, None)
}

/// Mostly well-formed streams, so that the property sees more than first bytes.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let first = prop_oneof![
        8 => Just(0x82_u8), 1 => Just(0x89), 1 => Just(0x8A), 1 => Just(0x88), 1 => any::<u8>()
    ];
    let good = (first, prop::collection::vec(any::<u8>(), 0..300))
        .prop_map(|(first, payload)| frame(first, &payload));
    let part = prop_oneof![6 => good, 1 => prop::collection::vec(any::<u8>(), 0..20)];
    prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let _ = parse(&mut bytes);
    }

    #[test]
    fn the_result_does_not_depend_on_how_the_bytes_arrive(
        bytes in stream(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12)
    ) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let chunks: Vec<&[u8]> = cuts.windows(2).map(|cut| &bytes[cut[0]..cut[1]]).collect();
        let byte_by_byte: Vec<&[u8]> = bytes.chunks(1).collect();
        let whole = read_all(&[&bytes]);
        prop_assert_eq!(&whole, &read_all(&chunks));
        prop_assert_eq!(&whole, &read_all(&byte_by_byte));
    }
}
