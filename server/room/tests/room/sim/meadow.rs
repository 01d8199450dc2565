//! A world with places, groups, teams and owners, which remembers who could see what and when.
//!
//! The checker states what a viewer may hold in its own terms: distances, memberships and the
//! values that were captured. It knows nothing of cells, segments or handles.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
};

use serde::{Deserialize, Serialize};
use tickwire_shared::{
    Belongs, Capture, EntityId, Game, Grid, PlayerId, Replicate, SchemaBuilder, Step, Tick, View,
    glam::Vec2,
    replica::Replica,
    schema::{Audience, Schema},
    slotmap::{DefaultKey, Key, SlotMap},
};

use super::{Checked, Random, world::Push};

pub const SIDE: f32 = 4000.0;
pub const CELL: f32 = 250.0;
pub const REACH: [f32; 4] = [400.0, 700.0, 1000.0, 1400.0];
/// What is seen although it is beyond reach: two cells, each wider than it is by a quarter, on each axis.
const BEYOND: f32 = CELL * 2.5 * std::f32::consts::SQRT_2;
/// A copy of a segment may be this old.
const HISTORY: i32 = 32;
/// Cells at the lowest rate are sent this often.
const SLOWEST: i32 = 8;

#[derive(Clone, Debug, Default, Replicate, Serialize, Deserialize)]
pub struct Beast {
    #[replicate(range = 0.0..=4000.0, step = 0.25, linear)]
    pub pos: Vec2,
    pub mood: u8,
    #[replicate(team, range = 0..=9)]
    pub plan: u8,
    #[replicate(owner, range = 0..=300, linear)]
    pub fuel: u16,
    #[replicate(skip)]
    velocity: Vec2,
    #[replicate(skip)]
    belongs: Belongs,
}

/// Seen from everywhere, but perhaps only by a group.
#[derive(Clone, Debug, Default, Replicate, Serialize, Deserialize)]
pub struct Banner {
    pub colour: u8,
    #[replicate(skip)]
    group: Option<u16>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct MeadowConfig {
    pub beasts: u32,
    /// How far the fastest beasts go in a tick.
    pub speed: f32,
    /// A beast changes its mood, group or team about once in a few of these ticks.
    pub calm: u32,
    pub reach: [f32; 4],
    /// Whether not everything that is within reach can be expected to be held.
    pub is_starved: bool,
}

/// An entity at a tick: what belongs to whom, and the columns for each audience.
#[derive(Clone)]
struct Truth {
    /// Tells the lives of a slot apart.
    key: DefaultKey,
    belongs: Belongs,
    parts: [Vec<u32>; 3],
}

/// By audience, kind and slot: the newest row's tick and values.
type Newest = BTreeMap<(usize, usize, u16), (Tick, Vec<u32>)>;

/// What a player could see at a tick.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Sight {
    eye: Option<Vec2>,
    team: Option<u8>,
    groups: Vec<u16>,
}

#[derive(Clone, Default)]
struct Moment {
    entities: BTreeMap<(usize, u16), Truth>,
    sights: BTreeMap<PlayerId, Sight>,
}

#[derive(Serialize, Deserialize)]
pub struct Meadow {
    config: MeadowConfig,
    random: Random,
    beasts: SlotMap<DefaultKey, Beast>,
    banners: SlotMap<DefaultKey, Banner>,
    players: BTreeMap<PlayerId, Sight>,
    tick: Option<Tick>,
    #[serde(skip)]
    moments: RefCell<BTreeMap<u32, Moment>>,
    /// How many rows were checked.
    #[serde(skip)]
    pub checked: Cell<u64>,
    /// Of these, how many were older than the frame.
    #[serde(skip)]
    pub old: Cell<u64>,
    /// How many beasts were near, and how many of them were held; and the same of those that were far.
    #[serde(skip)]
    pub near: Cell<(u64, u64)>,
    #[serde(skip)]
    pub far: Cell<(u64, u64)>,
}

impl Game for Meadow {
    const NAME: &'static str = "meadow";
    type Config = MeadowConfig;
    type Input = Push;

    fn schema() -> Schema {
        SchemaBuilder::new::<Self>().kind::<Beast>().kind::<Banner>().build()
    }

