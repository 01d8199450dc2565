//! Smooth drawing of others at any display rate: entities between the two ticks around what is drawn.
//!
//! How far in the past that is follows from how frames arrive (see [`render_clock`](super::render_clock)).
//! An entity appears at its first tick and goes at the tick without it; one that is put somewhere else
//! does not glide there. Far entities are sent every few ticks only, and are drawn as much
//! further behind as it takes to always have two states to draw between. When there is none, because the
//! network holds frames up, everything coasts for a moment, and is led back without a jump afterwards
//! (see [`track`](super::track)).

use std::time::Duration;

use super::{
    blend::Blend,
    render_clock::{LEAST_DELAY, RenderClock},
    tracks::Tracks,
};
use crate::Tick;

/// Entities of one kind, as they are to be drawn.
///
/// ```
/// use std::time::Duration;
/// use tickwire_shared::{Tick, netcode::{Blend, Interpolation}};
///
/// #[derive(Clone)]
/// struct Cart(f32);
///
/// impl Blend for Cart {
///     type Way = [f32; 1];
///     fn way(&self, to: &Cart) -> [f32; 1] { [to.0 - self.0] }
///     fn moved(&self, [by]: &[f32; 1]) -> Cart { Cart(self.0 + by) }
///     fn is_jump(&self, to: &Cart, ticks: f32) -> bool { (to.0 - self.0).abs() > 10.0 * ticks }
/// }
///
/// let mut view: Interpolation<u32, Cart> = Interpolation::new(20);
/// for tick in 0..40 {
///     // With a replica: view.record(tick, now, replica.dated::<Cart>()).
///     let now = Duration::from_millis(50) * tick;
///     view.record(Tick(tick), now, [(7, Tick(tick), Cart(tick as f32))]);
///     view.update(now);
/// }
/// let (_, cart) = view.iter().next().expect("it is in view");
/// assert!((cart.0 - 37.5).abs() < 1e-3, "a tick and a half behind the 39th");
/// ```
#[derive(Clone, Debug)]
pub struct Interpolation<K, S: Blend> {
    tick_hz: u32,
    least: f64,
    clock: RenderClock,
    tracks: Tracks<K, S>,
}

impl<K: Copy + Ord, S: Blend> Interpolation<K, S> {
    /// Nothing yet, of a room of so many ticks a second.
    #[must_use]
    pub fn new(tick_hz: u32) -> Self {
        Interpolation::with_delay(tick_hz, LEAST_DELAY)
    }

    /// As [`Interpolation::new`], drawn at least `least` ticks behind a frame that nothing held up.
    ///
    /// # Panics
    /// When `least` is negative or no number.
    #[must_use]
    pub fn with_delay(tick_hz: u32, least: f64) -> Self {
        let (clock, tracks) = (RenderClock::new(tick_hz, least), Tracks::new(tick_hz));
        Interpolation { tick_hz, least, clock, tracks }
    }

    /// Takes the frame of `tick`, which came at `now`: all entities, each with the tick that its
    /// state is of (as `Replica::dated` has them).
    ///
    /// The same tick again changes nothing. A tick before the last is of another server, or of the same
    /// one after a restart, and everything begins anew.
    pub fn record(
        &mut self,
        tick: Tick,
        now: Duration,
        states: impl IntoIterator<Item = (K, Tick, S)>,
    ) {
        match self.clock.newest().map_or(1, |newest| tick.since(newest)) {
            0 => return,
            ..0 => self.clear(),
            _ => {}
        }
        let frame = self.clock.arrived(tick, now);
        let number = |of: Tick| frame + i64::from(of.since(tick)).min(0);
        self.tracks
            .record(frame, states.into_iter().map(|(key, of, state)| (key, number(of), state)));
    }

    /// Makes `iter` what is to be drawn now.
    pub fn update(&mut self, now: Duration) {
        if let Some(picture) = self.clock.advance(now) {
            self.tracks.draw(&picture);
        }
    }

    /// What is drawn, in order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (K, &S)> {
        self.tracks.iter()
    }

    /// What is drawn of an entity, if it is to be seen.
    #[must_use]
    pub fn get(&self, key: K) -> Option<&S> {
        self.tracks.get(key)
    }

    /// By how many ticks what is drawn is behind `tick`. An input for that tick says so, so that shots
    /// are judged by what their player saw (`behind` of [`ClientMessage::Input`](crate::message::ClientMessage)).
    #[must_use]
    pub fn behind(&self, tick: Tick) -> f64 {
        self.clock.behind(tick)
    }

    /// The clock that it goes by, for its figures.
    #[must_use]
    pub fn clock(&self) -> &RenderClock {
        &self.clock
    }

    /// The tracks, for their figures.
    #[must_use]
    pub fn tracks(&self) -> &Tracks<K, S> {
        &self.tracks
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.clock = RenderClock::new(self.tick_hz, self.least);
        self.tracks.clear();
    }
}
