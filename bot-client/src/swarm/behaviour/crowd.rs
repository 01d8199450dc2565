//! Bots that all run to the same place: the worst that a crowd can do to what everybody sees.

use tickwire_games::{arena, field};
use tickwire_shared::{PlayerId, replica::Replica};

use super::minds::{Maps, Mind};
use crate::client::Core;

/// One that flies to the centre of the arena and shoots at what is there.
#[derive(Debug)]
pub struct ArenaCrowd {
    player: PlayerId,
    /// The width and height of the map.
    size: (f32, f32),
}

impl ArenaCrowd {
    pub(super) fn new(core: &Core, player: PlayerId, maps: &Maps) -> Option<ArenaCrowd> {
        let size = maps.get(core.setup()?)?.0.size();
        Some(ArenaCrowd { player, size: (size.x, size.y) })
    }
}

impl Mind for ArenaCrowd {
    type Input = arena::Controls;

    fn decide(&mut self, replica: &Replica) -> arena::Controls {
        let own = replica.iter::<arena::Ship>().find(|(_, ship)| ship.player == self.player.0);
        let Some((_, ship)) = own else { return arena::Controls::default() };
        let (x, y) = (self.size.0 / 2.0 - ship.pos.x, self.size.1 / 2.0 - ship.pos.y);
        arena::Controls { aim: y.atan2(x), thrust: 1, fire: true, boost: false }
    }
}

/// One that goes to the centre of the field.
#[derive(Debug)]
pub struct FieldCrowd {
    pub(super) player: PlayerId,
}

impl Mind for FieldCrowd {
    type Input = field::Controls;

    fn decide(&mut self, replica: &Replica) -> field::Controls {
        let own = replica.iter::<field::Wisp>().find(|(_, wisp)| wisp.player == self.player.0);
        let Some((_, wisp)) = own else { return field::Controls::default() };
        let centre = field::tuning::SIZE / 2.0;
        let (x, y) = (centre - wisp.pos.x, centre - wisp.pos.y);
        field::Controls { way: y.atan2(x), go: true, dash: true, call: false }
    }
}
