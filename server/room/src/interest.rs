//! What one viewer is subscribed to, and what of that it holds.
//!
//! The set of subscriptions is the whole of interest management: a viewer's frames are made of
//! these segments and of nothing else. It is made anew only when the eye comes into another cell,
//! or the team or the groups change.

use std::collections::BTreeMap;

use tickwire_shared::{
    Game, PlayerId, Tick,
    frame::{Cadence, MAX_HANDLE},
    game::View,
};

use crate::{
    grid::{Cell, Grid, Turns},
    journal::Journal,
    segment::{SegmentKey, Whose},
    segments::{SegmentSlot, Segments},
};

/// A player may see this many groups.
const MAX_GROUPS: usize = 64;

/// What a viewer holds of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// The tick that its rows are of.
    pub tick: Tick,
    /// The number under which it knows the segment.
    pub handle: u16,
    /// What it does with them while nothing is said.
    pub cadence: Cadence,
}

/// A segment that a viewer is to hold.
///
/// A thousand viewers of a large world have some seventy of these each, and every frame looks at all
/// of a viewer's: what is not needed for that is with the segment.
#[derive(Clone, Copy, Debug)]
pub struct Subscription {
    /// The segment.
    pub slot: SegmentSlot,
    /// What the viewer has of it. Segments without entities are not held.
    pub held: Option<Held>,
    /// Since when it waits because the viewer's budget was spent.
    pub waits_since: Option<Tick>,
    /// How often it is sent.
    pub turns: Turns,
    /// How far it is, in cells; `None` if it is seen from everywhere.
    pub distance: Option<u8>,
}

/// What decides which segments a viewer is subscribed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Vantage {
    cell: Option<Cell>,
    team: Option<u8>,
    groups: Vec<u16>,
}

/// Asks the game what a player sees, or somebody who only watches, and which team that is in.
pub fn look<G: Game>(game: &G, player: Option<PlayerId>, view: &mut View) -> Option<u8> {
    view.eye = None;
    view.groups.clear();
    match player {
        Some(player) => game.view(player, view),
        None => game.spectate(view),
    }
    view.groups.sort_unstable();
    view.groups.dedup();
    player.and_then(|player| game.team(player))
}

/// One viewer's subscriptions.
#[derive(Debug, Default)]
pub struct Interest {
    /// Nearest first, and before all those that are seen from everywhere.
    pub subscriptions: Vec<Subscription>,
    /// What the viewer holds and is no longer subscribed to.
    pub dropped: Vec<(SegmentSlot, Held)>,
    /// How it came to hold what it holds.
    pub journal: Journal,
    /// Which handles are in use.
    pub handles: Handles,
    vantage: Vantage,
    is_set: bool,
    /// The subscriptions before, while they are made anew.
    before: Vec<Subscription>,
}

