//! A game with every audience, every sort of column, messages, and entities that come and go.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tickwire_shared::{
    Belongs, Capture, Game, PlayerId, Replicate, SchemaBuilder, Step, To,
    game::Request,
    glam::Vec2,
    schema::Schema,
    slotmap::{SlotMap, new_key_type},
};

new_key_type! { pub struct MoteKey; }

#[derive(Clone, Copy, Debug, Default, PartialEq, Replicate, Serialize, Deserialize)]
pub enum Mood {
    #[default]
    Calm,
    Wild,
}

#[derive(Clone, Debug, Default, Replicate, Serialize, Deserialize)]
pub struct Mote {
    #[replicate(range = -100.0..=100.0, step = 0.125, linear)]
    pub pos: Vec2,
    #[replicate(angle = 10)]
    pub heading: f32,
    #[replicate(range = 0..=100)]
    pub hp: u8,
    #[replicate(text = 16)]
    pub name: String,
    pub mood: Mood,
    #[replicate(team)]
    pub plan: u8,
    #[replicate(owner, range = 0..=1000, linear)]
    pub fuel: u16,
    #[replicate(skip)]
    pub push: Push,
    #[replicate(skip)]
    pub player: PlayerId,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Replicate, Serialize, Deserialize)]
pub struct Push {
    #[replicate(range = -4..=4)]
    pub x: i8,
    #[replicate(range = -4..=4)]
    pub y: i8,
    pub wild: bool,
}

#[derive(Clone, Debug, Default, Replicate, Serialize, Deserialize)]
pub struct Spark {
    #[replicate(range = 0..=50, linear)]
    pub left: u8,
}

#[derive(Clone, Debug, Default, Replicate)]
pub struct Rename {
    #[replicate(text = 16)]
    pub name: String,
}

#[derive(Clone, Debug, Default, Replicate)]
pub struct Faded {
    pub spark: u16,
}

#[derive(Serialize, Deserialize)]
pub struct Drift {
    pub motes: SlotMap<MoteKey, Mote>,
    sparks: SlotMap<MoteKey, Spark>,
    players: BTreeMap<PlayerId, MoteKey>,
    ticks: u32,
}

/// The health that a mote starts with; tests put another here to make a world that differs.
#[derive(Clone, Debug, Deserialize)]
pub struct Settings {
    pub hp: u8,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { hp: 100 }
    }
}

impl Game for Drift {
    const NAME: &'static str = "drift";
    type Config = Settings;
    type Input = Push;

    fn schema() -> Schema {
        let schema = SchemaBuilder::new::<Self>().kind::<Mote>().kind::<Spark>();
        schema.message::<Faded>().request::<Rename>().build()
    }

    fn init(settings: &Settings, _: u64) -> Self {
        let mut motes = SlotMap::with_key();
        let still = Mote { hp: settings.hp, name: "stone".to_owned(), ..Mote::default() };
        motes.insert(still);
        Drift { motes, sparks: SlotMap::with_key(), players: BTreeMap::new(), ticks: 0 }
    }

    fn setup(&self) -> String {
        "drift about".to_owned()
    }

    fn join(&mut self, player: PlayerId, name: &str) {
        let mote = Mote { name: name.to_owned(), hp: 50, player, ..Mote::default() };
        self.players.insert(player, self.motes.insert(mote));
    }

    fn leave(&mut self, player: PlayerId) {
        self.players.remove(&player).map(|key| self.motes.remove(key));
    }

    fn input(&mut self, player: PlayerId, push: &Push) {
        self.motes[self.players[&player]].push = *push;
    }

    fn request(&mut self, player: PlayerId, request: &Request<'_>) {
        if let Some(Rename { name }) = request.get() {
            self.motes[self.players[&player]].name = name;
        }
    }

    fn step(&mut self, step: &mut Step<'_>) {
        self.ticks += 1;
        for mote in self.motes.values_mut() {
            let push = Vec2::new(f32::from(mote.push.x), f32::from(mote.push.y));
            mote.pos = (mote.pos + push / 4.0).clamp(Vec2::splat(-100.0), Vec2::splat(100.0));
            mote.heading = push.to_angle();
            mote.mood = if mote.push.wild { Mood::Wild } else { Mood::Calm };
            mote.fuel = (mote.fuel + u16::from(mote.push.wild) * 3) % 1000;
            mote.plan = mote.plan.wrapping_add(u8::from(mote.mood == Mood::Wild));
        }
        for spark in self.sparks.values_mut() {
            spark.left = spark.left.saturating_sub(1);
        }
        if self.ticks.is_multiple_of(3) {
            self.sparks.insert(Spark { left: (self.ticks % 41) as u8 });
        }
        self.sparks.retain(|_, spark| {
            let faded = spark.left == 0;
            if faded {
                step.send(To::All, &Faded { spark: 7 });
            }
            !faded
        });
    }

    fn replicate(&self, capture: &mut Capture<'_>) {
        for (key, mote) in &self.motes {
            let team = (mote.player.0 % 2) as u8;
            capture.put(key, Belongs::to(mote.player).team(team), mote);
        }
        for (key, spark) in &self.sparks {
            capture.put(key, Belongs::NOBODY, spark);
        }
    }

    fn team(&self, player: PlayerId) -> Option<u8> {
        Some((player.0 % 2) as u8)
    }
}
