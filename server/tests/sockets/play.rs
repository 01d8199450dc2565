//! Play itself: frames whose hashes hold, over long times and bad connections.

use std::{
    thread,
    time::{Duration, Instant},
};

use tickwire_server::Games;
use tickwire_shared::Tick;

use crate::support::{
    game::{Config as Setup, Restless},
    server::TestServer,
};

#[test]
fn a_room_runs_on_unharmed_across_the_wrap_of_its_ticks() {
    let server = TestServer::start(|config| {
        config.tick_hz = Some(240);
        config.start_tick = u32::MAX - 60;
    });
    let mut clients = [server.join("/ws"), server.join("/ws")];
    assert!(clients[0].viewer.tick().expect("a frame came").0 > u32::MAX - 61);
    for _ in 0..40 {
        clients.iter_mut().for_each(|client| client.play(6));
    }
    for client in &clients {
        let held = client.viewer.tick().expect("frames came");
        assert!(held.is_after(Tick(0)) && held.0 < 100_000, "it is past the wrap, at {held}");
        assert!(client.viewer.checked >= 240);
    }
    // Who joins after the wrap is as well off.
    server.join("/ws").play(20);
}

#[test]
fn a_viewer_that_stops_reading_costs_others_nothing_and_is_right_again_in_one_frame() {
    let setup = Setup { dots: 1500, ..Setup::default() };
    let server = TestServer::with_games(
        |config| {
            config.tick_hz = Some(240);
            config.shards = Some(1);
            // Small buffers, so that the kernel does not take all there is to send.
            config.limits.send_buffer = 4096;
        },
        Games::new().with_config::<Restless>(setup),
    );
    let mut witness = server.join("/ws");
    let mut stalled = server.connect("/ws");
    let socket = socket2::SockRef::from(&stalled.stream);
    socket.set_recv_buffer_size(4096).expect("a small buffer");
    stalled.join();
    stalled.play(5);
    let stalled_at = stalled.viewer.tick().expect("frames came");

    let started = Instant::now();
    let mut frames = 0;
    while started.elapsed() < Duration::from_secs(3) {
        witness.play(1);
        frames += 1;
    }
    let made = witness.viewer.tick().expect("frames came").since(stalled_at);
    assert!(frames > 100, "the witness went on: {frames} frames");
    assert!(server.count("skipped_for_unsent") > 0, "the kernel was full for a while");

    // What was under way arrives first, then one frame that leads to the present.
    let mut behind = Vec::new();
    loop {
        let before = stalled.viewer.tick().expect("frames came");
        let tick = stalled.wait_for_frame();
        stalled.send(&stalled.viewer.ack().expect("a frame was applied"));
        behind.push(tick.since(before));
        if tick.since(stalled_at) >= made {
            break;
        }
    }
    assert!(behind.len() < 40, "{} frames led back", behind.len());
    stalled.play(20);
    witness.play(20);
    assert!(stalled.viewer.checked >= 25 && witness.viewer.checked >= frames);
}

#[test]
fn a_viewer_that_reads_late_gets_merged_frames_that_are_right() {
    let server = TestServer::start(|config| config.tick_hz = Some(120));
    let mut late = server.join("/ws");
    let mut prompt = server.join("/ws");
    for _ in 0..5 {
        thread::sleep(Duration::from_millis(300));
        late.play(10);
    }
    prompt.play(60);
    assert!(server.count("merged_frames") > 0);
}

#[test]
fn many_rooms_on_many_shards_all_play() {
    let server = TestServer::start(|config| config.shards = Some(3));
    let mut clients: Vec<_> = (0..24).map(|_| server.join("/ws?create=1")).collect();
    for _ in 0..10 {
        clients.iter_mut().for_each(|client| client.play(3));
    }
    let rooms = server.rooms();
    for shard in 0..3 {
        let on_shard = rooms.iter().filter(|room| room.shard() == shard).count();
        // Not evenly to the room: they are placed by what they were measured to cost.
        assert!(on_shard >= 3, "{on_shard} of 24 rooms are on shard {shard}");
    }
}
