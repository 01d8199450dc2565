//! What the player's own entity does, before the server says so.
//!
//! Each input that is sent is taken into account at once. A frame of tick T includes all inputs up
//! to T: if it says what was predicted for T, all is well. If not, that was a *correction*: the inputs after T
//! are played again from what the frame says. This is client-side prediction with server
//! reconciliation as Bernier describes it for Half-Life
//! ([Latency Compensating Methods](https://developer.valvesoftware.com/wiki/Latency_Compensating_Methods_in_Client/Server_In-game_Protocol_Design_and_Optimization),
//! 2001). A correction should be felt and not be seen to jump: [`Smoothing`] leads the picture over.
//!
//! `assets/sdk/prediction.js` does the same in browsers.

use std::{collections::VecDeque, time::Duration};

use crate::Tick;

/// The most ticks that are predicted beyond the last frame; when it is lost for longer, all stands.
const MOST_AHEAD: usize = 64;

/// What a tick makes of what is predicted: the code that the server's own step uses.
pub trait Rules {
    /// What is predicted, exact to the bit as frames tell it.
    type State: Clone + PartialEq;
    /// What the player sends.
    type Input: Clone;

    /// Makes a state that of the next tick.
    fn step(&self, state: &mut Self::State, input: &Self::Input);
}

/// What a frame said of a prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// There was nothing to compare it with.
    Fresh,
    /// It is as was predicted.
    Confirmed,
    /// It is not, and all that follows was predicted anew.
    Corrected,
    /// There is nothing of the player's own.
    Gone,
}

/// A prediction.
#[derive(Clone, Debug)]
pub struct Prediction<R: Rules> {
    rules: R,
    /// What the last frame said.
    base: Option<(Tick, R::State)>,
    /// The ticks after that, in order and without a gap: what was done, and what came of it.
    steps: VecDeque<(R::Input, R::State)>,
    /// The input of the newest tick that had one.
    last: Option<R::Input>,
}

impl<R: Rules> Prediction<R> {
    /// Nothing is predicted before a frame shows something of the player's own.
    #[must_use]
    pub fn new(rules: R) -> Self {
        Prediction { rules, base: None, steps: VecDeque::new(), last: None }
    }

    /// The newest state, and its tick.
    #[must_use]
    pub fn newest(&self) -> Option<(Tick, &R::State)> {
        let (tick, base) = self.base.as_ref()?;
        let state = self.steps.back().map_or(base, |(_, state)| state);
        Some((tick.offset(self.steps.len() as i32), state))
    }

    /// The state of a tick, if that is between the last frame and the newest one.
    #[must_use]
    pub fn at(&self, tick: Tick) -> Option<&R::State> {
        let (first, base) = self.base.as_ref()?;
        match tick.since(*first) {
            0 => Some(base),
            ahead => {
                self.steps.get(usize::try_from(ahead.checked_sub(1)?).ok()?).map(|(_, state)| state)
            }
        }
    }

    /// An input was sent for a tick. Ticks that were passed over get the one before, as on the server.
    pub fn take(&mut self, tick: Tick, input: &R::Input) {
        let Some((newest, _)) = self.newest() else { return };
        if !tick.is_after(newest) {
            return;
        }
        for left in (0..tick.since(newest)).rev() {
            if self.steps.len() >= MOST_AHEAD {
                return;
            }
            let repeated = self.last.clone().filter(|_| left > 0);
            self.advance(repeated.unwrap_or_else(|| input.clone()));
        }
        self.last = Some(input.clone());
    }

    /// One and the same input was sent for all ticks up to this one that had none yet.
    pub fn hold(&mut self, tick: Tick, input: &R::Input) {
        let Some((newest, _)) = self.newest() else { return };
        for ahead in 1..=tick.since(newest) {
            self.take(newest.offset(ahead), input);
        }
    }

    fn advance(&mut self, input: R::Input) {
        let Some((_, state)) = self.newest() else { return };
        let mut state = state.clone();
        self.rules.step(&mut state, &input);
        self.steps.push_back((input, state));
    }

    /// A frame of a tick shows this of the player's own.
    pub fn reconcile(&mut self, tick: Tick, shown: Option<R::State>) -> Verdict {
        let Some(shown) = shown else {
            self.base = None;
            self.steps.clear();
            self.last = None;
            return Verdict::Gone;
        };
        if self.base.as_ref().is_some_and(|(first, _)| tick.since(*first) < 0) {
            // Another server's, or the same one's after a restart.
            (self.base, self.last) = (None, None);
            self.steps.clear();
        }
        let predicted = self.at(tick).map(|state| *state == shown);
        let passed = self.base.as_ref().map_or(0, |(first, _)| tick.since(*first).max(0) as usize);
        self.steps.drain(..passed.min(self.steps.len()));
        self.base = Some((tick, shown));
        match predicted {
            Some(true) => Verdict::Confirmed,
            wrong => {
                for (input, _) in std::mem::take(&mut self.steps) {
                    self.advance(input);
                }
                wrong.map_or(Verdict::Fresh, |_| Verdict::Corrected)
            }
        }
    }
}

/// By how much what is drawn differs from what is predicted, in `N` numbers.
///
/// When a correction moves the state, it stays where it was drawn and glides to where it should be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Smoothing<const N: usize> {
    /// What to add to the predicted numbers.
    pub error: [f64; N],
    /// How long an error takes to fade to a third.
    pub fade: Duration,
    /// An error that is larger in any number is not smoothed but seen.
    pub far: f64,
}

