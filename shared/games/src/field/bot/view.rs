//! What a wanderer goes by: the part of the state that a client holds, and nothing more.

use glam::Vec2;
use tickwire_shared::{PlayerId, Tick, replica::Replica};

use super::super::{
    Forager, Growth, Predator, Region, Stage, Wisp,
    tuning::{CALL_REACH, REGION, REGIONS},
};

/// How far a wanderer looks for something ripe, in units.
const LOOK: f32 = 800.0;

/// The world around one client's wisp in one tick.
///
/// Filled from a replica by [`View::look`], again and again in the same memory. What is far
/// from the wisp is left out, however much of the world the replica holds.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// The tick that this is the state of.
    pub tick: Tick,
    /// The own wisp, once it is there.
    pub me: Option<Wisp>,
    /// Where predators are that hunt.
    pub hunters: Vec<Vec2>,
    /// The foragers within hearing.
    pub foragers: Vec<Forager>,
    /// Where something ripe stands, and whether it is golden.
    pub ripe: Vec<(Vec2, bool)>,
    /// How much grows in each region, row by row.
    pub regions: Vec<u8>,
}

impl View {
    /// Sees what a replica of the field holds, through the eyes of `player`.
    pub fn look(&mut self, replica: &Replica, player: PlayerId) {
        self.clear();
        self.tick = replica.tick().unwrap_or_default();
        self.me = replica.iter::<Wisp>().map(|(_, wisp)| wisp).find(|it| it.player == player.0);
        let Some(eye) = self.me.as_ref().map(|wisp| wisp.pos) else { return };
        let near = |pos: Vec2, reach: f32| pos.distance_squared(eye) < reach * reach;
        let hunters = replica.iter::<Predator>().map(|(_, it)| it).filter(Predator::hunts);
        self.hunters.extend(hunters.map(|it| it.pos).filter(|pos| near(*pos, LOOK)));
        let foragers = replica.iter::<Forager>().map(|(_, it)| it);
        self.foragers.extend(foragers.filter(|it| near(it.pos, CALL_REACH)));
        let ripe = replica.iter::<Growth>().map(|(_, it)| it).filter(|it| it.meal().is_some());
        let ripe = ripe.filter(|it| near(it.pos, LOOK));
        self.ripe.extend(ripe.map(|it| (it.pos, it.stage == Stage::Gold)));
        self.regions.extend(replica.iter::<Region>().map(|(_, region)| region.growth));
    }

    /// Forgets everything but the memory.
    pub fn clear(&mut self) {
        self.me = None;
        self.hunters.clear();
        self.foragers.clear();
        self.ripe.clear();
        self.regions.clear();
    }

    /// How much grows in the region of a place, as far as the map tells.
    #[must_use]
    pub fn growth_at(&self, place: Vec2) -> f32 {
        let (column, row) = ((place.x / REGION) as usize, (place.y / REGION) as usize);
        let index = row.min(REGIONS - 1) * REGIONS + column.min(REGIONS - 1);
        self.regions.get(index).copied().map_or(0.0, f32::from)
    }
}
