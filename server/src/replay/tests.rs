use std::{io::Cursor, path::Path};

use serde_json::{Value, json};
use tickwire_recording::{Ending, Header, Incident, Why, Writer};
use tickwire_room::{HostedRoom, Newcomer, RoomConfig, log_span};
use tickwire_shared::{PlayerId, Tick};

use super::{
    player::{Player, ReplayError},
    report::Report,
    verify::{Found, Watch, verify},
};
use crate::{
    Games,
    test_game::{
        BLIND, Config as Setup, OUTCAST, PANIC, Restless, TRIP, UNLOADED, UNLUCKY, UNSAID, UNSAVED,
        UNWATCHED,
    },
    test_viewer::Viewer,
};

const HZ: u32 = 60;
/// Ticks of a chunk.
pub(super) const CHUNK: u32 = HZ * 5;

pub(super) fn games() -> Games {
    Games::new().with_config::<Restless>(Setup { dots: 5, ..Setup::default() })
}

/// A room with two players who push now and then, and what it recorded.
pub(super) struct Recorded {
    room: Box<dyn HostedRoom>,
    pub(super) viewers: Vec<(PlayerId, Viewer)>,
    chunks: Vec<Vec<u8>>,
}

impl Recorded {
    pub(super) fn new(ticks: u32) -> Self {
        let start_tick = Tick(u32::MAX - 400);
        let config = RoomConfig { start_tick, ..RoomConfig::new("TAPES", HZ, 3) };
        let room = (games().get("restless").expect("it is there").make)(config);
        let mut recorded = Recorded { room, viewers: Vec::new(), chunks: Vec::new() };
        for number in 0..ticks {
            if number % 100 == 10 && number < 200 {
                recorded.join();
            }
            recorded.tick((number % 7) as i8);
        }
        recorded
    }

    fn join(&mut self) {
        let player = self.room.handle_join(&Newcomer::named("ann")).expect("there is a place");
        let mut viewer = Viewer::default();
        viewer.read(&self.room.welcome(player, &tickwire_shared::session::Token([1; 16])));
        self.viewers.push((player, viewer));
    }

    fn tick(&mut self, x: i8) {
        for (player, viewer) in &self.viewers {
            if let Some(push) = viewer.push(1, x) {
                self.room.handle_message(*player, &push).expect("it is an input");
            }
        }
        self.room.tick();
        let mut frame = Vec::new();
        for (player, viewer) in &mut self.viewers {
            frame.clear();
            self.room.poll_frame(*player, &mut frame);
            if !frame.is_empty() {
                viewer.read(&frame);
            }
        }
        self.keep_chunk();
    }

    fn keep_chunk(&mut self) {
        let mut chunk = Vec::new();
        if self.room.take_chunk(&mut chunk) {
            self.chunks.push(chunk);
        }
    }

    fn header(&self, why: Why) -> Header {
        let config = self.room.config();
        Header {
            server: "0".to_owned(),
            game: "restless".to_owned(),
            schema_hash: self.room.schema_hash(),
            room: config.code.clone(),
            tick_hz: config.tick_hz,
            seed: config.seed,
            hash_interval: config.hash_interval,
            rewind: config.rewind,
            max_players: config.max_players,
            started: 0,
            why,
        }
    }

    /// The file, with what has been recorded of the last chunk.
    pub(super) fn file(&self, why: Why, change: impl Fn(usize, &mut Vec<u8>)) -> Vec<u8> {
        let mut file = Vec::new();
        let mut writer = Writer::new(&mut file, &self.header(why)).expect("memory takes all");
        let last = self.room.log().newer.to_vec();
        let mut end = Tick(0);
        for (index, chunk) in self.chunks.iter().chain([&last]).enumerate() {
            let mut chunk = chunk.clone();
            // The last one is none when the game panicked while it was saved.
            let Ok((first, last)) = log_span(&chunk) else { continue };
            change(index, &mut chunk);
            writer.chunk(first, last, &chunk).expect("memory takes all");
            end = last;
        }
        writer.end(end, Ending::Closed).expect("memory takes all");
        file
    }

