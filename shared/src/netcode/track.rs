//! One entity's recent past, and where it is at any time in or shortly after it.
//!
//! Between two states of neighbouring ticks it moves in a straight line; where ticks are missing
//! in between, along a curve with the speeds that its states show (Glenn Fiedler,
//! [Snapshot Interpolation](https://gafferongames.com/post/snapshot_interpolation/), "Hermite interpolation").
//! After the last state it goes on as it was going and comes to a halt. When more is known then, what
//! is drawn differs from where it should be; the difference is kept and fades, so that nothing is
//! seen to jump.
//!
//! `assets/sdk/track.js` is its twin in the browser.

use std::collections::VecDeque;

use super::blend::{Blend, curve, scaled};

/// How many states are kept at most: a quarter of a second of delay and the longest lag fit in, at up to
/// 190 ticks a second. When there are more, nobody draws them, and the oldest is dropped.
const HISTORY: usize = 64;
/// How long a difference takes to fade to a third, in seconds.
const FADE_SECONDS: f64 = 0.09;
/// What is not sent evenly rests when frames have said nothing of it for so many ticks: that is how
/// seldom servers send what is far.
const SILENCE: i64 = 8;
/// The most ticks between two states that say how often it is sent, and in which it may have moved.
const MOST_SPACING: i64 = 16;

/// The track of one entity. Ticks are numbers that do not wrap, as
/// [`RenderClock`](super::RenderClock) counts them.
#[derive(Clone, Debug)]
pub struct Track<S: Blend> {
    /// How many ticks far it goes on after its last state.
    coasting: f64,
    /// In order of their ticks; the first is at or before what is drawn.
    samples: VecDeque<Sample<S>>,
    /// The one before those, for the speed of the first.
    earlier: Option<Sample<S>>,
    /// How many ticks further behind than others it is drawn.
    lag: f64,
    /// Ticks between its last two samples, if frames in between said nothing of it.
    spacing: i64,
    /// For how many ticks after its last sample frames have said nothing of it.
    silence: i64,
    /// The silence that says that it stays where it is: its turn has come, and nothing was sent.
    turn: i64,
    /// What is shown, if it is to be seen.
    drawn: Option<S>,
    /// The tick that was drawn last.
    at: f64,
    /// Whether it was known where to go from there, or was only guessed.
    guessed: bool,
    /// Whether more has become known since.
    news: bool,
    /// By how much what is drawn differs from where it should be, if it does.
    error: Option<S::Way>,
}

/// What an entity was at a tick.
#[derive(Clone, Debug)]
struct Sample<S: Blend> {
    tick: i64,
    /// `None` when it was gone.
    state: Option<S>,
    /// Whether it was put there, and did not move there.
    is_jump: bool,
    /// A tick, when it has been asked for.
    speed: Option<S::Way>,
}

impl<S: Blend> Track<S> {
    /// An empty track; after its last state the entity goes on for `coasting` ticks' worth of way.
    #[must_use]
    pub fn new(coasting: f64) -> Track<S> {
        Track {
            coasting,
            samples: VecDeque::new(),
            earlier: None,
            lag: 0.0,
            spacing: 1,
            silence: 0,
            turn: SILENCE,
            drawn: None,
            at: 0.0,
            guessed: false,
            news: false,
            error: None,
        }
    }

    /// Takes the state at a tick, which came with the frame of another. What the frame said
    /// nothing of shows what it has shown before: its tick is an old one.
    pub fn add(&mut self, frame: i64, tick: i64, state: S) {
        let last = self.samples.back().map_or(tick, |last| last.tick);
        let mut is_jump = true;
        if let Some(before) = self.samples.back().and_then(|last| last.state.as_ref()) {
            if tick <= last {
                return self.stay(frame - last);
            }
            let ticks = (tick - last).min(MOST_SPACING);
            is_jump = before.is_jump(&state, ticks as f32);
            self.space(if self.silence > 0 { ticks } else { 1 });
        }
        self.silence = 0;
        // What has come back is not older than the time when it was gone.
        let tick = tick.max(last);
        self.push(Sample { tick, state: Some(state), is_jump, speed: None });
    }

    /// Nothing was said of it for so many ticks.
    fn stay(&mut self, silence: i64) {
        let rested = self.rests();
        self.silence = silence;
        self.news |= self.rests() != rested;
    }

    fn rests(&self) -> bool {
        self.silence >= self.turn
    }

    fn space(&mut self, spacing: i64) {
        let is_even = spacing > 1 && spacing == self.spacing;
        self.turn = if is_even { spacing } else { spacing.max(SILENCE) };
        self.spacing = spacing;
    }

    /// The entity is gone; `tick` is the first without it.
    pub fn end(&mut self, tick: i64) {
        if self.is_alive() {
            self.push(Sample { tick, state: None, is_jump: true, speed: None });
        }
    }

    /// Whether its last state says that it is there.
    fn is_alive(&self) -> bool {
        self.samples.back().is_some_and(|last| last.state.is_some())
    }

    /// Whether it is gone at a tick, and has not come back later.
    #[must_use]
    pub fn is_over(&self, tick: f64) -> bool {
        !self.is_alive() && self.samples.back().is_none_or(|last| last.tick as f64 <= tick)
    }

    fn push(&mut self, sample: Sample<S>) {
        self.samples.push_back(sample);
        self.news = true;
        if self.samples.len() > HISTORY {
            self.forget();
            self.guessed = true;
        }
    }

    /// Drops the oldest state.
    fn forget(&mut self) {
        self.earlier = self.samples.pop_front();
    }

    /// How many ticks further behind than others it is drawn: what is sent every few ticks only needs
    /// that to always have two states to draw between.
    #[must_use]
    pub fn lag(&self) -> f64 {
        self.lag
    }

