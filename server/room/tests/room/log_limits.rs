//! Where a room's log ends: games that cannot be logged, chunks that are full, rooms that sleep.

use serde::{Deserialize, Serialize};

use crate::party::{Nod, Song, Table, Toast};
use tickwire_room::{
    HostedRoom, LogError, Newcomer, RecentLog, Restore, RestoreError, Room, RoomConfig, RoomEvent,
    Unlogged, log_span,
};
use tickwire_shared::{
    Belongs, Capture, Game, PlayerId, Replicate, SchemaBuilder, Step, Tick,
    schema::Schema,
    slotmap::{DefaultKey, SlotMap},
};

#[derive(Default, Replicate, Serialize, Deserialize)]
struct Stone {
    weight: u32,
}

/// A game that may leave out what it needs, or be too large to be saved.
#[derive(Serialize, Deserialize)]
struct Heap {
    stones: SlotMap<DefaultKey, Stone>,
    #[serde(skip)]
    forgotten: u32,
    ballast: Vec<u8>,
}

#[derive(Clone, Default, Deserialize)]
struct HeapConfig {
    forgets: bool,
    ballast: usize,
}

impl Game for Heap {
    const NAME: &'static str = "heap";
    type Config = HeapConfig;
    type Input = Nod;

    fn schema() -> Schema {
        SchemaBuilder::new::<Self>().kind::<Stone>().build()
    }

    fn init(config: &HeapConfig, _: u64) -> Self {
        let mut stones = SlotMap::new();
        stones.insert(Stone { weight: 7 });
        let forgotten = u32::from(config.forgets);
        Heap { stones, forgotten, ballast: vec![1; config.ballast] }
    }

    fn join(&mut self, _: PlayerId, _: &str) {}
    fn leave(&mut self, _: PlayerId) {}
    fn input(&mut self, _: PlayerId, _: &Nod) {}

    fn step(&mut self, _: &mut Step<'_>) {
        self.stones.values_mut().for_each(|stone| stone.weight += 1);
    }

    fn replicate(&self, capture: &mut Capture<'_>) {
        for (key, stone) in &self.stones {
            let weight = stone.weight + self.forgotten;
            capture.put(key, Belongs::NOBODY, &Stone { weight });
        }
    }
}

fn heap(config: &HeapConfig) -> Room<Heap> {
    Room::new(RoomConfig { keyframe_ticks: 10, ..RoomConfig::new("HEAP", 30, 1) }, config)
}

#[test]
fn a_game_that_forgets_something_goes_on_as_it_was_and_without_a_log() {
    let mut room = heap(&HeapConfig { forgets: true, ballast: 0 });
    (0..25).for_each(|_| room.tick());
    assert_eq!(room.poll_event(), Some(RoomEvent::Unlogged(Unlogged::Differs)));
    assert_eq!((room.poll_event(), room.counters().unlogged), (None, 1), "told once");
    assert_eq!((room.game().forgotten, room.log()), (1, RecentLog::default()));
    assert_eq!(room.game().stones.values().next().expect("it is there").weight, 7 + 25);
    let restored = room.restore(100);
    assert!(matches!(restored, Restore::Impossible(RestoreError::Unlogged(Unlogged::Differs))));
}

/// A game in which something that is not saved shows in a later step, and stones come and go.
#[derive(Serialize, Deserialize)]
struct Mill {
    stones: SlotMap<DefaultKey, Stone>,
    #[serde(skip)]
    turns: u32,
    config: MillConfig,
}

#[derive(Clone, Copy, Default, Serialize, Deserialize)]
struct MillConfig {
    /// After so many turns all stones are heavier.
    turns: u32,
    /// In this many ticks the first stone is replaced by two others, and a tick later one of them goes.
    churns: u32,
    /// In the tick of this number it panics.
    breaks: u32,
    /// After so many turns it takes from the game before it what it may not.
    takes: u32,
}

impl Game for Mill {
    const NAME: &'static str = "mill";
    type Config = MillConfig;
    type Input = Nod;

    fn schema() -> Schema {
        SchemaBuilder::new::<Self>().kind::<Stone>().build()
    }

    fn init(config: &MillConfig, _: u64) -> Self {
        let mut stones = SlotMap::new();
        (0..4).for_each(|weight| _ = stones.insert(Stone { weight }));
        Mill { stones, turns: 0, config: *config }
    }

