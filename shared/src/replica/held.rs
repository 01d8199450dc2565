//! Rows as a replica holds them: never changed once they are there, so that others may hold them too.

use std::{
    ops::Deref,
    sync::{Arc, OnceLock},
};

use crate::{ids::EntityId, rows::Rows};

/// Rows that any number of replicas may hold, and their hash.
///
/// It stands for its [`Rows`]; two are equal when their rows are.
#[derive(Clone, Debug, Default)]
pub struct HeldRows {
    hashed: Arc<Hashed>,
    /// Which of them are new or other than the rows that they were decoded from, in order.
    touched: Arc<Vec<EntityId>>,
}

#[derive(Clone, Debug, Default)]
struct Hashed {
    rows: Rows,
    hash: OnceLock<u32>,
}

impl HeldRows {
    /// The [`Rows::hash`], which is counted once for all who hold these rows.
    #[must_use]
    pub fn hash(&self) -> u32 {
        *self.hashed.hash.get_or_init(|| self.hashed.rows.hash())
    }

    /// Whether these are the very same rows in memory.
    pub(super) fn is(&self, other: &HeldRows) -> bool {
        Arc::ptr_eq(&self.hashed, &other.hashed)
    }

    /// Where they are in memory; the same only for the same rows, for as long as somebody holds them.
    pub(super) fn address(&self) -> usize {
        Arc::as_ptr(&self.hashed).addr()
    }

    /// Takes equal rows of somebody else for these, so that both are the very same from now on.
    pub(super) fn unite(&mut self, equal: &HeldRows) {
        debug_assert_eq!(self, equal);
        self.hashed = equal.hashed.clone();
    }

    /// Which rows are new or other than the ones that these were decoded from, in order.
    pub(super) fn touched(&self) -> &[EntityId] {
        &self.touched
    }

    /// The memory for other rows: this one, unless somebody else holds it.
    pub(super) fn renew(&mut self) -> (&mut Rows, &mut Vec<EntityId>) {
        let Hashed { rows, hash } = own(&mut self.hashed);
        hash.take();
        (rows, own(&mut self.touched))
    }
}

/// What nobody else holds: this, or something new.
fn own<T: Default>(shared: &mut Arc<T>) -> &mut T {
    if Arc::get_mut(shared).is_none() {
        *shared = Arc::default();
    }
    Arc::get_mut(shared).expect("nobody else holds it")
}

impl Deref for HeldRows {
    type Target = Rows;

    fn deref(&self) -> &Rows {
        &self.hashed.rows
    }
}

impl From<Rows> for HeldRows {
    fn from(rows: Rows) -> HeldRows {
        let touched = Arc::new(rows.ids().to_vec());
        HeldRows { hashed: Arc::new(Hashed { rows, hash: OnceLock::new() }), touched }
    }
}

impl PartialEq for HeldRows {
    fn eq(&self, other: &HeldRows) -> bool {
        self.is(other) || self.hashed.rows == other.hashed.rows
    }
}

impl Eq for HeldRows {}