    pub(super) fn recording(&self) -> Vec<u8> {
        self.file(Why::Recording, |_, _| {})
    }
}

pub(super) fn open(file: &[u8]) -> Player<Cursor<&[u8]>> {
    Player::open(Cursor::new(file), &games()).expect("it can be played")
}

/// Counts the keyframes.
#[derive(Default)]
struct Counter(u32);

impl Watch for Counter {
    fn loaded(&mut self, _: &dyn HostedRoom) {
        self.0 += 1;
    }

    fn went_on(&mut self, _: &Found) -> bool {
        true
    }
}

pub(super) fn verified(file: &[u8], from: Option<u32>, to: Option<u32>) -> (Found, u32) {
    let (mut player, mut counter) = (open(file), Counter::default());
    let range = player.range(from, to).expect("it is in it");
    (verify(&mut player, range, &mut counter), counter.0)
}

#[test]
fn all_of_a_recording_becomes_what_it_was() {
    let recorded = Recorded::new(1000);
    let (found, keyframes) = verified(&recorded.recording(), None, None);
    assert_eq!((found.differ, found.problems.len(), found.panic), (0, 0, None));
    assert_eq!(found.ticks, 1000, "every tick");
    assert_eq!(found.verified, 125, "and the hash of every eighth");
    assert_eq!(keyframes, 1000u32.div_ceil(CHUNK));
}

#[test]
fn a_range_is_reached_from_the_keyframe_before_it() {
    let recorded = Recorded::new(1000);
    let first = recorded.chunks.first().map(|chunk| log_span(chunk).expect("a chunk").0);
    let first = first.expect("there is one").next();
    let (from, to) = (first.offset(CHUNK as i32 + 100), first.offset(CHUNK as i32 + 150));
    let (found, keyframes) = verified(&recorded.recording(), Some(from.0), Some(to.0));
    assert_eq!((found.ticks, found.played, keyframes), (51, 151, 1));
    assert!((6..=7).contains(&found.verified));
    let file = recorded.recording();
    let player = open(&file);
    for outside in [first.offset(-1), first.offset(1000)] {
        assert!(matches!(player.range(Some(outside.0), None), Err(ReplayError::Tick { .. })));
    }
    assert!(player.range(Some(to.0), Some(from.0)).is_err(), "backwards");
}

#[test]
fn what_did_not_become_what_it_was_is_found_at_its_tick() {
    let recorded = Recorded::new(700);
    // The last byte of a whole chunk is one of a hash or of an input: something is different now.
    let file = recorded.file(Why::Recording, |index, chunk| {
        if index == 1 {
            let last = chunk.len() - 1;
            chunk[last] ^= 1;
        }
    });
    let (found, _) = verified(&file, None, None);
    assert!(found.differ + found.problems.len() as u32 > 0, "{found:?}");
    assert!(found.ticks > 700 - CHUNK, "the other chunks are played all the same");
}

/// What a program says of the flight of what panics after so many ticks.
fn panicking(ticks: u32, act: impl FnOnce(&mut Recorded)) -> (Value, Tick) {
    let mut recorded = Recorded::new(ticks);
    let before = recorded.room.now();
    crate::panics::quietly(|| act(&mut recorded)).expect_err("it panics");
    recorded.keep_chunk();
    let tick = recorded.room.now();
    let why = Why::Flight { reason: Incident::Panic, tick, detail: String::new() };
    (report(&recorded.file(why, |_, _| {})), before)
}

fn report(file: &[u8]) -> Value {
    told(file).json()
}

fn told(file: &[u8]) -> Report {
    let mut player = open(file);
    let range = player.range(None, None).expect("it is all");
    let found = verify(&mut player, range, &mut Counter::default());
    Report::new(&mut player, Path::new("a file"), found)
}

