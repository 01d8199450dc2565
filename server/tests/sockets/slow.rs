//! Readers that do not keep up, over real sockets: they get the present, and others notice nothing.

use std::{
    collections::BTreeMap,
    io::Read,
    thread,
    time::{Duration, Instant},
};

use tickwire_server::Games;
use tickwire_shared::{Tick, message::ClientMessage, schema::Audience};

use crate::support::{
    client::Client,
    game::{Config as Setup, Restless},
    server::{TestServer, eventually},
    viewer::{Event, Viewer},
};

/// How long the reader does not read, which is far beyond the history.
const STALL: Duration = Duration::from_secs(4);
/// What its kernel takes meanwhile.
const RECEIVE_BUFFER: usize = 128 * 1024;
/// Frames that may have been under way when it stopped: the largest window there is.
const MOST_STALE: usize = 24;

fn start(seed: u64) -> TestServer {
    println!("seed {seed}");
    let setup = Setup { dots: 200, ..Setup::default() };
    let change = |config: &mut tickwire_server::Config| {
        config.seed = seed;
        config.tick_hz = Some(30);
        config.shards = Some(1);
    };
    TestServer::with_games(change, Games::new().with_config::<Restless>(setup))
}

/// What everybody may see, by entity.
fn public(viewer: &Viewer) -> BTreeMap<u32, Vec<u32>> {
    let replica = viewer.replica.as_ref().expect("it is in");
    let segments = replica.segments().iter().filter(|held| held.audience == Audience::Public);
    let rows = segments.flat_map(|held| held.rows.iter(replica.layout(held.audience)));
    rows.map(|row| (row.id.0, row.values.to_vec())).collect()
}

/// Plays until a tick, and says how far apart the frames were.
fn play_until(client: &mut Client, over: impl Fn(Tick) -> bool) -> Vec<i32> {
    let mut gaps = Vec::new();
    loop {
        let before = client.viewer.tick().expect("frames came");
        client.play(1);
        let tick = client.viewer.tick().expect("frames came");
        gaps.push(tick.since(before));
        if over(tick) {
            return gaps;
        }
    }
}

/// Plays on until both hold the same tick, a new one.
fn meet(a: &mut Client, b: &mut Client) {
    a.play(1);
    loop {
        let ahead = a.viewer.tick().expect("frames came").since(b.viewer.tick().expect("frames"));
        match ahead {
            0 => return,
            1.. => b.play(1),
            _ => a.play(1),
        }
    }
}

/// Reads the frames that have come, without waiting for more: how far apart they were.
fn read_what_came(client: &mut Client) -> Vec<i32> {
    client.stream.set_nonblocking(true).expect("a socket");
    let mut buffer = [0; 16 * 1024];
    while let Ok(read @ 1..) = client.stream.read(&mut buffer) {
        client.viewer.bytes.extend_from_slice(&buffer[..read]);
    }
    client.stream.set_nonblocking(false).expect("a socket");
    let mut gaps = Vec::new();
    let mut held = client.viewer.tick().expect("frames came");
    while let Some(event) = client.viewer.next() {
        let Event::Frame(applied) = event else { panic!("{event:?} came") };
        gaps.push(applied.tick.since(held));
        held = applied.tick;
    }
    gaps
}

