//! Where players meet the world and each other: gathering, calls, bites and dashes.

use tickwire_shared::{PlayerId, Step, To};

use super::{
    Field, Gain, Life,
    messages::{Caught, Eaten},
    tuning::{
        BITE_PART, CALL_REACH, DASH_PART, ENERGY_A_MEAL, ENERGY_MAX, FADED_SECONDS, GATHER_REACH,
        GRACE_SECONDS, RADIUS_A_SIZE, Rates, SCARE_REACH, SIZE_MAX, WISP_RADIUS,
    },
    wisp::WispKey,
};

/// The farthest that the centres of two wisps that touch are apart, in units.
const TOUCH_REACH: f32 = 2.0 * (WISP_RADIUS + RADIUS_A_SIZE * SIZE_MAX as f32);

impl Field {
    /// Flies all wisps, and lets those that call be heard.
    pub(super) fn fly_wisps(&mut self, rates: &Rates) {
        let Field { wisps, foragers, predators, places, rng, .. } = self;
        for (key, wisp) in wisps.iter_mut() {
            wisp.pass_time(rates);
            if !wisp.is_there() {
                continue;
            }
            wisp.fly(rates);
            if !wisp.begin_call(rates) {
                continue;
            }
            for ((predator, _), _) in places.predators.near(wisp.pos, SCARE_REACH) {
                predators.get_mut(predator).into_iter().for_each(|it| it.scare(wisp.pos, rates));
            }
            for (forager, _) in places.foragers.near(wisp.pos, CALL_REACH) {
                foragers.get_mut(forager).into_iter().for_each(|it| it.hear(key, rng, rates));
            }
        }
    }

    /// Lets wisps gather what is ripe within their reach.
    pub(super) fn gather_plants(&mut self) {
        let Field { wisps, meadow, places, gains, .. } = self;
        for (key, wisp) in wisps.iter().filter(|(_, wisp)| wisp.is_there()) {
            for (plant, _) in places.plants.near(wisp.pos, wisp.radius() + GATHER_REACH) {
                let meal = meadow.plants.get(plant).and_then(|plant| plant.meal());
                if let Some((meal, worth)) = meal {
                    meadow.plants.remove(plant);
                    gains.push(Gain { wisp: key, meal, worth });
                }
            }
        }
    }

    /// Counts what was gathered, and tells who did.
    pub(super) fn settle_gains(&mut self, step: &mut Step<'_>) {
        for Gain { wisp, meal, worth } in self.gains.drain(..) {
            let Some(wisp) = self.wisps.get_mut(wisp) else { continue };
            wisp.change_score(i32::from(worth));
            wisp.energy = ENERGY_MAX.min(wisp.energy + ENERGY_A_MEAL);
            step.send(To::Player(PlayerId(wisp.player)), &Eaten { meal, worth });
        }
    }

    /// Dims the wisps that predators have bitten.
    pub(super) fn settle_bites(&mut self, rates: &Rates, step: &mut Step<'_>) {
        let (grace, gone) = (rates.ticks(GRACE_SECONDS), rates.ticks(FADED_SECONDS));
        for (key, from) in self.bites.drain(..) {
            let Some(wisp) = self.wisps.get_mut(key).filter(|wisp| wisp.is_awake()) else {
                // Two may have bitten at once: then one was enough.
                continue;
            };
            let lost = part_of(wisp.score, BITE_PART);
            wisp.change_score(-i32::from(lost));
            wisp.knock(from, grace);
            let faded = wisp.dim(gone);
            let (victim, place) = (wisp.player, wisp.pos);
            self.meadow.spill(place, lost, &mut self.rng);
            step.send(To::Player(PlayerId(victim)), &Caught { victim, by: 0, lost, faded });
        }
    }

    /// Lets wisps that dash into others take some of what they have.
    pub(super) fn settle_dashes(&mut self, rates: &Rates, step: &mut Step<'_>) {
        for index in 0..self.places.wisps.all().len() {
            let (thief, _) = self.places.wisps.all()[index];
            if self.wisps.get(thief).is_some_and(|wisp| wisp.dashing && wisp.is_awake())
                && let Some(victim) = self.find_victim(thief)
            {
                self.rob(thief, victim, rates, step);
            }
        }
    }

    /// Somebody who is touched, is not larger, and can be harmed.
    fn find_victim(&self, thief: WispKey) -> Option<WispKey> {
        let own = &self.wisps[thief];
        let mut near = self.places.wisps.near(own.pos, TOUCH_REACH);
        let is_victim = |key: WispKey| {
            self.wisps.get(key).is_some_and(|other| {
                let touch = other.pos.distance(own.pos) < own.radius() + other.radius();
                key != thief && touch && other.life == Life::Awake && other.size <= own.size
            })
        };
        near.find(|(key, _)| is_victim(*key)).map(|(key, _)| key)
    }

    fn rob(&mut self, thief: WispKey, victim: WispKey, rates: &Rates, step: &mut Step<'_>) {
        let (by, from) = (self.wisps[thief].player, self.wisps[thief].pos);
        let other = &mut self.wisps[victim];
        let lost = part_of(other.score, DASH_PART);
        other.change_score(-i32::from(lost));
        other.knock(from, rates.ticks(GRACE_SECONDS));
        let (victim, gain) = (other.player, i32::from(lost));
        self.wisps[thief].change_score(gain);
        let caught = Caught { victim, by, lost, faded: false };
        step.send(To::Player(PlayerId(victim)), &caught);
        step.send(To::Player(PlayerId(by)), &caught);
    }
}

/// One part in so many, rounded up.
fn part_of(score: u16, part: u16) -> u16 {
    score.div_ceil(part)
}
