//! Games that ship, and all that a game can be told: their logs lead to the same worlds.

use crate::{
    log::replay,
    party::{Party, Song, Table, Toast},
    sim::Random,
};
use tickwire_games::{
    arena::{self, Arena},
    field::{self, Field},
};
use tickwire_room::{HostedRoom, Newcomer, Restore, Room, RoomConfig};
use tickwire_shared::{Game, PlayerId, Replicate, message::ClientMessage, record::RecordLayout};

/// A room with players who do something else in most ticks, and what they do it with.
struct Crew<G: Game> {
    room: Room<G>,
    players: Vec<PlayerId>,
    random: Random,
    record: RecordLayout,
    controls: fn(&mut Random) -> G::Input,
    chunks: Vec<Vec<u8>>,
}

impl<G: Game> Crew<G> {
    fn new(config: RoomConfig, game: &G::Config, controls: fn(&mut Random) -> G::Input) -> Self {
        let config = RoomConfig { keyframe_ticks: 50, hash_interval: 4, ..config };
        let (random, room) = (Random(config.seed), Room::new(config, game));
        let record = RecordLayout::new(&G::schema().input);
        Crew { room, players: Vec::new(), random, record, controls, chunks: Vec::new() }
    }

    fn send_input(&mut self, player: PlayerId) {
        let input = (self.controls)(&mut self.random);
        let mut columns = vec![0; G::Input::COLUMNS];
        input.quantise(&mut columns);
        let mut record = Vec::new();
        self.record.pack(&columns, &mut record);
        let (applied, behind) = (self.room.now(), self.random.below(3000) as u16);
        let mut message = Vec::new();
        let tick = applied.offset(self.random.below(3) as i32);
        ClientMessage::Input { applied, tick, behind, record: &record }.write(&mut message);
        self.room.handle_message(player, &message).expect("it is understood");
    }

    fn run(&mut self, ticks: u32) {
        for _ in 0..ticks {
            match self.random.below(40) {
                0..4 if self.players.len() < 16 => {
                    let newcomer = Newcomer::named("pilot");
                    self.players.push(self.room.handle_join(&newcomer).expect("there is space"));
                }
                4 if self.players.len() > 8 => self.room.handle_leave(self.players.remove(3)),
                _ => {}
            }
            for player in self.players.clone() {
                if self.random.below(8) > 0 {
                    self.send_input(player);
                }
            }
            self.room.tick();
            let mut chunk = Vec::new();
            if self.room.take_chunk(&mut chunk) {
                self.chunks.push(chunk);
            }
        }
        self.chunks.push(self.room.log().newer.to_vec());
    }
}

fn angle(random: &mut Random) -> f32 {
    random.below(1000) as f32 / 159.0
}

fn fly(random: &mut Random) -> arena::Controls {
    let (thrust, fire) = (random.below(3) as i8 - 1, random.below(4) > 0);
    arena::Controls { aim: angle(random), thrust, fire, boost: random.below(4) == 0 }
}

fn drift(random: &mut Random) -> field::Controls {
    let (go, dash) = (random.below(8) > 0, random.below(8) == 0);
    field::Controls { way: angle(random), go, dash, call: random.below(16) == 0 }
}

#[test]
fn an_arena_is_played_again_to_the_last_bit() {
    for seed in 0..3 {
        let mut crew =
            Crew::<Arena>::new(RoomConfig::new("ARENA", 30, seed), &arena::Config::default(), fly);
        crew.run(900);
        // The map and all else that was set comes from the chunk.
        let other = arena::Config { map: arena::Map::expanse(), damage: 1, ..Default::default() };
        let mut room = Room::<Arena>::new(RoomConfig::new("OTHER", 30, 99), &other);
        assert_eq!(replay(&mut room, &crew.chunks), 225);
    }
}

#[test]
fn a_field_is_played_again_to_the_last_bit() {
    let config = field::Config::default();
    let mut crew = Crew::<Field>::new(RoomConfig::new("FIELD", 30, 5), &config, drift);
    crew.run(240);
    let mut room = Room::<Field>::new(RoomConfig::new("OTHER", 30, 1), &config);
    assert_eq!(replay(&mut room, &crew.chunks), 60);
}

#[test]
fn whatever_a_game_is_told_it_is_told_again() {
    let config = RoomConfig { keyframe_ticks: 3, ..RoomConfig::new("PARTY", 30, 1) };
    let mut table = Table::new(config.clone());
    table.join(&Newcomer { identity: Some("u/1"), ..Newcomer::named("Zoë") });
    table.join(&Newcomer { spectator: true, ..Newcomer::named("Sam") });
    let mut chunks = Vec::new();
    for tick in 0..12 {
        table.join(&Newcomer::named("Zoë"));
        table.request(0, &Toast { to: tick });
        table.request(2, &Song { number: (tick % 9) as u8 });
        table.room.handle_leave(PlayerId(tick + 3));
        table.tick();
        let mut chunk = Vec::new();
        table.room.take_chunk(&mut chunk).then(|| chunks.push(chunk));
    }
    assert_eq!(chunks.len(), 4);
    let mut room = Room::<Party>::new(config, &());
    for chunk in &chunks {
        room.load(chunk).expect("it can be loaded");
        while room.replay().expect("it can be played").is_some() {}
    }
    assert_eq!(room.game().calls, table.room.game().calls);
    assert_eq!(room.game().calls[..3], ["1 is u/1", "1 joins as Zoë", "3 joins as Zoë (2)"]);
    assert_eq!((room.player_count(), room.spectator_count()), (1, 1));
}

#[test]
fn a_room_that_was_restored_goes_on_as_the_other_did() {
    let config = arena::Config::default();
    let mut crew = Crew::<Arena>::new(RoomConfig::new("ARENA", 30, 3), &config, fly);
    crew.run(130);
    let chunk = crew.room.log().newer.to_vec();
    assert!(matches!(crew.room.restore(u32::MAX), Restore::Done));
    let mut other = Room::<Arena>::new(RoomConfig::new("OTHER", 30, 3), &config);
    other.load(&chunk).expect("it can be loaded");
    while other.replay().expect("it can be played").is_some() {}
    let saved = |room: &Room<Arena>| {
        let mut bytes = Vec::new();
        tickwire_shared::control::save(room.game(), &mut bytes).expect("it is small");
        bytes
    };
    assert!(saved(&crew.room) == saved(&other));
    assert!(crew.room.now() == other.now() && crew.room.player_count() == other.player_count());
}