    fn init(config: &MeadowConfig, seed: u64) -> Self {
        let mut meadow = Meadow {
            config: config.clone(),
            random: Random(seed),
            beasts: SlotMap::new(),
            banners: SlotMap::new(),
            players: BTreeMap::new(),
            tick: None,
            moments: RefCell::default(),
            checked: Cell::new(0),
            old: Cell::new(0),
            near: Cell::default(),
            far: Cell::default(),
        };
        (0..config.beasts).for_each(|_| meadow.add_beast(PlayerId(0)));
        for group in [None, Some(1), Some(2)] {
            meadow.banners.insert(Banner { colour: 0, group });
        }
        meadow
    }

    fn join(&mut self, player: PlayerId, _name: &str) {
        self.add_beast(player);
        let eye = self.place();
        self.players.insert(player, Sight { eye: Some(eye), ..Sight::default() });
    }

    fn leave(&mut self, player: PlayerId) {
        self.players.remove(&player);
        self.beasts.retain(|_, beast| beast.belongs.player != Some(player));
    }

    fn input(&mut self, _player: PlayerId, _input: &Push) {}

    fn step(&mut self, step: &mut Step<'_>) {
        self.tick = Some(step.tick);
        self.move_beasts();
        self.move_eyes();
        for _ in 0..self.random.below(4) {
            let nth = self.random.below(self.beasts.len() as u32) as usize;
            let key = self.beasts.keys().nth(nth).expect("there is one");
            self.beasts.remove(key);
            self.add_beast(PlayerId(0));
        }
        let colour = self.random.below(256) as u8;
        let nth = self.random.below(9) as usize;
        self.banners.values_mut().nth(nth).into_iter().for_each(|banner| banner.colour = colour);
    }

    fn replicate(&self, capture: &mut Capture<'_>) {
        for (key, beast) in &self.beasts {
            capture.put(key, beast.belongs.at(beast.pos), beast);
        }
        for (key, banner) in &self.banners {
            let belongs = banner.group.map_or(Belongs::NOBODY, |it| Belongs::NOBODY.group(it));
            capture.put(key, belongs, banner);
        }
        if let Some(tick) = self.tick {
            self.remember(tick);
        }
    }

    fn team(&self, player: PlayerId) -> Option<u8> {
        self.players.get(&player)?.team
    }

    fn grid(&self) -> Option<Grid> {
        Some(Grid { cell: CELL, reach: self.config.reach })
    }

    /// What is only remembered changes nothing of what the world does.
    fn restored(&mut self, before: Option<&mut Self>) {
        if let Some(before) = before {
            self.moments = std::mem::take(&mut before.moments);
            (self.checked, self.old) = (before.checked.clone(), before.old.clone());
            (self.near, self.far) = (before.near.clone(), before.far.clone());
        }
    }

    fn view(&self, player: PlayerId, view: &mut View) {
        let sight = &self.players[&player];
        sight.eye.into_iter().for_each(|eye| view.look_from(eye));
        sight.groups.iter().for_each(|group| view.see_group(*group));
    }
}

impl Meadow {
    fn place(&mut self) -> Vec2 {
        let mut roll = || self.random.below(SIDE as u32) as f32;
        Vec2::new(roll(), roll())
    }

    fn add_beast(&mut self, player: PlayerId) {
        let pos = self.place();
        let mut roll = || self.random.below(1000) as f32;
        let velocity = Vec2::new(roll() - 500.0, roll() - 500.0) / 500.0;
        // Half of them stand still, as plants do.
        let velocity = if roll() < 500.0 { Vec2::ZERO } else { velocity * self.config.speed };
        let belongs = Belongs { player: Some(player), ..Belongs::NOBODY };
        self.beasts.insert(Beast { pos, velocity, belongs, ..Beast::default() });
    }

    fn move_beasts(&mut self) {
        for beast in self.beasts.values_mut() {
            beast.pos = (beast.pos + beast.velocity).clamp(Vec2::ZERO, Vec2::splat(SIDE));
            beast.fuel = (beast.fuel + 3) % 300;
            if beast.velocity != Vec2::ZERO {
                let mut roll = || self.random.below(101) as f32 / 100.0 - 0.5;
                beast.velocity += Vec2::new(roll(), roll());
            }
            let below = self.random.below(self.config.calm);
            match below {
                0 => beast.velocity = -beast.velocity,
                1 => beast.mood = self.random.below(256) as u8,
                2 => beast.belongs.group = Some(self.random.below(3) as u16 + 1),
                3..6 => beast.belongs.group = None,
                6 => beast.belongs.team = Some(self.random.below(3) as u8),
                7 => beast.plan = self.random.below(10) as u8,
                8 if self.random.below(8) == 0 => {
                    beast.pos = Vec2::splat(self.random.below(SIDE as u32) as f32);
                }
                _ => {}
            }
        }
    }

