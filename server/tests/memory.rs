//! What the whole process keeps in user space for one more connection, over real sockets, and
//! for one more room that sleeps.
//!
//! The clients are bare sockets that take no memory, so that what is counted is the server's: the
//! seat, the connection, the player, and also the player's part of the room (its ship in every
//! tick of the history, its owner's segment), and whatever the HTTP side would hold on to.

mod support;

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    sync::Mutex,
    time::Duration,
};

use peak_alloc::PeakAlloc;
use support::{
    client::{exchange, status_of},
    server::{TestServer, eventually},
    viewer::{framed, join},
};
use tickwire_games::arena::Arena;
use tickwire_server::Games;
use tickwire_shared::message::ClientMessage;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// Players, or rooms, that come before and after the first count.
const FEW: usize = 64;
const MORE: usize = 128;

/// Held by the one test that counts.
static COUNTING: Mutex<()> = Mutex::new(());

#[test]
fn one_more_connection_takes_at_most_8_kib() {
    let _alone = COUNTING.lock();
    let server = TestServer::with_games(
        |config| (config.shards, config.max_players) = (Some(1), Some(256)),
        Games::new().with::<Arena>(),
    );
    let mut sockets: Vec<TcpStream> = Vec::with_capacity(FEW + MORE);
    connect(&server, &mut sockets, FEW);
    let before = settled(&server, &mut sockets);
    connect(&server, &mut sockets, MORE);
    let after = settled(&server, &mut sockets);
    let each = after.saturating_sub(before) / MORE;
    println!("{each} bytes a connection, its part of the room included");
    assert!(each > 0 && each <= 8 * 1024, "{each} bytes a connection");
}

#[test]
fn one_more_room_that_sleeps_takes_at_most_4_kib() {
    let _alone = COUNTING.lock();
    let server = TestServer::with_games(
        |config| {
            (config.shards, config.linger) = (Some(1), Duration::from_secs(600));
            config.grace = Duration::ZERO;
        },
        Games::new().with::<Arena>(),
    );
    let before = with_sleeping_rooms(&server, FEW);
    let after = with_sleeping_rooms(&server, FEW + MORE);
    let each = after.saturating_sub(before) / MORE;
    println!("{each} bytes a sleeping room");
    assert!(each > 0 && each <= 4 * 1024, "{each} bytes a sleeping room");
}

/// Has rooms opened and left until there are so many, and says what is on the heap when all sleep.
fn with_sleeping_rooms(server: &TestServer, count: usize) -> usize {
    while server.rooms().len() < count {
        server.join("/ws?create=1");
    }
    eventually("all rooms sleep", || server.rooms().iter().all(|room| room.is_asleep()));
    // Connections that are told of their end are kept for a moment.
    eventually("all have hung up", || server.count("connections") == 0);
    HEAP.current_usage()
}

fn connect(server: &TestServer, sockets: &mut Vec<TcpStream>, count: usize) {
    for _ in 0..count {
        let request = support::client::handshake(server.addr(), "/ws");
        let (mut socket, header, _) = exchange(server.addr(), request.as_bytes());
        assert_eq!(status_of(&header), 101, "{header}");
        socket.write_all(&join()).expect("the server takes it");
        socket.set_nonblocking(true).expect("a socket need not wait");
        sockets.push(socket);
    }
}

/// The bytes on the heap when all have been players for a whole history.
fn settled(server: &TestServer, sockets: &mut [TcpStream]) -> usize {
    let players = || server.rooms().iter().map(|room| room.players() as usize).sum::<usize>();
    eventually("all have joined", || {
        drain(sockets);
        players() == sockets.len()
    });
    let tick = server.rooms()[0].tick();
    eventually("a history has passed", || {
        drain(sockets);
        // As players do who keep up.
        let acknowledged = framed(&ClientMessage::Ack(server.rooms()[0].tick()));
        sockets.iter_mut().for_each(|socket| drop(socket.write_all(&acknowledged)));
        server.rooms()[0].tick().since(tick) > 48
    });
    HEAP.current_usage()
}

fn drain(sockets: &mut [TcpStream]) {
    let mut buffer = [0; 16 * 1024];
    for socket in sockets {
        loop {
            match socket.read(&mut buffer) {
                Ok(0) => panic!("the server hung up"),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => panic!("{error}"),
            }
        }
    }
}
