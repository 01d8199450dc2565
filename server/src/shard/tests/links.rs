//! Links over HTTP on a simulated shard: what requests would do is done by hand.

use std::{
    pin::Pin,
    task::{Poll, Waker},
};

use hyper::body::Body;
use tickwire_shared::{
    batch::{RequestHeader, split_message, write_message},
    message::ClientMessage,
};

use super::*;
use crate::{
    directory::RoomEntry,
    links::{Asked, Link, LinkCarrier, StreamBody},
    test_viewer::{bare, join_with},
};

/// A client whose messages go over a link.
struct Linked {
    link: Arc<Link>,
    viewer: Viewer,
    batches: u32,
    received: u32,
    /// The poll that is held.
    held: Option<tokio::sync::oneshot::Receiver<Option<hyper::body::Bytes>>>,
    body: Option<StreamBody<()>>,
    frames: u32,
    pongs: u32,
    close: Option<u16>,
}

impl World {
    fn link(&self, is_stream: bool, entrance: Entrance, first: &ClientMessage<'_>) -> Linked {
        let link = Link::new(([7; 16], Arc::clone(entrance.room())), is_stream, None);
        let carrier = Carrier::Link(LinkCarrier::new(Arc::clone(&link)));
        let (early, address) = (Vec::new(), Ipv4Addr::LOCALHOST.into());
        self.send(Command::Admit(Arrival { carrier, early, address, net: None }, entrance));
        let body = is_stream.then(|| link.body(()));
        let mut client = Linked {
            link,
            viewer: Viewer::default(),
            batches: 0,
            received: 0,
            held: None,
            body,
            frames: 0,
            pongs: 0,
            close: None,
        };
        client.send(first);
        client
    }

    /// One that joins.
    fn join_by(&self, is_stream: bool) -> Linked {
        let entrance = Entrance::Seat(self.seat(&Wanted::Game(None)));
        self.link(is_stream, entrance, &join_with(None))
    }

    /// Sends a poll, and lets the shard know of it as the request would.
    fn poll(&mut self, client: &mut Linked, wait: bool) {
        let header = RequestHeader { key: [7; 16], number: 0, received: client.received, wait };
        let (asked, call) = client.link.ask(&header).expect("it polls");
        if let Some(connection) = call {
            self.send(Command::Answer(client.link.room().number, connection));
        }
        match asked {
            Asked::Held(from) => client.held = Some(from),
            Asked::Answer(bytes) => client.take_answer(&bytes),
            Asked::Wrong | Asked::Over => panic!("{asked:?}"),
        }
    }

    /// Gives the shard turns at this very moment, as often as something is due.
    fn now(&mut self) {
        let now = self.now.get();
        self.shard.turn(&|| now);
    }
}

impl Linked {
    fn send(&mut self, message: &ClientMessage<'_>) {
        self.batches += 1;
        self.link.take(self.batches, &batch(&[message])).expect("it is taken");
    }

    /// What a held poll was answered with, if it was.
    fn answered(&mut self) -> Option<Vec<u8>> {
        let answer = self.held.as_mut()?.try_recv().ok()?;
        self.held = None;
        Some(answer.map(|bytes| bytes.to_vec()).unwrap_or_default())
    }

    fn take_answer(&mut self, bytes: &[u8]) {
        let Some((number, messages)) = bytes.split_first_chunk() else { return };
        self.received = u32::from_le_bytes(*number);
        self.take_messages(messages);
    }

    fn take_messages(&mut self, mut bytes: &[u8]) {
        while let Ok(Some((message, rest))) = split_message(bytes, 1 << 20) {
            bytes = rest;
            match self.viewer.read(message) {
                Event::Frame(_) => self.frames += 1,
                Event::Pong(_) => self.pongs += 1,
                Event::Close(code, _) => self.close = Some(code),
                _ => {}
            }
        }
        assert!(bytes.is_empty(), "messages are whole");
    }

