//! The games that a server can host.

use std::{collections::VecDeque, fmt, sync::Arc};

use parking_lot::Mutex;
use tickwire_room::{HostedRoom, Room, RoomConfig, Spec};
use tickwire_shared::Game;

/// Makes a room of one game, whose settings it knows.
pub(crate) type RoomFactory = Arc<dyn Fn(RoomConfig) -> Box<dyn HostedRoom> + Send + Sync>;

/// Reads a game's table of the configuration file.
type Configure = fn(toml::Table) -> Result<RoomFactory, toml::de::Error>;

/// A game that can be hosted.
#[derive(Clone)]
pub(crate) struct HostedGame {
    pub(crate) name: &'static str,
    pub(crate) tick_hz: u32,
    pub(crate) max_players: u32,
    pub(crate) bytes_a_second: u32,
    pub(crate) make: RoomFactory,
    configure: Configure,
}

impl HostedGame {
    /// Takes the game's settings from its table.
    pub(crate) fn configure(&mut self, table: toml::Table) -> Result<(), toml::de::Error> {
        self.make = (self.configure)(table)?;
        Ok(())
    }
}

/// The games that a server can host; the first one is what a client gets that names none.
///
/// ```
/// use tickwire_games::arena::Arena;
/// use tickwire_server::Games;
///
/// let games = Games::new().with::<Arena>();
/// assert!(games.names().eq(["arena"]));
/// ```
#[derive(Clone, Default)]
pub struct Games(pub(crate) Vec<HostedGame>);

impl Games {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Games::default()
    }

    /// Adds a game with its default settings.
    #[must_use]
    pub fn with<G: Game>(self) -> Self {
        self.with_config::<G>(G::Config::default())
    }

    /// Adds a game with these settings.
    #[must_use]
    pub fn with_config<G: Game>(mut self, config: G::Config) -> Self {
        // A mistake in the types shows when the server starts, not when the first player comes.
        drop(G::schema());
        self.0.retain(|game| game.name != G::NAME);
        self.0.push(HostedGame {
            name: G::NAME,
            tick_hz: G::TICK_HZ,
            max_players: G::MAX_PLAYERS,
            bytes_a_second: G::BYTES_A_SECOND,
            make: factory::<G>(config),
            configure: |table| Ok(factory::<G>(table.try_into()?)),
        });
        self
    }

    /// The games' names, the default first.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|game| game.name)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&HostedGame> {
        self.0.iter().find(|game| game.name == name)
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut HostedGame> {
        self.0.iter_mut().find(|game| game.name == name)
    }

    /// Makes a game the default; `false` when there is none of that name.
    pub(crate) fn prefer(&mut self, name: &str) -> bool {
        let index = self.0.iter().position(|game| game.name == name);
        if let Some(index) = index {
            self.0[..=index].rotate_right(1);
        }
        index.is_some()
    }

    /// The names as people read them: "arena, minimal".
    pub(crate) fn list(&self) -> String {
        self.names().collect::<Vec<_>>().join(", ")
    }
}

/// How many specs of a game are kept, for rooms with different tick rates.
const MOST_SPECS: usize = 4;

/// The specs of a game's rooms by their tick rates, the one that was used last in front. One that is
/// not kept any more lives for as long as a room has it.
#[derive(Default)]
struct Specs(Mutex<VecDeque<Arc<Spec>>>);

impl Specs {
    fn get<G: Game>(&self, tick_hz: u32) -> Arc<Spec> {
        let mut made = self.0.lock();
        let known = made.iter().position(|spec| spec.tick_hz() == tick_hz);
        let known = known.and_then(|index| made.remove(index));
        let spec = known.unwrap_or_else(|| Arc::new(Spec::of::<G>(tick_hz)));
        made.truncate(MOST_SPECS - 1);
        made.push_front(Arc::clone(&spec));
        spec
    }
}

fn factory<G: Game>(config: G::Config) -> RoomFactory {
    let specs = Specs::default();
    Arc::new(move |room| {
        let spec = specs.get::<G>(room.tick_hz);
        Box::new(Room::<G>::with_spec(room, &config, spec))
    })
}

impl fmt::Debug for Games {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_game::Restless;

    #[test]
    fn rooms_of_a_few_tick_rates_share_what_they_have_in_common() {
        let specs = Specs::default();
        let first = specs.get::<Restless>(60);
        for tick_hz in [30, 20, 60, 10, 60, 5] {
            assert_eq!(specs.get::<Restless>(tick_hz).tick_hz(), tick_hz);
        }
        assert!(Arc::ptr_eq(&first, &specs.get::<Restless>(60)), "it was used all the time");
        assert_eq!(specs.0.lock().len(), MOST_SPECS);
    }
}