impl<const N: usize> Smoothing<N> {
    /// A picture that is where it should be.
    #[must_use]
    pub fn new(fade: Duration, far: f64) -> Self {
        Smoothing { error: [0.0; N], fade, far }
    }

    /// What should be drawn was corrected, from `before` to `after`.
    pub fn correct(&mut self, before: [f64; N], after: [f64; N]) {
        for (error, (before, after)) in self.error.iter_mut().zip(before.iter().zip(after)) {
            *error += before - after;
        }
        if self.error.iter().any(|error| error.abs() > self.far) {
            self.error = [0.0; N];
        }
    }

    /// Time goes by.
    pub fn pass(&mut self, time: Duration) {
        let left = (-time.as_secs_f64() / self.fade.as_secs_f64().max(1e-6)).exp();
        self.error.iter_mut().for_each(|error| *error *= left);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A place that inputs push, as far as a wall at 100.
    #[derive(Debug)]
    struct Pushed;

    impl Rules for Pushed {
        type State = i32;
        type Input = i32;

        fn step(&self, state: &mut i32, input: &i32) {
            *state = (*state + input).min(100);
        }
    }

    fn at(tick: i32) -> Tick {
        Tick(u32::MAX - 3).offset(tick)
    }

    fn begun() -> Prediction<Pushed> {
        let mut prediction = Prediction::new(Pushed);
        assert_eq!(prediction.reconcile(at(0), Some(10)), Verdict::Fresh);
        for (tick, input) in [(1, 1), (2, 2), (3, 3), (4, 4)] {
            prediction.take(at(tick), &input);
        }
        prediction
    }

    #[test]
    fn an_input_is_felt_at_once_and_confirmed_later() {
        let mut prediction = begun();
        assert_eq!(prediction.newest(), Some((at(4), &20)));
        assert_eq!(prediction.reconcile(at(2), Some(13)), Verdict::Confirmed);
        assert_eq!(prediction.newest(), Some((at(4), &20)));
        assert_eq!((prediction.at(at(1)), prediction.at(at(3))), (None, Some(&16)));
    }

    #[test]
    fn a_correction_plays_the_inputs_again_that_came_after() {
        let mut prediction = begun();
        assert_eq!(prediction.reconcile(at(2), Some(50)), Verdict::Corrected);
        assert_eq!(prediction.newest(), Some((at(4), &57)));
        assert_eq!(prediction.reconcile(at(4), Some(57)), Verdict::Confirmed);
        assert_eq!(
            prediction.reconcile(at(9), Some(60)),
            Verdict::Fresh,
            "nothing was sent for it"
        );
        prediction.take(at(10), &70);
        assert_eq!(prediction.newest(), Some((at(10), &100)));
    }

    #[test]
    fn ticks_that_were_passed_over_repeat_the_input_before() {
        let mut prediction = begun();
        prediction.take(at(7), &10);
        assert_eq!(prediction.newest(), Some((at(7), &38)), "4 twice more, then 10");
        prediction.take(at(7), &99);
        assert_eq!(prediction.newest(), Some((at(7), &38)), "a tick has one input");
        assert_eq!(prediction.reconcile(at(7), Some(38)), Verdict::Confirmed);
        prediction.take(at(9), &1);
        assert_eq!(prediction.newest(), Some((at(9), &49)), "10 once more, then 1");
        assert_eq!(prediction.reconcile(at(-100), Some(5)), Verdict::Fresh);
        assert_eq!(prediction.newest(), Some((at(-100), &5)));
    }

    #[test]
    fn an_input_that_is_held_is_that_of_all_ticks_since_the_last() {
        let mut prediction = begun();
        prediction.hold(at(7), &10);
        assert_eq!(prediction.newest(), Some((at(7), &50)));
        prediction.hold(at(7), &99);
        assert_eq!(prediction.newest(), Some((at(7), &50)), "all have theirs");
    }

    #[test]
    fn what_is_gone_is_not_predicted_and_no_memory_is_without_end() {
        let mut prediction = begun();
        (5..500).for_each(|tick| prediction.take(at(tick), &0));
        assert_eq!(prediction.newest(), Some((at(MOST_AHEAD as i32), &20)));
        assert_eq!(prediction.reconcile(at(500), None), Verdict::Gone);
        prediction.take(at(501), &1);
        assert_eq!(prediction.newest(), None);
    }

    #[test]
    fn an_error_fades_and_a_large_one_is_not_hidden() {
        let mut smoothing = Smoothing::<2>::new(Duration::from_millis(100), 50.0);
        smoothing.correct([10.0, 0.0], [4.0, 1.0]);
        assert_eq!(smoothing.error, [6.0, -1.0], "drawn where it was");
        smoothing.pass(Duration::from_millis(100));
        assert!((smoothing.error[0] - 6.0 / std::f64::consts::E).abs() < 1e-9);
        (0..20).for_each(|_| smoothing.pass(Duration::from_millis(50)));
        assert!(smoothing.error[0].abs() < 1e-3);
        smoothing.correct([0.0; 2], [0.0, 60.0]);
        assert_eq!(smoothing.error, [0.0; 2]);
    }
}