#[test]
fn the_first_difference_is_told_with_its_ticks_and_what_differs_at_the_next_keyframe() {
    let recorded = Recorded::new(700);
    // Some byte of the first chunk is what a player pushed: with another one its dot is another one.
    let (file, said) = (400..4000)
        .map(|at| {
            recorded.file(Why::Recording, |index, chunk| chunk[at] ^= u8::from(index == 0) * 2)
        })
        .find_map(|file| {
            let said = report(&file);
            let kind = said.pointer("/first_unlike/first/0/kind").is_some();
            (kind && said["problems"].as_array().is_some_and(Vec::is_empty)).then_some((file, said))
        })
        .expect("there are pushes");
    let first = &said["first_unlike"]["first"][0];
    assert_eq!((&first["kind"], &said["first_unlike"]["entities"]), (&json!("dot"), &json!(1)));
    let what = first["what"].as_str().expect("words");
    assert!(what.starts_with("pushed is [") && what.contains(", and was ["), "{what}");
    let differ = said["hash_mismatches"].as_u64().expect("a number");
    let first = said["first_mismatches"][0]["tick"].as_u64().expect("a tick");
    let text = told(&file).to_string();
    let lines = [
        format!(
            "  differs first  in ticks {} to {first}: there is a hash every 8 ticks\n",
            first - 7
        ),
        format!("  differ too     {} more, the last one at tick ", differ - 1),
        "    dot ".to_owned(),
        "REPLAY DIFFERS\n".to_owned(),
    ];
    for line in lines {
        assert!(text.contains(&line), "no {line:?} in {text}");
    }
}

#[test]
fn a_tick_that_panicked_is_told_apart_from_those_that_were_whole() {
    let mut recorded = Recorded::new(400);
    let before = recorded.room.now();
    crate::panics::quietly(|| recorded.tick(TRIP)).expect_err("it panics");
    let why =
        Why::Flight { reason: Incident::Panic, tick: recorded.room.now(), detail: String::new() };
    let text = told(&recorded.file(why, |_, _| {})).to_string();
    assert!(text.contains(&format!(": 400 whole, {} panicked, ", before.next())), "{text}");
    assert!(text.ends_with("every hash is the same, and the game panics where it did\n"), "{text}");
    // Before its first tick it was told of one that there is not, and there is no hash.
    let mut recorded = Recorded::new(0);
    let unlucky = Newcomer::named(UNLUCKY);
    crate::panics::quietly(|| recorded.room.handle_join(&unlucky).is_ok()).expect_err("it panics");
    let (tick, reason) = (recorded.room.now(), Incident::Panic);
    let why = Why::Flight { reason, tick, detail: String::new() };
    let (text, next) = (told(&recorded.file(why, |_, _| {})).to_string(), tick.next());
    assert!(text.contains(&format!(" {next} to {next}: 0 whole, {next} panicked, ")), "{text}");
    assert!(
        text.ends_with("the game panics where it did; there is no hash here to compare\n"),
        "{text}"
    );
}

#[test]
fn a_flight_of_a_panic_panics_again_at_the_same_tick() {
    let unlucky = Newcomer::named(UNLUCKY);
    let come_in = |recorded: &mut Recorded| {
        let _ = recorded.room.handle_join(&unlucky);
    };
    for (ticks, (said, before), what) in [
        (400, panicking(400, |recorded| recorded.tick(TRIP)), "made to fail by a step"),
        (400, panicking(400, |recorded| recorded.tick(PANIC)), "made to fail"),
        (400, panicking(400, come_in), "made to fail by a name"),
        // Right behind a keyframe, and before any tick.
        (CHUNK, panicking(CHUNK, come_in), "made to fail by a name"),
        (0, panicking(0, come_in), "made to fail by a name"),
    ] {
        let panic = json!({ "tick": before.next().0, "what": what });
        assert_eq!((&said["panic"], &said["panics_again"]), (&panic, &json!(true)), "{said}");
        assert_eq!((&said["holds"], &said["ticks"]), (&json!(true), &json!(ticks)), "{said}");
    }
}

