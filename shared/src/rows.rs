//! Rows: what a segment holds at one tick.

use crate::{
    codec::{layout::Layout, predict},
    ids::EntityId,
};

/// The most rows that one segment's bytes may add.
pub const MAX_ROWS: usize = 1 << 16;
/// Below this many numbers it does not pay to keep memory tight.
const FEW: usize = 64;
/// The most rows that a client accepts to hold, over all its segments.
pub const MAX_HELD_ROWS: usize = 1 << 20;

/// A segment's entities at one tick, in the order of their ids.
///
/// Each row is as long as its kind's part of the layout says, so rows of one
/// kind are a dense table, and a whole segment is three flat buffers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    ids: Vec<EntityId>,
    values: Vec<u32>,
    motion: Vec<i32>,
}

/// One entity's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// The entity.
    pub id: EntityId,
    /// Its quantised columns.
    pub values: &'a [u32],
    /// By how much each column that moves changed in the last tick; then, in the same order,
    /// how far off the prediction was: see [`predict`].
    pub motion: &'a [i32],
}

impl Rows {
    /// No entities.
    pub const EMPTY: &'static Rows =
        &Rows { ids: Vec::new(), values: Vec::new(), motion: Vec::new() };

    /// Forgets the rows, keeping the memory.
    pub fn clear(&mut self) {
        self.ids.clear();
        self.values.clear();
        self.motion.clear();
    }

    /// Takes memory for as much as `other` has and an eighth more: rows that grow as they are pushed
    /// would take twice as much. A few rows may.
    pub fn make_room_like(&mut self, other: &Rows) {
        fn fit<T>(buffer: &mut Vec<T>, like: usize) {
            if like >= FEW && buffer.capacity() < like + like / 16 {
                buffer.reserve_exact((like + like / 8).saturating_sub(buffer.len()));
            }
        }
        fit(&mut self.ids, other.ids.len());
        fit(&mut self.values, other.values.len());
        fit(&mut self.motion, other.motion.len());
    }

    /// How many entities there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The entities, in order.
    #[must_use]
    pub fn ids(&self) -> &[EntityId] {
        &self.ids
    }

    /// Appends a row.
    ///
    /// # Panics
    /// When `row.id` is not above the last one: rows are merged by that order.
    #[inline]
    pub fn push(&mut self, row: Row<'_>) {
        assert!(self.ids.last().is_none_or(|last| *last < row.id), "rows must come in order");
        self.ids.push(row.id);
        self.values.extend_from_slice(row.values);
        self.motion.extend_from_slice(row.motion);
    }

    /// Appends a row of these values and no motion, and returns both to be changed.
    pub(crate) fn append(
        &mut self,
        id: EntityId,
        values: &[u32],
        motions: usize,
    ) -> (&mut [u32], &mut [i32]) {
        let (first_value, first_motion) = (self.values.len(), self.motion.len());
        self.push_still(id, values, motions);
        (&mut self.values[first_value..], &mut self.motion[first_motion..])
    }

    /// Appends a row without its motion, which [`Rows::derive_motion`] has to fill in.
    ///
    /// # Panics
    /// When `id` is not above the last one.
    #[inline]
    pub fn push_values(&mut self, id: EntityId, values: &[u32]) {
        self.push(Row { id, values, motion: &[] });
    }

    /// Appends a row that does not move, until [`Rows::derive_motion`] finds that it did.
    ///
    /// # Panics
    /// When `id` is not above the last one.
    pub fn push_still(&mut self, id: EntityId, values: &[u32], motions: usize) {
        self.push(Row { id, values, motion: &[] });
        self.motion.resize(self.motion.len() + motions, 0);
    }

    /// Fills in the motion of rows that stood one tick `before` too; the others do not move.
    pub fn derive_motion(&mut self, layout: &Layout, before: &Rows) {
        let count = self.ids.iter().map(|id| layout.kinds[id.kind()].motions).sum();
        self.motion.resize(count, 0);
        let mut old = before.iter(layout);
        let (mut values, mut motion) = (&self.values[..], &mut self.motion[..]);
        for id in &self.ids {
            let kind = &layout.kinds[id.kind()];
            let (later, more) = values.split_at(kind.columns.len());
            let (row, rest) = motion.split_at_mut(kind.motions);
            (values, motion) = (more, rest);
            if let Some(old) = old.seek(*id) {
                predict::motion_after(kind, old, later, row);
            }
        }
    }

    /// The rows in order, given the layout that they were written under.
    #[must_use]
    pub fn iter<'a>(&'a self, layout: &'a Layout) -> RowIter<'a> {
        RowIter { layout, ids: &self.ids, values: &self.values, motion: &self.motion }
    }

    /// The row of one entity; a linear walk, for tests, tools and change reports.
    #[must_use]
    pub fn find<'a>(&'a self, layout: &'a Layout, id: EntityId) -> Option<Row<'a>> {
        self.iter(layout).find(|row| row.id == id)
    }

    /// A 32-bit hash of everything in the rows; the same function in JavaScript.
    ///
    /// Order matters, and so does the boundary between ids, values and motion,
    /// because the layout fixes how many of each a row has.
    #[must_use]
    pub fn hash(&self) -> u32 {
        let ids = self.ids.iter().map(|id| id.0);
        let values = self.values.iter().copied();
        let motion = self.motion.iter().map(|motion| *motion as u32);
        ids.chain(values).chain(motion).fold(self.ids.len() as u32, mix)
    }
}

/// Mixes one word into a hash: the round of xxHash32, which `Math.imul` can repeat.
#[must_use]
#[inline]
pub fn mix(hash: u32, word: u32) -> u32 {
    hash.wrapping_add(word.wrapping_mul(0x85EB_CA77)).rotate_left(13).wrapping_mul(0x9E37_79B1)
}

/// Whether two rows are the same; they are too short for the machinery of comparing slices.
#[must_use]
#[inline]
pub fn equal(one: &[u32], other: &[u32]) -> bool {
    one.iter().zip(other).all(|(one, other)| one == other)
}

/// Walks [`Rows`]; see [`Rows::iter`].
#[derive(Clone, Debug)]
pub struct RowIter<'a> {
    layout: &'a Layout,
    ids: &'a [EntityId],
    values: &'a [u32],
    motion: &'a [i32],
}

impl<'a> RowIter<'a> {
    /// Skips what comes before an entity, and takes that one's row if it is there.
    #[inline(always)]
    pub fn seek(&mut self, id: EntityId) -> Option<Row<'a>> {
        while self.ids.first().is_some_and(|first| *first < id) {
            self.next();
        }
        if self.ids.first() == Some(&id) { self.next() } else { None }
    }
}

impl<'a> Iterator for RowIter<'a> {
    type Item = Row<'a>;

    #[inline]
    fn next(&mut self) -> Option<Row<'a>> {
        let (id, ids) = self.ids.split_first()?;
        let kind = &self.layout.kinds[id.kind()];
        let (values, later_values) = self.values.split_at(kind.columns.len());
        let (motion, later_motion) = self.motion.split_at(kind.motions);
        (self.ids, self.values, self.motion) = (ids, later_values, later_motion);
        Some(Row { id: *id, values, motion })
    }
}
