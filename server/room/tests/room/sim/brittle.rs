//! A world that panics once, in the middle of a call of the test's choice.

use std::cell::Cell;

use serde::{Deserialize, Serialize};
use tickwire_shared::{
    Capture, Game, Grid, PlayerId, Step, Tick, View, game::Request, replica::Replica,
    schema::Schema,
};

use super::Checked;

/// A call of a game.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    Join,
    Leave,
    Request,
    Sight,
    Input,
    Step,
    Replicate,
    Team,
    View,
    Spectate,
}

/// Those that are made in every session.
pub const CALLS: [Call; 9] = [
    Call::Join,
    Call::Leave,
    Call::Request,
    Call::Sight,
    Call::Input,
    Call::Step,
    Call::Replicate,
    Call::Team,
    Call::View,
];

thread_local! {
    static FUSE: Cell<Option<(Call, u32)>> = const { Cell::new(None) };
    static HAS_BURNT: Cell<bool> = const { Cell::new(false) };
}

/// The game panics in a call of this sort: the next one, or after so many others.
pub fn arm(call: Call, after: u32) {
    FUSE.set(Some((call, after)));
}

/// It does not panic any more.
pub fn disarm() {
    FUSE.set(None);
}

/// Whether it has panicked since this was last asked.
pub fn has_burnt() -> bool {
    HAS_BURNT.take()
}

fn burn(call: Call) {
    match FUSE.get() {
        Some((armed, 0)) if armed == call => {
            FUSE.set(None);
            HAS_BURNT.set(true);
            panic!("made to fail in {call:?}");
        }
        Some((armed, after)) if armed == call => FUSE.set(Some((armed, after - 1))),
        _ => {}
    }
}

/// A world that panics after having done what it was called for, or half of it.
#[derive(Serialize, Deserialize)]
pub struct Brittle<W>(pub W);

impl<W: Game> Game for Brittle<W> {
    const NAME: &'static str = W::NAME;
    type Config = W::Config;
    type Input = W::Input;

    fn schema() -> Schema {
        W::schema()
    }

    fn init(config: &W::Config, seed: u64) -> Self {
        Brittle(W::init(config, seed))
    }

    fn join(&mut self, player: PlayerId, name: &str) {
        self.0.join(player, name);
        burn(Call::Join);
    }

    fn leave(&mut self, player: PlayerId) {
        self.0.leave(player);
        burn(Call::Leave);
    }

    fn request(&mut self, player: PlayerId, request: &Request<'_>) {
        self.0.request(player, request);
        burn(Call::Request);
    }

    fn sight(&mut self, player: PlayerId, behind: f32) {
        self.0.sight(player, behind);
        burn(Call::Sight);
    }

    fn input(&mut self, player: PlayerId, input: &W::Input) {
        self.0.input(player, input);
        burn(Call::Input);
    }

    fn step(&mut self, step: &mut Step<'_>) {
        self.0.step(step);
        burn(Call::Step);
    }

    fn replicate(&self, capture: &mut Capture<'_>) {
        self.0.replicate(capture);
        burn(Call::Replicate);
    }

    fn restored(&mut self, before: Option<&mut Self>) {
        self.0.restored(before.map(|before| &mut before.0));
    }

    fn team(&self, player: PlayerId) -> Option<u8> {
        burn(Call::Team);
        self.0.team(player)
    }

    fn grid(&self) -> Option<Grid> {
        self.0.grid()
    }

    fn view(&self, player: PlayerId, view: &mut View) {
        self.0.view(player, view);
        burn(Call::View);
    }

    fn spectate(&self, view: &mut View) {
        self.0.spectate(view);
        burn(Call::Spectate);
    }
}

impl<W: Checked> Checked for Brittle<W> {
    fn check(&self, player: PlayerId, replica: &Replica, tick: Tick) {
        self.0.check(player, replica, tick);
    }
}