    fn move_eyes(&mut self) {
        for sight in self.players.values_mut() {
            let random = &mut self.random;
            let mut roll = |limit: u32| random.below(limit) as f32;
            let pace = Vec2::new(roll(41) - 20.0, roll(41) - 20.0);
            sight.eye = sight.eye.map(|eye| (eye + pace).clamp(Vec2::ZERO, Vec2::splat(SIDE)));
            match random.below(100) {
                0 => sight.eye = None,
                1 => sight.eye = Some(Vec2::splat(random.below(SIDE as u32) as f32)),
                2 => sight.team = [None, Some(0), Some(1), Some(2)][random.below(4) as usize],
                3 => sight.groups.clear(),
                4 => sight.groups = vec![random.below(3) as u16 + 1, random.below(3) as u16 + 1],
                _ if sight.eye.is_none() => sight.eye = Some(Vec2::splat(2000.0)),
                _ => {}
            }
        }
    }

    fn remember(&self, tick: Tick) {
        let mut moment = Moment { sights: self.players.clone(), ..Moment::default() };
        for (key, beast) in &self.beasts {
            let mut columns = [0; Beast::COLUMNS];
            beast.quantise(&mut columns);
            let parts = [columns[..3].to_vec(), columns[3..4].to_vec(), columns[4..].to_vec()];
            let truth = Truth { key, belongs: beast.belongs.at(beast.pos), parts };
            moment.entities.insert((0, slot(key)), truth);
        }
        for (key, banner) in &self.banners {
            let belongs = Belongs { group: banner.group, ..Belongs::NOBODY };
            let parts = [vec![u32::from(banner.colour)], vec![], vec![]];
            moment.entities.insert((1, slot(key)), Truth { key, belongs, parts });
        }
        let mut moments = self.moments.borrow_mut();
        moments.retain(|at, _| tick.since(Tick(*at)) < 200);
        moments.insert(tick.0, moment);
    }
}

fn slot(key: DefaultKey) -> u16 {
    key.data().as_ffi() as u16
}

impl Sight {
    /// Whether a player that sees this may be told of a part of an entity, within a distance.
    fn permits(&self, player: PlayerId, audience: usize, truth: &Truth, within: f32) -> bool {
        let Belongs { player: owner, team, group, at } = truth.belongs;
        let is_near = |at: Vec2| self.eye.is_some_and(|eye| eye.distance(at) <= within);
        match audience {
            0 => group.is_none_or(|it| self.groups.contains(&it)) && at.is_none_or(is_near),
            1 => team.is_some() && team == self.team && at.is_none_or(is_near),
            _ => owner == Some(player),
        }
    }
}

impl Checked for Meadow {
    fn check(&self, player: PlayerId, replica: &Replica, tick: Tick) {
        let moments = self.moments.borrow();
        let sight = &moments[&tick.0].sights[&player];
        let mut newest = Newest::new();
        for held in replica.segments() {
            let (audience, age) = (held.audience as usize, tick.since(held.tick));
            assert!((0..HISTORY).contains(&age), "a segment is {age} ticks old");
            let then = &moments[&held.tick.0];
            for row in held.rows.iter(replica.layout(held.audience)) {
                let id = (row.id.kind(), row.id.slot());
                let what =
                    || format!("{player:?} at {tick}: {audience} of {id:?} as of {}", held.tick);
                let truth = then.entities.get(&id).unwrap_or_else(|| panic!("no such: {}", what()));
                assert_eq!(row.values, truth.parts[audience], "{}", what());
                // It could be seen then, and the player has gone on seeing such things there.
                for sight in [&then.sights[&player], sight] {
                    let within = REACH[3] + BEYOND;
                    assert!(sight.permits(player, audience, truth, within), "leaked: {}", what());
                }
                let entry = (held.tick, row.values.to_vec());
                let known = newest.entry((audience, id.0, id.1)).or_insert_with(|| entry.clone());
                if entry.0.is_after(known.0) {
                    *known = entry;
                }
                self.checked.set(self.checked.get() + 1);
                self.old.set(self.old.get() + u64::from(age > 0));
            }
        }
        self.check_complete(&moments, player, tick, &newest);
        check_iteration(replica);
    }
}

