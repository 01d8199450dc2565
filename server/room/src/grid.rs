//! The grid of a large world: which cell a place is in, and which cells can be seen from it.
//!
//! Both an entity and a viewer stay in their cell until they are beyond its border by a
//! margin, so that who walks along a border does not change cells all the time. Distances
//! between cells allow for both margins: whatever is within reach of the eye is seen.

use tickwire_shared::{Tick, game, glam::Vec2};

/// The margin is this part of a cell.
const MARGIN: f32 = 0.125;
/// A viewer looks into at most this many cells.
const MAX_CELLS: usize = 4096;

/// A cell of the grid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// Counted to the right of the origin.
    pub x: i16,
    /// Counted upwards from the origin.
    pub y: i16,
}

/// How often a segment is sent: every 2^n ticks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate(pub u8);

/// Which ticks a segment is sent in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turns {
    /// How often.
    pub rate: Rate,
    phase: u8,
}

impl Turns {
    /// Every tick.
    pub const ALWAYS: Turns = Turns { rate: Rate(0), phase: 0 };

    /// The turns of a cell at a rate: spread over the ticks from cell to cell, and the same for
    /// all viewers, so that these share what is encoded.
    #[must_use]
    pub fn new(cell: Cell, rate: Rate) -> Turns {
        let phase = i32::from(cell.x) * 5 + i32::from(cell.y) * 3;
        Turns { rate, phase: phase as u8 }
    }

    /// Whether there was a turn since what was sent at `before`.
    #[must_use]
    pub fn are_due(self, before: Tick, now: Tick) -> bool {
        let turn = |tick: Tick| tick.0.wrapping_add(self.phase.into()) >> self.rate.0;
        turn(before) != turn(now)
    }
}

/// A cell that is seen from another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    x: i16,
    y: i16,
    /// How often it is sent.
    pub rate: Rate,
    /// How far it is, in cells.
    pub distance: u16,
}

/// A grid with what is seen from any of its cells, the nearest first.
#[derive(Clone, Debug)]
pub struct Grid {
    cell: f32,
    stencil: Vec<Seen>,
}

impl Grid {
    /// The grid that a game asks for.
    ///
    /// # Panics
    /// When it makes no sense: that is a mistake of the game.
    #[must_use]
    pub fn new(grid: game::Grid) -> Grid {
        let game::Grid { cell, reach } = grid;
        assert!(cell.is_finite() && cell > 0.0, "a grid's cells need a side above zero: {grid:?}");
        let rises = reach.is_sorted() && reach[0] >= 0.0 && reach[3].is_finite();
        assert!(rises, "a grid's reach must not fall, and have an end: {grid:?}");
        let most = (reach[3] / cell + 2.0 + 2.0 * MARGIN) as i64;
        let cells = (2 * most + 1).saturating_pow(2);
        assert!(
            cells <= MAX_CELLS as i64,
            "a reach of {} over cells of {cell} means looking into {cells} cells, and {MAX_CELLS} \
             are the most; make the cells larger",
            reach[3]
        );
        let around = -(most as i16)..=most as i16;
        let pairs = around.clone().flat_map(|y| around.clone().map(move |x| (x, y)));
        let mut stencil: Vec<Seen> = pairs.filter_map(|(x, y)| seen(x, y, &grid)).collect();
        stencil.sort_by_key(|seen| (seen.distance, seen.rate, seen.y, seen.x));
        Grid { cell, stencil }
    }

    /// The cell of a place, given the cell that it was in before.
    #[must_use]
    pub fn settle(&self, place: Vec2, before: Option<Cell>) -> Cell {
        let at = place / self.cell;
        if let Some(Cell { x, y }) = before {
            let inside = |at: f32, cell: i16| {
                let from = f32::from(cell) - MARGIN;
                (from..from + 1.0 + 2.0 * MARGIN).contains(&at)
            };
            if inside(at.x, x) && inside(at.y, y) {
                return Cell { x, y };
            }
        }
        // `as` saturates, so what is beyond the grid is in its outermost cells.
        Cell { x: at.x.floor() as i16, y: at.y.floor() as i16 }
    }

