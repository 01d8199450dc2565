//! The field with wanderers: a world much larger than what one player sees of it.

use tickwire_games::field::{
    Config, Controls, Field,
    bot::{View, Wanderer},
};
use tickwire_shared::PlayerId;

use crate::session::{Driver, Session};

/// Ten thousand things that are not players.
pub const CROWDED: Config = Config { growth: 6000, foragers: 3300, predators: 700 };

/// A session of the field with this many wanderers.
#[must_use]
pub fn session(config: &Config, players: usize, seed: u64) -> Session<Field> {
    let mut session = Session::new(config, seed, move |player| {
        drive(player, Wanderer::new(seed ^ u64::from(player.0)))
    });
    (0..players).for_each(|_| session.join());
    session
}

fn drive(player: PlayerId, mut wanderer: Wanderer) -> Driver<Controls> {
    let mut view = View::default();
    Box::new(move |replica| {
        view.look(replica, player);
        wanderer.decide(&view)
    })
}
