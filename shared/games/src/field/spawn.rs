//! Where wisps come in, and how the world keeps its numbers.

use std::f32::consts::TAU;

use glam::Vec2;

use super::{
    Coat, Field, Forager, Predator,
    growth::{anywhere, around},
    tuning::{FRESH_SECONDS, Rates},
};

/// How many places are considered.
const CANDIDATES: usize = 8;
/// How far from another player a wisp comes in, in units: soon met, but out of sight.
const COMPANY: (f32, f32) = (700.0, 1800.0);
/// So many players near are company; more are a crowd.
const COMPANY_MOST: usize = 6;
/// How near a predator must not be, in units.
const SAFE_REACH: f32 = 500.0;
/// The most wisps that come in in one tick; the others wait.
const ARRIVALS_A_TICK: usize = 16;
/// While there are fewer than one in so many of the most, strangers come.
const FLOOR: usize = 4;
/// One comes in so many ticks.
const STRANGER_TICKS: u32 = 4;

impl Field {
    /// Brings in the wisps whose wait is over.
    pub(super) fn bring_in_wisps(&mut self, rates: &Rates) {
        let fresh = rates.ticks(FRESH_SECONDS);
        let mut arrivals = 0;
        for index in 0..self.order.len() {
            let key = self.order[index];
            let wisp = &self.wisps[key];
            if wisp.is_there() || wisp.wait > 0 || arrivals == ARRIVALS_A_TICK {
                continue;
            }
            arrivals += 1;
            let place = self.choose_place();
            self.wisps[key].come_in(place, fresh);
        }
    }

    /// Of a few places the one with the most to eat, in company, and no predator about.
    fn choose_place(&mut self) -> Vec2 {
        let mut best = (f32::NEG_INFINITY, Vec2::ZERO);
        for _ in 0..CANDIDATES {
            let others = self.places.wisps.all();
            let company = (!others.is_empty()).then(|| others[self.rng.below(others.len())].1);
            let place = match company {
                Some(pos) => around(pos, COMPANY, &mut self.rng),
                None => around(self.meadow.bed(&mut self.rng), (0.0, 200.0), &mut self.rng),
            };
            let worth = self.worth_of(place);
            if worth > best.0 {
                best = (worth, place);
            }
        }
        best.1
    }

    fn worth_of(&self, place: Vec2) -> f32 {
        let food = self.places.plants.about(place, SAFE_REACH).min(60) as f32;
        let danger = self.places.predators.near(place, SAFE_REACH).count() as f32;
        let company = self.places.wisps.about(place, COMPANY.1);
        let crowd = company.saturating_sub(COMPANY_MOST) as f32;
        food - 30.0 * danger - 10.0 * crowd
    }

    /// Fills a fresh world with creatures.
    pub(super) fn populate(&mut self, rates: &Rates) {
        while self.foragers.len() < usize::from(self.config.foragers) * 4 / 5 {
            let bed = self.meadow.bed(&mut self.rng);
            let middle = around(bed, (0.0, 700.0), &mut self.rng);
            for _ in 0..=self.rng.below(12) {
                let pos = around(middle, (0.0, 260.0), &mut self.rng);
                let coat = if self.rng.below(3) == 0 { Coat::Fleecy } else { Coat::Shorn };
                self.add_forager(pos, coat, rates);
            }
        }
        for _ in 0..self.config.predators * 3 / 5 {
            let place = anywhere(&mut self.rng);
            self.add_predator(place, rates);
        }
    }

    /// Adds the young of this tick, and strangers where a kind threatens to die out.
    pub(super) fn settle_births(&mut self, tick: u32, rates: &Rates) {
        while let Some(place) = self.lambs.pop() {
            self.add_forager(place, Coat::Lamb, rates);
        }
        while let Some(place) = self.cubs.pop() {
            self.add_predator(place, rates);
        }
        if tick.is_multiple_of(STRANGER_TICKS) {
            if self.foragers.len() < self.least_foragers() {
                let place = anywhere(&mut self.rng);
                self.add_forager(place, Coat::Shorn, rates);
            }
            if self.predators.len() < self.least_predators() {
                let place = anywhere(&mut self.rng);
                self.add_predator(place, rates);
            }
        }
    }

    /// With so many foragers none starves, and strangers come while there are fewer.
    pub(super) fn least_foragers(&self) -> usize {
        usize::from(self.config.foragers) / FLOOR
    }

    /// The same of predators.
    pub(super) fn least_predators(&self) -> usize {
        usize::from(self.config.predators) / FLOOR
    }

    fn add_forager(&mut self, pos: Vec2, coat: Coat, rates: &Rates) {
        if self.foragers.len() < usize::from(self.config.foragers) {
            let heading = self.rng.between(0.0, TAU);
            self.foragers.insert(Forager::new(pos, heading, coat, rates));
        }
    }

    fn add_predator(&mut self, pos: Vec2, rates: &Rates) {
        if self.predators.len() < usize::from(self.config.predators) {
            let (heading, share) = (self.rng.between(0.0, TAU), self.rng.between(0.1, 0.6));
            self.predators.insert(Predator::new(pos, heading, share, rates));
        }
    }
}