    /// The cells that are seen from one, the nearest first.
    pub fn around(&self, from: Cell) -> impl Iterator<Item = (Cell, Seen)> {
        self.stencil.iter().filter_map(move |seen| {
            let (x, y) = (from.x.checked_add(seen.x)?, from.y.checked_add(seen.y)?);
            Some((Cell { x, y }, *seen))
        })
    }
}

/// A cell as it is seen from the origin's, if it is within reach.
fn seen(x: i16, y: i16, grid: &game::Grid) -> Option<Seen> {
    let apart = |cells: i16| (f32::from(cells.abs()) - 1.0 - 2.0 * MARGIN).max(0.0) * grid.cell;
    let distance = Vec2::new(apart(x), apart(y)).length();
    let rate = grid.reach.iter().position(|reach| distance <= *reach)?;
    let cells = Vec2::new(f32::from(x), f32::from(y)).length();
    Some(Seen { x, y, rate: Rate(rate as u8), distance: cells.round() as u16 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid {
        Grid::new(game::Grid { cell: 100.0, reach: [150.0, 250.0, 250.0, 600.0] })
    }

    #[test]
    fn who_walks_along_a_border_stays_in_its_cell() {
        let grid = grid();
        let mut cell = grid.settle(Vec2::new(95.0, 50.0), None);
        for x in [99.0, 101.0, 112.0, 89.0, 111.0] {
            cell = grid.settle(Vec2::new(x, 50.0), Some(cell));
            assert_eq!(cell, Cell { x: 0, y: 0 }, "at {x}");
        }
        cell = grid.settle(Vec2::new(113.0, 50.0), Some(cell));
        assert_eq!(cell, Cell { x: 1, y: 0 });
        assert_eq!(grid.settle(Vec2::new(88.0, 50.0), Some(cell)), cell);
    }

    #[test]
    fn places_that_make_no_sense_are_in_some_cell() {
        let grid = grid();
        let far = grid.settle(Vec2::new(f32::INFINITY, -1e30), None);
        assert_eq!(far, Cell { x: i16::MAX, y: i16::MIN });
        assert_eq!(grid.settle(Vec2::NAN, None), Cell { x: 0, y: 0 });
        assert!(grid.around(far).count() > 10, "and something is seen from there");
    }

    #[test]
    fn whatever_is_within_reach_of_the_eye_is_in_a_cell_that_is_seen() {
        let grid = grid();
        for step in 0..4000 {
            let angle = step as f32 * 0.37;
            let eye = Vec2::new(40.0 + (step % 75) as f32, 12.0 - (step % 125) as f32);
            let place = eye + Vec2::from_angle(angle) * (step % 600) as f32;
            // Both may be beyond the border of their cell by just less than the margin.
            let nudge = Vec2::new(12.0, -12.0);
            let from = grid.settle(eye, Some(grid.settle(eye + nudge, None)));
            let cell = grid.settle(place, Some(grid.settle(place - nudge, None)));
            assert!(grid.around(from).any(|(seen, _)| seen == cell), "{place} from {eye}");
        }
    }

    #[test]
    fn near_cells_come_first_and_more_often_and_far_ones_at_spread_phases() {
        let grid = grid();
        let seen: Vec<_> = grid.around(Cell::default()).collect();
        assert_eq!(seen[0].0, Cell::default());
        assert!(seen.is_sorted_by_key(|(_, seen)| seen.distance));
        let rates: Vec<usize> = (0..4)
            .map(|rate| seen.iter().filter(|(_, seen)| seen.rate == Rate(rate)).count())
            .collect();
        assert!(rates[0] >= 9 && rates[1] > 0 && rates[2] == 0 && rates[3] > 20, "{rates:?}");
        let due = |now| {
            let due = |cell| Turns::new(cell, Rate(3)).are_due(Tick(now), Tick(now + 1));
            seen.iter().filter(|(cell, _)| due(*cell)).count()
        };
        let counts: Vec<usize> = (100..108).map(due).collect();
        assert_eq!(counts.iter().sum::<usize>(), seen.len(), "each once in eight ticks");
        assert!(counts.iter().all(|count| *count > seen.len() / 12), "{counts:?}");
    }

    #[test]
    #[should_panic(expected = "make the cells larger")]
    fn a_grid_that_is_too_fine_is_refused() {
        drop(Grid::new(game::Grid { cell: 1.0, reach: [0.0, 0.0, 0.0, 500.0] }));
    }
}
