//! A shard on simulated sockets and simulated time.

use std::{cell::Cell, collections::VecDeque, io, net::Ipv4Addr, sync::mpsc, time::Duration};

use parking_lot::Mutex;
use proptest::prelude::*;

use tickwire_shared::message::ClientMessage;

use super::{host::RoomHost, run::Shard, socket::Socket, *};
use crate::{
    config::Config,
    directory::{Directory, Seat, Wanted, Who},
    games::Games,
    test_game::{Config as Setup, Restless},
    test_viewer::{Event, Viewer, framed, join, masked},
};

/// The two ends of a simulated connection.
#[derive(Default)]
struct Wire {
    to_server: VecDeque<u8>,
    to_client: Vec<u8>,
    /// How many bytes fit on the way to the client.
    capacity: usize,
    finished: bool,
    /// The client's end is gone without a word.
    broken: bool,
}

#[derive(Clone)]
struct SimSocket(Arc<Mutex<Wire>>);

impl Socket for SimSocket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut wire = self.0.lock();
        let count = wire.to_server.len().min(buffer.len());
        if wire.broken {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        if count == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        for (to, from) in buffer.iter_mut().zip(wire.to_server.drain(..count)) {
            *to = from;
        }
        Ok(count)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut wire = self.0.lock();
        let count = bytes.len().min(wire.capacity - wire.to_client.len());
        if count == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        wire.to_client.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn finish(&mut self) {
        self.0.lock().finished = true;
    }
}

/// A client on a simulated socket.
struct Client {
    wire: Arc<Mutex<Wire>>,
    viewer: Viewer,
    frames: u32,
    pongs: u32,
    close: Option<u16>,
    resumed: bool,
}

impl Client {
    fn send(&self, bytes: &[u8]) {
        self.wire.lock().to_server.extend(bytes);
    }

    /// Reads all there is and says what is held.
    fn read(&mut self) {
        let bytes = std::mem::take(&mut self.wire.lock().to_client);
        self.viewer.bytes.extend_from_slice(&bytes);
        while let Some(event) = self.viewer.next() {
            match event {
                Event::Frame(_) => self.frames += 1,
                Event::Pong(_) => self.pongs += 1,
                Event::Close(code, _) => self.close = Some(code),
                Event::Resumed => self.resumed = true,
                _ => {}
            }
        }
        if let Some(ack) = self.viewer.ack() {
            self.send(&ack);
        }
    }
}

fn somebody() -> Who {
    Who::at(Ipv4Addr::LOCALHOST.into())
}

/// A shard, its directory, and a clock that moves when told to.
struct World {
    shard: Shard<SimSocket>,
    inbox: mpsc::Sender<Command<SimSocket>>,
    directory: Arc<Directory>,
    metrics: Arc<ShardMetrics>,
    now: Cell<Instant>,
}

impl World {
    fn new(config: Config, setup: Setup) -> Self {
        Self::shards(config, setup, 1).pop().expect("one shard")
    }

    /// Shards of one server, each as a world that is given its turns apart from the others.
    fn shards(config: Config, setup: Setup, count: usize) -> Vec<Self> {
        let games = Games::new().with_config::<Restless>(setup);
        let directory = Arc::new(Directory::new(games, config.clone(), count));
        let (inboxes, commands): (Vec<_>, Vec<_>) = (0..count).map(|_| mpsc::channel()).unzip();
        let now = Instant::now();
        let world = |(index, commands)| {
            let metrics = Arc::new(ShardMetrics::default());
            let peers: Vec<mpsc::Sender<Command<SimSocket>>> = inboxes.clone();
            let post: Post<SimSocket> = Box::new(move |shard, command| {
                peers[shard].send(command).expect("the shard is there");
            });
            let (rooms, shown) = (Arc::clone(&directory), Arc::clone(&metrics));
            let shard = Shard::new(index, (commands, post), rooms, &config, shown, now);
            let (inbox, directory) = (inboxes[index].clone(), Arc::clone(&directory));
            World { shard, inbox, directory, metrics, now: Cell::new(now) }
        };
        commands.into_iter().enumerate().map(world).collect()
    }

    fn connect(&self, wanted: &Wanted, capacity: usize) -> Client {
        self.connect_on(wanted, capacity, None)
    }

    /// Connects on a bad network.
    fn connect_on(&self, wanted: &Wanted, capacity: usize, net: Option<Conditions>) -> Client {
        let entrance = Entrance::Seat(self.seat(wanted));
        self.enter(entrance, capacity, net, join())
    }

    fn send(&self, command: Command<SimSocket>) {
        self.inbox.send(command).expect("the shard is there");
    }

    fn seat(&self, wanted: &Wanted) -> Seat {
        let open = |entry, room| self.send(Command::Open(entry, room));
        let seat = self.directory.seat(wanted, &somebody(), self.now.get(), open);
        seat.expect("a seat")
    }