    fn join(&mut self, _: PlayerId, _: &str) {}
    fn leave(&mut self, _: PlayerId) {}
    fn input(&mut self, _: PlayerId, _: &Nod) {}

    fn step(&mut self, step: &mut Step<'_>) {
        let MillConfig { turns, churns, breaks, .. } = self.config;
        assert_ne!(step.tick.0, breaks, "a stone is stuck");
        self.turns += 1;
        if turns > 0 && self.turns.is_multiple_of(turns) {
            self.stones.values_mut().for_each(|stone| stone.weight += 1);
        }
        if churns > 0 && step.tick.0.is_multiple_of(churns) {
            let keys: Vec<_> = self.stones.keys().take(3).collect();
            keys.into_iter().rev().for_each(|key| _ = self.stones.remove(key));
            (0..2).for_each(|weight| _ = self.stones.insert(Stone { weight }));
            self.stones.insert(Stone { weight: 2 });
        }
    }

    fn restored(&mut self, before: Option<&mut Self>) {
        let takes = self.config.takes;
        if before.is_some_and(|before| takes > 0 && before.turns >= takes) {
            self.stones.clear();
        }
    }

    fn replicate(&self, capture: &mut Capture<'_>) {
        self.stones.iter().for_each(|(key, stone)| capture.put(key, Belongs::NOBODY, stone));
    }
}

/// A room of the mill after so many ticks, with a keyframe at its first and every tenth after that.
fn milled(config: MillConfig, ticks: u32) -> Room<Mill> {
    let rates = RoomConfig { keyframe_ticks: 10, ..RoomConfig::new("MILL", 30, 1) };
    let mut room = Room::<Mill>::new(rates, &config);
    (0..ticks).for_each(|_| room.tick());
    room
}

/// What it says then.
fn mill(config: MillConfig, ticks: u32) -> Option<RoomEvent> {
    milled(config, ticks).poll_event()
}

#[test]
fn a_game_that_misses_later_what_is_not_saved_is_told_what_goes_wrong() {
    let Some(RoomEvent::Unlogged(why)) = mill(MillConfig { turns: 7, ..Default::default() }, 10)
    else {
        panic!("it is not found out")
    };
    let what = "stone 1: weight is [1], and was [2]".into();
    assert_eq!(why, Unlogged::Strays { what, ticks: 4 });
}

#[test]
fn a_trial_proves_nothing_when_new_entities_have_other_ids_or_the_game_panics() {
    let churns = MillConfig { churns: 3, ..MillConfig::default() };
    assert_eq!(mill(churns, 60), None, "free slots in another order are no fault");
    assert_eq!(mill(MillConfig { turns: 7, ..churns }, 60), None, "and hide one");
    let breaks = MillConfig { breaks: 14, ..MillConfig::default() };
    assert_eq!(mill(breaks, 13), None, "a tick that is yet to come has not panicked");
}

#[test]
fn a_game_that_is_spoilt_after_a_trial_goes_on_from_before_it() {
    let config = MillConfig { turns: 7, takes: 10, ..Default::default() };
    let mut room = milled(config, 10);
    assert_eq!(room.poll_event(), Some(RoomEvent::Unlogged(Unlogged::Differs)));
    let weights: Vec<_> = room.game().stones.values().map(|stone| stone.weight).collect();
    assert_eq!(
        weights,
        [1, 2, 3, 4],
        "ten ticks made them heavier once, and the trial's do not count"
    );
}

#[test]
fn a_world_of_more_than_eight_mebibytes_has_no_log() {
    let mut room = heap(&HeapConfig { forgets: false, ballast: (8 << 20) - 100 });
    room.tick();
    assert_eq!(room.counters().unlogged, 0, "this one just fits");
    let mut room = heap(&HeapConfig { forgets: false, ballast: 8 << 20 });
    room.tick();
    assert_eq!(room.poll_event(), Some(RoomEvent::Unlogged(Unlogged::TooLarge)));
    assert_eq!(room.log(), RecentLog::default());
}

