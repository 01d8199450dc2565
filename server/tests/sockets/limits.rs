//! What one connection may take, whatever it does.

use std::{
    io::{Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use tickwire_shared::message::ClientMessage;

use crate::support::{
    client::{Client, exchange, handshake, status_of},
    server::{TestServer, eventually},
    viewer::{framed, masked},
};

#[test]
fn sockets_beyond_the_limit_are_turned_away_and_places_are_given_back() {
    let server = TestServer::start(|config| config.max_connections = 2);
    let first = server.join("/ws");
    let _second = server.join("/ws");
    let request = handshake(server.addr(), "/ws");
    assert_eq!(status_of(&exchange(server.addr(), request.as_bytes()).1), 503);
    drop(first);
    eventually("a place is free", || server.count("connections") == 1);
    server.join("/ws").play(2);
}

#[test]
fn a_flood_is_read_slowly_and_then_ended() {
    let server = TestServer::start(|config| {
        config.limits.flood_wait = Duration::from_millis(300);
    });
    let mut other = server.join("/ws");
    let flooder = server.join("/ws");
    let pings = framed(&ClientMessage::Ping(1)).repeat(10_000);
    let mut writing = flooder.stream.try_clone().expect("a second handle");
    let writer = thread::spawn(move || {
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(10) && writing.write_all(&pings).is_ok() {}
    });
    other.play(60);
    let mut flooder = Client { ..flooder };
    let mut closed = None;
    while let Some(event) = flooder.next() {
        if let crate::support::viewer::Event::Close(code, _) = event {
            closed = Some(code);
        }
    }
    assert_eq!(closed, Some(1008));
    flooder.stream.shutdown(std::net::Shutdown::Both).ok();
    writer.join().expect("it ends");
    let ticks = server.rooms()[0].tick().0 as u64;
    assert!(server.count("received_messages") <= 32 * 2 * ticks + 64, "it was read slowly");
}

#[test]
fn a_burst_is_no_flood() {
    let server = TestServer::start(|_| {});
    let mut client = server.join("/ws");
    client.send(&framed(&ClientMessage::Ping(1)).repeat(300));
    client.play(60);
}

#[test]
fn garbage_on_one_connection_does_nothing_to_another() {
    let server = TestServer::start(|config| config.shards = Some(1));
    let mut witness = server.join("/ws?create=1");
    let path = format!("/ws?room={}", witness.room());
    let addr = server.addr();
    let vandal = thread::spawn(move || {
        let mut random = 0x1234_5678_u32;
        let mut next = move || {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (random >> 24) as u8
        };
        for round in 0..60 {
            let bytes: Vec<u8> = (0..usize::from(next()) * 8 + 1).map(|_| next()).collect();
            let mut client = Client::connect(addr, &path);
            if round % 3 > 0 {
                client.join();
            }
            let bytes =
                if round % 3 == 2 { masked(0x82, &bytes[..bytes.len().min(1024)]) } else { bytes };
            let _ = client.stream.write_all(&bytes);
            if round % 2 == 0 {
                let _ = client.stream.set_read_timeout(Some(Duration::from_millis(50)));
                let _ = client.stream.read(&mut [0; 4096]);
            }
        }
        for bytes in [b"\0\0\0\0".as_slice(), b"GET / HTTP/9.9\r\n\r\n", &[0xFF; 20_000]] {
            let mut stream = TcpStream::connect(addr).expect("the server listens");
            let _ = stream.write_all(bytes);
        }
    });
    let mut frames = 0;
    while !vandal.is_finished() || frames < 60 {
        witness.play(1);
        frames += 1;
    }
    vandal.join().expect("it ends");
    assert!(witness.viewer.checked >= frames, "every frame carried a hash, and every hash held");
    assert_eq!(server.count("panicked_rooms"), 0);
}