fn a_stall(seed: u64) {
    let server = start(seed);
    let mut witness = server.join("/ws");
    let mut stalled = server.connect("/ws");
    let socket = socket2::SockRef::from(&stalled.stream);
    socket.set_recv_buffer_size(RECEIVE_BUFFER).expect("a buffer");
    stalled.join();
    stalled.play(30);
    let stalled_at = stalled.viewer.tick().expect("frames came");
    let started = Instant::now();
    let gaps = play_until(&mut witness, |_| started.elapsed() > STALL);
    let missed = gaps.iter().filter(|gap| **gap != 1).count();
    assert!(gaps.len() > 60 && gaps.iter().all(|gap| *gap > 0), "frames came in order");
    // A machine that is busy may hold up a reader for a moment; the stall held it up for seconds.
    assert!(missed * 10 < gaps.len(), "{missed} of {} frames merged others: {gaps:?}", gaps.len());

    // What was under way arrives, then one frame that stands alone, then every tick.
    let present = witness.viewer.tick().expect("frames came");
    assert!(present.since(stalled_at) > 60, "the others went on");
    let back = play_until(&mut stalled, |tick| tick.since(present) >= 0);
    let stale = back.iter().position(|gap| *gap > 32).expect("one frame leads to the present");
    assert!(stale <= MOST_STALE, "{stale} old frames came first");
    // Every frame carries a hash, and each that came was right; the entities are the same, too.
    for _ in 0..30 {
        meet(&mut witness, &mut stalled);
        assert_eq!(public(&witness.viewer), public(&stalled.viewer));
    }
    assert!(stalled.viewer.checked > 60);
    eventually("the rungs are counted", || server.count("lag_keyframes") == 1);
    assert!(server.count("skipped_frames") > 60);
    assert_eq!((server.count("hash_mismatches"), server.count("stalled_viewers")), (0, 0));
}

#[test]
fn who_stops_reading_for_four_seconds_holds_the_exact_state_again_and_others_notice_nothing() {
    thread::scope(|scope| {
        let runs = [11, 12, 13].map(|seed| scope.spawn(move || a_stall(seed)));
        runs.into_iter().for_each(|run| run.join().expect("the run with the seed printed above"));
    });
}

#[test]
fn who_only_pings_and_never_acknowledges_is_closed_with_a_reason() {
    let server = TestServer::start(|config| config.limits.stall = Duration::from_millis(500));
    let mut rare = server.join("/ws");
    let mut deaf = server.join("/ws");
    let mut closed = None;
    for token in 0..200 {
        rare.play(1);
        if closed.is_none() {
            deaf.send_message(&ClientMessage::Ping(token));
            closed = (server.count("closes/4007") > 0).then(|| deaf.wait_for_close());
        }
        if closed.is_some() {
            break;
        }
    }
    let (code, reason) = closed.expect("the server gives it up");
    assert_eq!(code, 4007);
    assert!(reason.contains("not acknowledged"), "{reason}");
    rare.play(20);
    eventually("it is counted", || server.count("stalled_viewers") == 1);
}

#[test]
fn who_acknowledges_rarely_is_kept_and_gets_evenly_spaced_frames() {
    let server = TestServer::start(|config| config.tick_hz = Some(120));
    let mut hidden = server.join("/ws");
    let mut gaps = Vec::new();
    // Long enough for the rate to sink to its lowest.
    for _ in 0..13 {
        thread::sleep(Duration::from_secs(1));
        gaps = read_what_came(&mut hidden);
        hidden.send(&hidden.viewer.ack().expect("a frame was applied"));
    }
    assert!(gaps.len() >= 4 && gaps.iter().all(|gap| *gap >= 8), "{gaps:?}");
    assert!(server.count("thinned_frames") > 0 && server.count("slowed_viewers") >= 3);
    assert_eq!(server.count("evictions"), 0);
}

#[test]
fn the_kernel_holds_little_for_who_does_not_read() {
    let setup = Setup { dots: 4000, ..Setup::default() };
    let server = TestServer::with_games(
        |config| config.tick_hz = Some(120),
        Games::new().with_config::<Restless>(setup),
    );
    let mut client = server.connect("/ws");
    let socket = socket2::SockRef::from(&client.stream);
    socket.set_recv_buffer_size(8 * 1024).expect("a small buffer");
    client.join();
    let (written, before) = (|| server.count("wire_bytes"), server.count("wire_bytes"));
    eventually("the tail is felt", || server.count("skipped_for_unsent") > 20);
    let held = written() - before;
    assert!(held < 512 * 1024, "the kernel took {held} bytes");
    client.play(5);
}
