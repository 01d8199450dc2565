//! Skiffs on a lake at night: the game that GAMES.md is about, and quotes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tickwire_shared::{
    Belongs, Capture, Game, Grid, PlayerId, Replicate, SchemaBuilder, Step, To, View,
    game::Request,
    glam::Vec2,
    netcode::Rewind,
    schema::Schema,
    slotmap::{SlotMap, new_key_type},
};

/// The side of the lake, in metres.
pub const SIZE: f32 = 1024.0;
/// How far a skiff goes in a second, along each axis.
pub const SPEED: f32 = 15.0;
/// What every place is a multiple of, here and on the wire.
pub const GRAIN: f32 = 0.03125;
/// How far a shot reaches, and how near to its line it hits.
const REACH: f32 = 100.0;
const BREADTH: f32 = 3.0;
/// How far back shots are judged, in seconds: as far as `sight` goes.
const MEMORY: f32 = 0.25;

new_key_type! {
    pub struct SkiffKey;
    pub struct BuoyKey;
    pub struct CrewKey;
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Replicate, Serialize, Deserialize)]
pub enum Colour {
    #[default]
    Red,
    Blue,
}

#[derive(Debug, Default, Replicate, Serialize, Deserialize)]
pub struct Skiff {
    pub player: PlayerId,
    #[replicate(text = 16)]
    pub name: String,
    pub colour: Colour,
    #[replicate(range = 0.0..=SIZE, step = GRAIN, linear)]
    pub pos: Vec2,
    pub dark: bool,
    #[replicate(team, range = 0..=Skiff::HULL)]
    pub hull: u8,
    #[replicate(owner, range = 0..=Skiff::SHOTS)]
    pub shots: u8,
    #[replicate(skip)]
    helm: Helm,
    #[replicate(skip)]
    fired: bool,
    #[replicate(skip)]
    behind: f32,
}

impl Skiff {
    const HULL: u8 = 3;
    const SHOTS: u8 = 20;
}

#[derive(Debug, Default, Replicate, Serialize, Deserialize)]
pub struct Buoy {
    #[replicate(range = 0.0..=SIZE, step = 1.0)]
    pub pos: Vec2,
}

#[derive(Debug, Default, Replicate, Serialize, Deserialize)]
pub struct Crew {
    pub colour: Colour,
    pub score: u32,
}

#[derive(Clone, Debug, Default, Replicate, Serialize, Deserialize)]
pub struct Helm {
    #[replicate(range = -1..=1)]
    pub x: i8,
    #[replicate(range = -1..=1)]
    pub y: i8,
    #[replicate(angle = 8)]
    pub aim: f32,
    pub fire: bool,
}

#[derive(Replicate)]
pub struct Hit {
    pub by: PlayerId,
    pub player: PlayerId,
}

#[derive(Replicate)]
pub struct Douse {
    pub dark: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    buoys: u16,
}

impl Default for Config {
    fn default() -> Self {
        Config { buoys: 200 }
    }
}

/// SplitMix64: chance that is part of the world, and so the same in every run with its seed.
#[derive(Debug, Serialize, Deserialize)]
struct Chance(u64);

impl Chance {
    fn place(&mut self) -> Vec2 {
        Vec2::new(self.below(SIZE as u32) as f32, self.below(SIZE as u32) as f32)
    }

