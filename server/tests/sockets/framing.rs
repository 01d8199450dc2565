//! What a connection may not do, once it is a WebSocket: each thing that the
//! library's own reader lets pass or gets wrong, over a real socket.

use crate::support::{
    server::TestServer,
    viewer::{Event, masked},
};

/// Joins, sends these bytes, and returns the close that follows.
fn close_after(bytes: &[u8]) -> (u16, String) {
    let server = TestServer::start(|_| {});
    let mut client = server.join("/ws");
    client.send(bytes);
    let close = client.wait_for_close();
    assert_eq!(client.viewer.closes, 1, "there is only one close");
    close
}

#[test]
fn an_unmasked_frame_is_a_protocol_error() {
    assert_eq!(close_after(&[0x82, 2, 3, 0]).0, 1002);
}

#[test]
fn a_fragment_is_a_protocol_error() {
    assert_eq!(close_after(&masked(0x02, b"part")).0, 1002);
}

#[test]
fn a_continuation_of_nothing_is_a_protocol_error() {
    assert_eq!(close_after(&masked(0x80, b"part")).0, 1002);
}

#[test]
fn a_second_start_frame_does_not_drop_the_first_silently() {
    let mut bytes = masked(0x02, b"first");
    bytes.extend_from_slice(&masked(0x02, b"second"));
    assert_eq!(close_after(&bytes).0, 1002);
}

#[test]
fn endless_fragments_are_not_gathered() {
    let mut bytes = masked(0x02, &[0; 1000]);
    for _ in 0..200 {
        bytes.extend_from_slice(&masked(0x00, &[0; 1000]));
    }
    let server = TestServer::start(|_| {});
    let mut client = server.join("/ws");
    // The server may hang up before all of it is sent.
    let _ = std::io::Write::write_all(&mut client.stream, &bytes);
    assert_eq!(client.wait_for_close().0, 1002);
}

#[test]
fn reserved_bits_and_opcodes_are_protocol_errors() {
    for first in [0xC2, 0xA2, 0x92, 0x83, 0x87, 0x8B, 0x8F] {
        assert_eq!(close_after(&masked(first, b"x")).0, 1002, "{first:#04x}");
    }
}

#[test]
fn a_claim_of_many_bytes_is_refused_before_they_come() {
    let claim = [[0x82, 0xFF].as_slice(), &(64_u64 << 20).to_be_bytes(), &[1, 2, 3, 4]].concat();
    assert_eq!(close_after(&claim).0, 1009);
    assert_eq!(close_after(&[0x82, 0xFF]).0, 1009, "the length itself need not come");
}

#[test]
fn a_message_above_the_limit_is_too_big_and_one_at_it_is_read() {
    assert_eq!(close_after(&masked(0x82, &[9; 1025])).0, 1009);
    assert_eq!(close_after(&masked(0x82, &[0x70; 1024])).0, 4000, "it was read, and meant nothing");
}

#[test]
fn oversize_control_frames_are_protocol_errors() {
    for first in [0x88, 0x89, 0x8A] {
        assert_eq!(close_after(&masked(first, &[7; 126])).0, 1002, "{first:#04x}");
    }
}

#[test]
fn text_is_not_understood() {
    assert_eq!(close_after(&masked(0x81, b"hello")).0, 1003);
}

#[test]
fn a_close_is_answered_once_with_its_own_code() {
    for code in [1000_u16, 1001, 3000, 4999] {
        let mut bytes = masked(0x88, &code.to_be_bytes());
        bytes.extend_from_slice(&masked(0x88, &code.to_be_bytes()));
        assert_eq!(close_after(&bytes).0, code);
    }
    assert_eq!(close_after(&masked(0x88, b"")).0, 1000);
}

#[test]
fn a_malformed_close_is_a_protocol_error() {
    for payload in [b"\x03".as_slice(), b"\x03\xED", b"\x00\x00", b"\x03\xE8\xFF\xFE"] {
        assert_eq!(close_after(&masked(0x88, payload)).0, 1002, "{payload:?}");
    }
}

#[test]
fn a_ping_is_answered_with_its_bytes() {
    let server = TestServer::start(|_| {});
    let mut client = server.join("/ws");
    client.send(&masked(0x89, &[5; 125]));
    loop {
        match client.next() {
            Some(Event::WsPong(payload)) => break assert_eq!(payload, [5; 125]),
            Some(Event::Frame(_)) => {}
            other => panic!("{other:?} came instead of a pong"),
        }
    }
}

#[test]
fn many_pings_at_once_get_few_pongs() {
    let server = TestServer::start(|_| {});
    let mut client = server.join("/ws");
    client.send(&masked(0x89, b"ping").repeat(30));
    client.play(20);
    // One for each time that the socket was read while they came.
    assert!((1..=10).contains(&server.count("pongs")), "{}", server.count("pongs"));
}

#[test]
fn a_frame_that_arrives_byte_by_byte_is_understood() {
    let server = TestServer::start(|_| {});
    let mut client = server.connect("/ws");
    for byte in crate::support::viewer::join() {
        client.send(&[byte]);
        std::thread::sleep(std::time::Duration::from_millis(3));
    }
    client.play(5);
}
