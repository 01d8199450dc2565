//! A world of random entities whose rows do everything that rows can do.

use std::collections::BTreeMap;

use tickwire_shared::{
    EntityId,
    codec::{
        Layout,
        layout::{Coding, KindLayout},
        predict,
    },
    rows::Rows,
    schema::{AUDIENCES, Audience, ColumnSpec, Schema},
};

/// A small generator with a fixed sequence: splitmix64.
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Rng(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// A column's value, often an extreme one.
    pub fn column(&mut self, max: u32) -> u32 {
        match self.below(6) {
            0 => 0,
            1 => max,
            _ => (self.next() % (u64::from(max) + 1)) as u32,
        }
    }
}

/// What one viewer is let see at one tick, by handle.
pub type View = BTreeMap<u32, (Audience, Rows)>;

/// Entities of one segment: their columns, and how each column tends to move.
#[derive(Default)]
struct Place {
    entities: BTreeMap<EntityId, Vec<(u32, i32)>>,
    generations: BTreeMap<(usize, u16), u8>,
}

/// Segments of every audience that evolve tick by tick.
pub struct World {
    layouts: [Layout; 3],
    rng: Rng,
    places: BTreeMap<u32, (Audience, Place)>,
    rows: View,
}

impl World {
    /// A world with one segment for each of `handles`.
    pub fn new(schema: &Schema, seed: u64, handles: &[(u32, Audience)], each: usize) -> World {
        let layouts = AUDIENCES.map(|audience| Layout::new(schema, audience, crate::sessions::HZ));
        let place = |(handle, audience): &(u32, Audience)| (*handle, (*audience, Place::default()));
        let places = handles.iter().map(place).collect();
        let mut world = World { layouts, rng: Rng::new(seed), places, rows: View::new() };
        for _ in 0..each {
            world.spawn_everywhere();
        }
        world.capture();
        world
    }

    /// One tick later.
    pub fn step(&mut self) -> View {
        for (audience, place) in self.places.values_mut() {
            let layout = &self.layouts[*audience as usize];
            place.step(layout, &mut self.rng);
        }
        self.capture();
        self.rows.clone()
    }

    /// The tick as it stands.
    pub fn view(&self) -> View {
        self.rows.clone()
    }

    fn spawn_everywhere(&mut self) {
        for (audience, place) in self.places.values_mut() {
            place.spawn(&self.layouts[*audience as usize], &mut self.rng);
        }
    }

    /// Makes rows of the entities, with the motion since the tick before.
    fn capture(&mut self) {
        for (handle, (audience, place)) in &self.places {
            let layout = &self.layouts[*audience as usize];
            let before = self.rows.get(handle).map_or(Rows::EMPTY, |(_, rows)| rows);
            let rows = place.rows(layout, before);
            self.rows.insert(*handle, (*audience, rows));
        }
    }
}

impl Place {
    fn step(&mut self, layout: &Layout, rng: &mut Rng) {
        for (id, columns) in &mut self.entities {
            move_row(&layout.kinds[id.kind()], columns, rng);
        }
        if rng.below(3) == 0 {
            self.spawn(layout, rng);
        }
        if rng.below(4) == 0 && !self.entities.is_empty() {
            let victim = rng.below(self.entities.len());
            let id = *self.entities.keys().nth(victim).expect("it is below the length");
            self.entities.remove(&id);
        }
    }

    /// Adds an entity in one of few slots, so that slots are often used again.
    fn spawn(&mut self, layout: &Layout, rng: &mut Rng) {
        let kinds: Vec<usize> =
            (0..layout.kinds.len()).filter(|kind| layout.kinds[*kind].present).collect();
        let kind = kinds[rng.below(kinds.len())];
        let slot = [0, 1, 2, 3, 5, 300, 65_535][rng.below(7)];
        if self.entities.keys().any(|id| (id.kind(), id.slot()) == (kind, slot)) {
            return;
        }
        let generation = self.generations.entry((kind, slot)).or_insert(254);
        *generation = generation.wrapping_add(1);
        let mut columns = vec![(0, 0); layout.kinds[kind].columns.len()];
        for _ in 0..3 {
            move_row(&layout.kinds[kind], &mut columns, rng);
        }
        self.entities.insert(EntityId::new(kind as u8, slot, *generation), columns);
    }

    fn rows(&self, layout: &Layout, before: &Rows) -> Rows {
        let mut rows = Rows::default();
        for (id, columns) in &self.entities {
            let values: Vec<u32> = columns.iter().map(|(value, _)| *value).collect();
            let kind = &layout.kinds[id.kind()];
            rows.push_still(*id, &values, kind.motions);
        }
        rows.derive_motion(layout, before);
        rows
    }
}

fn move_row(kind: &KindLayout, columns: &mut [(u32, i32)], rng: &mut Rng) {
    for group in &kind.groups {
        let own = &mut columns[group.start..group.start + group.len];
        match group.coding {
            Coding::Text if rng.below(10) == 0 => write_text(own, rng),
            Coding::Text => {}
            _ => {
                if group.coding == Coding::Quat && rng.below(12) == 0 {
                    own[0].0 = rng.below(4) as u32;
                }
                for column in group.numbers() {
                    move_column(kind.columns[column], &mut columns[column], rng);
                }
            }
        }
    }
}

/// Moves a column on as it tends to, and now and then gives it another tendency or value.
fn move_column(spec: ColumnSpec, (value, velocity): &mut (u32, i32), rng: &mut Rng) {
    match rng.below(24) {
        0 => *velocity = 0,
        1 => *velocity = rng.below(9) as i32 - 4,
        2 => *velocity = (rng.next() as u32 % spec.max.max(1)) as i32,
        3 => *value = rng.column(spec.max),
        _ => {}
    }
    *value = predict::advance(spec, *value, *velocity, 1);
}

/// Writes a text of random length that is padded with NUL.
fn write_text(columns: &mut [(u32, i32)], rng: &mut Rng) {
    let length = rng.below(columns.len() * 4 + 1);
    let bytes: Vec<u8> = (0..columns.len() * 4)
        .map(|index| if index < length { b'a' + rng.below(26) as u8 } else { 0 })
        .collect();
    for (column, chunk) in columns.iter_mut().zip(bytes.chunks_exact(4)) {
        column.0 = u32::from_le_bytes(chunk.try_into().expect("chunks of four"));
    }
}
