//! What a frame changed, found by comparing the rows before with the rows after.

use super::HeldSegment;
use crate::{codec::Layout, ids::EntityId, rows::Rows, schema::Audience, tick::Tick};

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

/// What one segment alone says of a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Note {
    change: Change,
    handle: u32,
    /// The tick of the segment.
    tick: Tick,
}

/// Notes which rows differ between two states of a segment, of which one may be missing.
pub(super) fn diff(
    layouts: &[Layout; 3],
    before: Option<&HeldSegment>,
    after: Option<&HeldSegment>,
    notes: &mut Vec<Note>,
) {
    let Some(segment) = after.or(before) else { return };
    let HeldSegment { audience, handle, .. } = *segment;
    let layout = &layouts[audience as usize];
    let old_rows = before.map_or(Rows::EMPTY, |held| &held.rows);
    let new_rows = after.map_or(Rows::EMPTY, |held| &held.rows);
    let tick = |held: Option<&HeldSegment>| held.map_or(segment.tick, |held| held.tick);
    let mut note = |id, kind| {
        let tick = if kind == ChangeKind::Removed { tick(before) } else { tick(after) };
        notes.push(Note { change: Change { audience, id, kind }, handle, tick });
    };
    let mut old = old_rows.iter(layout).peekable();
    for row in new_rows.iter(layout) {
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

/// Makes one change of all notes on an entity and audience; `held` are the segments after the
/// frame if some of them rest, and may show what has moved on or moved away. Who moved on while
/// that is so is added to `overlaps`.
pub(super) fn settle(
    notes: &mut [Note],
    held: &[HeldSegment],
    changes: &mut Vec<Change>,
    overlaps: &mut Vec<(EntityId, Audience)>,
) {
    let entity = |note: &Note| (note.change.id, note.change.audience);
    notes.sort_unstable_by_key(|note| (entity(note), note.change.kind));
    for group in notes.chunk_by(|a, b| entity(a) == entity(b)) {
        let Change { id, audience, kind } = group[0].change;
        if kind == ChangeKind::Added && self::overlaps(held, audience, id) {
            overlaps.push((id, audience));
        }
        if let Some(kind) = settle_one(group, held) {
            changes.push(Change { kind, ..group[0].change });
        }
    }
}

/// What became of an entity, by all that is said of it; `None` when nothing can be seen of that.
fn settle_one(notes: &[Note], held: &[HeldSegment]) -> Option<ChangeKind> {
    let (first, last) = (notes[0], notes[notes.len() - 1]);
    let Change { id, audience, kind } = first.change;
    let others = || held.iter().filter(|held| held.handle != first.handle);
    match kind {
        // It left one segment for another.
        _ if notes.len() > 1 && last.change.kind != first.change.kind => Some(ChangeKind::Changed),
        ChangeKind::Changed => Some(ChangeKind::Changed),
        ChangeKind::Added => match newest(others(), audience, id) {
            Some(_) => Some(ChangeKind::Changed),
            None => Some(ChangeKind::Added),
        },
        ChangeKind::Removed => match newest(others(), audience, id) {
            None => Some(ChangeKind::Removed),
            // What counted was there already.
            Some(other) if other.tick.is_after(first.tick) => None,
            Some(_) => Some(ChangeKind::Changed),
        },
    }
}

/// Whether more than one segment speaks of an entity.
pub(super) fn overlaps(held: &[HeldSegment], audience: Audience, id: EntityId) -> bool {
    held.iter().filter(|held| speaks_of(held, audience, id)).nth(1).is_some()
}

fn speaks_of(held: &HeldSegment, audience: Audience, id: EntityId) -> bool {
    held.audience == audience && held.rows.ids().binary_search(&id).is_ok()
}

/// The segment whose row of an entity counts.
pub(super) fn newest<'a>(
    held: impl IntoIterator<Item = &'a HeldSegment>,
    audience: Audience,
    id: EntityId,
) -> Option<&'a HeldSegment> {
    let newer =
        |a: &'a HeldSegment, b: &'a HeldSegment| if a.tick.is_after(b.tick) { a } else { b };
    held.into_iter().filter(|held| speaks_of(held, audience, id)).reduce(newer)
}

pub(super) fn count_updates(changes: &[Change]) -> u32 {
    let updated = changes.iter().filter(|change| change.kind != ChangeKind::Removed);
    let mut last = None;
    updated.filter(|change| last.replace(change.id) != Some(change.id)).count() as u32
}
