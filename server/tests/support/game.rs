//! A small game to test with: its entities move in a way that no prediction
//! foresees, so frames have something to say, and it panics when told to.

use std::{cell::Cell, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tickwire_shared::{
    Belongs, Capture, Game, PlayerId, Replicate, SchemaBuilder, Step, To, View,
    glam::Vec2,
    schema::Schema,
    slotmap::{DefaultKey, SlotMap},
};

/// An input with this `x` makes the game panic.
pub const PANIC: i8 = 99;
/// An input with this `x` makes its step panic, in the same tick.
pub const TRIP: i8 = 97;
/// An input with this `x` makes its step panic some ticks later, and again whenever it is to be made again.
pub const BOMB: i8 = 96;
/// How many ticks later.
pub const FUSE: u32 = 5;
/// An input with this `x` makes the game panic after the step, when it says what a player sees,
pub const BLIND: i8 = 95;
/// with this one when it says in which team a player is,
pub const OUTCAST: i8 = 94;
/// with this one when it says what spectators see,
pub const UNWATCHED: i8 = 93;
/// with this one when it says how it was set up,
pub const UNSAID: i8 = 92;
/// with this one when it is saved,
pub const UNSAVED: i8 = 91;
/// and with this one when it is loaded.
pub const UNLOADED: i8 = 90;
/// Whoever is called so makes the game panic by coming in.
pub const UNLUCKY: &str = "unlucky";
/// An input with this `x` keeps the game from returning for a while.
pub const STALL: i8 = 98;
/// How long that is.
pub const STALLED: Duration = Duration::from_millis(1500);

thread_local! {
    /// While it is true, a game on this thread panics when it next says how it was set up, and only then.
    pub static SPOILT: Cell<bool> = const { Cell::new(false) };
    /// While it is true, games on this thread do not do again what they did.
    pub static FICKLE: Cell<bool> = const { Cell::new(false) };
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How many restless entities there are.
    pub dots: usize,
    /// With any other seed than this the game panics when it is made.
    pub only_seed: Option<u64>,
    /// How many messages it sends everybody each tick.
    pub chatter: usize,
}

impl Default for Config {
    fn default() -> Self {
        Config { dots: 20, only_seed: None, chatter: 0 }
    }
}

#[derive(Default, Replicate, Serialize, Deserialize)]
pub struct Dot {
    pub player: u32,
    #[replicate(range = 0.0..=1000.0, step = 0.125, linear)]
    pub pos: Vec2,
    /// The sum of all pushes, which shows whether each input was used once.
    pub pushed: u32,
    #[replicate(owner)]
    pub secret: u32,
}

#[derive(Replicate)]
pub struct Chatter {
    #[replicate(text = 16)]
    pub text: String,
}

#[derive(Clone, Default, Replicate)]
pub struct Push {
    pub x: i8,
}

#[derive(Serialize, Deserialize)]
pub struct Restless {
    dots: SlotMap<DefaultKey, Dot>,
    owners: Vec<(PlayerId, DefaultKey)>,
    random: u64,
    chatter: usize,
    /// Ticks until a step panics; 0 for never.
    fuse: u32,
    /// The next step panics.
    trips: bool,
    /// The input that made something else panic, or 0.
    #[serde(serialize_with = "save_flaw", deserialize_with = "load_flaw")]
    flaw: i8,
}

fn save_flaw<S: Serializer>(flaw: &i8, to: S) -> Result<S::Ok, S::Error> {
    assert!(*flaw != UNSAVED, "made to fail when saved");
    flaw.serialize(to)
}

fn load_flaw<'de, D: Deserializer<'de>>(from: D) -> Result<i8, D::Error> {
    let flaw = i8::deserialize(from)?;
    assert!(flaw != UNLOADED, "made to fail when loaded");
    Ok(flaw)
}

impl Restless {
    fn random(&mut self) -> u32 {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.random >> 33) as u32
    }

    fn dot(&mut self, player: PlayerId) -> &mut Dot {
        let owned = self.owners.iter().find(|(owner, _)| *owner == player);
        let (_, key) = owned.expect("the room names only players that are in");
        &mut self.dots[*key]
    }
}

impl Game for Restless {
    const NAME: &'static str = "restless";
    const TICK_HZ: u32 = 60;
    const MAX_PLAYERS: u32 = 8;
    type Config = Config;
    type Input = Push;

    fn schema() -> Schema {
        SchemaBuilder::new::<Self>().kind::<Dot>().message::<Chatter>().build()
    }

    fn init(config: &Config, seed: u64) -> Self {
        assert!(config.only_seed.is_none_or(|only| only == seed), "made to fail");
        let (dots, chatter) = (SlotMap::new(), config.chatter);
        let (owners, random) = (Vec::new(), seed);
        let mut game = Restless { dots, owners, random, chatter, fuse: 0, trips: false, flaw: 0 };
        for _ in 0..config.dots {
            game.dots.insert(Dot::default());
        }
        game
    }

    fn setup(&self) -> String {
        assert!(!SPOILT.replace(false), "made to fail by a welcome");
        assert!(self.flaw != UNSAID, "made to fail by its setup");
        String::new()
    }

    fn join(&mut self, player: PlayerId, name: &str) {
        assert!(name != UNLUCKY, "made to fail by a name");
        let key = self.dots.insert(Dot { player: player.0, secret: player.0, ..Dot::default() });
        self.owners.push((player, key));
    }

    fn leave(&mut self, player: PlayerId) {
        let index = self.owners.iter().position(|(owner, _)| *owner == player);
        let (_, key) = self.owners.remove(index.expect("the room names only players that are in"));
        self.dots.remove(key);
    }

    fn input(&mut self, player: PlayerId, push: &Push) {
        assert!(push.x != PANIC, "made to fail");
        if push.x == STALL {
            std::thread::sleep(STALLED);
        }
        self.trips |= push.x == TRIP;
        if (UNLOADED..=BLIND).contains(&push.x) {
            self.flaw = push.x;
        }
        if push.x == BOMB && self.fuse == 0 {
            self.fuse = FUSE;
        }
        let dot = self.dot(player);
        dot.pushed = dot.pushed.wrapping_add_signed(push.x.into());
    }

    fn step(&mut self, step: &mut Step<'_>) {
        assert!(!self.trips, "made to fail by a step");
        assert!(self.fuse != 1, "made to fail for good");
        self.fuse = self.fuse.saturating_sub(1);
        self.random ^= u64::from(FICKLE.get()) << 40;
        for _ in 0..self.chatter {
            step.send(To::All, &Chatter { text: "and so on".to_owned() });
        }
        let keys: Vec<_> = self.dots.keys().collect();
        for key in keys {
            let (x, y) = (self.random() % 8001, self.random() % 8001);
            let dot = &mut self.dots[key];
            dot.pos = Vec2::new(x as f32, y as f32) / 8.0;
            dot.secret = dot.secret.wrapping_mul(3);
        }
    }

    fn view(&self, _: PlayerId, _: &mut View) {
        assert!(self.flaw != BLIND, "made to fail by a view");
    }

    fn team(&self, _: PlayerId) -> Option<u8> {
        assert!(self.flaw != OUTCAST, "made to fail by a team");
        None
    }

    fn spectate(&self, _: &mut View) {
        assert!(self.flaw != UNWATCHED, "made to fail by whoever looks on");
    }

    fn replicate(&self, capture: &mut Capture<'_>) {
        for (key, dot) in &self.dots {
            let belongs = match dot.player {
                0 => Belongs::NOBODY,
                player => Belongs::to(PlayerId(player)),
            };
            capture.put(key, belongs, dot);
        }
    }
}