    /// Comes in by any entrance, with these bytes first.
    fn enter(
        &self,
        entrance: Entrance,
        capacity: usize,
        net: Option<Conditions>,
        early: Vec<u8>,
    ) -> Client {
        let wire = Arc::new(Mutex::new(Wire { capacity, ..Wire::default() }));
        let socket = SimSocket(Arc::clone(&wire));
        let net = net.map(|conditions| Net { conditions, seed: 1 });
        let address = Ipv4Addr::LOCALHOST.into();
        let carrier = Carrier::Socket(WebSocket { pipe: Pipe::new(socket, None) });
        let arrival = Arrival { carrier, early, address, net };
        self.send(Command::Admit(arrival, entrance));
        Client { wire, viewer: Viewer::default(), frames: 0, pongs: 0, close: None, resumed: false }
    }

    /// Gives the shard turns until a tick was made, or until it has nothing to do for a while, and
    /// lets time pass until the next turn.
    fn step(&mut self) -> Next {
        let (now, ticks) = (&self.now, self.metrics.ticks.get());
        loop {
            let next = self.shard.turn(&|| now.get());
            let Next::At(when) = next else { return next };
            let wait = when.saturating_duration_since(now.get());
            now.set(when.max(now.get()));
            if self.metrics.ticks.get() > ticks || wait > Duration::from_millis(5) {
                return next;
            }
        }
    }

    fn pass(&mut self, time: Duration) {
        let until = self.now.get() + time;
        while self.now.get() < until {
            let now = &self.now;
            let next = self.shard.turn(&|| now.get());
            let when = if let Next::At(when) = next { when } else { until };
            self.now.set(when.clamp(self.now.get(), until));
        }
    }

    /// The bytes that wait in user space for any one connection.
    fn most_unsent(&self) -> usize {
        let connections = self.shard.agenda.rooms().flat_map(RoomHost::unsent);
        connections.max().unwrap_or(0)
    }
}

mod hosts;
mod lifecycle;
mod links;
mod nets;
mod operator;
mod panics;
mod sessions;
mod sleeping;

fn config() -> Config {
    let mut config = Config { seed: 1, hash_interval: 1, tick_hz: Some(240), ..Config::default() };
    config.limits.silence = Duration::from_secs(60);
    config
}

#[test]
fn who_joins_gets_welcome_and_keyframe_in_one_write_at_the_first_tick() {
    let mut world = World::new(config(), Setup::default());
    let mut client = world.connect(&Wanted::Game(None), 1 << 20);
    world.step();
    client.read();
    assert_eq!((client.frames, client.viewer.checked), (1, 1));
}

#[test]
fn a_reader_that_stops_for_ten_seconds_costs_little_memory_and_is_right_in_one_frame() {
    let mut world = World::new(config(), Setup { dots: 500, ..Setup::default() });
    let mut witness = world.connect(&Wanted::Game(None), 1 << 20);
    let mut stalled = world.connect(&Wanted::Game(None), 5_000);
    for _ in 0..40 {
        world.step();
        witness.read();
        stalled.read();
    }
    let frames = witness.frames;
    let mut most_unsent = 0;
    for _ in 0..2400 {
        world.step();
        witness.read();
        most_unsent = most_unsent.max(world.most_unsent());
    }
    assert_eq!(witness.frames - frames, 2400, "the witness missed nothing");
    assert!(most_unsent > 0, "the stall was felt");
    assert!(most_unsent <= 64 * 1024, "{most_unsent} bytes waited");

    // Two reads empty the wire and the tail; the frame after that leads to the present.
    let frames = stalled.frames;
    for _ in 0..3 {
        stalled.read();
        world.step();
    }
    stalled.read();
    assert!(stalled.frames - frames <= 6, "{} frames", stalled.frames - frames);
    witness.read();
    let behind =
        witness.viewer.tick().expect("frames").since(stalled.viewer.tick().expect("frames"));
    assert!(behind <= 1, "{behind} ticks behind");
    assert!(stalled.viewer.checked == stalled.frames && witness.viewer.checked == witness.frames);
    assert!(world.metrics.skipped_for_tail.get() > 2000);
}

#[test]
fn a_wire_that_takes_a_few_bytes_at_a_time_loses_and_repeats_nothing() {
    let mut world = World::new(config(), Setup::default());
    let mut client = world.connect(&Wanted::Game(None), 7);
    for _ in 0..4000 {
        world.step();
        client.read();
    }
    assert!(client.frames > 50 && client.viewer.checked == client.frames, "{}", client.frames);
}