    fn acknowledge(&mut self) {
        if let Some(tick) = self.viewer.tick() {
            self.send(&ClientMessage::Ack(tick));
        }
    }

    /// Reads all that a stream has; false when it has ended.
    fn read(&mut self) -> bool {
        loop {
            let body = self.body.as_mut().expect("it has a stream");
            match Pin::new(body).poll_frame(&mut std::task::Context::from_waker(Waker::noop())) {
                Poll::Pending => return true,
                Poll::Ready(None) => return false,
                Poll::Ready(Some(frame)) => {
                    let bytes = frame.expect("it cannot fail").into_data().expect("it is data");
                    self.take_messages(&bytes);
                }
            }
        }
    }
}

fn batch(messages: &[&ClientMessage<'_>]) -> Vec<u8> {
    let mut out = Vec::new();
    messages.iter().for_each(|message| write_message(&bare(message), &mut out));
    out
}

fn room_tick(world: &World) -> u32 {
    world.directory.rooms()[0].tick().0
}

/// A client that polls at once whenever it was answered, for so many ticks.
fn play_polling(world: &mut World, client: &mut Linked, ticks: u32) {
    for _ in 0..ticks {
        if client.held.is_none() {
            world.poll(client, true);
        }
        world.step();
        if let Some(answer) = client.answered() {
            client.take_answer(&answer);
            client.acknowledge();
        }
    }
}

#[test]
fn who_polls_at_once_gets_every_tick_and_every_hash_holds() {
    let mut world = World::new(config(), Setup::default());
    let mut client = world.join_by(false);
    play_polling(&mut world, &mut client, 300);
    assert!(client.frames >= 298, "{} frames", client.frames);
    assert_eq!(client.viewer.checked, client.frames);
}

#[test]
fn a_stream_gets_every_tick_and_every_hash_holds() {
    let mut world = World::new(config(), Setup::default());
    let mut client = world.join_by(true);
    for _ in 0..300 {
        world.step();
        assert!(client.read());
        client.acknowledge();
    }
    assert!(client.frames >= 299, "{} frames", client.frames);
    assert_eq!(client.viewer.checked, client.frames);
}

#[test]
fn a_poll_between_two_ticks_is_answered_at_once_with_the_last_one() {
    let mut world = World::new(Config { tick_hz: Some(5), ..config() }, Setup::default());
    let mut client = world.join_by(false);
    play_polling(&mut world, &mut client, 5);
    for wait in [true, false] {
        client.held = None;
        world.pass(Duration::from_millis(500));
        let before = (client.frames, room_tick(&world));
        world.poll(&mut client, wait);
        world.now();
        let answer = client.answered().expect("it is answered before the next tick");
        client.take_answer(&answer);
        client.acknowledge();
        assert_eq!((client.frames, room_tick(&world)), (before.0 + 1, before.1));
        assert_eq!(client.viewer.tick().expect("frames came").0, before.1);
    }
    // The tick is known now: who waits gets the next one, who does not is told that there is nothing.
    world.poll(&mut client, true);
    world.now();
    assert_eq!(client.answered(), None);
    world.poll(&mut client, false);
    world.now();
    assert_eq!(client.answered(), Some(Vec::new()));
}

#[test]
fn an_answer_that_is_lost_is_given_again_byte_for_byte_and_nothing_is_missed() {
    let mut world = World::new(config(), Setup::default());
    let mut client = world.join_by(false);
    play_polling(&mut world, &mut client, 20);
    for _ in 0..20 {
        while client.answered().is_none() {
            if client.held.is_none() {
                world.poll(&mut client, true);
            }
            world.step();
        }
        // It was on the way and did not arrive; the room goes on meanwhile.
        world.pass(Duration::from_millis(30));
        let again = |client: &mut Linked| {
            let header =
                RequestHeader { key: [7; 16], number: 0, received: client.received, wait: true };
            match client.link.ask(&header) {
                Some((Asked::Answer(bytes), None)) => bytes,
                other => panic!("{other:?}"),
            }
        };
        let (first, second) = (again(&mut client), again(&mut client));
        assert_eq!(first, second);
        client.take_answer(&first);
        client.acknowledge();
    }
    play_polling(&mut world, &mut client, 5);
    assert_eq!(client.viewer.checked, client.frames);
}

#[test]
fn a_batch_that_comes_twice_or_late_is_acted_upon_once_and_in_its_order() {
    let mut world = World::new(config(), Setup::default());
    let mut client = world.join_by(true);
    world.step();
    client.read();
    let ping = |token| batch(&[&ClientMessage::Ping(token)]);
    for number in [3, 2, 3, 2, 4, 4] {
        client.link.take(number, &ping(number)).expect("it is taken");
        world.step();
        client.read();
    }
    assert_eq!(client.pongs, 3);
}

#[test]
fn a_stream_whose_reader_stalls_gets_the_present_in_a_few_frames() {
    let mut world = World::new(config(), Setup { dots: 200, ..Setup::default() });
    let mut witness = world.connect(&Wanted::Game(None), 1 << 20);
    let mut client = world.join_by(true);
    for _ in 0..20 {
        world.step();
        witness.read();
        client.read();
        client.acknowledge();
    }
    let frames = client.frames;
    for _ in 0..300 {
        world.step();
        witness.read();
    }
    for _ in 0..3 {
        client.read();
        client.acknowledge();
        world.step();
        witness.read();
    }
    client.read();
    assert!(client.frames - frames <= 5, "{} frames", client.frames - frames);
    let behind =
        witness.viewer.tick().expect("frames").since(client.viewer.tick().expect("frames"));
    assert!(behind <= 1, "{behind} ticks behind");
    assert_eq!(client.viewer.checked, client.frames);
    assert_eq!(witness.frames, 323, "the other missed nothing");
    assert!(world.metrics.skipped_for_tail.get() > 250);
}

#[test]
fn a_session_moves_from_polls_to_a_stream_to_a_socket_and_keeps_its_player() {
    let mut world = World::new(config(), Setup::default());
    let mut polls = world.join_by(false);
    play_polling(&mut world, &mut polls, 20);
    let room: Arc<RoomEntry> = Arc::clone(&world.directory.rooms()[0]);
    let door = || Entrance::Door(Arc::clone(&room));

    let mut stream = world.link(true, door(), &polls.viewer.resume(1, true));
    stream.viewer = std::mem::take(&mut polls.viewer);
    world.step();
    stream.read();
    stream.acknowledge();
    world.step();
    assert!(stream.read() && stream.frames >= 1);
    stream.acknowledge();
    world.poll(&mut polls, true);
    let over = polls.answered();
    over.into_iter().for_each(|answer| polls.take_answer(&answer));
    assert_eq!(polls.close, Some(4010));

    let first = crate::test_viewer::framed(&stream.viewer.resume(2, true));
    let mut socket = world.enter(door(), 1 << 20, None, first);
    socket.viewer = std::mem::take(&mut stream.viewer);
    // What a room counts is shown twice a second.
    for _ in 0..130 {
        world.step();
        socket.read();
    }
    assert!(!stream.read(), "the stream has ended");
    assert_eq!((stream.close, socket.close), (Some(4010), None));
    assert!(socket.resumed && socket.frames >= 129);
    assert_eq!((room.players(), world.metrics.resumes.get()), (1, 2));
    assert_eq!(room.counters()[2], 1, "one frame stood alone, the first");
}

#[test]
fn who_lost_its_session_between_two_ticks_gets_no_frame_and_is_heard_no_more() {
    let mut world = World::new(Config { tick_hz: Some(5), ..config() }, Setup::default());
    let mut old = world.join_by(false);
    play_polling(&mut world, &mut old, 5);
    old.held = None;
    world.pass(Duration::from_millis(500));
    let room: Arc<RoomEntry> = Arc::clone(&world.directory.rooms()[0]);
    let door = Entrance::Door(Arc::clone(&room));
    let mut new = world.link(false, door, &old.viewer.resume(1, false));
    world.now();
    // Its resume is read, but its poll has gone before it was answered.
    world.poll(&mut new, true);
    new.held = None;
    world.now();
    let (frames, tick) = (old.frames, room_tick(&world));
    old.send(&ClientMessage::Ping(1));
    world.poll(&mut old, true);
    world.now();
    assert_eq!(old.answered(), None);
    world.poll(&mut new, true);
    world.now();
    let answer = new.answered().expect("it is answered before the next tick");
    new.take_answer(&answer);
    assert_eq!((new.frames, room_tick(&world)), (1, tick));
    world.pass(Duration::from_millis(500));
    let last = old.answered().expect("it is told");
    old.take_answer(&last);
    assert_eq!((old.close, old.frames, old.pongs), (Some(4010), frames, 0));
    assert_eq!((world.metrics.takeovers.get(), room.players()), (1, 1));
}

#[test]
fn a_stream_that_is_cut_leaves_its_player_away_and_one_that_ends_says_why() {
    let mut world = World::new(config(), Setup::default());
    let mut client = world.join_by(true);
    world.step();
    client.read();
    client.body = None;
    world.pass(Duration::from_millis(100));
    let room: Arc<RoomEntry> = Arc::clone(&world.directory.rooms()[0]);
    let door = Entrance::Door(Arc::clone(&room));
    let mut back = world.link(true, door, &client.viewer.resume(1, false));
    world.step();
    back.read();
    assert!(back.frames == 1 && room.players() == 1);
    back.send(&ClientMessage::Leave);
    world.step();
    assert!(!back.read());
    assert_eq!(back.close, Some(1000));
}

#[test]
fn who_sends_nothing_for_too_long_is_told_and_may_come_back() {
    let mut config = config();
    config.limits.silence = Duration::from_secs(2);
    let mut world = World::new(config, Setup::default());
    let mut client = world.join_by(false);
    play_polling(&mut world, &mut client, 10);
    world.pass(Duration::from_secs(3));
    client.held = None;
    world.poll(&mut client, true);
    while client.close.is_none() {
        if let Some(answer) = client.answered() {
            client.take_answer(&answer);
        }
        world.poll(&mut client, true);
    }
    assert_eq!((client.close, world.directory.rooms()[0].players()), (Some(4006), 1));
}

#[test]
fn a_link_that_floods_is_closed_like_a_socket() {
    let mut world = World::new(config(), Setup::default());
    let mut client = world.join_by(true);
    let mut witness = world.connect(&Wanted::Game(None), 1 << 20);
    let until = world.now.get() + Duration::from_secs(4);
    let many = batch(&[&ClientMessage::Ping(1); 200]);
    while world.now.get() < until && client.close.is_none() {
        if client.link.take(client.batches + 1, &many).is_ok() {
            client.batches += 1;
        }
        world.step();
        witness.read();
        client.read();
    }
    assert_eq!((client.close, witness.close), (Some(1008), None));
}

#[test]
fn who_polls_far_more_often_than_there_are_ticks_is_closed_too() {
    let mut world = World::new(config(), Setup::default());
    let mut client = world.join_by(false);
    play_polling(&mut world, &mut client, 5);
    let until = world.now.get() + Duration::from_secs(4);
    while world.now.get() < until && client.close.is_none() {
        for _ in 0..40 {
            if client.close.is_none() {
                world.poll(&mut client, true);
            }
        }
        world.step();
        if let Some(answer) = client.answered() {
            client.take_answer(&answer);
        }
    }
    assert_eq!(client.close, Some(1008));
}
