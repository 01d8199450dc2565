//! A game made to be hard to replicate: everything comes, goes, jumps, reuses slots, changes
//! owner and team; and it remembers what each player should have seen.

use std::{cell::RefCell, collections::BTreeMap};

use serde::{Deserialize, Serialize};
use tickwire_shared::{
    Belongs, Capture, Game, PlayerId, Replicate, SchemaBuilder, Step, Tick, To,
    glam::Vec2,
    replica::Replica,
    schema::Schema,
    slotmap::{DefaultKey, Key, SlotMap},
};

use super::{Checked, Random};

#[derive(Clone, Debug, Default, Replicate, Serialize, Deserialize)]
pub struct Mover {
    #[replicate(range = 0.0..=1000.0, step = 0.125, linear)]
    pub pos: Vec2,
    #[replicate(angle = 9, linear)]
    pub heading: f32,
    #[replicate(text = 8)]
    pub name: String,
    #[replicate(team, range = 0..=9)]
    pub plan: u8,
    #[replicate(owner, range = 0..=300, linear)]
    pub fuel: u16,
    #[replicate(skip)]
    pub velocity: Vec2,
    #[replicate(skip)]
    pub belongs: (u32, u8),
}

#[derive(Clone, Debug, Default, Replicate, Serialize, Deserialize)]
pub struct Spark {
    pub colour: u8,
    pub lit: bool,
}

#[derive(Clone, Debug, Default, Replicate)]
pub struct Push {
    #[replicate(range = 0..=3)]
    pub way: u8,
}

#[derive(Clone, Debug, Default, Replicate)]
pub struct Bang {
    pub at: u32,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct WorldConfig {
    pub movers: u32,
    pub sparks_a_tick: u32,
}

/// By audience, kind and slot: the columns.
pub type Seen = BTreeMap<(u8, u32, u16), Vec<u32>>;

#[derive(Serialize, Deserialize)]
pub struct World {
    config: WorldConfig,
    random: Random,
    movers: SlotMap<DefaultKey, Mover>,
    sparks: SlotMap<DefaultKey, Spark>,
    players: BTreeMap<PlayerId, u8>,
    tick: Option<Tick>,
    /// What each player should see, for recent ticks.
    #[serde(skip)]
    truth: RefCell<BTreeMap<(u32, u32), Seen>>,
    pub pushes: u64,
    /// The messages that were sent, and to whom.
    #[serde(skip)]
    pub sent: Vec<(To, u32)>,
}

impl Game for World {
    const NAME: &'static str = "world";
    type Config = WorldConfig;
    type Input = Push;

    fn schema() -> Schema {
        SchemaBuilder::new::<Self>().kind::<Mover>().kind::<Spark>().message::<Bang>().build()
    }

    fn init(config: &WorldConfig, seed: u64) -> Self {
        let mut world = World {
            config: config.clone(),
            random: Random(seed),
            movers: SlotMap::new(),
            sparks: SlotMap::new(),
            players: BTreeMap::new(),
            tick: None,
            truth: RefCell::default(),
            pushes: 0,
            sent: Vec::new(),
        };
        (0..config.movers).for_each(|_| world.add_mover(0));
        world
    }

    fn join(&mut self, player: PlayerId, _name: &str) {
        let team = self.random.below(3) as u8;
        self.players.insert(player, team);
        self.add_mover(player.0);
        self.add_mover(player.0);
    }

    fn leave(&mut self, player: PlayerId) {
        self.players.remove(&player);
        self.movers.retain(|_, mover| mover.belongs.0 != player.0);
    }

    fn input(&mut self, player: PlayerId, input: &Push) {
        self.pushes += u64::from(input.way > 0);
        for mover in self.movers.values_mut().filter(|mover| mover.belongs.0 == player.0) {
            mover.velocity += Vec2::new(f32::from(input.way) - 1.5, 0.25);
        }
    }

    fn step(&mut self, step: &mut Step<'_>) {
        self.tick = Some(step.tick);
        self.move_on();
        self.come_and_go();
        if self.random.below(5) == 0 {
            self.send(step, To::All);
        }
        let player = self.players.keys().nth(step.tick.0 as usize % 16).copied();
        player.into_iter().for_each(|player| self.send(step, To::Player(player)));
    }

    fn replicate(&self, capture: &mut Capture<'_>) {
        for (key, mover) in &self.movers {
            let (player, team) = mover.belongs;
            capture.put(key, Belongs::to(PlayerId(player)).team(team), mover);
        }
        for (key, spark) in &self.sparks {
            capture.put(key, Belongs::NOBODY, spark);
        }
        if let Some(tick) = self.tick {
            self.remember(tick);
        }
    }

