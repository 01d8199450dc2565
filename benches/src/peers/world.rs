//! The world that all hosts share, in whole numbers, so that it can be the same in two languages.
//!
//! Ships steer, are pushed where they point, bounce off the map's border, are hit now and then and come
//! in again elsewhere. `benches/peers/world.js` is the same program; both must lead to one digest.

use std::f64::consts::TAU;

use serde::{Deserialize, Serialize};

/// Ticks a second.
pub const HZ: u32 = 30;
/// How far a player of the world `near` sees, in steps of position.
pub const REACH: i32 = 6300;
/// Drifters of the world `near`, which no player steers.
const DRIFTERS: usize = 2000;
const DIRECTIONS: i32 = 1024;
const FULL_HP: i32 = 100;
/// A position is kept this many bits finer than it is sent.
const FINE: u32 = 4;
const PUSH: f64 = 60.0;
const TURN: i32 = 16;

/// A ship.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ship {
    x: i32,
    y: i32,
    vx: i32,
    vy: i32,
    /// Where it points, in 1,024 directions.
    pub heading: i32,
    turn: i32,
    /// Its health.
    pub hp: i32,
    /// How many it has destroyed.
    pub score: i32,
}

impl Ship {
    /// Where it is, in the steps in which it is sent.
    #[must_use]
    pub fn place(&self) -> (i32, i32) {
        (self.x >> FINE, self.y >> FINE)
    }
}

/// The world: ships by slot, drifters first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct World {
    /// The ships, and the slots of those that have gone.
    pub ships: Vec<Option<Ship>>,
    /// Ticks since the beginning.
    pub tick: u32,
    side: i32,
    drifters: usize,
    random: u32,
    pushes: Vec<(i32, i32)>,
}

impl World {
    /// The world `near`, or `everyone`; the same seed makes the same world.
    #[must_use]
    pub fn new(near: bool, seed: u32) -> World {
        let push = |heading: i32| {
            let angle = f64::from(heading) * TAU / f64::from(DIRECTIONS);
            ((PUSH * angle.cos()).round() as i32, (PUSH * angle.sin()).round() as i32)
        };
        let mut world = World {
            ships: Vec::new(),
            tick: 0,
            side: (if near { 65_536 } else { 32_768 }) << FINE,
            drifters: if near { DRIFTERS } else { 0 },
            random: seed.wrapping_mul(2_654_435_761).max(1),
            pushes: (0..DIRECTIONS).map(push).collect(),
        };
        (0..world.drifters).for_each(|_| _ = world.enter());
        world
    }

    /// A new ship, in the first free slot, which is returned.
    pub fn enter(&mut self) -> usize {
        let free = self.ships.iter().skip(self.drifters).position(Option::is_none);
        let slot = free.map_or(self.ships.len(), |free| self.drifters + free);
        let (x, y) = (self.below(self.side), self.below(self.side));
        let heading = self.below(DIRECTIONS);
        let ship = Ship { x, y, vx: 0, vy: 0, heading, turn: 1, hp: FULL_HP, score: 0 };
        if slot == self.ships.len() {
            self.ships.push(None);
        }
        self.ships[slot] = Some(ship);
        slot
    }

    /// The ship goes.
    pub fn leave(&mut self, slot: usize) {
        self.ships[slot] = None;
    }

    /// What a player does from now on: 0 and 2 turn, 1 goes straight on.
    pub fn steer(&mut self, slot: usize, turn: u8) {
        if let Some(Some(ship)) = self.ships.get_mut(slot).filter(|_| turn <= 2) {
            ship.turn = turn.into();
        }
    }

    /// One tick.
    pub fn step(&mut self) {
        self.tick += 1;
        for slot in 0..self.ships.len() {
            if self.ships[slot].is_none() {
                continue;
            }
            let turn = (slot < self.drifters && self.below(32) == 0).then(|| self.below(3));
            if let Some(ship) = &mut self.ships[slot] {
                ship.turn = turn.unwrap_or(ship.turn);
                ship.fly(&self.pushes, self.side);
            }
            if self.below(64) == 0 {
                let victim = self.below(self.ships.len() as i32) as usize;
                self.hit(slot, victim);
            }
        }
    }

    fn hit(&mut self, by: usize, victim: usize) {
        let Some(ship) = self.ships[victim].as_mut().filter(|_| victim != by) else { return };
        ship.hp -= 12;
        if ship.hp > 0 {
            return;
        }
        let (x, y) = (self.below(self.side), self.below(self.side));
        if let Some(ship) = &mut self.ships[victim] {
            (ship.hp, ship.x, ship.y) = (FULL_HP, x, y);
        }
        if let Some(by) = &mut self.ships[by] {
            by.score = (by.score + 1) & 0xFFFF;
        }
    }