    /// Moves the lag towards what the spacing of its states needs, by at most so many ticks.
    pub fn follow(&mut self, most: f64) {
        // What nobody sees yet may begin where it should be.
        let step = if self.drawn.is_some() { most } else { f64::INFINITY };
        self.lag += ((self.spacing - 1) as f64 - self.lag).clamp(-step, step);
    }

    /// What was drawn last, if it is to be seen.
    #[must_use]
    pub fn drawn(&self) -> Option<&S> {
        self.drawn.as_ref()
    }

    /// Draws a tick, which is never before the last that was drawn: so many seconds after the last
    /// picture, and `skipped` when time leapt ahead since.
    pub fn draw(&mut self, tick: f64, seconds: f64, skipped: bool) -> Option<&S> {
        if skipped || (self.guessed && self.news) {
            self.settle(tick, skipped);
        }
        while self.samples.get(1).is_some_and(|next| next.tick as f64 <= tick) {
            self.forget();
            if self.samples[0].is_jump {
                self.error = None;
            }
        }
        let place = if self.has_begun(tick) { self.place(tick) } else { None };
        self.drawn = place.map(|place| self.fade(place, seconds));
        self.at = tick;
        self.guessed = self.samples.len() == 1;
        self.news = false;
        self.drawn.as_ref()
    }

    /// Whether its first state is not in the future, or was only dropped.
    fn has_begun(&self, tick: f64) -> bool {
        let was_there = self.earlier.as_ref().is_some_and(|earlier| earlier.state.is_some());
        was_there || self.samples.front().is_some_and(|first| first.tick as f64 <= tick)
    }

    /// Keeps what was drawn where it was, if what has become known since says otherwise.
    fn settle(&mut self, tick: f64, skipped: bool) {
        let passed = |sample: &Sample<S>| {
            sample.is_jump && sample.tick as f64 > self.at && sample.tick as f64 <= tick
        };
        let has_jumped = self.samples.iter().any(passed);
        let place = self.place(if skipped { tick } else { self.at });
        // As far as it coasts the one way, and has really gone the other way until time stood still.
        let apart = (3.0 * self.coasting) as f32;
        self.error = match (&self.drawn, place) {
            (Some(drawn), Some(place)) if !has_jumped && !place.is_jump(drawn, apart) => {
                Some(place.way(drawn))
            }
            _ => None,
        };
    }

    /// The place with what is left of the error.
    fn fade(&mut self, place: S, seconds: f64) -> S {
        let Some(error) = self.error else { return place };
        let error = scaled(error, (-seconds / FADE_SECONDS).exp() as f32);
        self.error = Some(error);
        place.moved(&error)
    }

    /// Where it is at a tick; `None` where it is gone.
    fn place(&mut self, tick: f64) -> Option<S> {
        let later = self.samples.iter().skip(1);
        let index = later.take_while(|next| next.tick as f64 <= tick).count();
        let (from, to) = (self.samples.get(index)?, self.samples.get(index + 1));
        let ticks = tick - from.tick as f64;
        match to {
            Some(Sample { state: Some(_), .. }) => self.between(index, ticks),
            to => self.coast(index, ticks, to.is_some()),
        }
    }

    /// Where it is so many ticks after a state that is not the last.
    fn between(&mut self, index: usize, ticks: f64) -> Option<S> {
        let (from, to) = (&self.samples[index], &self.samples[index + 1]);
        let (state, gap) = (from.state.as_ref()?, to.tick - from.tick);
        if to.is_jump || ticks <= 0.0 {
            return Some(state.clone());
        }
        let (way, share) = (state.way(to.state.as_ref()?), (ticks / gap as f64) as f32);
        if gap == 1 {
            return Some(state.moved(&scaled(way, share)));
        }
        let [first, last] =
            [index, index + 1].map(|index| scaled(self.speed_at(index), gap as f32));
        self.samples[index].state.as_ref().map(|state| state.moved(&curve(way, first, last, share)))
    }

    /// Where it is so many ticks after its last state: it goes on as it was going, ever slower.
    fn coast(&mut self, index: usize, ticks: f64, ends: bool) -> Option<S> {
        if self.rests() || ticks <= 0.0 {
            return self.samples[index].state.clone();
        }
        let most = 2.0 * self.coasting;
        let way = match ticks {
            // What ends has flown to its end.
            _ if ends => ticks.min(self.coasting),
            _ if ticks < most => ticks - ticks * ticks / (2.0 * most),
            _ => self.coasting,
        };
        let way = scaled(self.speed_at(index), way as f32);
        self.samples[index].state.as_ref().map(|state| state.moved(&way))
    }

    /// How fast it is at a state, a tick, from the states around it as far as they are known when it
    /// is first asked for: a speed that changed later would make what is drawn jump.
    fn speed_at(&mut self, index: usize) -> S::Way {
        let sample = &self.samples[index];
        if let Some(speed) = sample.speed {
            return speed;
        }
        let before = match index.checked_sub(1) {
            Some(before) => self.samples.get(before),
            None => self.earlier.as_ref(),
        };
        let lives = |sample: &&Sample<S>| sample.state.is_some();
        let from = before.filter(lives).filter(|_| !sample.is_jump).unwrap_or(sample);
        let after = self.samples.get(index + 1).filter(lives);
        let to = after.filter(|after| !after.is_jump).unwrap_or(sample);
        let speed = match (&from.state, &to.state) {
            (Some(first), Some(last)) if to.tick > from.tick => {
                scaled(first.way(last), 1.0 / (to.tick - from.tick) as f32)
            }
            _ => S::Way::default(),
        };
        self.samples[index].speed = Some(speed);
        speed
    }
}

#[cfg(test)]
mod tests;
