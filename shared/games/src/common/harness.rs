//! A room without a server, for the tests: ticks, what was said, and what clients would hold.

use tickwire_shared::{
    Belongs, Capture, Game, PlayerId, Replicate, Step, Tick, control,
    game::{CaptureSink, Outbox},
    record::RecordLayout,
    schema::{MAX_COLUMNS, Schema},
};

/// The tick rate of all tests.
pub const HZ: f32 = 30.0;

/// A match in progress.
pub struct Match<G: Game> {
    pub game: G,
    schema: Schema,
    records: Vec<RecordLayout>,
    outbox: Outbox,
    pub tick: Tick,
}

impl<G: Game> Match<G> {
    pub fn new(config: G::Config, seed: u64) -> Match<G> {
        let (game, schema) = (G::init(&config, seed), G::schema());
        let records = schema.messages.iter().map(RecordLayout::new).collect();
        Match { game, schema, records, outbox: Outbox::default(), tick: Tick(0) }
    }

    pub fn input(&mut self, player: u32, input: G::Input) {
        self.game.input(PlayerId(player), &input);
    }

    pub fn step(&mut self, ticks: usize) {
        for _ in 0..ticks {
            self.tick = self.tick.next();
            self.outbox.clear();
            let time = (self.tick, 1.0 / HZ);
            let mut step = Step::new(time, &self.schema, &self.records, &mut self.outbox);
            self.game.step(&mut step);
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

    /// The same match, after it was saved and loaded with nothing else to go by.
    fn reload(&self) -> Match<G> {
        let mut bytes = Vec::new();
        control::save(&self.game, &mut bytes).expect("it is small");
        let mut game: G = control::load(&bytes).expect("it was saved");
        game.restored(None);
        let (schema, records) = (self.schema.clone(), self.records.clone());
        Match { game, schema, records, outbox: Outbox::default(), tick: self.tick }
    }

    /// What is said of all entities, in no order.
    fn contents(&self) -> Vec<(usize, Vec<u32>)> {
        let mut contents = Contents(Vec::new());
        self.game.replicate(&mut Capture::new(&self.schema, &mut contents));
        contents.0.sort_unstable();
        contents.0
    }

    /// How many entities are replicated, and a hash of all that is said of them (FNV-1a).
    pub fn state(&self) -> (usize, u64) {
        let mut hash = Hash { count: 0, hash: 0xCBF2_9CE4_8422_2325 };
        self.game.replicate(&mut Capture::new(&self.schema, &mut hash));
        (hash.count, hash.hash)
    }
}

/// Whatever goes on in a match, one that was saved and loaded goes on in the same way: what is said of
/// all entities stays the same for some ticks, but for the slots that newcomers get.
pub fn assert_goes_on_when_loaded<G: Game>(
    playing: &mut Match<G>,
    players: u32,
    input: fn(u32, u32) -> G::Input,
) {
    for _ in 0..60 {
        let mut loaded = playing.reload();
        assert_eq!(loaded.state(), playing.state(), "nothing is said otherwise");
        for _ in 0..3 {
            for one in [&mut loaded, playing] {
                (1..=players).for_each(|player| one.input(player, input(one.tick.0, player)));
                one.step(1);
            }
            assert!(loaded.contents() == playing.contents(), "at {:?}", playing.tick);
        }
    }
}

/// An entity as it comes out of the wire.
pub fn over_the_wire<T: Replicate>(entity: &T) -> T {
    let mut columns = [0; MAX_COLUMNS];
    entity.quantise(&mut columns[..T::COLUMNS]);
    T::restore(&columns[..T::COLUMNS])
}

struct Contents(Vec<(usize, Vec<u32>)>);

impl CaptureSink for Contents {
    fn put(&mut self, kind: usize, _: u16, _: u32, _: Belongs, columns: &[u32]) {
        self.0.push((kind, columns.to_vec()));
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
