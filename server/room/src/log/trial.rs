//! Whether what a game's saved bytes load to goes on as the game itself would.
//!
//! A field that is not saved need not show at once: clients see of the loaded world what they saw of the
//! saved one, and only a later step misses it. So before a room goes on with a loaded world for the
//! first time, a few ticks are made with both, in which each player does what it does already, and
//! all that is replicated is compared. By the order of free slots, which is not saved, the loaded
//! world may give new entities other ids than the saved one, and from then on the two may rightly differ:
//! a trial in which anything is born proves nothing, and another is made at the next keyframe.

use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
};

use tickwire_shared::{
    Game, PlayerId, Tick,
    game::{Belongs, Capture, CaptureSink, Outbox},
    schema::Schema,
};

use super::{Unlogged, WorldHash, keyframe::Head};
use crate::spec::Spec;

/// For how many ticks both go on.
const TICKS: u32 = 8;

/// What a trial proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// Both went the same way.
    Alike,
    /// Nothing.
    Unclear,
    /// They went different ways; in this kind or field first, and so many ticks after they were alike.
    Differs { field: Box<str>, ticks: u32 },
}

/// A player, and what it does.
pub(crate) type Actor<I> = (PlayerId, I);

/// Lets the game that was saved go on, and what was loaded. Neither is fit for anything afterwards but to
/// give its memory away.
///
/// # Errors
/// What was loaded is not what was saved; then the game has not gone on.
pub(crate) fn compare<G: Game>(
    saved: &mut G,
    mut loaded: G,
    head: &Head,
    actors: &[Actor<G::Input>],
    spec: &Spec,
) -> Result<Finding, Unlogged> {
    loaded.restored(None);
    if WorldHash::of(&loaded, &spec.schema) != head.hash {
        return Err(Unlogged::Differs);
    }
    // These ticks may never come to be, so a game that panics in them has not panicked.
    let tried =
        catch_unwind(AssertUnwindSafe(|| go_on([saved, &mut loaded], actors, spec, head.tick)));
    Ok(tried.unwrap_or(Finding::Unclear))
}

fn go_on<G: Game>(
    mut games: [&mut G; 2],
    actors: &[Actor<G::Input>],
    spec: &Spec,
    mut tick: Tick,
) -> Finding {
    let mut outbox = Outbox::default();
    let known: BTreeSet<_> = Rows::of(games[0], &spec.schema).entities.into_iter().collect();
    for ticks in 1..=TICKS {
        tick = tick.next();
        let [one, other] = games.each_mut().map(|game| {
            for (player, input) in actors {
                game.sight(*player, 0.0);
                game.input(*player, input);
            }
            spec.step(*game, tick, &mut outbox);
            Rows::of(*game, &spec.schema)
        });
        if !one.entities.iter().chain(&other.entities).all(|entity| known.contains(entity)) {
            return Finding::Unclear;
        }
        if let Some(field) = one.first_that_differs(&other, &spec.schema) {
            return Finding::Differs { field, ticks };
        }
    }
    Finding::Alike
}

/// All that a game replicates.
#[derive(Debug, Default)]
struct Rows {
    /// The kind of each, its slot and the slot's version.
    entities: Vec<(usize, u16, u32)>,
    /// The columns of all.
    columns: Vec<u32>,
}

impl Rows {
    fn of<G: Game>(game: &G, schema: &Schema) -> Rows {
        let mut rows = Rows::default();
        game.replicate(&mut Capture::new(schema, &mut rows));
        rows
    }

    /// The first kind of which not the same entities are there, or the first field that is not the same.
    fn first_that_differs(&self, other: &Rows, schema: &Schema) -> Option<Box<str>> {
        let mut others = other.entities.iter();
        let stray = self.entities.iter().find(|&one| others.next() != Some(one)).or(others.next());
        if let Some(&(kind, ..)) = stray {
            return Some(schema.kinds[kind].name.as_str().into());
        }
        let mut start = 0;
        for &(kind, ..) in &self.entities {
            let kind = &schema.kinds[kind];
            for field in &kind.fields {
                let columns = start..start + field.columns().len();
                if self.columns[columns.clone()] != other.columns[columns.clone()] {
                    return Some(format!("{}.{}", kind.name, field.name).into());
                }
                start = columns.end;
            }
        }
        None
    }
}

impl CaptureSink for Rows {
    fn put(&mut self, kind: usize, slot: u16, version: u32, _: Belongs, columns: &[u32]) {
        self.entities.push((kind, slot, version));
        self.columns.extend_from_slice(columns);
    }
}