#[test]
fn a_chunk_that_is_full_ends_early() {
    let config = RoomConfig { keyframe_ticks: 1_000_000, ..RoomConfig::new("PARTY", 30, 1) };
    let mut table = Table::new(config);
    for _ in 0..64 {
        table.join(&Newcomer::named("guest")).expect("there is space");
    }
    let mut chunk = Vec::new();
    let ticks = (1..2000).find(|tick| {
        for guest in 0..64 {
            (0..8).for_each(|_| table.request(guest, &Toast { to: *tick }));
        }
        table.tick();
        table.room.take_chunk(&mut chunk)
    });
    let ticks = ticks.expect("it ends");
    assert_eq!(log_span(&chunk).expect("it is whole"), (Tick(0), Tick(ticks)));
    let (mebibyte, of_a_tick) = (1 << 20, 64 * 8 * 10);
    assert!((mebibyte..mebibyte + of_a_tick).contains(&chunk.len()), "{}", chunk.len());
}

#[test]
fn a_room_that_sleeps_has_no_log_and_one_that_wakes_begins_another() {
    let mut room = heap(&HeapConfig::default());
    let player = room.handle_join(&Newcomer::named("one")).expect("there is space");
    (0..15).for_each(|_| room.tick());
    room.handle_leave(player);
    assert!(!room.log().older.is_empty() && !room.log().newer.is_empty());
    room.sleep();
    assert_eq!(room.log(), RecentLog::default());
    assert!(matches!(room.restore(100), Restore::Impossible(RestoreError::Empty)));
    room.handle_join(&Newcomer::named("two")).expect("there is space");
    room.tick();
    assert!(room.log().older.is_empty());
    assert_eq!(log_span(room.log().newer).expect("it is whole"), (Tick(15), Tick(16)));
    assert!(matches!(room.restore(100), Restore::Done));
    assert_eq!((room.now(), room.player_count()), (Tick(16), 1));
}

#[test]
fn a_room_without_a_log_keeps_nothing() {
    let config = RoomConfig { keyframe_ticks: 0, ..RoomConfig::new("PARTY", 30, 1) };
    let mut table = Table::new(config);
    table.join(&Newcomer::named("guest"));
    table.request(0, &Song { number: 1 });
    (0..200).for_each(|_| table.tick());
    assert_eq!(table.room.log(), RecentLog::default());
    assert!(!table.room.take_chunk(&mut Vec::new()));
    assert!(matches!(table.room.replay(), Err(LogError::NotLoaded)));
}

#[test]
fn a_chunk_of_another_version_or_game_is_refused_and_changes_nothing() {
    let mut table = Table::of(&["guest"]);
    let mut chunk = table.room.log().newer.to_vec();
    let mut room = heap(&HeapConfig::default());
    room.tick();
    assert!(matches!(room.load(&chunk), Err(LogError::OtherGame)));
    chunk[0] = 9;
    assert!(matches!(table.room.load(&chunk), Err(LogError::Version(9))));
    assert!(matches!(room.load(&[]), Err(LogError::Truncated)));
    assert_eq!((room.now(), room.player_count()), (Tick(1), 0));
    room.tick();
    assert_eq!(room.game().stones.values().next().expect("it is there").weight, 9);
}

#[test]
fn records_that_make_no_sense_are_refused() {
    let table = Table::of(&["guest"]);
    let chunk = table.room.log().newer.to_vec();
    let refused = |records: &[u8]| {
        let mut room = Table::new(RoomConfig::new("OTHER", 30, 1)).room;
        room.load(&[&chunk, records].concat()).expect("the keyframe is whole");
        room.replay().expect("the first tick").expect("is there");
        let error = room.replay().expect_err("it makes no sense");
        error.to_string()
    };
    assert_eq!(refused(&[2, 9]), "player 9 is not to be named here");
    assert_eq!(refused(&[1, 1, 0, 0]), "player 1 is not to be named here", "it is in");
    assert_eq!(refused(&[5, 9]), "player 9 is not to be named here");
    assert_eq!(refused(&[3, 1, 7, 0]), "a malformed number or text", "no such request");
    assert_eq!(refused(&[4, 1, 0, 1, 0xFF]), "a malformed number or text", "no such input");
    assert_eq!(
        refused(&[7, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0]),
        "record 7 has no meaning here"
    );
    assert_eq!(refused(&[4, 1]), "the chunk ends too early");
}