impl Interest {
    /// Whether the viewer's first tick has come.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.is_set
    }

    /// Makes the subscriptions what the game says that a player sees, or somebody who only watches.
    ///
    /// # Panics
    /// When it says more than [`MAX_GROUPS`] groups.
    pub fn update(
        &mut self,
        (player, team): (Option<PlayerId>, Option<u8>),
        view: &View,
        grid: Option<&Grid>,
        segments: &mut Segments,
    ) {
        assert!(view.groups.len() <= MAX_GROUPS, "a player sees at most {MAX_GROUPS} groups");
        let eye = grid.zip(view.eye);
        let cell = eye.map(|(grid, eye)| grid.settle(eye, self.vantage.cell));
        let same = (cell, team, &view.groups)
            == (self.vantage.cell, self.vantage.team, &self.vantage.groups);
        if self.is_set && same {
            return;
        }
        self.is_set = true;
        (self.vantage.cell, self.vantage.team) = (cell, team);
        self.vantage.groups.clone_from(&view.groups);
        self.subscribe(player, grid, segments);
    }

    /// Makes the subscriptions those of another viewer, of a player or of somebody who only watches.
    pub fn follow(
        &mut self,
        player: Option<PlayerId>,
        other: &Interest,
        grid: Option<&Grid>,
        segments: &mut Segments,
    ) {
        if self.is_set && self.vantage == other.vantage {
            return;
        }
        self.is_set = true;
        self.vantage.clone_from(&other.vantage);
        self.subscribe(player, grid, segments);
    }

    fn subscribe(
        &mut self,
        player: Option<PlayerId>,
        grid: Option<&Grid>,
        segments: &mut Segments,
    ) {
        std::mem::swap(&mut self.before, &mut self.subscriptions);
        self.subscriptions.clear();
        self.before.sort_unstable_by_key(|old| old.slot);
        let Vantage { cell, team, groups } = self.vantage.clone();
        let whose = || {
            let groups = groups.iter().copied().map(Whose::Group);
            [Whose::Public].into_iter().chain(groups).chain(team.map(Whose::Team))
        };
        // Most games have no more than these, and most players keep them for as long as they stay.
        self.subscriptions.reserve_exact(whose().count() + 1);
        for whose in whose().chain(player.map(Whose::Owner)) {
            self.add(SegmentKey::everywhere(whose), (Turns::ALWAYS, None), segments);
        }
        let around = grid.zip(cell).map(|(grid, from)| grid.around(from));
        for (cell, seen) in around.into_iter().flatten() {
            for whose in whose() {
                let key = SegmentKey { cell: Some(cell), whose };
                let distance = u8::try_from(seen.distance).unwrap_or(u8::MAX);
                self.add(key, (Turns::new(cell, seen.rate), Some(distance)), segments);
            }
        }
        for old in self.before.drain(..) {
            segments.unwatch(old.slot);
            self.dropped.extend(old.held.map(|held| (old.slot, held)));
        }
    }

    /// Adds a subscription, with what the viewer holds of the segment already.
    fn add(
        &mut self,
        key: SegmentKey,
        (turns, distance): (Turns, Option<u8>),
        segments: &mut Segments,
    ) {
        let Some(slot) = segments.watch(key) else { return };
        let old = self.before.binary_search_by_key(&slot, |old| old.slot);
        let old = old.ok().map(|index| &mut self.before[index]);
        // What is taken over is not dropped with the rest of those before.
        let (held, waits_since) =
            old.map_or((None, None), |old| (old.held.take(), old.waits_since));
        self.subscriptions.push(Subscription { slot, held, waits_since, turns, distance });
    }

    /// Forgets what the viewer holds, as it does itself with the frame of `now`, which stands alone.
    pub fn forget_held(&mut self, now: Tick) {
        self.subscriptions.iter_mut().for_each(|one| one.held = None);
        self.dropped.clear();
        self.handles.clear();
        self.journal.restart(now);
    }

    /// Makes what the viewer holds what it held after the frame of `applied`; false when that is not
    /// known, and then it is to be forgotten.
    pub fn restore(&mut self, applied: Tick, segments: &Segments) -> bool {
        if !self.journal.reaches(applied) {
            return false;
        }
        let held = self.subscriptions.iter().filter_map(|one| Some((one.slot, one.held?)));
        let held = held.chain(self.dropped.drain(..));
        let mut held: BTreeMap<u16, _> =
            held.map(|(slot, held)| (held.handle, (slot, held))).collect();
        while let Some(entry) = self.journal.undo(applied) {
            match entry.before {
                Some(before) => held.insert(entry.handle, (entry.slot, before)),
                None => held.remove(&entry.handle),
            };
        }
        self.handles.clear();
        held.keys().for_each(|handle| self.handles.mark(*handle));
        // What is live has become in every frame what that said.
        let live = held.values_mut().filter(|(_, held)| held.cadence == Cadence::Live);
        live.for_each(|(_, held)| held.tick = applied);
        let mut by_slot: BTreeMap<_, _> = held.into_values().collect();
        for one in &mut self.subscriptions {
            // Nobody may have watched it for a while. What is live is seen to be forgotten when it is
            // sent next; what rests need not be sent for long, so it has to go.
            let is_of_use = |held: Held| {
                held.cadence == Cadence::Live || segments.remembers(one.slot, held.tick)
            };
            if by_slot.get(&one.slot).is_some_and(|held| is_of_use(*held)) {
                one.held = by_slot.remove(&one.slot);
            } else {
                one.held = None;
            }
        }
        self.dropped.extend(by_slot);
        true
    }

    /// Ends all subscriptions.
    pub fn end(&mut self, segments: &mut Segments) {
        self.subscriptions.drain(..).for_each(|one| segments.unwatch(one.slot));
    }

    /// Ends all subscriptions of a viewer that is not looking, until it looks again; what it holds is
    /// then not known any more.
    pub fn release(&mut self, segments: &mut Segments) {
        self.end(segments);
        *self = Interest::default();
    }
}

/// The handles that a viewer uses: small numbers, because they are written in every frame.
#[derive(Debug, Default)]
pub struct Handles(Vec<u64>);

impl Handles {
    /// Takes the smallest that is free; `None` when all are in use.
    pub fn take(&mut self) -> Option<u16> {
        let word = self.0.iter().position(|word| *word != u64::MAX).unwrap_or(self.0.len());
        let handle = word as u32 * 64 + self.0.get(word).map_or(0, |word| word.trailing_ones());
        let handle = u16::try_from(handle).ok().filter(|_| handle < MAX_HANDLE)?;
        if word == self.0.len() {
            self.0.push(0);
        }
        self.0[word] |= 1 << (handle % 64);
        Some(handle)
    }

    /// Notes that one is in use.
    fn mark(&mut self, handle: u16) {
        let word = usize::from(handle) / 64;
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (handle % 64);
    }

    /// Gives one back.
    pub fn free(&mut self, handle: u32) {
        self.0[handle as usize / 64] &= !(1 << (handle % 64));
    }

    fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_free_handle_is_taken() {
        let mut handles = Handles::default();
        let taken: Vec<_> = (0..130).map(|_| handles.take()).collect();
        assert!(taken.iter().copied().eq((0..130).map(Some)));
        handles.free(70);
        handles.free(3);
        assert_eq!(
            [handles.take(), handles.take(), handles.take()],
            [Some(3), Some(70), Some(130)]
        );
    }

    #[test]
    fn handles_end_where_the_wire_ends() {
        let mut handles = Handles::default();
        assert_eq!((0..70_000).filter_map(|_| handles.take()).count(), MAX_HANDLE as usize);
    }
}
