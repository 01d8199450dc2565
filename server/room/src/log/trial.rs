//! Whether what a game's saved bytes load to goes on as the game itself would.
//!
//! A field that is not saved need not show at once: clients see of the loaded world what they saw of the
//! saved one, and only a later step misses it. So at the first keyframe after some play
//! a few ticks are made with both, in which each player does what it does already, and all that is
//! replicated is compared. Worlds that are large are not tried: that would take the time of other rooms. By the order of free slots, which is not saved, the loaded
//! world may give new entities other ids than the saved one, and from then on the two may rightly differ:
//! a trial in which anything is born proves nothing, and another is made at the next keyframe.

use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
};

use tickwire_shared::{Game, PlayerId, Tick, game::Outbox};

use super::{Unlogged, WorldHash, keyframe::Head};
use crate::{
    spec::Spec,
    world::{Unlike, World},
};

/// For how many ticks both go on.
const TICKS: u32 = 8;
/// A world that takes more bytes than this is not tried.
pub(crate) const MOST_BYTES: usize = 256 * 1024;

/// What a trial proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// Both went the same way.
    Alike,
    /// Nothing.
    Unclear,
    /// They went different ways; in this first, and so many ticks after they were alike.
    Differs { what: Box<str>, ticks: u32 },
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
    let known: BTreeSet<_> = World::of(games[0], &spec.schema).ids().collect();
    for ticks in 1..=TICKS {
        tick = tick.next();
        let [one, other] = games.each_mut().map(|game| {
            for (player, input) in actors {
                game.sight(*player, 0.0);
                game.input(*player, input);
            }
            spec.step(*game, tick, &mut outbox);
            World::of(*game, &spec.schema)
        });
        if !one.ids().chain(other.ids()).all(|id| known.contains(&id)) {
            return Finding::Unclear;
        }
        if let Some(Unlike { kind, slot, what }) = one.unlike(&other, &spec.schema).first() {
            return Finding::Differs { what: format!("{kind} {slot}: {what}").into(), ticks };
        }
    }
    Finding::Alike
}
