//! What a room's log leads to when it is played again: the same worlds, tick by tick, to the last bit.

use crate::sim::{
    Checked, Random, Sim,
    meadow::{Meadow, MeadowConfig, REACH},
    world::{World, WorldConfig},
};
use tickwire_room::{HostedRoom, LogError, Poll, Room, RoomConfig, log_span};
use tickwire_shared::{
    Game, PlayerId, Tick, control,
    message::{ClientMessage, ServerMessage},
    replica::Replica,
    session::Token,
};

/// Chunks are short, so that there are many.
const CHUNK: u32 = 40;

fn config(seed: u64) -> RoomConfig {
    let start_tick = Tick(if seed.is_multiple_of(2) { 0 } else { u32::MAX - 150 });
    let config = RoomConfig::new("TAPE", 30, seed);
    RoomConfig { keyframe_ticks: CHUNK, hash_interval: 4, grace_ticks: 60, start_tick, ..config }
}

fn world() -> WorldConfig {
    WorldConfig { movers: 12, sparks_a_tick: 6 }
}

fn meadow() -> MeadowConfig {
    MeadowConfig { beasts: 100, speed: 20.0, calm: 60, is_starved: false, reach: REACH }
}

/// Somebody is back on another connection, unless that is too late.
pub fn come_back<W: Checked>(sim: &mut Sim<W>, index: usize) {
    if !sim.resume(index, true) {
        sim.clients.remove(index);
    }
}

/// Players come, go, are dropped, and come back or do not; all chunks that this made.
fn session<W: Checked>(config: RoomConfig, world: &W::Config, ticks: u32) -> Vec<Vec<u8>> {
    println!("seed {}", config.seed);
    let mut random = Random(config.seed);
    let mut sim = Sim::<W>::new(config, world);
    let mut chunks = Vec::new();
    for _ in 0..ticks {
        let count = sim.clients.len() as u32;
        let index = random.below(count) as usize;
        match random.below(16) {
            0 | 1 if count < 10 => drop(sim.join(random.below(5) as i32)),
            2 if count > 6 => sim.leave(index),
            3 if count > 0 && sim.clients[index].is_connected => sim.disconnect(index, true),
            4 if count > 0 && !sim.clients[index].is_connected => {
                come_back(&mut sim, index);
            }
            _ => {}
        }
        sim.tick(&mut random);
        let mut chunk = Vec::new();
        if sim.room.take_chunk(&mut chunk) {
            chunks.push(chunk);
        }
    }
    assert_eq!(sim.room.counters().unlogged, 0);
    assert_eq!(sim.room.log().older, chunks.last().map_or(&[][..], |chunk| chunk));
    chunks.push(sim.room.log().newer.to_vec());
    chunks
}

/// The world in a chunk's keyframe, as it was saved.
pub fn saved(chunk: &[u8]) -> &[u8] {
    let part = |bytes: &[u8]| u32::from_le_bytes(bytes[..4].try_into().unwrap()) as usize;
    let head = part(&chunk[1..]);
    let world = &chunk[5 + head..];
    &world[4..4 + part(world)]
}

/// Plays chunks one after the other, and says how many hashes were as they had been.
pub fn replay<G: Game>(room: &mut Room<G>, chunks: &[Vec<u8>]) -> u32 {
    let (mut hashes, mut last) = (0, None);
    for (index, chunk) in chunks.iter().enumerate() {
        let mut tick = room.load(chunk).expect("it can be loaded");
        assert!(last.is_none_or(|last| last == tick), "there is no gap between chunks");
        while let Some(replayed) = room.replay().expect("it can be played") {
            assert_eq!(replayed.tick, tick.next());
            tick = replayed.tick;
            assert_eq!(replayed.check.is_some(), tick.0.is_multiple_of(4));
            assert!(replayed.check.is_none_or(|check| check.holds()), "tick {tick}");
            hashes += u32::from(replayed.check.is_some());
        }
        assert_eq!(log_span(chunk).expect("it is whole").1, tick);
        if let Some(next) = chunks.get(index + 1) {
            let mut bytes = Vec::new();
            control::save(room.game(), &mut bytes).expect("it is small");
            assert!(bytes == saved(next), "the world is the one of the next keyframe");
        }
        last = Some(tick);
    }
    hashes
}

