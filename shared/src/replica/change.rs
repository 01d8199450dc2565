//! What a frame changed, found by comparing the rows before with the rows after.

use crate::{codec::Layout, ids::EntityId, rows::Rows, schema::Audience};

/// What happened to an entity's row in one frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// It came into view.
    Added,
    /// Its values changed.
    Changed,
    /// It went out of view.
    Removed,
}

/// One row's change in the last frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which part of the entity.
    pub audience: Audience,
    /// The entity.
    pub id: EntityId,
    /// What happened.
    pub kind: ChangeKind,
}

/// Notes which rows differ between two states of a segment.
pub(super) fn diff(
    layouts: &[Layout; 3],
    audience: Audience,
    before: &Rows,
    after: &Rows,
    changes: &mut Vec<Change>,
) {
    let layout = &layouts[audience as usize];
    let mut note = |id, kind| changes.push(Change { audience, id, kind });
    let mut old = before.iter(layout).peekable();
    for row in after.iter(layout) {
        while let Some(gone) = old.next_if(|old| old.id < row.id) {
            note(gone.id, ChangeKind::Removed);
        }
        match old.next_if(|old| old.id == row.id) {
            None => note(row.id, ChangeKind::Added),
            Some(old) if old.values != row.values => note(row.id, ChangeKind::Changed),
            Some(_) => {}
        }
    }
    for gone in old {
        note(gone.id, ChangeKind::Removed);
    }
}

/// An entity that left one segment for another of the same audience has changed, no more.
pub(super) fn merge_move(earlier: &mut Change, later: &mut Change) -> bool {
    let same = (earlier.id, earlier.audience) == (later.id, later.audience);
    if same {
        earlier.kind = ChangeKind::Changed;
    }
    same
}

pub(super) fn count_updates(changes: &[Change]) -> u32 {
    let updated = changes.iter().filter(|change| change.kind != ChangeKind::Removed);
    let mut last = None;
    updated.filter(|change| last.replace(change.id) != Some(change.id)).count() as u32
}