#[test]
fn more_unsent_bytes_than_allowed_end_the_connection() {
    let mut config = config();
    config.limits.unsent_bytes = 4096;
    let mut world = World::new(config, Setup { dots: 4000, ..Setup::default() });
    let client = world.connect(&Wanted::Game(None), 100);
    world.step();
    assert_eq!(world.most_unsent(), 0, "the connection is gone");
    assert_eq!(Arc::strong_count(&client.wire), 1, "and its socket with it");
}

#[test]
fn a_shard_that_was_held_up_catches_up_and_then_lets_time_slip() {
    let mut world = World::new(config(), Setup::default());
    let mut client = world.connect(&Wanted::Game(None), 1 << 20);
    for _ in 0..10 {
        world.step();
        client.read();
    }
    let ticks = world.metrics.ticks.get();
    world.now.set(world.now.get() + Duration::from_secs(1));
    let held_up = world.now.get();
    while world.now.get() == held_up {
        world.step();
        client.read();
    }
    assert_eq!(world.metrics.ticks.get() - ticks, clock::MAX_CATCH_UP);
    assert!((230..=240).contains(&world.metrics.slipped.get()));
    assert_eq!(client.viewer.checked, client.frames);
}

#[test]
fn a_room_is_closed_when_nobody_was_there_for_as_long_as_it_stays() {
    let mut world = World::new(config(), Setup::default());
    let mut client = world.connect(&Wanted::Game(None), 1 << 20);
    world.pass(Duration::from_millis(100));
    client.read();
    client.send(&masked(0x88, b"\x03\xE8"));
    world.pass(Duration::from_secs(5));
    client.read();
    assert_eq!(client.close, Some(1000));
    assert!(client.wire.lock().finished);
    let ticks = world.metrics.ticks.get();
    world.pass(Duration::from_secs(20));
    assert_eq!(world.metrics.ticks.get(), ticks, "an empty room sleeps");
    assert_eq!(world.directory.rooms().len(), 1);
    world.pass(Duration::from_secs(10));
    assert!(world.directory.rooms().is_empty());
    assert_eq!(world.step(), Next::Whenever);
}

#[test]
fn who_leaves_between_two_ticks_is_heard_no_more() {
    let mut world = World::new(config(), Setup::default());
    let mut client = world.connect(&Wanted::Game(None), 1 << 20);
    for _ in 0..10 {
        world.step();
        client.read();
    }
    let (ticks, read) = (world.metrics.ticks.get(), world.metrics.received_bytes.get());
    client.send(&framed(&ClientMessage::Leave));
    world.pass(Duration::from_micros(100));
    assert!(world.metrics.received_bytes.get() > read, "it was read");
    assert_eq!(world.metrics.ticks.get(), ticks, "and that before the tick");
    client.send(&framed(&ClientMessage::Ping(7)).repeat(3));
    world.step();
    client.read();
    assert_eq!((client.close, client.pongs), (Some(1000), 0));
}

#[test]
fn a_shutdown_ends_the_shard_even_if_nobody_hangs_up() {
    let mut world = World::new(config(), Setup::default());
    let mut client = world.connect(&Wanted::Game(None), 1 << 20);
    world.pass(Duration::from_millis(100));
    world.inbox.send(Command::Shutdown).expect("the shard is there");
    world.step();
    client.read();
    assert_eq!(client.close, Some(1001));
    let started = world.now.get();
    while world.step() != Next::Never {}
    assert!(world.now.get() - started <= Duration::from_secs(3));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_one_client_sends_another_is_served_as_before(
        parts in prop::collection::vec(hostile(), 1..12), early in any::<bool>()
    ) {
        let mut world = World::new(config(), Setup::default());
        let mut witness = world.connect(&Wanted::Game(None), 1 << 20);
        let hostile = world.connect(&Wanted::Game(None), 1 << 20);
        if !early {
            world.step();
        }
        for part in &parts {
            hostile.send(part);
            world.step();
            witness.read();
        }
        let frames = witness.frames;
        for _ in 0..5 {
            world.step();
            witness.read();
        }
        prop_assert_eq!(witness.frames, frames + 5);
        prop_assert_eq!(witness.viewer.checked, witness.frames);
        prop_assert_eq!(world.metrics.panics.get(), 0);
        prop_assert_eq!(witness.close, None);
    }
}

/// Bytes, frames of bytes, and messages of every kind with any body.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let body = prop::collection::vec(any::<u8>(), 0..40);
    let message = (0_u8..13, body)
        .prop_map(|(kind, body)| masked(0x82, &[[kind].as_slice(), &body].concat()));
    let frame = (any::<u8>(), prop::collection::vec(any::<u8>(), 0..200))
        .prop_map(|(first, payload)| masked(first, &payload));
    let bytes = prop::collection::vec(any::<u8>(), 0..200);
    prop_oneof![6 => message, 1 => frame, 1 => bytes]
}
