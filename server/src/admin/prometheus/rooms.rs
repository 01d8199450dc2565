//! Rooms, and who is in them, by game.

use super::{
    Seen,
    exposition::{Exposition, Kind},
};
use crate::{
    directory::{RoomEntry, RoomState},
    metrics::RoomGauges,
};

/// The states that a room in the list may be in.
const STATES: [RoomState; 4] =
    [RoomState::Created, RoomState::Open, RoomState::Locked, RoomState::Draining];

/// The rooms of one game.
#[derive(Default)]
struct OfGame {
    name: &'static str,
    states: [u64; STATES.len()],
    asleep: u64,
    players: u64,
    spectators: u64,
    gauges: RoomGauges,
}

/// A family's name, its meaning, and its value for one game.
type Family = (&'static str, &'static str, fn(&OfGame) -> u64);

impl OfGame {
    fn add(&mut self, room: &RoomEntry) {
        // One that closes at this very moment is in none of them.
        if let Some(state) = STATES.iter().position(|state| *state == room.state()) {
            self.states[state] += 1;
        }
        self.asleep += u64::from(room.is_asleep());
        self.players += u64::from(room.players());
        self.spectators += u64::from(room.spectators());
        self.gauges += room.gauges();
    }
}

pub(super) fn write(out: &mut Exposition, seen: &Seen<'_>) {
    let names = seen.site.directory.games().names();
    let mut games: Vec<OfGame> = names.map(|name| OfGame { name, ..OfGame::default() }).collect();
    for room in &seen.rooms {
        if let Some(game) = games.iter_mut().find(|game| game.name == room.game) {
            game.add(room);
        }
    }
    write_rooms(out, &games);
    let what = "Rooms beyond this are not opened.";
    out.gauge("tickwire_rooms_limit", what, seen.site.config.max_rooms);
    let families: [Family; 5] = [
        (
            "tickwire_rooms_asleep",
            "Rooms in which nobody is and whose clock stands still.",
            |game| game.asleep,
        ),
        ("tickwire_players", "Players, those included that are away.", |game| game.players),
        ("tickwire_spectators", "Seats of those who only watch.", |game| game.spectators),
        ("tickwire_sessions", "Sessions, those included whose connection is lost.", |game| {
            game.gauges.sessions
        }),
        ("tickwire_sessions_away", "Sessions whose connection is lost.", |game| game.gauges.away),
    ];
    for (name, what, value) in families {
        let samples = games.iter().map(|game| (game.name, value(game)));
        out.by((name, Kind::Gauge), what, "game", samples);
    }
    let what = "Seats that are kept for somebody who is on the way.";
    out.gauge("tickwire_seats_reserved", what, seen.site.directory.reservations());
}

fn write_rooms(out: &mut Exposition, games: &[OfGame]) {
    let labels = games
        .iter()
        .flat_map(|game| STATES.map(|state| [("game", game.name), ("state", state.name())]));
    let labels: Vec<_> = labels.collect();
    let values = games.iter().flat_map(|game| game.states);
    let samples = labels.iter().map(<[_; 2]>::as_slice).zip(values);
    out.labelled(("tickwire_rooms", Kind::Gauge), "Rooms, by game and state.", samples);
}
