//! What a player feels: how the own ship was predicted, and how everything was drawn.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tickwire_bots::client::Core;
use tickwire_games::arena::{
    Controls, Life, Map, Setup, Ship,
    flight::{Flight, FlightRules, Rates},
    tuning::{GRAIN, SHIP_RADIUS},
};
use tickwire_shared::{
    EntityId, PlayerId, Tick,
    glam::Vec2,
    netcode::{Blend, Interpolation, Prediction, prediction::Verdict},
};

/// After something happened to the ship, so many frames say nothing about its prediction.
const SHAKEN: u32 = 12;
/// After so many frames the network is known.
const SETTLED: u32 = 150;
/// Ships whose centres are nearer than this may touch within a tick, in units.
const NEAR: f32 = 2.0 * SHIP_RADIUS + 45.0;

/// What is drawn of another's ship.
#[derive(Clone, Copy, Debug)]
struct Place {
    pos: Vec2,
    life: Life,
}

impl Blend for Place {
    type Way = [f32; 2];

    fn way(&self, to: &Place) -> [f32; 2] {
        (to.pos - self.pos).to_array()
    }

    fn moved(&self, way: &[f32; 2]) -> Place {
        Place { pos: self.pos + Vec2::from_array(*way), ..*self }
    }

    fn is_jump(&self, to: &Place, _ticks: f32) -> bool {
        // A wreck comes in again somewhere else.
        (self.life == Life::Wrecked) != (to.life == Life::Wrecked)
    }
}

type Play = Box<dyn FnMut(&Core) -> Controls>;

pub struct Player {
    id: PlayerId,
    map: Arc<Map>,
    hz: u32,
    play: Play,
    prediction: Option<Prediction<FlightRules>>,
    /// The ship as the last frame showed it.
    shown: Option<Ship>,
    /// Frames until its prediction says something again.
    shaken: u32,
    view: Interpolation<EntityId, Place>,
    /// What the last picture showed of others.
    drawn: BTreeMap<EntityId, Place>,
    pub felt: Felt,
}

/// What is counted.
#[derive(Debug, Default)]
pub struct Felt {
    /// Frames.
    pub frames: u32,
    /// Frames in which the ship was left alone by all others.
    pub calm: u32,
    /// Of these, frames that said something else than had been predicted.
    pub corrected: u32,
    /// By how much they differed at most, in units.
    pub worst: f32,
    /// Frames whose tick had no input of the player's.
    pub starved: u32,
    /// The slack that frames told of, in milliseconds.
    pub slack_ms: Vec<f64>,
    /// When each frame came, its tick, and whether that had an input of the player's.
    pub log: Vec<(Duration, Tick, bool)>,
    /// How far the ship has flown, in units.
    pub way: f64,
    /// Others drawn, and how far one was from where the picture before had it at most, in units.
    pub drawn: u64,
    pub jump: f32,
    /// Others that were missing in one picture and there in the ones before and after.
    pub blinks: u32,
    /// How many ticks behind a frame that nothing held up others were drawn at most, after some seconds.
    pub delay: f64,
}

impl Player {
    pub fn new(id: PlayerId, map: Arc<Map>, hz: u32, play: Play) -> Player {
        Player {
            id,
            map,
            hz,
            play,
            prediction: None,
            shown: None,
            shaken: SHAKEN,
            view: Interpolation::new(hz),
            drawn: BTreeMap::new(),
            felt: Felt::default(),
        }
    }

    /// A frame was applied.
    pub fn see(&mut self, core: &mut Core, now: Duration) {
        let replica = core.replica().expect("it is in");
        let (tick, echo) = (replica.tick().expect("a frame came"), replica.input());
        let ships: Vec<Ship> = replica.iter::<Ship>().map(|(_, ship)| ship).collect();
        let own = ships.iter().find(|ship| ship.player == self.id.0).cloned();
        self.felt.frames += 1;
        self.felt.starved += u32::from(echo.age > 0);
        self.felt
            .slack_ms
            .extend(echo.slack_ticks().map(|ticks| ticks * 1000.0 / f64::from(self.hz)));
        let obeys = echo.age == 0 && echo.slack.is_some_and(|slack| slack >= 0);
        self.felt.log.push((now, tick, obeys));
        let others = replica.dated::<Ship>().filter(|(_, _, ship)| ship.player != self.id.0);
        let place = |ship: &Ship| Place { pos: ship.pos, life: ship.life };
        self.view.record(tick, now, others.map(|(id, tick, ship)| (id, tick, place(&ship))));
        self.judge(core, tick, own.as_ref(), &ships);
        self.shown = own;
        let controls = (self.play)(core);
        core.set_input(&controls).expect("it is the game's input");
    }

