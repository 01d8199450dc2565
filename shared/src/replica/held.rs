//! Rows as a replica holds them: never changed once they are there, so that others may hold them too.

use std::{
    ops::Deref,
    sync::{Arc, OnceLock},
};

use crate::{ids::EntityId, rows::Rows};

/// Rows that any number of replicas may hold, and what is worth knowing only once of them.
///
/// It stands for its [`Rows`]; two are equal when their rows are.
#[derive(Clone, Debug, Default)]
pub struct HeldRows(Arc<Shared>);

#[derive(Clone, Debug, Default)]
struct Shared {
    rows: Rows,
    /// Which of them are new or other than the rows that they were decoded from, in order.
    touched: Vec<EntityId>,
    hash: OnceLock<u32>,
}

impl HeldRows {
    /// The [`Rows::hash`], which is counted once for all who hold these rows.
    #[must_use]
    pub fn hash(&self) -> u32 {
        *self.0.hash.get_or_init(|| self.0.rows.hash())
    }

    /// Whether these are the very same rows in memory.
    #[must_use]
    pub(super) fn is(&self, other: &HeldRows) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Where they are in memory; the same only for the same rows, for as long as somebody holds them.
    pub(super) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    /// Which rows are new or other than the ones that these were decoded from, in order.
    pub(super) fn touched(&self) -> &[EntityId] {
        &self.0.touched
    }

    /// The memory for other rows: this one, unless somebody else holds it.
    pub(super) fn renew(&mut self) -> (&mut Rows, &mut Vec<EntityId>) {
        if Arc::get_mut(&mut self.0).is_none() {
            self.0 = Arc::default();
        }
        let shared = Arc::get_mut(&mut self.0).expect("nobody else holds it");
        shared.hash.take();
        (&mut shared.rows, &mut shared.touched)
    }
}

impl Deref for HeldRows {
    type Target = Rows;

    fn deref(&self) -> &Rows {
        &self.0.rows
    }
}

impl From<Rows> for HeldRows {
    fn from(rows: Rows) -> HeldRows {
        let touched = rows.ids().to_vec();
        HeldRows(Arc::new(Shared { rows, touched, hash: OnceLock::new() }))
    }
}

impl PartialEq for HeldRows {
    fn eq(&self, other: &HeldRows) -> bool {
        self.is(other) || self.0.rows == other.0.rows
    }
}

impl Eq for HeldRows {}