#[test]
fn a_panic_in_what_the_game_is_asked_besides_ticks_comes_again_too() {
    let at_keyframe = CHUNK - 1;
    let welcomes = |recorded: &mut Recorded| {
        recorded.tick(UNSAID);
        recorded.room.welcome(PlayerId(1), &tickwire_shared::session::Token([1; 16]));
    };
    let watches = |recorded: &mut Recorded| {
        recorded.room.handle_observe(None).expect("there is a place");
        recorded.tick(UNWATCHED);
    };
    for ((said, before), what) in [
        (panicking(400, |recorded| recorded.tick(BLIND)), "made to fail by a view"),
        (panicking(400, |recorded| recorded.tick(OUTCAST)), "made to fail by a team"),
        (panicking(400, watches), "made to fail by whoever looks on"),
        (panicking(400, welcomes), "made to fail by its setup"),
        (panicking(at_keyframe, |recorded| recorded.tick(UNSAVED)), "made to fail when saved"),
        (panicking(at_keyframe, |recorded| recorded.tick(UNLOADED)), "made to fail when loaded"),
    ] {
        let panic = json!({ "tick": before.next().0, "what": what });
        assert_eq!((&said["panic"], &said["panics_again"]), (&panic, &json!(true)), "{said}");
        assert_eq!(said["holds"], json!(true), "{said}");
    }
}

#[test]
fn a_recording_that_is_not_of_a_panic_asks_the_game_for_nothing_more() {
    let mut recorded = Recorded::new(100);
    recorded.tick(UNWATCHED);
    (0..CHUNK).for_each(|_| recorded.tick(1));
    assert_eq!(report(&recorded.recording())["panic"], json!(null));
}

#[test]
fn a_flight_of_a_panic_that_does_not_come_again_there_does_not_hold() {
    let mut recorded = Recorded::new(400);
    let tick = recorded.room.now();
    let flight = |tick| Why::Flight { reason: Incident::Panic, tick, detail: String::new() };
    let said = report(&recorded.file(flight(tick), |_, _| {}));
    assert_eq!((&said["panics_again"], &said["holds"]), (&json!(false), &json!(false)));
    crate::panics::quietly(|| recorded.tick(TRIP)).expect_err("it panics");
    let said = report(&recorded.file(flight(tick.offset(50)), |_, _| {}));
    assert_eq!((&said["panics_again"], &said["holds"]), (&json!(false), &json!(false)));
}

#[test]
fn ticks_that_are_missing_are_told_of() {
    let mut recorded = Recorded::new(1000);
    recorded.chunks.remove(1);
    let said = report(&recorded.recording());
    let problem = said["problems"][0].as_str().expect("there is one");
    assert!(problem.ends_with("are missing"), "{problem}");
    assert_eq!(said["holds"], json!(false));
}

#[test]
fn a_recording_of_another_game_or_another_schema_is_not_played() {
    let recorded = Recorded::new(10);
    let file = recorded.recording();
    let other = Games::new().with::<tickwire_games::arena::Arena>();
    let refused = Player::open(Cursor::new(&file[..]), &other).err();
    assert!(matches!(refused, Some(ReplayError::Game(..))));
    let mut file = Vec::new();
    let header = Header { schema_hash: 1, ..recorded.header(Why::Recording) };
    let mut writer = Writer::new(&mut file, &header).expect("memory takes all");
    writer.chunk(Tick(0), Tick(9), recorded.room.log().newer).expect("memory takes all");
    drop(writer);
    let refused = Player::open(Cursor::new(&file[..]), &games()).err();
    assert!(matches!(refused, Some(ReplayError::Schema(_))));
}
