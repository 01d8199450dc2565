//! From a trace's ids to the wire's: each entity gets a slot, each life of a slot a generation.

use std::collections::{BTreeSet, HashMap};

use tickwire_shared::EntityId;

/// How many entities of one kind there can be at once.
pub const MOST_SLOTS: usize = 1 << 16;

/// Who is alive, and which slots are free; no larger than the most entities there ever were at once.
#[derive(Debug, Default)]
pub struct Names {
    alive: HashMap<u64, Alive>,
    kinds: Vec<Slots>,
    tick: u64,
}

#[derive(Clone, Copy, Debug)]
struct Alive {
    name: EntityId,
    /// The last tick, counted by calls, in which it was named.
    seen: u64,
}

/// One kind's slots.
#[derive(Debug, Default)]
struct Slots {
    /// By slot: the generation of its present or next life.
    generations: Vec<u8>,
    free: BTreeSet<u16>,
}

impl Slots {
    /// Takes the lowest slot, so that slots stay few and close together.
    fn take(&mut self, kind: usize) -> Option<EntityId> {
        let slot = match self.free.pop_first() {
            Some(slot) => slot,
            None => {
                let slot = u16::try_from(self.generations.len()).ok()?;
                self.generations.push(0);
                slot
            }
        };
        Some(EntityId::new(kind as u8, slot, self.generations[usize::from(slot)]))
    }

    fn give_back(&mut self, name: EntityId) {
        let generation = &mut self.generations[usize::from(name.slot())];
        *generation = generation.wrapping_add(1);
        self.free.insert(name.slot());
    }
}

impl Names {
    /// No entities, of this many kinds.
    #[must_use]
    pub fn new(kinds: usize) -> Names {
        Names { kinds: (0..kinds).map(|_| Slots::default()).collect(), ..Names::default() }
    }

    /// Names one tick's entities, given as id and kind in any order but each id once.
    ///
    /// An id that was not there in the tick before, or was of another kind, is a new
    /// entity. New ones are named in the order of their ids, so that the order of a line
    /// decides nothing.
    ///
    /// # Errors
    /// The first id for which no slot is left.
    pub fn tick(
        &mut self,
        entities: &[(u64, usize)],
        names: &mut Vec<EntityId>,
    ) -> Result<(), u64> {
        self.tick += 1;
        let mut new = Vec::new();
        for (id, kind) in entities {
            match self.alive.get_mut(id).filter(|alive| alive.name.kind() == *kind) {
                Some(alive) => alive.seen = self.tick,
                None => new.push((*id, *kind)),
            }
        }
        self.bury();
        new.sort_unstable();
        for (id, kind) in new {
            let name = self.kinds[kind].take(kind).ok_or(id)?;
            self.alive.insert(id, Alive { name, seen: self.tick });
        }
        names.clear();
        names.extend(entities.iter().map(|(id, _)| self.alive[id].name));
        Ok(())
    }

    /// Frees the slots of those that were not seen in this tick; the order of a set is no matter.
    fn bury(&mut self) {
        let (kinds, tick) = (&mut self.kinds, self.tick);
        self.alive.retain(|_, alive| {
            let stays = alive.seen == tick;
            if !stays {
                kinds[alive.name.kind()].give_back(alive.name);
            }
            stays
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(all: &mut Names, entities: &[(u64, usize)]) -> Vec<(usize, u16, u8)> {
        let mut names = Vec::new();
        all.tick(entities, &mut names).expect("there are slots");
        names.iter().map(|id| (id.kind(), id.slot(), id.generation())).collect()
    }

    #[test]
    fn the_order_of_a_line_decides_nothing() {
        let mut all = Names::new(1);
        assert_eq!(names(&mut all, &[(u64::MAX, 0), (7, 0)]), [(0, 1, 0), (0, 0, 0)]);
        assert_eq!(names(&mut all, &[(7, 0), (u64::MAX, 0)]), [(0, 0, 0), (0, 1, 0)]);
    }

    #[test]
    fn an_id_that_comes_back_is_another_entity() {
        let mut all = Names::new(1);
        names(&mut all, &[(7, 0)]);
        names(&mut all, &[]);
        assert_eq!(names(&mut all, &[(7, 0)]), [(0, 0, 1)]);
    }

    #[test]
    fn an_id_that_changes_its_kind_is_another_entity() {
        let mut all = Names::new(2);
        names(&mut all, &[(7, 0), (8, 0)]);
        assert_eq!(names(&mut all, &[(7, 1), (8, 0)]), [(1, 0, 0), (0, 1, 0)]);
        assert_eq!(names(&mut all, &[(7, 0), (8, 0)]), [(0, 0, 1), (0, 1, 0)]);
    }

    #[test]
    fn a_slot_is_used_again_at_once_and_memory_does_not_grow() {
        let mut all = Names::new(1);
        for id in 0..1000 {
            assert_eq!(names(&mut all, &[(id, 0)]), [(0, 0, id as u8)]);
        }
        assert_eq!((all.alive.len(), all.kinds[0].generations.len()), (1, 1));
    }

    #[test]
    fn one_more_than_there_are_slots_is_refused_by_id() {
        let entities: Vec<(u64, usize)> = (0..=MOST_SLOTS as u64).map(|id| (id, 0)).collect();
        assert_eq!(Names::new(1).tick(&entities, &mut Vec::new()), Err(MOST_SLOTS as u64));
    }
}
