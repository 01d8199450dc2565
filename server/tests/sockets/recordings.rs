//! What goes wrong in a room leaves a file behind, and a recorded room leaves one anyway.

use std::{fs, path::PathBuf};

use tickwire_recording::{End, Ending, Incident, Recording, Why};
use tickwire_shared::message::ClientMessage;

use crate::support::{
    game::{BOMB, PANIC, STALL},
    server::{TestServer, eventually},
};

/// A directory that is gone at the end of the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("tickwire-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Folder(path)
    }

    /// The files that are whole, in order of their names.
    fn recordings(&self) -> Vec<Recording<fs::File>> {
        let Ok(entries) = fs::read_dir(&self.0) else { return Vec::new() };
        let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
        paths.sort();
        let files = paths.iter().map(|path| fs::File::open(path).expect("it is there"));
        let opened = files.filter_map(|file| Recording::open(file).ok());
        opened.filter(|recording| matches!(recording.end(), End::Whole(_))).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_first_overrun_mismatch_and_panic_of_a_room_each_leave_what_led_to_them() {
    let folder = Folder::new("flights");
    let server = TestServer::start(|config| config.recordings.flight = Some(folder.0.clone()));
    let mut client = server.join("/ws");
    client.play(30);
    for round in 0..2 {
        let held = client.viewer.tick().expect("a frame came");
        client.send_message(&ClientMessage::Mismatch(held));
        client.play(60);
        // Only once: a second one soon afterwards would close the room.
        if round == 0 {
            let panic = client.viewer.input(12, PANIC).expect("a frame came");
            client.send(&panic);
            client.play(60);
        }
        let stall = client.viewer.input(12, STALL).expect("a frame came");
        client.send(&stall);
        client.play(60);
    }
    eventually("all are written", || folder.recordings().len() >= 3);
    let mut reasons = Vec::new();
    for mut recording in folder.recordings() {
        let Why::Flight { reason, .. } = recording.header().why else { panic!("a flight") };
        let (_, timings) =
            recording.read_timings().expect("they are whole").expect("they are there");
        assert!(timings.len() > 20 && recording.chunks().iter().any(|chunk| chunk.ticks() > 20));
        if reason == Incident::Overrun {
            assert!(timings.iter().any(|timing| timing.step > 1_000_000), "the stall is seen");
        }
        reasons.push(reason);
    }
    reasons.sort();
    // Of each one only, whatever came after.
    assert_eq!(reasons, [Incident::Overrun, Incident::Mismatch, Incident::Panic]);
}

#[test]
fn a_recorded_room_that_slept_in_between_is_one_file_without_a_gap() {
    let folder = Folder::new("recorded");
    let server = TestServer::start(|config| {
        config.recordings.record = Some(folder.0.clone());
        config.grace = std::time::Duration::ZERO;
    });
    let mut client = server.join("/ws");
    let path = format!("/ws?room={}", client.room());
    client.play(90);
    client.leave();
    eventually("the room sleeps", || server.rooms()[0].is_asleep());
    server.join(&path).play(90);
    drop(server);
    eventually("the file ends", || folder.recordings().len() == 1);
    let recording = folder.recordings().pop().expect("it is there");
    assert!(matches!(recording.end(), End::Whole(Ending::Closed)));
    let chunks = recording.chunks();
    assert!(chunks.len() >= 2, "{chunks:?}");
    assert!(chunks.windows(2).all(|pair| pair[0].last == pair[1].first), "{chunks:?}");
    let ticks: u32 = chunks.iter().map(|chunk| chunk.ticks()).sum();
    assert!(ticks >= 180, "{ticks} ticks");
}

#[test]
fn what_was_whole_is_recorded_when_the_game_cannot_be_made_again() {
    let folder = Folder::new("recorded-broken");
    let server = TestServer::start(|config| config.recordings.record = Some(folder.0.clone()));
    let mut client = server.join("/ws");
    client.play(90);
    let bomb = client.viewer.input(12, BOMB).expect("a frame came");
    client.send(&bomb);
    eventually("the room has closed", || server.rooms().is_empty());
    eventually("the file ends", || folder.recordings().len() == 1);
    let recording = folder.recordings().pop().expect("it is there");
    let ticks: u32 = recording.chunks().iter().map(|chunk| chunk.ticks()).sum();
    assert!(ticks >= 90, "{ticks} ticks");
}
