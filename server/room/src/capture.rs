//! Capture: the game's entities, quantised, sorted into segments.

use tickwire_shared::{
    EntityId, Tick,
    game::{Belongs, CaptureSink},
    schema::{AUDIENCES, Audience},
};

use crate::{
    grid::{Cell, Grid},
    log::WorldHash,
    segment::{SegmentKey, Whose},
    segments::{SegmentSlot, Segments},
};

/// A life of a slot, and where it is.
///
/// The generation advances at most once a tick, which is what lets eight bits
/// of it name an entity over the whole history; a slot map's version might not.
#[derive(Clone, Copy, Debug, Default)]
struct Life {
    version: u32,
    generation: u8,
    cell: Option<Cell>,
    /// The segments that its parts are in, by audience.
    places: [Option<(SegmentKey, SegmentSlot)>; AUDIENCES.len()],
}

/// The lives of all slots, by kind and slot.
#[derive(Debug, Default)]
pub struct Lives(Vec<Vec<Life>>);

impl Lives {
    fn of(&mut self, kind: usize, slot: u16, version: u32) -> &mut Life {
        if self.0.len() <= kind {
            self.0.resize_with(kind + 1, Vec::new);
        }
        let lives = &mut self.0[kind];
        if lives.len() <= usize::from(slot) {
            lives.resize(usize::from(slot) + 1, Life::default());
        }
        let life = &mut lives[usize::from(slot)];
        if life.version != version {
            let generation = life.generation.wrapping_add(1);
            *life = Life { version, generation, ..Life::default() };
        }
        life
    }

    /// Forgets in which segments they are, but not who they are: that goes on.
    pub fn forget_places(&mut self) {
        let lives = self.0.iter_mut().flatten();
        lives.for_each(|life| (life.cell, life.places) = (None, [None; AUDIENCES.len()]));
    }
}

/// Takes the entities of one tick.
#[derive(Debug)]
pub struct TickCapture<'a> {
    /// Where they go.
    pub segments: &'a mut Segments,
    /// What is known of their slots.
    pub lives: &'a mut Lives,
    /// How places are divided.
    pub grid: Option<&'a Grid>,
    /// The tick.
    pub tick: Tick,
    /// The hash of all of it, if that is wanted.
    pub(crate) hash: Option<WorldHash>,
}

impl CaptureSink for TickCapture<'_> {
    fn put(&mut self, kind: usize, slot: u16, version: u32, belongs: Belongs, columns: &[u32]) {
        if let Some(hash) = &mut self.hash {
            hash.put(kind, slot, version, belongs, columns);
        }
        let life = self.lives.of(kind, slot, version);
        let id = EntityId::new(kind as u8, slot, life.generation);
        life.cell = self.grid.zip(belongs.at).map(|(grid, at)| grid.settle(at, life.cell));
        for audience in AUDIENCES {
            if !self.segments.codec_of(audience).layout.kinds[kind].present {
                continue;
            }
            let wanted = key(audience, belongs, life.cell);
            let Some(slot) = settle(&mut life.places[audience as usize], wanted, self.segments)
            else {
                continue;
            };
            put_part(self.segments, slot, (self.tick, id), columns);
        }
    }
}

/// The segment that an entity's part for an audience belongs in, if anybody may see it.
fn key(audience: Audience, belongs: Belongs, cell: Option<Cell>) -> Option<SegmentKey> {
    let whose = match audience {
        Audience::Public => belongs.group.map_or(Whose::Public, Whose::Group),
        Audience::Team => Whose::Team(belongs.team?),
        // Whoever owns it need not be near to know it.
        Audience::Owner => return belongs.player.map(Whose::Owner).map(SegmentKey::everywhere),
    };
    Some(SegmentKey { cell, whose })
}

/// Finds the segment of a part, and notes when the part has come from another one.
fn settle(
    place: &mut Option<(SegmentKey, SegmentSlot)>,
    wanted: Option<SegmentKey>,
    segments: &mut Segments,
) -> Option<SegmentSlot> {
    let before = *place;
    if let (Some((key, slot)), Some(wanted)) = (before, wanted)
        && key == wanted
        && segments.get(slot).is_some()
    {
        return Some(slot);
    }
    *place = wanted.map(|key| (key, segments.slot(key)));
    let now = *place;
    if before.is_some() {
        for (_, slot) in before.into_iter().chain(now) {
            let moved = segments.now();
            segments.get_mut(slot).into_iter().for_each(|segment| segment.moved = Some(moved));
        }
    }
    now.map(|(_, slot)| slot)
}

fn put_part(
    segments: &mut Segments,
    slot: SegmentSlot,
    (tick, id): (Tick, EntityId),
    columns: &[u32],
) {
    let Some((segment, codec)) = segments.get_with_codec(slot) else { return };
    segment.used = tick;
    let part = &codec.layout.kinds[id.kind()];
    if segment.is_watched() {
        let end = part.first_column + part.columns.len();
        segment.put(tick, id, &columns[part.first_column..end]);
    }
}
