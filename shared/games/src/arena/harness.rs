//! One match without a server, for the tests: players, ticks, and what was said.

use std::f32::consts::TAU;

use tickwire_shared::{
    Belongs, Capture, Game, PlayerId, Replicate, Step, Tick,
    game::{CaptureSink, Outbox},
    record::RecordLayout,
    schema::{MAX_COLUMNS, Schema},
};

use super::{Arena, Config, Controls, Map, Ship, bot::View};

/// The tick rate of all tests.
pub const HZ: f32 = 30.0;

/// A match in progress.
pub struct Match {
    pub arena: Arena,
    schema: Schema,
    records: Vec<RecordLayout>,
    outbox: Outbox,
    pub tick: Tick,
}

impl Match {
    pub fn new(config: Config, seed: u64) -> Match {
        let (arena, schema) = (Arena::init(&config, seed), Arena::schema());
        let records = schema.messages.iter().map(RecordLayout::new).collect();
        Match { arena, schema, records, outbox: Outbox::default(), tick: Tick(0) }
    }

    /// A match on a map drawn for the test.
    pub fn on(map: &str) -> Match {
        let map = Map::parse(map).expect("the test's map is fine");
        Match::new(Config { map, ..Config::default() }, 1)
    }

    /// A player who joins and is put at a place, unshielded and pointing along the x axis.
    pub fn place(&mut self, player: u32, x: f32, y: f32) {
        self.arena.join(PlayerId(player), "somebody");
        self.step(1);
        let ship = self.ship_mut(player);
        ship.pos = glam::Vec2::new(x, y);
        ship.heading = 0.0;
        ship.drop_shield();
    }

    pub fn ship(&self, player: u32) -> &Ship {
        &self.arena.ships[self.arena.players[&PlayerId(player)]]
    }

    pub fn ship_mut(&mut self, player: u32) -> &mut Ship {
        &mut self.arena.ships[self.arena.players[&PlayerId(player)]]
    }

    pub fn input(&mut self, player: u32, controls: Controls) {
        self.arena.input(PlayerId(player), &controls);
    }

    pub fn step(&mut self, ticks: usize) {
        for _ in 0..ticks {
            self.tick = self.tick.next();
            self.outbox.clear();
            let time = (self.tick, 1.0 / HZ);
            let mut step = Step::new(time, &self.schema, &self.records, &mut self.outbox);
            self.arena.step(&mut step);
        }
    }

    /// Messages of the last tick of type `T`.
    pub fn said<T: Replicate>(&self) -> Vec<T> {
        let read = |bytes: &[u8]| {
            let index = usize::from(bytes[0]);
            let mut columns = [0; MAX_COLUMNS];
            self.records[index].unpack(&bytes[1..], &mut columns).expect("it was packed here");
            let wanted = self.schema.messages[index].name == T::NAME;
            wanted.then(|| T::restore(&columns[..T::COLUMNS]))
        };
        self.outbox.iter().filter_map(|(_, bytes)| read(bytes)).collect()
    }

    /// How many entities are replicated, and a hash of all that is said of them (FNV-1a).
    pub fn state(&self) -> (usize, u64) {
        let mut hash = Hash { count: 0, hash: 0xCBF2_9CE4_8422_2325 };
        self.arena.replicate(&mut Capture::new(&self.schema, &mut hash));
        (hash.count, hash.hash)
    }

    /// What a player's client can see: everything, as it comes out of the wire.
    pub fn view(&self, player: u32) -> View {
        let mut view = View { tick: self.tick, ..View::default() };
        for ship in self.arena.ships.values().map(over_the_wire) {
            if ship.player == player {
                view.me = Some(ship);
            } else {
                view.ships.push(ship);
            }
        }
        let bullets = self.arena.bullets.iter();
        view.bullets.extend(bullets.map(|(key, bullet)| {
            (slotmap::Key::data(&key).as_ffi() as u32, over_the_wire(bullet))
        }));
        view.pickups.extend(self.arena.pickups.values().map(over_the_wire));
        view
    }
}

fn over_the_wire<T: Replicate>(entity: &T) -> T {
    let mut columns = [0; MAX_COLUMNS];
    entity.quantise(&mut columns[..T::COLUMNS]);
    T::restore(&columns[..T::COLUMNS])
}

/// Controls that nobody would fly with, but different ones each tick and player.
pub fn scribble(tick: u32, player: u32) -> Controls {
    let mix = tick.wrapping_mul(2_654_435_761).rotate_left(player) ^ player.wrapping_mul(40_503);
    Controls {
        aim: (tick / 20 + player) as f32 * 0.7 % TAU,
        thrust: if mix & 3 == 0 { -1 } else { 1 },
        fire: mix & 4 == 0,
        boost: mix & 24 == 0,
    }
}

struct Hash {
    count: usize,
    hash: u64,
}

impl CaptureSink for Hash {
    fn put(&mut self, kind: usize, slot: u16, version: u32, _: Belongs, columns: &[u32]) {
        self.count += 1;
        let key = [kind as u32, u32::from(slot), version];
        for word in key.iter().chain(columns) {
            self.hash = (self.hash ^ u64::from(*word)).wrapping_mul(0x0100_0000_01B3);
        }
    }
}