#[test]
fn a_replay_comes_to_the_same_worlds() {
    for seed in 0..12 {
        let chunks = session::<World>(config(seed), &world(), 300);
        assert_eq!(chunks.len(), 8);
        // Another seed and another world: all of it comes from the chunk.
        let other = WorldConfig { movers: 1, sparks_a_tick: 1 };
        let mut room = Room::<World>::new(config(seed + 100), &other);
        assert_eq!(replay(&mut room, &chunks), 75);
        let mut room = Room::<World>::new(config(7), &other);
        assert_eq!(replay(&mut room, &chunks[5..]), 25, "and from the middle");
    }
}

#[test]
fn a_replay_of_a_large_world_comes_to_the_same() {
    for seed in 0..4 {
        let chunks = session::<Meadow>(config(seed), &meadow(), 200);
        let mut room = Room::<Meadow>::new(config(seed), &meadow());
        assert_eq!(replay(&mut room, &chunks), 50);
    }
}

#[test]
fn a_chunk_that_is_cut_anywhere_is_played_as_far_as_it_goes_or_refused() {
    let chunks = session::<World>(config(2), &world(), 60);
    let chunk = &chunks[0];
    let mut room = Room::<World>::new(config(2), &world());
    let records =
        chunk.len() - (saved(chunk).as_ptr_range().end as usize - chunk.as_ptr() as usize);
    for length in 0..chunk.len() {
        match room.load(&chunk[..length]) {
            Ok(_) => assert!(length >= chunk.len() - records),
            Err(error) => {
                assert!(matches!(error, LogError::Truncated) && length < chunk.len() - records);
                continue;
            }
        }
        if length % 7 == 0 {
            while let Ok(Some(replayed)) = room.replay() {
                assert!(replayed.check.is_none_or(|check| check.holds()));
            }
        }
    }
}

/// An observer of a replay, at the end of a perfect connection.
struct Eyes {
    id: PlayerId,
    like: PlayerId,
    replica: Replica,
    full_frames: u32,
}

impl Eyes {
    fn open(room: &mut Room<World>, like: PlayerId) -> Eyes {
        let id = room.handle_observe(Some(like)).expect("it is in");
        let bytes = room.welcome(id, &Token([0; 16]));
        let Ok(ServerMessage::Welcome(welcome)) = ServerMessage::read(&bytes) else {
            panic!("a welcome was expected");
        };
        let replica = Replica::new(welcome.schema, &welcome.priors, welcome.tick_hz).unwrap();
        Eyes { id, like, replica, full_frames: 0 }
    }

    /// Takes in the frame of a tick, and compares it with what the player could see.
    fn look(&mut self, room: &mut Room<World>) {
        let mut frame = Vec::new();
        assert_eq!(room.poll_frame(self.id, &mut frame), Poll::Frame);
        let applied = self.replica.apply(&frame).expect("it can be applied");
        assert!(applied.hash.is_none_or(|check| check.holds()));
        self.full_frames += u32::from(applied.full);
        room.game().check(self.like, &self.replica, applied.tick);
        let mut ack = Vec::new();
        ClientMessage::Ack(applied.tick).write(&mut ack);
        room.handle_message(self.id, &ack).expect("it is understood");
    }
}

#[test]
fn whoever_watches_a_replay_sees_what_the_player_saw_from_chunk_to_chunk() {
    let mut sim = Sim::<World>::new(config(4), &world());
    let (mut random, mut chunks) = (Random(4), Vec::new());
    let ids: Vec<_> = (0..3).map(|_| sim.join(0)).collect();
    for _ in 0..130 {
        sim.tick(&mut random);
        let mut chunk = Vec::new();
        sim.room.take_chunk(&mut chunk).then(|| chunks.push(chunk));
    }
    let mut room = Room::<World>::new(config(4), &world());
    room.load(&chunks[1]).expect("it can be loaded");
    let mut eyes = Eyes::open(&mut room, ids[1]);
    let mut play = |chunk: &[u8]| {
        room.load(chunk).expect("it can be loaded");
        while room.replay().expect("it can be played").is_some() {
            eyes.look(&mut room);
        }
        eyes.full_frames
    };
    assert_eq!(play(&chunks[1]), 1, "the first frame stands alone");
    assert_eq!(play(&chunks[2]), 1, "and no other, when the next chunk is the next one");
}