impl Meadow {
    /// What is near is up to date, and what is within reach is held, not much older than it should.
    fn check_complete(
        &self,
        moments: &BTreeMap<u32, Moment>,
        player: PlayerId,
        tick: Tick,
        newest: &Newest,
    ) {
        let sight = &moments[&tick.0].sights[&player];
        for (id, truth) in &moments[&tick.0].entities {
            self.count_beast(sight, player, truth, newest.contains_key(&(0, id.0, id.1)));
            let parts = (0..3).filter(|part| !truth.parts[*part].is_empty());
            for part in parts {
                let what = || format!("{player:?} at {tick}: {part} of {id:?}");
                let is_placed = truth.belongs.at.is_some() && part < 2;
                let within = if is_placed && self.config.is_starved { -1.0 } else { REACH[0] };
                if sight.permits(player, part, truth, within) {
                    let held = newest.get(&(part, id.0, id.1));
                    assert_eq!(held, Some(&(tick, truth.parts[part].clone())), "near: {}", what());
                    continue;
                }
                if self.config.is_starved || !self.was_in_reach(moments, player, part, *id, tick) {
                    continue;
                }
                let held =
                    newest.get(&(part, id.0, id.1)).unwrap_or_else(|| panic!("far: {}", what()));
                let recent = (0..SLOWEST).map(|ago| &moments[&tick.offset(-ago).0].entities[id]);
                assert!(
                    recent.into_iter().any(|it| it.parts[part] == held.1),
                    "outdated: {}",
                    what()
                );
            }
        }
    }

    fn count_beast(&self, sight: &Sight, player: PlayerId, truth: &Truth, is_held: bool) {
        let within = |within| sight.permits(player, 0, truth, within);
        let counter = match (truth.belongs.at.is_some(), within(REACH[0]), within(REACH[3])) {
            (true, true, _) => &self.near,
            (true, false, true) if !within(REACH[2]) => &self.far,
            _ => return,
        };
        let (all, held) = counter.get();
        counter.set((all + 1, held + u64::from(is_held)));
    }

    /// Whether the player could see an entity for as long as the farthest cells take to be sent.
    fn was_in_reach(
        &self,
        moments: &BTreeMap<u32, Moment>,
        player: PlayerId,
        part: usize,
        id: (usize, u16),
        tick: Tick,
    ) -> bool {
        let key = moments[&tick.0].entities[&id].key;
        (0..SLOWEST).all(|ago| {
            let Some(moment) = moments.get(&tick.offset(-ago).0) else { return false };
            let sight = moment.sights.get(&player);
            let entity = moment.entities.get(&id).filter(|truth| truth.key == key);
            sight.zip(entity).is_some_and(|(it, truth)| it.permits(player, part, truth, REACH[3]))
        })
    }
}

/// The replica shows each beast once, as its newest row has it, and says how old that is.
fn check_iteration(replica: &Replica) {
    let mut newest: BTreeMap<EntityId, (i32, Vec<u32>)> = BTreeMap::new();
    let now = replica.tick().expect("a frame was applied");
    for held in replica.segments().iter().filter(|held| held.audience == Audience::Public) {
        let rows = held.rows.iter(replica.layout(Audience::Public));
        for row in rows.filter(|row| row.id.kind() == 0) {
            let age = now.since(held.tick);
            let known = newest.entry(row.id).or_insert((i32::MAX, Vec::new()));
            if age < known.0 {
                *known = (age, row.values.to_vec());
            }
        }
    }
    let shown = replica.dated::<Beast>().map(|(id, tick, beast)| {
        let mut columns = [0; Beast::COLUMNS];
        beast.quantise(&mut columns);
        (id, (now.since(tick), columns[..3].to_vec()))
    });
    let mut shown: Vec<_> = shown.collect();
    shown.sort();
    let expected: Vec<_> = newest.into_iter().collect();
    assert_eq!(shown, expected, "each beast is shown once, as it was last");
}
