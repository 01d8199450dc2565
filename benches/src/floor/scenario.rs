//! What is measured: how many clients, of which game, at what rate, and what is promised.

/// A situation that the server is put in.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it is, in words.
    pub about: &'static str,
    /// The game.
    pub game: &'static str,
    /// Players.
    pub clients: usize,
    /// Players that a room takes.
    pub players_a_room: usize,
    /// Ticks a second.
    pub hz: u32,
    /// One in so many clients holds a replica and proves it.
    pub prove_one_in: usize,
    /// The promised ratio to the floor, if there is one.
    pub most: Option<f64>,
}

impl Scenario {
    /// How many rooms that makes.
    #[must_use]
    pub fn rooms(&self) -> usize {
        self.clients.div_ceil(self.players_a_room)
    }
}

/// All scenarios.
pub const SCENARIOS: [Scenario; 4] = [
    Scenario {
        name: "everyone",
        about: "1,000 players in one room of the arena, all visible to all",
        game: "arena",
        clients: 1000,
        players_a_room: 1000,
        hz: 30,
        prove_one_in: 50,
        most: Some(1.3),
    },
    Scenario {
        name: "sixty",
        about: "100 players in one room of the arena, 60 ticks a second",
        game: "arena",
        clients: 100,
        players_a_room: 100,
        hz: 60,
        prove_one_in: 5,
        most: None,
    },
    Scenario {
        name: "field",
        about: "1,000 players among 10,000 things, of which each sees what is near",
        game: "field",
        clients: 1000,
        players_a_room: 1000,
        hz: 30,
        prove_one_in: 50,
        most: Some(1.6),
    },
    Scenario {
        name: "rooms",
        about: "200 rooms of the arena with 10 players each",
        game: "arena",
        clients: 2000,
        players_a_room: 10,
        hz: 30,
        prove_one_in: 50,
        most: None,
    },
];