    fn below(&mut self, limit: i32) -> i32 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 17;
        self.random ^= self.random << 5;
        (self.random % limit as u32) as i32
    }
}

impl Ship {
    fn fly(&mut self, pushes: &[(i32, i32)], side: i32) {
        self.heading = (self.heading + (self.turn - 1) * TURN) & (DIRECTIONS - 1);
        let (px, py) = pushes[self.heading as usize];
        self.vx += px - (self.vx >> 5);
        self.vy += py - (self.vy >> 5);
        (self.x, self.vx) = bounce(self.x, self.vx, side);
        (self.y, self.vy) = bounce(self.y, self.vy, side);
    }
}

/// Moves along one axis; who would leave the map stays, and goes back.
fn bounce(at: i32, by: i32, side: i32) -> (i32, i32) {
    if (0..side).contains(&(at + by)) { (at + by, by) } else { (at, -by) }
}

/// Who is near: ships by square cells of the reach's size, so that nine cells have all that a player sees.
#[derive(Clone, Debug, Default)]
pub struct Near {
    columns: i32,
    cells: Vec<Vec<usize>>,
}

impl Near {
    const CELL: i32 = REACH << FINE;

    /// Sorts the ships into cells.
    pub fn rebuild(&mut self, world: &World) {
        self.columns = (world.side + Self::CELL - 1) / Self::CELL;
        self.cells.resize((self.columns * self.columns) as usize, Vec::new());
        self.cells.iter_mut().for_each(Vec::clear);
        for (slot, ship) in world.ships.iter().enumerate() {
            let Some(ship) = ship else { continue };
            let cell = ship.x / Self::CELL + ship.y / Self::CELL * self.columns;
            self.cells[cell as usize].push(slot);
        }
    }

    /// The slots of the ships that a ship sees, itself included.
    pub fn seen_by(&self, world: &World, eye: &Ship) -> impl Iterator<Item = usize> {
        let (column, row) = (eye.x / Self::CELL, eye.y / Self::CELL);
        let around = move |at: i32| (at - 1).max(0)..(at + 2).min(self.columns);
        let cells =
            around(row).flat_map(move |y| around(column).map(move |x| x + y * self.columns));
        cells.flat_map(|cell| &self.cells[cell as usize]).copied().filter(move |slot| {
            world.ships[*slot].as_ref().is_some_and(|ship| {
                let (x, y) = (i64::from(ship.x - eye.x), i64::from(ship.y - eye.y));
                x * x + y * y <= i64::from(Self::CELL).pow(2)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The script that the test in JavaScript runs, too.
    fn play(near: bool) -> World {
        let mut world = World::new(near, 7);
        let slots: Vec<usize> = (0..10).map(|_| world.enter()).collect();
        for tick in 0..300 {
            for slot in &slots {
                world.steer(*slot, ((tick + slot) % 5 % 3) as u8);
            }
            if tick == 100 {
                world.leave(slots[3]);
            }
            if tick == 150 {
                world.enter();
            }
            world.step();
        }
        world
    }

    /// A number that follows from all that is sent of a world.
    fn digest(world: &World) -> u32 {
        let mut hash = world.tick;
        for (slot, ship) in world.ships.iter().enumerate() {
            let Some(ship) = ship else { continue };
            let (x, y) = ship.place();
            for value in [slot as i32, x, y, ship.heading, ship.hp, ship.score] {
                hash = hash.wrapping_mul(31).wrapping_add(value as u32);
            }
        }
        hash
    }

    #[test]
    fn a_script_leads_to_the_state_that_it_leads_to_in_javascript() {
        assert_eq!((digest(&play(false)), digest(&play(true))), (3_403_095_959, 3_631_236_480));
    }

    #[test]
    fn a_player_sees_itself_and_whoever_is_within_reach() {
        let world = play(true);
        let mut near = Near::default();
        near.rebuild(&world);
        let eye = world.ships.last().and_then(Option::as_ref).expect("the last one is there");
        let seen: Vec<usize> = near.seen_by(&world, eye).collect();
        for (slot, ship) in world.ships.iter().enumerate() {
            let Some(ship) = ship else { continue };
            let far = f64::from(ship.x - eye.x).hypot(f64::from(ship.y - eye.y));
            assert_eq!(seen.contains(&slot), far <= f64::from(Near::CELL), "{slot}");
        }
        assert!(seen.len() > 1 && seen.len() < 200, "{}", seen.len());
    }
}
