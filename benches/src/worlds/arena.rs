//! The arena with pilots: the game that ships, played by the bots that ship.

use std::sync::Arc;

use tickwire_games::arena::{
    Arena, Config, Controls, Map,
    bot::{Pilot, View},
};
use tickwire_shared::PlayerId;

use crate::{
    recording::Recording,
    session::{Driver, Session},
};

/// A session of the arena with this many pilots.
#[must_use]
pub fn session(players: usize, seed: u64) -> Session<Arena> {
    let map = Arc::new(Map::yard());
    let mut session = Session::new(&Config::default(), seed, move |player| {
        drive(player, Pilot::new(seed ^ u64::from(player.0), Arc::clone(&map), 30))
    });
    (0..players).for_each(|_| session.join());
    session
}

/// Records what a client of such a session holds.
#[must_use]
pub fn record(players: usize, ticks: usize, seed: u64) -> Recording {
    Recording::of("arena", &mut session(players, seed), ticks)
}

fn drive(player: PlayerId, mut pilot: Pilot) -> Driver<Controls> {
    let mut view = View::default();
    Box::new(move |replica| {
        view.look(replica, player);
        pilot.decide(&view)
    })
}
