//! GAMES.md says nothing about games that is not so: what it quotes is the game beside this file,
//! which is played here as the guide says that it can be.

mod skiffs;

use std::{fs, path::Path};

use tickwire_benches::session::{Client, Driver, Session};
use tickwire_room::HostedRoom;
use tickwire_shared::{
    Belongs, Capture, Game, PlayerId, Replicate, Step, Tick,
    game::{CaptureSink, Outbox},
    message::ClientMessage,
    record::RecordLayout,
};

use skiffs::{Buoy, Colour, Config, Crew, Douse, Helm, Lake, Skiff};

/// A lake with so many players, who sail to and fro and fire.
fn lake(players: u32) -> Session<Lake> {
    let drive = |player: PlayerId| -> Driver<Helm> {
        let mut turn = player.0;
        Box::new(move |_| {
            turn = turn.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let part = |shift: u32| (turn >> shift & 3).min(2) as i8 - 1;
            Helm { x: part(20), y: part(24), aim: (turn >> 28) as f32 * 0.4, fire: turn >> 31 == 1 }
        })
    };
    let mut session = Session::new(&Config::default(), 7, drive);
    (0..players).for_each(|_| session.join());
    session
}

#[test]
fn every_hash_holds_and_nobody_is_sent_what_is_not_theirs() {
    let mut session = lake(6);
    (0..200).for_each(|_| session.tick());
    assert!(session.tally.hashes >= 6 * 20, "{} hashes", session.tally.hashes);
    for client in &session.clients {
        let skiffs: Vec<_> = client.replica.iter::<Skiff>().collect();
        let own = skiffs.iter().filter(|(_, skiff)| skiff.player == client.id).count();
        assert_eq!(own, 1, "everybody sees the own skiff");
        let armed = skiffs.iter().filter(|(_, skiff)| skiff.shots > 0).count();
        assert!(armed <= 1, "the shots of others are their own business");
        assert_eq!(client.replica.iter::<Crew>().count(), 2, "what has no place is everybody's");
        let buoys = client.replica.iter::<Buoy>().count();
        assert!(buoys < 100, "of {buoys} buoys most are out of sight");
    }
}

#[test]
fn who_puts_the_lamp_out_is_seen_by_the_own_crew_only() {
    let mut session = lake(24);
    (0..3).for_each(|_| session.tick());
    // Who sees whom, as positions among the clients.
    let sights = |session: &Session<Lake>, colours: &[Colour]| -> Vec<(usize, usize)> {
        let seen =
            |at: usize| session.clients[at].replica.iter::<Skiff>().map(|(_, it)| it.player.0);
        let pairs = (0..colours.len()).flat_map(|at| seen(at).map(move |it| (at, it as usize - 1)));
        pairs.filter(|(at, other)| colours[*at] != colours[*other]).collect()
    };
    let own = |client: &Client<Helm>| {
        let (_, skiff) = client.replica.iter::<Skiff>().find(|(_, it)| it.player == client.id)?;
        Some(skiff.colour)
    };
    let colours: Vec<_> = session.clients.iter().filter_map(own).collect();
    let before = sights(&session, &colours);
    assert!(before.len() > 4, "some are near an enemy: {before:?}");
    let record = RecordLayout::new(&Douse::kind());
    for client in &session.clients {
        let (mut packed, mut bytes) = (Vec::new(), Vec::new());
        record.pack(&[1], &mut packed);
        ClientMessage::Request { index: 0, record: &packed }.write(&mut bytes);
        session.room.handle_message(client.id, &bytes).expect("a request is understood");
    }
    (0..9).for_each(|_| session.tick());
    assert_eq!(sights(&session, &colours), []);
}

/// What is captured of the only skiff.
#[derive(Default)]
struct Seen(Skiff);

impl CaptureSink for Seen {
    fn put(&mut self, kind: usize, _: u16, _: u32, _: Belongs, columns: &[u32]) {
        if Lake::schema().kinds[kind].name == Skiff::NAME {
            self.0 = Skiff::restore(columns);
        }
    }
}

/// How far a skiff comes in a second that goes straight on, and what it has fired who holds the trigger.
fn sailed_in_a_second(tick_hz: u16) -> (f32, u8) {
    let (schema, mut outbox) = (Lake::schema(), Outbox::default());
    let records: Vec<_> = schema.messages.iter().map(RecordLayout::new).collect();
    let mut lake = Lake::init(&Config::default(), 7);
    lake.join(PlayerId(1), "Ada");
    let seen = |lake: &Lake| {
        let mut seen = Seen::default();
        lake.replicate(&mut Capture::new(&schema, &mut seen));
        seen.0
    };
    let before = seen(&lake);
    let x = if before.pos.x < skiffs::SIZE / 2.0 { 1 } else { -1 };
    for tick in 1..=u32::from(tick_hz) {
        lake.input(PlayerId(1), &Helm { x, fire: true, ..Helm::default() });
        let now = (Tick(tick), 1.0 / f32::from(tick_hz));
        lake.step(&mut Step::new(now, &schema, &records, &mut outbox));
    }
    let after = seen(&lake);
    (before.pos.distance(after.pos), before.shots - after.shots)
}

#[test]
fn a_second_is_the_same_at_any_tick_rate() {
    for tick_hz in [10, 20, 30, 60, 120] {
        assert_eq!(sailed_in_a_second(tick_hz), (skiffs::SPEED, 1), "{tick_hz} Hz");
    }
}

#[test]
fn the_same_seed_and_inputs_give_the_same_run() {
    let state = || {
        let mut session = lake(5);
        (0..120).for_each(|_| session.tick());
        session.clients.iter().map(|client| client.replica.hash()).collect::<Vec<_>>()
    };
    assert_eq!(state(), state());
}

#[test]
fn the_log_is_played_again_hash_for_hash() {
    let mut session = lake(5);
    (0..400).for_each(|_| session.tick());
    let chunk = session.room.log().older.to_vec();
    assert!(!chunk.is_empty(), "a saved lake is what it was, or there would be no log");
    let mut room = lake(0).room;
    room.load(&chunk).expect("the chunk is whole");
    let (mut ticks, mut checks) = (0, 0);
    while let Some(replayed) = room.replay().expect("the chunk is whole") {
        ticks += 1;
        if let Some(check) = replayed.check {
            assert_eq!(check.recorded, check.computed, "tick {}", replayed.tick.0);
            checks += 1;
        }
    }
    assert!(ticks > 100 && checks > 10, "{ticks} ticks, {checks} checks");
}

#[test]
fn the_guide_quotes_this_game() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| fs::read_to_string(root.join(path)).expect("it is there");
    let (guide, code) = (read("../GAMES.md"), read("tests/guide/skiffs.rs"));
    let blocks: Vec<&str> = guide.split("```rust\n").skip(1).collect();
    assert!(blocks.len() >= 8, "{} blocks", blocks.len());
    for block in blocks {
        let quoted = block.split("```").next().expect("a block has an end");
        assert!(code.contains(quoted), "not in skiffs.rs:\n{quoted}");
    }
}