    fn below(&mut self, count: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (((bits >> 32) * u64::from(count)) >> 32) as u32
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Lake {
    skiffs: SlotMap<SkiffKey, Skiff>,
    buoys: SlotMap<BuoyKey, Buoy>,
    crews: SlotMap<CrewKey, Crew>,
    players: BTreeMap<PlayerId, SkiffKey>,
    past: Rewind<SkiffKey, Vec2>,
    chance: Chance,
    #[serde(skip)]
    shots: Vec<(SkiffKey, Helm, f32)>,
}

impl Game for Lake {
    const NAME: &'static str = "skiffs";
    const TICK_HZ: u32 = 30;
    const MAX_PLAYERS: u32 = 32;
    type Config = Config;
    type Input = Helm;

    fn schema() -> Schema {
        SchemaBuilder::new::<Self>()
            .kind::<Crew>()
            .kind::<Skiff>()
            .kind::<Buoy>()
            .message::<Hit>()
            .request::<Douse>()
            .build()
    }

    fn init(config: &Config, seed: u64) -> Self {
        let (mut chance, mut crews) = (Chance(seed), SlotMap::with_key());
        let mut buoys = SlotMap::with_key();
        for _ in 0..config.buoys {
            buoys.insert(Buoy { pos: chance.place() });
        }
        for colour in [Colour::Red, Colour::Blue] {
            crews.insert(Crew { colour, score: 0 });
        }
        let (skiffs, players, past) = (SlotMap::with_key(), BTreeMap::new(), Rewind::default());
        Lake { skiffs, buoys, crews, players, past, chance, shots: Vec::new() }
    }

    fn setup(&self) -> String {
        format!("{{\"size\":{SIZE},\"speed\":{SPEED},\"grain\":{GRAIN}}}")
    }

    fn join(&mut self, player: PlayerId, name: &str) {
        let reds = self.skiffs.values().filter(|skiff| skiff.colour == Colour::Red).count();
        let colour = if reds * 2 > self.skiffs.len() { Colour::Blue } else { Colour::Red };
        let skiff = Skiff {
            player,
            name: name.to_owned(),
            colour,
            pos: self.chance.place(),
            hull: Skiff::HULL,
            shots: Skiff::SHOTS,
            ..Skiff::default()
        };
        self.players.insert(player, self.skiffs.insert(skiff));
    }

    fn leave(&mut self, player: PlayerId) {
        if let Some(key) = self.players.remove(&player) {
            self.skiffs.remove(key);
        }
    }

    fn request(&mut self, player: PlayerId, request: &Request<'_>) {
        if let (Some(skiff), Some(douse)) = (self.skiff(player), request.get::<Douse>()) {
            skiff.dark = douse.dark;
        }
    }

    fn sight(&mut self, player: PlayerId, behind: f32) {
        if let Some(skiff) = self.skiff(player) {
            skiff.behind = behind;
        }
    }

    fn input(&mut self, player: PlayerId, helm: &Helm) {
        if let Some(skiff) = self.skiff(player) {
            skiff.helm = helm.clone();
        }
    }

    fn step(&mut self, step: &mut Step<'_>) {
        let tick_hz = (1.0 / step.dt).round();
        self.sail(pace(tick_hz));
        let memory = (MEMORY * tick_hz).ceil() as usize;
        self.past.record(memory, self.skiffs.iter().map(|(key, skiff)| (key, skiff.pos)));
        self.fire(step);
        self.collect();
    }

    fn replicate(&self, capture: &mut Capture<'_>) {
        for (key, crew) in &self.crews {
            capture.put(key, Belongs::NOBODY, crew);
        }
        for (key, skiff) in &self.skiffs {
            let team = skiff.colour as u8;
            let belongs = Belongs::to(skiff.player).team(team).at(skiff.pos);
            // Whoever has put the lamp out is seen by its own crew only.
            let belongs = if skiff.dark { belongs.group(team.into()) } else { belongs };
            capture.put(key, belongs, skiff);
        }
        for (key, buoy) in &self.buoys {
            capture.put(key, Belongs::NOBODY.at(buoy.pos), buoy);
        }
    }

    fn team(&self, player: PlayerId) -> Option<u8> {
        self.players.get(&player).map(|key| self.skiffs[*key].colour as u8)
    }

    fn grid(&self) -> Option<Grid> {
        Some(Grid { cell: 64.0, reach: [96.0, 160.0, 256.0, 256.0] })
    }

    fn view(&self, player: PlayerId, view: &mut View) {
        if let Some(key) = self.players.get(&player) {
            view.look_from(self.skiffs[*key].pos);
            view.see_group(self.skiffs[*key].colour as u16);
        }
    }

    fn spectate(&self, view: &mut View) {
        view.look_from(Vec2::splat(SIZE / 2.0));
    }

    fn restored(&mut self, before: Option<&mut Self>) {
        if let Some(before) = before {
            self.shots = std::mem::take(&mut before.shots);
        }
    }
}

/// How far a skiff goes in a tick, in whole grains.
fn pace(tick_hz: f32) -> f32 {
    (SPEED / GRAIN / tick_hz).round() * GRAIN
}

impl Lake {
    fn skiff(&mut self, player: PlayerId) -> Option<&mut Skiff> {
        self.skiffs.get_mut(*self.players.get(&player)?)
    }

    fn sail(&mut self, pace: f32) {
        for skiff in self.skiffs.values_mut() {
            let way = Vec2::new(skiff.helm.x.into(), skiff.helm.y.into()) * pace;
            skiff.pos = (skiff.pos + way).clamp(Vec2::ZERO, Vec2::splat(SIZE));
        }
    }

    fn fire(&mut self, step: &mut Step<'_>) {
        self.shots.clear();
        for (key, skiff) in &mut self.skiffs {
            // A shot for each press, however long it is held.
            let pressed = skiff.helm.fire && !skiff.fired;
            skiff.fired = skiff.helm.fire;
            if pressed && skiff.shots > 0 {
                skiff.shots -= 1;
                self.shots.push((key, skiff.helm.clone(), skiff.behind));
            }
        }
        for (by, helm, behind) in &self.shots {
            let shooter = &self.skiffs[*by];
            let (from, by) = (shooter.pos, shooter.player);
            let line = Vec2::from_angle(helm.aim);
            // Where the shooter saw the others, not where they are.
            let hit = |key: SkiffKey| {
                let off = self.past.at(key, *behind)? - from;
                let along = off.dot(line);
                (along > 0.0 && along < REACH && off.perp_dot(line).abs() < BREADTH).then_some(())
            };
            let struck =
                self.skiffs.iter().find(|(key, it)| it.player != by && hit(*key).is_some());
            if let Some(key) = struck.map(|(key, _)| key) {
                let it = &mut self.skiffs[key];
                step.send(To::All, &Hit { by, player: it.player });
                it.hull -= 1;
                if it.hull == 0 {
                    (it.hull, it.shots, it.pos) = (Skiff::HULL, Skiff::SHOTS, self.chance.place());
                }
            }
        }
    }

    fn collect(&mut self) {
        for buoy in self.buoys.values_mut() {
            let near = |it: &&Skiff| it.pos.distance_squared(buoy.pos) < 64.0;
            if let Some(skiff) = self.skiffs.values().find(near) {
                let colour = skiff.colour;
                self.crews
                    .values_mut()
                    .filter(|it| it.colour == colour)
                    .for_each(|it| it.score += 1);
                buoy.pos = self.chance.place();
            }
        }
    }
}