    /// What is only remembered changes nothing of what the world does.
    fn restored(&mut self, before: Option<&mut Self>) {
        if let Some(before) = before {
            self.truth = std::mem::take(&mut before.truth);
            self.sent = std::mem::take(&mut before.sent);
        }
    }

    fn team(&self, player: PlayerId) -> Option<u8> {
        self.players.get(&player).copied().filter(|team| *team > 0)
    }
}

impl World {
    /// Who is in, as far as the game knows.
    pub fn players(&self) -> impl Iterator<Item = PlayerId> {
        self.players.keys().copied()
    }

    pub fn player_count(&self) -> usize {
        self.players.len()
    }

    fn send(&mut self, step: &mut Step<'_>, to: To) {
        step.send(to, &Bang { at: step.tick.0 });
        self.sent.push((to, step.tick.0));
    }

    fn add_mover(&mut self, player: u32) {
        let mut roll = || self.random.below(1000) as f32;
        let mover = Mover {
            pos: Vec2::new(roll(), roll()),
            heading: roll(),
            name: format!("m{}", roll()),
            velocity: Vec2::new(roll() / 200.0 - 2.5, roll() / 200.0 - 2.5),
            belongs: (player, roll() as u8 % 3),
            ..Mover::default()
        };
        self.movers.insert(mover);
    }

    fn move_on(&mut self) {
        for mover in self.movers.values_mut() {
            mover.pos = (mover.pos + mover.velocity).clamp(Vec2::ZERO, Vec2::splat(1000.0));
            mover.fuel = mover.fuel.wrapping_add(3) % 300;
            match self.random.below(40) {
                0 => mover.pos = Vec2::splat(self.random.below(1000) as f32),
                1 => mover.name = format!("n{}", self.random.below(99)),
                2 => mover.belongs.1 = self.random.below(3) as u8,
                3 => mover.plan = self.random.below(10) as u8,
                4..8 => mover.heading += 0.1,
                _ => {}
            }
        }
    }

    /// Sparks come in bursts and go at once, so slots are reused from tick to tick.
    fn come_and_go(&mut self) {
        for _ in 0..self.random.below(self.config.sparks_a_tick + 1) {
            let spark = Spark { colour: self.random.below(256) as u8, lit: true };
            self.sparks.insert(spark);
        }
        let random = &mut self.random;
        self.sparks.retain(|_, spark| {
            spark.lit = random.below(2) == 0;
            random.below(3) > 0
        });
        let player = self.players.keys().nth(random.below(8) as usize).copied();
        if let Some(team) = player.and_then(|player| self.players.get_mut(&player)) {
            *team = random.below(3) as u8;
        }
    }

    fn remember(&self, tick: Tick) {
        let mut truth = self.truth.borrow_mut();
        truth.retain(|(at, _), _| tick.since(Tick(*at)) < 400);
        for (player, team) in &self.players {
            truth.insert((tick.0, player.0), self.look(*player, *team));
        }
    }

    /// What a player may see, said in another way than the room does: field by field.
    fn look(&self, player: PlayerId, team: u8) -> Seen {
        let mut seen = Seen::new();
        for (key, mover) in &self.movers {
            let mut columns = [0; Mover::COLUMNS];
            mover.quantise(&mut columns);
            let slot = key.data().as_ffi() as u16;
            // pos, heading and name are public: two, one and two columns; then plan, then fuel.
            seen.insert((0, 0, slot), columns[..5].to_vec());
            if team > 0 && mover.belongs.1 == team {
                seen.insert((1, 0, slot), columns[5..6].to_vec());
            }
            if mover.belongs.0 == player.0 {
                seen.insert((2, 0, slot), columns[6..].to_vec());
            }
        }
        for (key, spark) in &self.sparks {
            let columns = vec![u32::from(spark.colour), u32::from(spark.lit)];
            seen.insert((0, 1, key.data().as_ffi() as u16), columns);
        }
        seen
    }
}

impl Checked for World {
    fn check(&self, player: PlayerId, replica: &Replica, tick: Tick) {
        let truth = self.truth.borrow();
        let truth = truth.get(&(tick.0, player.0)).expect("the tick is remembered");
        assert_eq!(&seen(replica), truth, "player {player:?} at tick {tick}");
    }
}

/// What a replica holds, in the checker's terms.
fn seen(replica: &Replica) -> Seen {
    let mut seen = Seen::new();
    for held in replica.segments() {
        for row in held.rows.iter(replica.layout(held.audience)) {
            let key = (held.audience as u8, row.id.kind() as u32, row.id.slot());
            assert!(seen.insert(key, row.values.to_vec()).is_none(), "one slot, two lives");
        }
    }
    seen
}