    fn judge(&mut self, core: &Core, tick: Tick, own: Option<&Ship>, ships: &[Ship]) {
        let prediction = self.prediction.get_or_insert_with(|| {
            let setup = Setup::from_json(core.setup().expect("it is in")).expect("it is a setup");
            let rates = Rates::new(&setup.handling, core.tick_hz().expect("it is in"));
            Prediction::new(FlightRules { map: Arc::clone(&self.map), rates })
        });
        let predicted = prediction.at(tick).cloned();
        let flight = own.map(Flight::of);
        let verdict = prediction.reconcile(tick, flight.clone());
        let Some((own, before)) = own.zip(self.shown.as_ref()) else { return };
        self.felt.way += f64::from(own.pos.distance(before.pos));
        let touched = ships.iter().any(|ship| {
            ship.player != self.id.0 && ship.is_flying() && ship.pos.distance(own.pos) < NEAR
        });
        // Hits, pickups and coming in anew are news as well.
        let news = own.life != before.life || own.hp != before.hp || own.ammo > before.ammo + 1;
        let news = news || own.overdrive != before.overdrive;
        self.shaken = if touched || news { SHAKEN } else { self.shaken.saturating_sub(1) };
        if self.shaken > 0 || verdict == Verdict::Fresh {
            return;
        }
        self.felt.calm += 1;
        self.felt.corrected += u32::from(verdict == Verdict::Corrected);
        if let Some((predicted, flight)) = predicted.zip(flight) {
            let off = (predicted.pos - flight.pos).as_vec2().length() * GRAIN;
            self.felt.worst = self.felt.worst.max(off);
        }
    }

    /// Takes the inputs into account that the client has sent.
    pub fn note_inputs(&mut self, core: &Core) {
        let Some(prediction) = &mut self.prediction else { return };
        if let Some((newest, input)) = core.inputs().newest.zip(core.input::<Controls>()) {
            prediction.hold(newest, &input);
        }
    }

    /// Draws a picture, and compares it with the one before.
    pub fn draw(&mut self, now: Duration) {
        self.view.update(now);
        let drawn: BTreeMap<_, _> = self.view.iter().map(|(id, place)| (id, *place)).collect();
        let is_settled = self.felt.frames > SETTLED;
        for (id, place) in drawn.iter().filter(|_| is_settled) {
            let Some(before) = self.drawn.get(id) else { continue };
            self.felt.drawn += 1;
            if !before.is_jump(place, 1.0) {
                self.felt.jump = self.felt.jump.max(before.pos.distance(place.pos));
            }
        }
        let is_missing = |id: &&EntityId| !drawn.contains_key(id) && is_settled;
        self.felt.blinks += self.drawn.keys().filter(is_missing).count() as u32;
        if is_settled {
            self.felt.delay = self.felt.delay.max(self.view.clock().delay());
        }
        self.drawn = drawn;
    }
}

impl Felt {
    /// Corrections a minute of those frames that could have been predicted.
    pub fn corrections_a_minute(&self, hz: u32) -> f64 {
        f64::from(self.corrected) * 60.0 * f64::from(hz) / f64::from(self.calm.max(1))
    }

    /// How long an input of the usual sort waited at the server, in milliseconds.
    pub fn usual_wait_ms(&self) -> f64 {
        let mut waits: Vec<f64> =
            self.slack_ms.iter().copied().filter(|slack| *slack >= 0.0).collect();
        waits.sort_by(f64::total_cmp);
        waits.get(waits.len() / 2).copied().unwrap_or(f64::NAN)
    }
}
